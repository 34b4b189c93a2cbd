/** Table names, enumerations, ranges and required members: the first checks of every operation, generated per operation. */
import { id, type Refusal, refusal } from "./refusals.ts";

const one = (value: string, path: string, constraint: string): string =>
  `1 validation error detected: Value ${value} at '${path}' failed to satisfy constraint: ${constraint}`;
const notNull = "Member must not be null";
const pattern = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+";

const query = { KeyConditionExpression: "id = :p", ExpressionAttributeValues: { ":p": { S: "a" } } };
/** Complete but for the table's name, which is checked before all else and alone. */
const dataOperations: Readonly<Record<string, object>> = {
  DeleteItem: { Key: id },
  GetItem: { Key: id },
  PutItem: { Item: id },
  Query: query,
  Scan: {},
  UpdateItem: { Key: id },
};

const dataNames = Object.entries(dataOperations).flatMap(([operation, rest]) => [
  refusal(operation, rest, one("null", "tableName", notNull)),
  refusal(
    operation,
    { ...rest, TableName: "" },
    one("''", "tableName", "Member must have length greater than or equal to 1"),
  ),
  refusal(operation, { ...rest, TableName: "a b" }, one("'a b'", "tableName", pattern)),
  refusal(
    operation,
    { ...rest, TableName: "x".repeat(256) },
    one(`'${"x".repeat(256)}'`, "tableName", "Member must have length less than or equal to 255"),
  ),
  refusal(
    operation,
    { ...rest, TableName: "absent" },
    "Requested resource not found",
    "ResourceNotFoundException",
  ),
]);

const controlOperations: Readonly<Record<string, object>> = {
  DescribeContinuousBackups: {},
  DescribeTable: {},
  DescribeTimeToLive: {},
  UpdateTimeToLive: { TimeToLiveSpecification: { Enabled: true, AttributeName: "a" } },
};

const controlNames = Object.entries(controlOperations).map(([operation, rest]) =>
  refusal(operation, { ...rest, TableName: "a b" }, one("'a b'", "tableName", pattern)),
);

const capacity = "[INDEXES, TOTAL, NONE]";
const enumeration = (operation: string, member: string, path: string, set: string): Refusal =>
  refusal(
    operation,
    { TableName: "plain", ...dataOperations[operation], [member]: "ODD" },
    one("'ODD'", path, `Member must satisfy enum value set: ${set}`),
  );

const enumerations = [
  ...Object.keys(dataOperations).map((operation) =>
    enumeration(operation, "ReturnConsumedCapacity", "returnConsumedCapacity", capacity),
  ),
  ...["DeleteItem", "PutItem", "UpdateItem"].flatMap((operation) => [
    enumeration(operation, "ReturnItemCollectionMetrics", "returnItemCollectionMetrics", "[SIZE, NONE]"),
    enumeration(
      operation,
      "ReturnValues",
      "returnValues",
      "[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]",
    ),
    enumeration(
      operation,
      "ReturnValuesOnConditionCheckFailure",
      "returnValuesOnConditionCheckFailure",
      "[ALL_OLD, NONE]",
    ),
    enumeration(operation, "ConditionalOperator", "conditionalOperator", "[OR, AND]"),
  ]),
  ...["Query", "Scan"].flatMap((operation) => [
    enumeration(
      operation,
      "Select",
      "select",
      "[SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]",
    ),
    enumeration(operation, "ConditionalOperator", "conditionalOperator", "[OR, AND]"),
  ]),
];

const comparison =
  "Member must satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]";

const members: readonly Refusal[] = [
  refusal("PutItem", { TableName: "plain" }, one("null", "item", notNull)),
  ...["GetItem", "DeleteItem", "UpdateItem"].map((operation) =>
    refusal(operation, { TableName: "plain" }, one("null", "key", notNull)),
  ),
  refusal(
    "GetItem",
    { TableName: "plain", Key: id, AttributesToGet: [] },
    one("'[]'", "attributesToGet", "Member must have length greater than or equal to 1"),
  ),
  refusal(
    "Query",
    { TableName: "plain", ...query, IndexName: "ab" },
    one("'ab'", "indexName", "Member must have length greater than or equal to 3"),
  ),
  refusal(
    "Scan",
    { TableName: "plain", IndexName: "x".repeat(256) },
    one(`'${"x".repeat(256)}'`, "indexName", "Member must have length less than or equal to 255"),
  ),
  refusal(
    "Scan",
    { TableName: "plain", Segment: -1, TotalSegments: 2 },
    one("'-1'", "segment", "Member must have value greater than or equal to 0"),
  ),
  refusal(
    "Scan",
    { TableName: "plain", Segment: 0, TotalSegments: 1_000_001 },
    one("'1000001'", "totalSegments", "Member must have value less than or equal to 1000000"),
  ),
  refusal(
    "Scan",
    { TableName: "plain", ScanFilter: { a: { ComparisonOperator: "ODD" } } },
    one("'ODD'", "scanFilter.a.member.comparisonOperator", comparison),
  ),
  refusal(
    "Query",
    { TableName: "plain", KeyConditions: { id: {} } },
    one("null", "keyConditions.id.member.comparisonOperator", notNull),
  ),
  // Several at once are counted, and at most ten are told.
  refusal(
    "Scan",
    { TableName: "plain", Limit: -1, Select: "ODD", ReturnConsumedCapacity: "ODD" },
    `3 validation errors detected: ${[
      `Value 'ODD' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: ${capacity}`,
      "Value 'ODD' at 'select' failed to satisfy constraint: Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]",
      "Value '-1' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ].join("; ")}`,
  ),
  refusal(
    "ListTables",
    { Limit: 101 },
    one("'101'", "limit", "Member must have value less than or equal to 100"),
  ),
  refusal(
    "ListTables",
    { Limit: 0 },
    one("'0'", "limit", "Member must have value greater than or equal to 1"),
  ),
];

export const names: readonly Refusal[] = [...dataNames, ...controlNames, ...enumerations, ...members];
