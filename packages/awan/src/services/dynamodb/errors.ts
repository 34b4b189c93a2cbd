/** DynamoDB's errors, each in its documented words. */
import { AwsError } from "../../kernel/errors.ts";
import type { Item } from "../../engines/dynamo-expression/value.ts";

export { invalidParameter, validationError } from "../../engines/dynamo-expression/errors.ts";

/** A data operation names no table; a control operation does (`tableNotFound`). */
export const resourceNotFound = (detail?: string): AwsError =>
  new AwsError(
    "ResourceNotFoundException",
    `Requested resource not found${detail === undefined ? "" : `: ${detail}`}`,
  );

export const tableNotFound = (name: string): AwsError => resourceNotFound(`Table: ${name} not found`);

export const conditionFailed = (item: Item | undefined): AwsError =>
  new AwsError("ConditionalCheckFailedException", "The conditional request failed", {
    members: item === undefined ? {} : { Item: item },
  });

export const keyMismatch = (): AwsError =>
  new AwsError("ValidationException", "The provided key element does not match the schema");

export const resourceInUse = (message: string): AwsError => new AwsError("ResourceInUseException", message);
