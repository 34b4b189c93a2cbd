/** Why a resource failed, as its event says it. */
import type { Call } from "../../host/call.ts";
import type { AwsError } from "../../kernel/errors.ts";

/** Errors of services in the words of CloudFormation's resource handlers; our own stand as they are. */
export function failureReason(call: Call, error: AwsError): string {
  if (error.code === "ValidationError" || error.code === "ResourceFailure") return error.message;
  const code = /AlreadyExist|InUse|NameExists|Conflict/.test(error.code)
    ? "AlreadyExists"
    : /NotFound|NonExistent|NoSuch/.test(error.code)
      ? "NotFound"
      : error.status === 403
        ? "AccessDenied"
        : error.fault === "server"
          ? "InternalFailure"
          : "InvalidRequest";
  return `Resource handler returned message: "${error.message}" (RequestToken: ${call.random.uuid()}, HandlerErrorCode: ${code})`;
}
