/** The one kind of refusal the expression engine knows. */
import { AwsError } from "../../kernel/errors.ts";

export function validationError(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

/** A refusal whose text starts as most of DynamoDB's do. */
export function invalidParameter(message: string): AwsError {
  return validationError(`One or more parameter values were invalid: ${message}`);
}
