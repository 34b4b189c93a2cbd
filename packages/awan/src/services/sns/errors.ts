/** The errors SNS answers with, worded as AWS words them. */
import { AwsError } from "../../kernel/errors.ts";

/** `Invalid parameter: <what>`. */
export const invalidParameter = (what: string): AwsError =>
  new AwsError("InvalidParameterException", `Invalid parameter: ${what}`);

/** Some refusals carry no such beginning. */
export const invalidParameterText = (message: string): AwsError =>
  new AwsError("InvalidParameterException", message);

export const invalidAttribute = (message: string): AwsError =>
  new AwsError("InvalidParameterValueException", message);

export const topicDoesNotExist = (): AwsError => new AwsError("NotFoundException", "Topic does not exist");
export const subscriptionDoesNotExist = (): AwsError =>
  new AwsError("NotFoundException", "Subscription does not exist");
export const applicationDoesNotExist = (): AwsError =>
  new AwsError("NotFoundException", "PlatformApplication does not exist");
export const endpointDoesNotExist = (): AwsError =>
  new AwsError("NotFoundException", "Endpoint does not exist");

/** What Coral says of a required member that is missing. */
export const memberMustNotBeNull = (path: string): AwsError =>
  new AwsError(
    "ValidationError",
    `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`,
  );
