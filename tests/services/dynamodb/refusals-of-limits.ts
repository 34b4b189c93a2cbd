/** Legacy conditions by operator and type, and the limits of batches, transactions, items and keys. */
import { id, invalid, type Refusal, refusal } from "./refusals.ts";

const plain = { TableName: "plain" };

/** How many arguments each comparison takes, and of which types (API reference, Condition). */
const argumentCounts: Readonly<Record<string, readonly number[]>> = {
  EQ: [0, 2],
  NE: [0, 2],
  LE: [0, 2],
  LT: [0, 2],
  GE: [0, 2],
  GT: [0, 2],
  NOT_NULL: [1],
  NULL: [1],
  CONTAINS: [0, 2],
  NOT_CONTAINS: [0, 2],
  BEGINS_WITH: [0, 2],
  IN: [0],
  BETWEEN: [1, 3],
};
const samples: Readonly<Record<string, object>> = {
  S: { S: "a" },
  N: { N: "1" },
  B: { B: Buffer.from("a") },
  BOOL: { BOOL: true },
  NULL: { NULL: true },
  SS: { SS: ["a"] },
  NS: { NS: ["1"] },
  BS: { BS: [Buffer.from("a")] },
  L: { L: [] },
  M: { M: {} },
};
const ordered = ["BOOL", "NULL", "SS", "NS", "BS", "L", "M"];
const refusedTypes: Readonly<Record<string, readonly string[]>> = {
  LE: ordered,
  LT: ordered,
  GE: ordered,
  GT: ordered,
  BETWEEN: ordered,
  IN: ordered,
  CONTAINS: ["SS", "NS", "BS", "L", "M"],
  NOT_CONTAINS: ["SS", "NS", "BS", "L", "M"],
  BEGINS_WITH: ["N", ...ordered],
};

const filter = (ComparisonOperator: string, AttributeValueList: readonly object[]): object => ({
  ...plain,
  ScanFilter: { a: { ComparisonOperator, AttributeValueList } },
});

const comparisons = [
  ...Object.entries(argumentCounts).flatMap(([operator, counts]) =>
    counts.map((length) =>
      refusal(
        "Scan",
        filter(
          operator,
          Array.from({ length }, (_unused, at) => ({ S: String(at) })),
        ),
        `${invalid}Invalid number of argument(s) for the ${operator} ComparisonOperator`,
      ),
    ),
  ),
  ...Object.entries(refusedTypes).flatMap(([operator, types]) =>
    types.map((type) => {
      const sample = samples[type] as object;
      return refusal(
        "Scan",
        filter(operator, operator === "BETWEEN" ? [sample, sample] : [sample]),
        `${invalid}ComparisonOperator ${operator} is not valid for ${type} AttributeValue type`,
      );
    }),
  ),
  refusal(
    "Scan",
    filter("IN", [{ S: "a" }, { N: "1" }]),
    `${invalid}AttributeValues inside AttributeValueList must be of same type`,
  ),
  refusal(
    "Scan",
    filter("BETWEEN", [{ S: "a" }, { N: "1" }]),
    `${invalid}AttributeValues inside AttributeValueList must be of same type`,
  ),
  refusal(
    "Scan",
    filter("BETWEEN", [{ S: "b" }, { S: "a" }]),
    "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
  ),
  refusal("Query", { ...plain, KeyConditions: {} }, "Conditions can be of length 1 or 2 only"),
  refusal(
    "Query",
    { ...plain, KeyConditions: { id: { ComparisonOperator: "NE", AttributeValueList: [{ S: "a" }] } } },
    "Attempted conditional constraint is not an indexable operation",
  ),
  refusal(
    "Query",
    { ...plain, KeyConditions: { id: { ComparisonOperator: "LT", AttributeValueList: [{ S: "a" }] } } },
    "Query key condition not supported",
  ),
  refusal(
    "Query",
    { ...plain, KeyConditions: { a: { ComparisonOperator: "EQ", AttributeValueList: [{ S: "a" }] } } },
    "Query condition missed key schema element: id",
  ),
];

const keys = (count: number): object[] =>
  Array.from({ length: count }, (_unused, at) => ({ id: { S: String(at) } }));
const tooMany = (path: string, max: number): RegExp =>
  new RegExp(
    `^1 validation error detected: Value '\\[.+\\]' at '${path}' failed to satisfy constraint: Member must have length less than or equal to ${max}$`,
    "s",
  );

const limits = [
  refusal(
    "BatchGetItem",
    { RequestItems: { plain: { Keys: keys(101) } } },
    "1 validation error detected: Value at 'RequestItems.plain.member.Keys' failed to satisfy constraint: Member must have length less than or equal to 100",
  ),
  refusal(
    "BatchGetItem",
    { RequestItems: { plain: { Keys: keys(60) }, items: { Keys: keys(60) } } },
    "Too many items requested for the BatchGetItem call",
  ),
  refusal(
    "BatchWriteItem",
    { RequestItems: { plain: keys(26).map((Key) => ({ DeleteRequest: { Key } })) } },
    /Member must have length less than or equal to 25, Member must have length greater than or equal to 1\]$/,
  ),
  refusal(
    "BatchWriteItem",
    {
      RequestItems: {
        plain: keys(15).map((Key) => ({ DeleteRequest: { Key } })),
        items: keys(15).map((Key) => ({ DeleteRequest: { Key } })),
      },
    },
    "Too many items requested for the BatchWriteItem call",
  ),
  refusal(
    "BatchWriteItem",
    { RequestItems: { plain: [{ PutRequest: { Item: id } }, { DeleteRequest: { Key: id } }] } },
    "Provided list of item keys contains duplicates",
  ),
  refusal(
    "TransactWriteItems",
    { TransactItems: keys(101).map((Key) => ({ Delete: { ...plain, Key } })) },
    tooMany("transactItems", 100),
  ),
  refusal(
    "TransactGetItems",
    { TransactItems: keys(101).map((Key) => ({ Get: { ...plain, Key } })) },
    tooMany("transactItems", 100),
  ),
  refusal(
    "TransactWriteItems",
    { ClientRequestToken: "x".repeat(37), TransactItems: [{ Delete: { ...plain, Key: id } }] },
    `1 validation error detected: Value '${"x".repeat(37)}' at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or equal to 36`,
  ),
  refusal(
    "PutItem",
    { ...plain, Item: { ...id, text: { S: "x".repeat(400 * 1024 - "idatext".length + 1) } } },
    "Item size has exceeded the maximum allowed size",
  ),
  ...["DeleteItem", "GetItem", "UpdateItem"].flatMap((operation) => [
    refusal(
      operation,
      { ...plain, Key: { id: { S: "x".repeat(2049) } } },
      `${invalid}Size of hashkey has exceeded the maximum size limit of2048 bytes`,
    ),
    refusal(
      operation,
      { TableName: "items", Key: { pk: { S: "a" }, sk: { S: "x".repeat(1025) } } },
      `${invalid}Aggregated size of all range keys has exceeded the size limit of 1024 bytes`,
    ),
    refusal(
      operation,
      { ...plain, Key: { id: { S: "" } } },
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id",
    ),
    refusal(operation, { ...plain, Key: {} }, "The provided key element does not match the schema"),
    refusal(
      operation,
      { ...plain, Key: { other: { S: "a" } } },
      "The provided key element does not match the schema",
    ),
  ]),
];

export const limitsAndComparisons: readonly Refusal[] = [...comparisons, ...limits];
