/** Items: names, enumerations, values and keys. */
import { invalid, key, id, put, type Refusal, refusal } from "./refusals.ts";

export const items: readonly Refusal[] = [
  // Table names
  refusal(
    "PutItem",
    { Item: id },
    "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null",
  ),
  refusal(
    "GetItem",
    { TableName: "", Key: id },
    "1 validation error detected: Value '' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ),
  refusal(
    "Scan",
    { TableName: "a;b" },
    "1 validation error detected: Value 'a;b' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
  ),
  refusal(
    "GetItem",
    { TableName: "absent", Key: id },
    "Requested resource not found",
    "ResourceNotFoundException",
  ),
  // Enumerations are reported together
  refusal(
    "DeleteItem",
    { TableName: "plain", Key: id, ReturnValues: "X", ReturnConsumedCapacity: "Y" },
    "2 validation errors detected: Value 'Y' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; Value 'X' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]",
  ),
  refusal(
    "PutItem",
    { TableName: "plain", Item: id, ReturnValues: "ALL_NEW" },
    "ReturnValues can only be ALL_OLD or NONE",
  ),
  // Attribute values
  refusal(
    "PutItem",
    put({}),
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
  ),
  refusal("PutItem", put({ SS: [] }), `${invalid}An string set  may not be empty`),
  refusal("PutItem", put({ NS: [] }), `${invalid}An number set  may not be empty`),
  refusal("PutItem", put({ BS: [] }), `${invalid}Binary sets should not be empty`),
  refusal("PutItem", put({ SS: ["a", "a"] }), `${invalid}Input collection [a, a] contains duplicates.`),
  refusal("PutItem", put({ NS: ["1", "1.0"] }), "Input collection contains duplicates"),
  refusal(
    "PutItem",
    put({ NULL: false }),
    `${invalid}Null attribute value types must have the value of true`,
  ),
  refusal("PutItem", put({ N: "" }), "The parameter cannot be converted to a numeric value"),
  refusal("PutItem", put({ N: "b" }), "The parameter cannot be converted to a numeric value: b"),
  refusal(
    "PutItem",
    put({ N: "1e126" }),
    "Number overflow. Attempting to store a number with magnitude larger than supported range",
  ),
  refusal(
    "PutItem",
    put({ N: "1e-131" }),
    "Number underflow. Attempting to store a number with magnitude smaller than supported range",
  ),
  refusal(
    "PutItem",
    put({ N: "1".repeat(39) }),
    "Attempting to store more than 38 significant digits in a Number",
  ),
  refusal("PutItem", put({ S: "x".repeat(409_600) }), "Item size has exceeded the maximum allowed size"),
  // Keys
  refusal(
    "PutItem",
    { TableName: "plain", Item: { other: { S: "a" } } },
    `${invalid}Missing the key id in the item`,
  ),
  refusal(
    "PutItem",
    { TableName: "plain", Item: { id: { N: "1" } } },
    `${invalid}Type mismatch for key id expected: S actual: N`,
  ),
  refusal(
    "PutItem",
    { TableName: "plain", Item: { id: { S: "" } } },
    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id",
  ),
  refusal(
    "PutItem",
    { TableName: "plain", Item: { id: { S: "x".repeat(2049) } } },
    `${invalid}Size of hashkey has exceeded the maximum size limit of2048 bytes`,
  ),
  refusal(
    "PutItem",
    { TableName: "items", Item: { ...key, sk: { S: "x".repeat(1025) } } },
    `${invalid}Aggregated size of all range keys has exceeded the size limit of 1024 bytes`,
  ),
  refusal(
    "PutItem",
    { TableName: "items", Item: { ...key, rank: { S: "x" } } },
    `${invalid}Type mismatch for Index Key rank Expected: N Actual: S IndexName: byRank`,
  ),
  refusal(
    "PutItem",
    { TableName: "items", Item: { ...key, holder: { S: "" } } },
    "One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: byHolder, IndexKey: holder",
  ),
  refusal(
    "GetItem",
    { TableName: "items", Key: { pk: { S: "a" } } },
    "The provided key element does not match the schema",
  ),
  refusal(
    "GetItem",
    { TableName: "plain", Key: { id: { N: "1" } } },
    "The provided key element does not match the schema",
  ),
  refusal(
    "DeleteItem",
    { TableName: "plain", Key: { ...id, more: { S: "a" } } },
    "The provided key element does not match the schema",
  ),
];
