/** Expressions: syntax, names, values, functions, operands and limits, of every kind of expression. */
import { id, type Refusal, refusal } from "./refusals.ts";

type Kind = "Condition" | "Filter" | "KeyCondition" | "Projection" | "Update";

const plain = { TableName: "plain" };
const requests: Readonly<Record<Kind, (expression: string) => readonly [string, object]>> = {
  Condition: (ConditionExpression) => ["PutItem", { ...plain, Item: id, ConditionExpression }],
  Filter: (FilterExpression) => ["Scan", { ...plain, FilterExpression }],
  KeyCondition: (KeyConditionExpression) => ["Query", { ...plain, KeyConditionExpression }],
  Projection: (ProjectionExpression) => ["GetItem", { ...plain, Key: id, ProjectionExpression }],
  Update: (UpdateExpression) => ["UpdateItem", { ...plain, Key: id, UpdateExpression }],
};

interface Given {
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, object>>;
}

export function row(kind: Kind, expression: string, message: string, { names, values }: Given = {}): Refusal {
  const [operation, input] = requests[kind](expression);
  const given = {
    ...input,
    ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
    ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
  };
  return refusal(operation, given, message);
}

export const said = (kind: Kind, message: string): string => `Invalid ${kind}Expression: ${message}`;
const kinds: readonly Kind[] = ["Condition", "Filter", "KeyCondition", "Projection", "Update"];
/** A valid beginning of each kind, to be followed by what is wrong. */
const begun: Readonly<Record<Kind, string>> = {
  Condition: "a = ",
  Filter: "a = ",
  KeyCondition: "id = ",
  Projection: "a, ",
  Update: "SET a = ",
};

const every = kinds.flatMap((kind) => [
  row(kind, "", said(kind, "The expression can not be empty;")),
  row(kind, `${begun[kind]}b c`, said(kind, 'Syntax error; token: "c", near: "b c"')),
  row(
    kind,
    `${begun[kind]}$`,
    said(kind, `Syntax error; token: "$", near: "${kind === "Projection" ? "," : "="} $"`),
  ),
  row(
    kind,
    `${begun[kind]}abort`,
    said(kind, "Attribute name is a reserved keyword; reserved keyword: abort"),
  ),
  row(
    kind,
    `${begun[kind]}#n`,
    said(kind, "An expression attribute name used in the document path is not defined; attribute name: #n"),
  ),
  row(
    kind,
    "x".repeat(4097),
    said(kind, "Expression size has exceeded the maximum allowed size; expression size: 4097"),
  ),
  row(
    kind,
    `${begun[kind]}b`,
    "Value provided in ExpressionAttributeNames unused in expressions: keys: {#n}",
    { names: { "#n": "n" } },
  ),
  row(kind, `${begun[kind]}b`, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "n"', {
    names: { n: "n" },
  }),
  row(kind, `${begun[kind]}b`, "ExpressionAttributeNames must not be empty", { names: {} }),
]);

const withValues: readonly Kind[] = ["Condition", "Filter", "KeyCondition", "Update"];
const values = withValues.flatMap((kind) => [
  row(
    kind,
    `${begun[kind]}:v`,
    said(kind, "An expression attribute value used in expression is not defined; attribute value: :v"),
  ),
  row(kind, `${begun[kind]}b`, "ExpressionAttributeValues must not be empty", { values: {} }),
  row(kind, `${begun[kind]}:v`, 'ExpressionAttributeValues contains invalid key: Syntax error; key: "v"', {
    values: { v: { S: "a" } },
  }),
]);

export const text = { ":s": { S: "a" } };
export const number = { ":n": { N: "1" } };
export const operand = (what: string, type: string): string =>
  `Incorrect operand type for operator or function; operator or function: ${what}, operand type: ${type}`;
export const count = (name: string, given: number): string =>
  `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${given}`;

const conditions = (["Condition", "Filter"] as const).flatMap((kind) => [
  row(kind, "nonsense(a)", said(kind, "Invalid function name; function: nonsense")),
  row(
    kind,
    "if_not_exists(a, b)",
    said(kind, "The function is not allowed in a condition expression; function: if_not_exists"),
  ),
  row(
    kind,
    "list_append(a, b)",
    said(kind, "The function is not allowed in a condition expression; function: list_append"),
  ),
  row(
    kind,
    "size(a)",
    said(kind, "The function is not allowed to be used this way in an expression; function: size"),
  ),
  row(
    kind,
    "a = attribute_exists(b)",
    said(
      kind,
      "The function is not allowed to be used this way in an expression; function: attribute_exists",
    ),
  ),
  row(kind, "attribute_exists(a, b)", said(kind, count("attribute_exists", 2))),
  row(kind, "attribute_not_exists(a, b)", said(kind, count("attribute_not_exists", 2))),
  row(kind, "attribute_type(a)", said(kind, count("attribute_type", 1))),
  row(kind, "begins_with(a)", said(kind, count("begins_with", 1))),
  row(kind, "contains(a, b, c)", said(kind, count("contains", 3))),
  row(kind, "size(a, b) = a", said(kind, count("size", 2))),
  row(
    kind,
    "attribute_exists(:s)",
    said(kind, "Operator or function requires a document path; operator or function: attribute_exists"),
    { values: text },
  ),
  row(kind, "begins_with(a, :n)", said(kind, operand("begins_with", "N")), { values: number }),
  row(kind, "attribute_type(a, :n)", said(kind, operand("attribute_type", "N")), { values: number }),
  row(
    kind,
    "attribute_type(a, :s)",
    said(kind, "Invalid attribute type name found; type: a, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"),
    { values: text },
  ),
  row(kind, "a < :b", said(kind, operand("<", "BOOL")), { values: { ":b": { BOOL: true } } }),
  row(kind, "a BETWEEN :l AND :h", said(kind, operand("BETWEEN", "M")), {
    values: { ":l": { M: {} }, ":h": { M: {} } },
  }),
  row(
    kind,
    "a BETWEEN :l AND :h",
    said(
      kind,
      "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}",
    ),
    { values: { ":l": { N: "2" }, ":h": { N: "1" } } },
  ),
  row(
    kind,
    "a BETWEEN :l AND :h",
    said(
      kind,
      "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {S:x}",
    ),
    { values: { ":l": { N: "2" }, ":h": { S: "x" } } },
  ),
  row(
    kind,
    "a = a",
    said(
      kind,
      "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]",
    ),
  ),
  row(kind, "((a = b))", said(kind, "The expression has redundant parentheses;")),
  row(
    kind,
    Array.from({ length: 302 }, () => "a <> b").join(" AND "),
    said(kind, "The expression contains too many operators; operator count: 301"),
  ),
  row(
    kind,
    `a IN (${Array.from({ length: 101 }, (_unused, at) => `b${at}`).join(", ")})`,
    said(kind, "The IN operator is provided with too many operands; number of operands: 101"),
  ),
]);

export const expressions: readonly Refusal[] = [...every, ...values, ...conditions];
