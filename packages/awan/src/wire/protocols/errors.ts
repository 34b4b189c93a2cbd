/** What an AwsError is on the wire: the model's status, fault and query code, unless the error says otherwise. */
import type { AwsError, Fault } from "../../kernel/errors.ts";
import type { ServiceModel } from "../../model/service-model.ts";
import type { Shape } from "../../model/shape.ts";
import { sqsQueryCode } from "./sqs-errors.ts";

export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly fault: Fault;
  readonly status: number;
  /** The status where the framework's own errors tell more than 400 and 500: REST protocols. */
  readonly restStatus: number;
  readonly queryCode: string;
  readonly queryStatus: number;
  /** The modelled shape; errors every service can answer (ValidationException, …) often have none. */
  readonly shape: Shape | undefined;
  readonly members: Readonly<Record<string, unknown>>;
}

/** Errors of the framework before every service, which models do not have: Coral's name, and what query services say. */
const framework: Readonly<Record<string, { readonly queryCode: string; readonly status: number }>> = {
  AccessDeniedException: { queryCode: "AccessDenied", status: 403 },
};

export function wireError(service: ServiceModel, error: AwsError): WireError {
  const model = service.error(error.code);
  const fault =
    error.fault ?? model?.fault ?? (error.status !== undefined && error.status >= 500 ? "server" : "client");
  const status = error.status ?? model?.status ?? (fault === "server" ? 500 : 400);
  const common =
    model === undefined && Object.hasOwn(framework, error.code) ? framework[error.code] : undefined;
  return {
    code: error.code,
    message: error.message,
    fault,
    status,
    restStatus: error.status ?? common?.status ?? status,
    queryCode:
      model?.queryCode ??
      common?.queryCode ??
      (service.name === "sqs" ? sqsQueryCode(error.code) : undefined) ??
      error.code,
    queryStatus: error.status ?? model?.queryStatus ?? common?.status ?? status,
    shape: model?.shape,
    members: error.members,
  };
}

/**
 * `message`, or `Message` where the error's shape spells it so, where the framework before the service refuses
 * (SerializationException), and where DynamoDB returns the item beside a failed condition.
 */
export function messageMember({ code, shape, members }: WireError): string {
  if (code === "SerializationException") return "Message";
  if (code === "ConditionalCheckFailedException" && "Item" in members) return "Message";
  return shape?.members.find(({ name }) => name.toLowerCase() === "message")?.name ?? "message";
}

/** The error's members including its message, as the shape's structure. */
export function errorFields(error: WireError): Record<string, unknown> {
  return { [messageMember(error)]: error.message, ...error.members };
}

/** `Sender` or `Receiver`, as query answers say it. */
export function senderOrReceiver({ fault }: WireError): string {
  return fault === "server" ? "Receiver" : "Sender";
}
