/** Secrets Manager's refusals, with AWS's texts. */
import { AwsError } from "../../kernel/errors.ts";

export const secretNotFound = (): AwsError =>
  new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
export const valueNotFound = (what: string): AwsError =>
  new AwsError(
    "ResourceNotFoundException",
    `Secrets Manager can't find the specified secret value for ${what}`,
  );
export const invalidRequest = (message: string): AwsError => new AwsError("InvalidRequestException", message);
export const invalidParameter = (message: string): AwsError =>
  new AwsError("InvalidParameterException", message);
export const resourceExists = (message: string): AwsError => new AwsError("ResourceExistsException", message);
export const markedForDeletion = (): AwsError =>
  invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
