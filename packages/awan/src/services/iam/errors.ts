/** IAM's refusals, with AWS's texts. */
import { AwsError } from "../../kernel/errors.ts";

export const noSuchEntity = (message: string): AwsError => new AwsError("NoSuchEntityException", message);
export const alreadyExists = (message: string): AwsError =>
  new AwsError("EntityAlreadyExistsException", message);
export const deleteConflict = (message: string): AwsError => new AwsError("DeleteConflictException", message);
export const limitExceeded = (message: string): AwsError => new AwsError("LimitExceededException", message);
export const invalidInput = (message: string): AwsError => new AwsError("InvalidInputException", message);
export const malformedPolicy = (message: string): AwsError =>
  new AwsError("MalformedPolicyDocumentException", message);
export const validationError = (message: string): AwsError => new AwsError("ValidationError", message);
