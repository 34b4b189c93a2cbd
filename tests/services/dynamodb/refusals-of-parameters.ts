/** Conditions and updates: what may stand together, and what is wrong in each. */
import { invalid, key, id, update, query, type Refusal, refusal } from "./refusals.ts";

export const parameters: readonly Refusal[] = [
  // Which parameters may stand together
  refusal(
    "PutItem",
    { TableName: "plain", Item: id, Expected: {}, ConditionExpression: "a = b" },
    "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}",
  ),
  refusal(
    "Query",
    query({ KeyConditions: {}, AttributesToGet: ["a"] }),
    "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {AttributesToGet, KeyConditions} Expression parameters: {KeyConditionExpression}",
  ),
  refusal(
    "GetItem",
    { TableName: "plain", Key: id, ExpressionAttributeNames: { "#a": "a" } },
    "ExpressionAttributeNames can only be specified when using expressions",
  ),
  refusal(
    "UpdateItem",
    update({ ExpressionAttributeValues: { ":a": { S: "a" } } }),
    "ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and ConditionExpression are null",
  ),
  refusal(
    "PutItem",
    { TableName: "plain", Item: id, ExpressionAttributeValues: { ":a": { S: "a" } } },
    "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null",
  ),
  refusal(
    "UpdateItem",
    update({
      UpdateExpression: "SET a = :a",
      ExpressionAttributeValues: { ":a": { S: "" }, ":b": { S: "" } },
    }),
    "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}",
  ),
  // Legacy conditions
  refusal(
    "PutItem",
    { TableName: "plain", Item: id, Expected: { a: {} } },
    `${invalid}Value must be provided when Exists is null for Attribute: a`,
  ),
  refusal(
    "PutItem",
    { TableName: "plain", Item: id, Expected: { a: { Exists: false, Value: { S: "a" } } } },
    `${invalid}Value cannot be used when Exists is false for Attribute: a`,
  ),
  refusal(
    "PutItem",
    { TableName: "plain", Item: id, Expected: { a: { AttributeValueList: [] } } },
    `${invalid}AttributeValueList can only be used with a ComparisonOperator for Attribute: a`,
  ),
  refusal(
    "PutItem",
    { TableName: "plain", Item: id, Expected: { a: { ComparisonOperator: "EQ", Exists: true } } },
    `${invalid}Exists and ComparisonOperator cannot be used together for Attribute: a`,
  ),
  refusal(
    "PutItem",
    { TableName: "plain", Item: id, Expected: { a: { ComparisonOperator: "EQ" } } },
    `${invalid}Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a`,
  ),
  refusal(
    "PutItem",
    {
      TableName: "plain",
      Item: id,
      Expected: { a: { ComparisonOperator: "BETWEEN", AttributeValueList: [{ N: "1" }] } },
    },
    `${invalid}Invalid number of argument(s) for the BETWEEN ComparisonOperator`,
  ),
  refusal(
    "PutItem",
    {
      TableName: "plain",
      Item: id,
      Expected: { a: { ComparisonOperator: "BETWEEN", AttributeValueList: [{ N: "2" }, { N: "1" }] } },
    },
    "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
  ),
  refusal(
    "Scan",
    {
      TableName: "plain",
      ScanFilter: { a: { ComparisonOperator: "LT", AttributeValueList: [{ SS: ["a"] }] } },
    },
    `${invalid}ComparisonOperator LT is not valid for SS AttributeValue type`,
  ),
  refusal(
    "UpdateItem",
    update({ AttributeUpdates: { a: { Action: "ADD", Value: { S: "a" } } } }),
    `${invalid}ADD action is not supported for the type S`,
  ),
  refusal(
    "UpdateItem",
    update({ AttributeUpdates: { a: { Action: "DELETE", Value: { N: "1" } } } }),
    `${invalid}DELETE action with value is not supported for the type N`,
  ),
  refusal(
    "UpdateItem",
    update({ AttributeUpdates: { a: { Action: "PUT" } } }),
    `${invalid}Only DELETE action is allowed when no attribute value is specified`,
  ),
  // Updates
  refusal(
    "UpdateItem",
    update({ UpdateExpression: "SET id = :a", ExpressionAttributeValues: { ":a": { S: "" } } }),
    `${invalid}Cannot update attribute id. This attribute is part of the key`,
  ),
  refusal(
    "UpdateItem",
    update({ UpdateExpression: "SET id.a = :a", ExpressionAttributeValues: { ":a": { S: "" } } }),
    `${invalid}Cannot update attribute id. This attribute is part of the key`,
  ),
  refusal(
    "UpdateItem",
    update({ UpdateExpression: "SET a = b" }),
    "The provided expression refers to an attribute that does not exist in the item",
  ),
  refusal(
    "UpdateItem",
    {
      TableName: "items",
      Key: key,
      UpdateExpression: "SET #r = :a",
      ExpressionAttributeNames: { "#r": "rank" },
      ExpressionAttributeValues: { ":a": { S: "x" } },
    },
    `${invalid}Type mismatch for Index Key rank Expected: N Actual: S IndexName: byRank`,
  ),
  refusal(
    "UpdateItem",
    update({
      UpdateExpression: "SET a = :a",
      ExpressionAttributeValues: { ":a": { S: "x".repeat(409_600) } },
    }),
    "Item size to update has exceeded the maximum allowed size",
  ),
];
