/** Attribute values: every malformed value at every place that takes values, with what each place says before it. */
import { id, invalid, type Refusal, refusal } from "./refusals.ts";

const nested = (levels: number): object =>
  levels === 0
    ? { S: "x" }
    : { [levels % 2 === 0 ? "L" : "M"]: levels % 2 === 0 ? [nested(levels - 1)] : { a: nested(levels - 1) } };

const tooLarge = "Number overflow. Attempting to store a number with magnitude larger than supported range";
const tooSmall = "Number underflow. Attempting to store a number with magnitude smaller than supported range";
const tooLong = "Attempting to store more than 38 significant digits in a Number";
const noNumber = (text: string): string => `The parameter cannot be converted to a numeric value: ${text}`;

/** Naming Rules and Data Types, Service Quotas; the words as recorded on AWS. */
const values: readonly (readonly [value: object, message: string])[] = [
  [{}, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"],
  [
    { S: "a", N: "1" },
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
  ],
  [{ NULL: false }, `${invalid}Null attribute value types must have the value of true`],
  [{ N: "" }, "The parameter cannot be converted to a numeric value"],
  [{ N: "one" }, noNumber("one")],
  [{ N: "0x1F" }, noNumber("0x1F")],
  [{ N: " 1" }, noNumber(" 1")],
  [{ N: "1e" }, noNumber("1e")],
  [{ N: "Infinity" }, noNumber("Infinity")],
  [{ N: "1e126" }, tooLarge],
  [{ N: "-10e125" }, tooLarge],
  [{ N: "1e-131" }, tooSmall],
  [{ N: "-0.1e-130" }, tooSmall],
  [{ N: "1.23456789012345678901234567890123456789" }, tooLong],
  [{ N: "100000000000000000000000000000000000001" }, tooLong],
  [{ SS: [] }, `${invalid}An string set  may not be empty`],
  [{ NS: [] }, `${invalid}An number set  may not be empty`],
  [{ BS: [] }, `${invalid}Binary sets should not be empty`],
  [{ SS: ["a", "b", "a"] }, `${invalid}Input collection [a, b, a] contains duplicates.`],
  [{ NS: ["1", "2", "1.00"] }, "Input collection contains duplicates"],
  [
    { BS: [Buffer.from("a"), Buffer.from("a")] },
    `${invalid}Input collection [YQ==, YQ==]of type BS contains duplicates.`,
  ],
  [{ NS: ["1", "b"] }, noNumber("b")],
  [
    { L: [{ S: "a" }, {}] },
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
  ],
  [{ M: { a: { N: "b" } } }, noNumber("b")],
  [nested(33), "Nesting Levels have exceeded supported limits: Attributes nested levels exceeds the maximum"],
];

interface Place {
  readonly operation: string;
  readonly input: (value: object) => object;
  readonly said?: (message: string) => string;
}

const inValues = (message: string): string =>
  `ExpressionAttributeValues contains invalid value: ${message} for key :v`;
/** AWS says it of most complaints about a starting key, but not of these. */
const unprefixed = /contains duplicates|number set|numeric value|significant digits|number with magnitude/;
const inStartKey = (message: string): string =>
  unprefixed.test(message) ? message : `The provided starting key is invalid: ${message}`;
const plain = { TableName: "plain" };

const places: readonly Place[] = [
  { operation: "PutItem", input: (a) => ({ ...plain, Item: { ...id, a } }) },
  { operation: "PutItem", input: (value) => ({ ...plain, Item: { id: value } }) },
  { operation: "GetItem", input: (value) => ({ ...plain, Key: { id: value } }) },
  { operation: "DeleteItem", input: (value) => ({ ...plain, Key: { id: value } }) },
  { operation: "UpdateItem", input: (value) => ({ ...plain, Key: { id: value } }) },
  {
    operation: "UpdateItem",
    input: (value) => ({
      ...plain,
      Key: id,
      UpdateExpression: "SET a = :v",
      ExpressionAttributeValues: { ":v": value },
    }),
    said: inValues,
  },
  {
    operation: "PutItem",
    input: (value) => ({
      ...plain,
      Item: id,
      ConditionExpression: "a = :v",
      ExpressionAttributeValues: { ":v": value },
    }),
    said: inValues,
  },
  {
    operation: "Scan",
    input: (value) => ({
      ...plain,
      FilterExpression: "a = :v",
      ExpressionAttributeValues: { ":v": value },
    }),
    said: inValues,
  },
  {
    operation: "Query",
    input: (value) => ({
      ...plain,
      KeyConditionExpression: "id = :v",
      ExpressionAttributeValues: { ":v": value },
    }),
    said: inValues,
  },
  {
    operation: "Query",
    input: (value) => ({
      ...plain,
      KeyConditionExpression: "id = :p",
      ExpressionAttributeValues: { ":p": { S: "a" } },
      ExclusiveStartKey: { id: value },
    }),
    said: inStartKey,
  },
  { operation: "Scan", input: (value) => ({ ...plain, ExclusiveStartKey: { id: value } }), said: inStartKey },
  { operation: "BatchGetItem", input: (value) => ({ RequestItems: { plain: { Keys: [{ id: value }] } } }) },
  {
    operation: "BatchWriteItem",
    input: (a) => ({ RequestItems: { plain: [{ PutRequest: { Item: { ...id, a } } }] } }),
  },
  {
    operation: "BatchWriteItem",
    input: (value) => ({ RequestItems: { plain: [{ DeleteRequest: { Key: { id: value } } }] } }),
  },
  {
    operation: "TransactWriteItems",
    input: (a) => ({ TransactItems: [{ Put: { ...plain, Item: { ...id, a } } }] }),
  },
  {
    operation: "TransactGetItems",
    input: (value) => ({ TransactItems: [{ Get: { ...plain, Key: { id: value } } }] }),
  },
  {
    operation: "PutItem",
    input: (value) => ({ ...plain, Item: id, Expected: { a: { Value: value } } }),
  },
  {
    operation: "UpdateItem",
    input: (value) => ({ ...plain, Key: id, AttributeUpdates: { a: { Action: "PUT", Value: value } } }),
  },
  {
    operation: "Scan",
    input: (value) => ({
      ...plain,
      ScanFilter: { a: { ComparisonOperator: "EQ", AttributeValueList: [value] } },
    }),
  },
];

export const valuesAtPlaces: readonly Refusal[] = places.flatMap(
  ({ operation, input, said = (text) => text }) =>
    values.map(([value, message]) => refusal(operation, input(value), said(message))),
);
