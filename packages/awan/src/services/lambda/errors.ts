/** Lambda's answers to what it refuses, in AWS's words. */
import { AwsError } from "../../kernel/errors.ts";

const user = { members: { Type: "User" } };

export const invalidParameter = (message: string): AwsError =>
  new AwsError("InvalidParameterValueException", message, user);

/** Some refusals of AWS come without `Type`. */
export const invalidUntyped = (message: string): AwsError =>
  new AwsError("InvalidParameterValueException", message);

export const notFoundUntyped = (message: string): AwsError =>
  new AwsError("ResourceNotFoundException", message);

export const notFound = (message: string): AwsError =>
  new AwsError("ResourceNotFoundException", message, user);

export const functionNotFound = (arn: string): AwsError => notFound(`Function not found: ${arn}`);

export const aliasNotFound = (arn: string): AwsError => notFound(`Cannot find alias arn: ${arn}`);

export const conflict = (message: string): AwsError =>
  new AwsError("ResourceConflictException", message, user);

export const validation = (message: string): AwsError => new AwsError("ValidationException", message);

/** `resource` names the call that tells the latest revision. */
export const wrongRevision = (calls: string): AwsError =>
  new AwsError(
    "PreconditionFailedException",
    `The Revision Id provided does not match the latest Revision Id. Call the ${calls} API to retrieve the latest Revision Id`,
    user,
  );

export const throttled = (reason: string): AwsError =>
  new AwsError("TooManyRequestsException", "Rate Exceeded.", { members: { Reason: reason, Type: "User" } });

export const inALoop = (functionArn: string): AwsError =>
  new AwsError(
    "RecursiveInvocationException",
    `Lambda stopped this invocation of ${functionArn} because it was in a recursive loop with other AWS resources.`,
    user,
  );

export const tooLarge = (bytesMax: number, operation: string): AwsError =>
  new AwsError(
    "RequestTooLargeException",
    `Request must be smaller than ${bytesMax} bytes for the ${operation} operation`,
    {
      status: 413,
      ...user,
    },
  );

export const tooLargeEntity = (message: string): AwsError =>
  new AwsError("RequestEntityTooLargeException", message, { status: 413, fault: "client" });
