/** Queries and scans. */
import { invalid, query, type Refusal, refusal } from "./refusals.ts";

export const reads: readonly Refusal[] = [
  // Queries and scans
  refusal(
    "Query",
    { TableName: "items" },
    "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
  ),
  refusal(
    "Query",
    query({ Limit: 0 }),
    "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ),
  refusal(
    "Scan",
    { TableName: "items", Limit: 0 },
    "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ),
  refusal("Query", query({ IndexName: "nope" }), "The table does not have the specified index: nope"),
  refusal(
    "Query",
    query({ IndexName: "byHolder", ConsistentRead: true }),
    "Consistent reads are not supported on global secondary indexes",
  ),
  refusal(
    "Query",
    query({ KeyConditionExpression: "sk = :p" }),
    "Query condition missed key schema element: pk",
  ),
  refusal("Query", query({ KeyConditionExpression: "pk > :p" }), "Query key condition not supported"),
  refusal(
    "Query",
    query({ KeyConditionExpression: "pk = :p", ExpressionAttributeValues: { ":p": { N: "1" } } }),
    `${invalid}Condition parameter type does not match schema type`,
  ),
  refusal(
    "Query",
    query({ KeyConditionExpression: "pk = :p OR sk = :p" }),
    "Invalid operator used in KeyConditionExpression: OR",
  ),
  refusal(
    "Query",
    query({ FilterExpression: "sk = :p" }),
    "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk",
  ),
  refusal(
    "Query",
    query({ Select: "SPECIFIC_ATTRIBUTES" }),
    `${invalid}Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES`,
  ),
  refusal(
    "Query",
    query({ Select: "ALL_PROJECTED_ATTRIBUTES" }),
    `${invalid}ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName`,
  ),
  refusal(
    "Scan",
    { TableName: "items", IndexName: "byHolder", Select: "ALL_ATTRIBUTES" },
    `${invalid}Select type ALL_ATTRIBUTES is not supported for global secondary index byHolder because its projection type is not ALL`,
  ),
  refusal("Query", query({ ExclusiveStartKey: { pk: { S: "a" } } }), "The provided starting key is invalid"),
  refusal(
    "Query",
    query({ ExclusiveStartKey: { pk: { S: "other" }, sk: { S: "a" } } }),
    "The provided starting key is outside query boundaries based on provided conditions",
  ),
  refusal(
    "Scan",
    { TableName: "plain", Segment: 0 },
    "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
  ),
  refusal(
    "Scan",
    { TableName: "plain", TotalSegments: 2 },
    "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
  ),
  refusal(
    "Scan",
    { TableName: "plain", Segment: 2, TotalSegments: 2 },
    "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 2 is not less than TotalSegments: 2",
  ),
  refusal(
    "Scan",
    { TableName: "plain", AttributesToGet: ["a", "a"] },
    `${invalid}Duplicate value in attribute name: a`,
  ),
];
