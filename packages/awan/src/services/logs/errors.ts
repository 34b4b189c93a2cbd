/** CloudWatch Logs' refusals, with AWS's texts. */
import { AwsError } from "../../kernel/errors.ts";

export const invalidParameter = (message: string): AwsError =>
  new AwsError("InvalidParameterException", message);
export const groupNotFound = (): AwsError =>
  new AwsError("ResourceNotFoundException", "The specified log group does not exist.");
export const streamNotFound = (): AwsError =>
  new AwsError("ResourceNotFoundException", "The specified log stream does not exist.");
export const alreadyExists = (what: string): AwsError =>
  new AwsError("ResourceAlreadyExistsException", `The specified ${what} already exists`);
export const limitExceeded = (message: string): AwsError => new AwsError("LimitExceededException", message);
