/** Update, projection and key condition expressions: what only they may not say. */
import { count, number, operand, row, said, text } from "./refusals-of-expressions.ts";
import type { Refusal } from "./refusals.ts";

const updates: readonly Refusal[] = [
  row(
    "Update",
    "SET a = b SET c = d",
    said("Update", 'The "SET" section can only be used once in an update expression;'),
  ),
  row(
    "Update",
    "SET a = b, a = c",
    said(
      "Update",
      "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]",
    ),
  ),
  row(
    "Update",
    "SET a.b = c REMOVE a",
    said(
      "Update",
      "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a]",
    ),
  ),
  row(
    "Update",
    "SET a.b = c, a[0] = d",
    said(
      "Update",
      "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [0]]",
    ),
  ),
  row(
    "Update",
    "SET a = size(b)",
    said("Update", "The function is not allowed in an update expression; function: size"),
  ),
  row(
    "Update",
    "SET a = attribute_exists(b)",
    said("Update", "The function is not allowed in an update expression; function: attribute_exists"),
  ),
  row("Update", "SET a = nonsense(b)", said("Update", "Invalid function name; function: nonsense")),
  row("Update", "SET a = if_not_exists(b)", said("Update", count("if_not_exists", 1))),
  row(
    "Update",
    "SET a = if_not_exists(:s, b)",
    said("Update", "Operator or function requires a document path; operator or function: if_not_exists"),
    { values: text },
  ),
  row("Update", "SET a = list_append(b, :s)", said("Update", operand("list_append", "S")), { values: text }),
  row("Update", "SET a = b + :s", said("Update", operand("+", "S")), { values: text }),
  row("Update", "SET a = b - :s", said("Update", operand("-", "S")), { values: text }),
  row(
    "Update",
    "ADD a :s",
    said(
      "Update",
      "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND",
    ),
    { values: text },
  ),
  row(
    "Update",
    "DELETE a :n",
    said(
      "Update",
      "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND",
    ),
    { values: number },
  ),
  row("Update", "ADD a b", said("Update", 'Syntax error; token: "b", near: "a b"')),
  row("Update", "a = b", said("Update", 'Syntax error; token: "a", near: "a ="')),
];

const projections: readonly Refusal[] = [
  row(
    "Projection",
    "a, a",
    said(
      "Projection",
      "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]",
    ),
  ),
  row(
    "Projection",
    "a.b, a",
    said(
      "Projection",
      "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a]",
    ),
  ),
  row(
    "Projection",
    "a[0], a.b",
    said(
      "Projection",
      "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, [0]], path two: [a, b]",
    ),
  ),
  row("Projection", "a = b", said("Projection", 'Syntax error; token: "=", near: "a = b"')),
  row(
    "Projection",
    "id.a",
    "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: id",
  ),
];

const keyConditions: readonly Refusal[] = [
  row("KeyCondition", "NOT id = :s", "Invalid operator used in KeyConditionExpression: NOT", {
    values: text,
  }),
  row("KeyCondition", "id <> :s", "Invalid operator used in KeyConditionExpression: <>", { values: text }),
  row("KeyCondition", "id IN (:s)", "Invalid operator used in KeyConditionExpression: IN", { values: text }),
  row("KeyCondition", "contains(id, :s)", "Invalid operator used in KeyConditionExpression: contains", {
    values: text,
  }),
  row(
    "KeyCondition",
    "attribute_exists(id)",
    "Invalid operator used in KeyConditionExpression: attribute_exists",
  ),
  row("KeyCondition", "size(id) = :n", "KeyConditionExpressions cannot contain nested operations", {
    values: number,
  }),
  row(
    "KeyCondition",
    "id = :s AND id = :s",
    "KeyConditionExpressions must only contain one condition per key",
    { values: text },
  ),
  row("KeyCondition", "id.a = :s", "KeyConditionExpressions cannot have conditions on nested attributes", {
    values: text,
  }),
  row("KeyCondition", "id = :s AND begins_with(a, :n)", said("KeyCondition", operand("begins_with", "N")), {
    values: { ...text, ...number },
  }),
  row("KeyCondition", "id = :s AND c = :s", "Query key condition not supported", { values: text }),
];

export const updatesAndPaths: readonly Refusal[] = [...updates, ...projections, ...keyConditions];
