/** Which parameters may stand together: expressions exclude the legacy ones, placeholders need an expression. */
import { Placeholders } from "../../engines/dynamo-expression/placeholders.ts";
import { checkAttributeName } from "../../engines/dynamo-expression/attribute-name.ts";
import { invalidParameter, validationError } from "./errors.ts";
import type { ExpressionParameters } from "./requests.ts";

type Expression = Exclude<
  keyof ExpressionParameters,
  "ExpressionAttributeNames" | "ExpressionAttributeValues"
>;

export function checkExpressionParameters(
  input: ExpressionParameters,
  expressions: readonly Expression[],
  legacy: readonly string[],
): void {
  const used = expressions.filter((name) => input[name] !== undefined);
  if (used.length > 0) {
    const members = input as Readonly<Record<string, unknown>>;
    const clashing = legacy.filter((name) => members[name] !== undefined);
    // KeyConditions go with any expression but their own kind.
    const relevant =
      input.KeyConditionExpression === undefined
        ? clashing.filter((name) => name !== "KeyConditions")
        : clashing;
    if (relevant.length > 0) {
      throw validationError(
        `Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {${relevant.join(", ")}} Expression parameters: {${used.join(", ")}}`,
      );
    }
  } else if (input.ExpressionAttributeNames !== undefined) {
    throw validationError("ExpressionAttributeNames can only be specified when using expressions");
  }
  const withValues = expressions.filter((name) => name !== "ProjectionExpression");
  if (input.ExpressionAttributeValues === undefined || withValues.length === 0) return;
  if (withValues.every((name) => input[name] === undefined)) {
    throw validationError(
      `ExpressionAttributeValues can only be specified when using expressions: ${withValues.join(" and ")} ${withValues.length > 1 ? "are" : "is"} null`,
    );
  }
}

export function placeholdersOf(input: ExpressionParameters): Placeholders {
  return new Placeholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
}

/** AttributesToGet names each attribute once. */
export function checkAttributesToGet(names: readonly string[] | undefined): void {
  if (names === undefined) return;
  const seen = new Set<string>();
  for (const name of names) {
    checkAttributeName(name);
    if (seen.has(name)) throw invalidParameter(`Duplicate value in attribute name: ${name}`);
    seen.add(name);
  }
}
