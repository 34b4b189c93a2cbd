/** What DynamoDB refuses, in its words: one row per documented or recorded message, through the real client. */
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TagResourceCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Bench, startBench } from "./bench.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const commands = {
  BatchGetItem: BatchGetItemCommand,
  BatchWriteItem: BatchWriteItemCommand,
  CreateTable: CreateTableCommand,
  DeleteItem: DeleteItemCommand,
  ExecuteStatement: ExecuteStatementCommand,
  GetItem: GetItemCommand,
  PutItem: PutItemCommand,
  Query: QueryCommand,
  Scan: ScanCommand,
  TagResource: TagResourceCommand,
  TransactGetItems: TransactGetItemsCommand,
  TransactWriteItems: TransactWriteItemsCommand,
  UpdateItem: UpdateItemCommand,
  UpdateTable: UpdateTableCommand,
  UpdateTimeToLive: UpdateTimeToLiveCommand,
};
type Operation = keyof typeof commands;
type Row = readonly [operation: Operation, input: object, message: string | RegExp, code?: string];

const invalid = "One or more parameter values were invalid: ";
const key = { pk: { S: "a" }, sk: { S: "b" } };
const id = { id: { S: "a" } };
const put = (attribute: object): object => ({ TableName: "plain", Item: { ...id, attribute } });
const update = (members: object): object => ({ TableName: "plain", Key: id, ...members });
const query = (members: object): object => ({
  TableName: "items",
  KeyConditionExpression: "pk = :p",
  ExpressionAttributeValues: { ":p": { S: "a" } },
  ...members,
});
const schema = {
  TableName: "fresh",
  AttributeDefinitions: [{ AttributeName: "a", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "a", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
};

const rows: readonly Row[] = [
  // Table names
  [
    "PutItem",
    { Item: id },
    "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null",
  ],
  [
    "GetItem",
    { TableName: "", Key: id },
    "1 validation error detected: Value '' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  [
    "Scan",
    { TableName: "a;b" },
    "1 validation error detected: Value 'a;b' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
  ],
  ["GetItem", { TableName: "absent", Key: id }, "Requested resource not found", "ResourceNotFoundException"],
  // Enumerations are reported together
  [
    "DeleteItem",
    { TableName: "plain", Key: id, ReturnValues: "X", ReturnConsumedCapacity: "Y" },
    "2 validation errors detected: Value 'Y' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; Value 'X' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]",
  ],
  [
    "PutItem",
    { TableName: "plain", Item: id, ReturnValues: "ALL_NEW" },
    "ReturnValues can only be ALL_OLD or NONE",
  ],
  // Attribute values
  [
    "PutItem",
    put({}),
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
  ],
  ["PutItem", put({ SS: [] }), `${invalid}An string set  may not be empty`],
  ["PutItem", put({ NS: [] }), `${invalid}An number set  may not be empty`],
  ["PutItem", put({ BS: [] }), `${invalid}Binary sets should not be empty`],
  ["PutItem", put({ SS: ["a", "a"] }), `${invalid}Input collection [a, a] contains duplicates.`],
  ["PutItem", put({ NS: ["1", "1.0"] }), "Input collection contains duplicates"],
  ["PutItem", put({ NULL: false }), `${invalid}Null attribute value types must have the value of true`],
  ["PutItem", put({ N: "" }), "The parameter cannot be converted to a numeric value"],
  ["PutItem", put({ N: "b" }), "The parameter cannot be converted to a numeric value: b"],
  [
    "PutItem",
    put({ N: "1e126" }),
    "Number overflow. Attempting to store a number with magnitude larger than supported range",
  ],
  [
    "PutItem",
    put({ N: "1e-131" }),
    "Number underflow. Attempting to store a number with magnitude smaller than supported range",
  ],
  ["PutItem", put({ N: "1".repeat(39) }), "Attempting to store more than 38 significant digits in a Number"],
  ["PutItem", put({ S: "x".repeat(409_600) }), "Item size has exceeded the maximum allowed size"],
  // Keys
  [
    "PutItem",
    { TableName: "plain", Item: { other: { S: "a" } } },
    `${invalid}Missing the key id in the item`,
  ],
  [
    "PutItem",
    { TableName: "plain", Item: { id: { N: "1" } } },
    `${invalid}Type mismatch for key id expected: S actual: N`,
  ],
  [
    "PutItem",
    { TableName: "plain", Item: { id: { S: "" } } },
    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id",
  ],
  [
    "PutItem",
    { TableName: "plain", Item: { id: { S: "x".repeat(2049) } } },
    `${invalid}Size of hashkey has exceeded the maximum size limit of2048 bytes`,
  ],
  [
    "PutItem",
    { TableName: "items", Item: { ...key, sk: { S: "x".repeat(1025) } } },
    `${invalid}Aggregated size of all range keys has exceeded the size limit of 1024 bytes`,
  ],
  [
    "PutItem",
    { TableName: "items", Item: { ...key, rank: { S: "x" } } },
    `${invalid}Type mismatch for Index Key rank Expected: N Actual: S IndexName: byRank`,
  ],
  [
    "PutItem",
    { TableName: "items", Item: { ...key, holder: { S: "" } } },
    "One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: byHolder, IndexKey: holder",
  ],
  [
    "GetItem",
    { TableName: "items", Key: { pk: { S: "a" } } },
    "The provided key element does not match the schema",
  ],
  [
    "GetItem",
    { TableName: "plain", Key: { id: { N: "1" } } },
    "The provided key element does not match the schema",
  ],
  [
    "DeleteItem",
    { TableName: "plain", Key: { ...id, more: { S: "a" } } },
    "The provided key element does not match the schema",
  ],
  // Which parameters may stand together
  [
    "PutItem",
    { TableName: "plain", Item: id, Expected: {}, ConditionExpression: "a = b" },
    "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}",
  ],
  [
    "Query",
    query({ KeyConditions: {}, AttributesToGet: ["a"] }),
    "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {AttributesToGet, KeyConditions} Expression parameters: {KeyConditionExpression}",
  ],
  [
    "GetItem",
    { TableName: "plain", Key: id, ExpressionAttributeNames: { "#a": "a" } },
    "ExpressionAttributeNames can only be specified when using expressions",
  ],
  [
    "UpdateItem",
    update({ ExpressionAttributeValues: { ":a": { S: "a" } } }),
    "ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and ConditionExpression are null",
  ],
  [
    "PutItem",
    { TableName: "plain", Item: id, ExpressionAttributeValues: { ":a": { S: "a" } } },
    "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null",
  ],
  [
    "UpdateItem",
    update({
      UpdateExpression: "SET a = :a",
      ExpressionAttributeValues: { ":a": { S: "" }, ":b": { S: "" } },
    }),
    "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}",
  ],
  // Legacy conditions
  [
    "PutItem",
    { TableName: "plain", Item: id, Expected: { a: {} } },
    `${invalid}Value must be provided when Exists is null for Attribute: a`,
  ],
  [
    "PutItem",
    { TableName: "plain", Item: id, Expected: { a: { Exists: false, Value: { S: "a" } } } },
    `${invalid}Value cannot be used when Exists is false for Attribute: a`,
  ],
  [
    "PutItem",
    { TableName: "plain", Item: id, Expected: { a: { AttributeValueList: [] } } },
    `${invalid}AttributeValueList can only be used with a ComparisonOperator for Attribute: a`,
  ],
  [
    "PutItem",
    { TableName: "plain", Item: id, Expected: { a: { ComparisonOperator: "EQ", Exists: true } } },
    `${invalid}Exists and ComparisonOperator cannot be used together for Attribute: a`,
  ],
  [
    "PutItem",
    { TableName: "plain", Item: id, Expected: { a: { ComparisonOperator: "EQ" } } },
    `${invalid}Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a`,
  ],
  [
    "PutItem",
    {
      TableName: "plain",
      Item: id,
      Expected: { a: { ComparisonOperator: "BETWEEN", AttributeValueList: [{ N: "1" }] } },
    },
    `${invalid}Invalid number of argument(s) for the BETWEEN ComparisonOperator`,
  ],
  [
    "PutItem",
    {
      TableName: "plain",
      Item: id,
      Expected: { a: { ComparisonOperator: "BETWEEN", AttributeValueList: [{ N: "2" }, { N: "1" }] } },
    },
    "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
  ],
  [
    "Scan",
    {
      TableName: "plain",
      ScanFilter: { a: { ComparisonOperator: "LT", AttributeValueList: [{ SS: ["a"] }] } },
    },
    `${invalid}ComparisonOperator LT is not valid for SS AttributeValue type`,
  ],
  [
    "UpdateItem",
    update({ AttributeUpdates: { a: { Action: "ADD", Value: { S: "a" } } } }),
    `${invalid}ADD action is not supported for the type S`,
  ],
  [
    "UpdateItem",
    update({ AttributeUpdates: { a: { Action: "DELETE", Value: { N: "1" } } } }),
    `${invalid}DELETE action with value is not supported for the type N`,
  ],
  [
    "UpdateItem",
    update({ AttributeUpdates: { a: { Action: "PUT" } } }),
    `${invalid}Only DELETE action is allowed when no attribute value is specified`,
  ],
  // Updates
  [
    "UpdateItem",
    update({ UpdateExpression: "SET id = :a", ExpressionAttributeValues: { ":a": { S: "" } } }),
    `${invalid}Cannot update attribute id. This attribute is part of the key`,
  ],
  [
    "UpdateItem",
    update({ UpdateExpression: "SET id.a = :a", ExpressionAttributeValues: { ":a": { S: "" } } }),
    "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: id",
  ],
  [
    "UpdateItem",
    update({ UpdateExpression: "SET a = b" }),
    "The provided expression refers to an attribute that does not exist in the item",
  ],
  [
    "UpdateItem",
    {
      TableName: "items",
      Key: key,
      UpdateExpression: "SET #r = :a",
      ExpressionAttributeNames: { "#r": "rank" },
      ExpressionAttributeValues: { ":a": { S: "x" } },
    },
    "The update expression attempted to update the secondary index key to unsupported type",
  ],
  [
    "UpdateItem",
    update({
      UpdateExpression: "SET a = :a",
      ExpressionAttributeValues: { ":a": { S: "x".repeat(409_600) } },
    }),
    "Item size to update has exceeded the maximum allowed size",
  ],
  // Queries and scans
  [
    "Query",
    { TableName: "items" },
    "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
  ],
  [
    "Query",
    query({ Limit: 0 }),
    "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ],
  [
    "Scan",
    { TableName: "items", Limit: 0 },
    "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ],
  ["Query", query({ IndexName: "nope" }), "The table does not have the specified index: nope"],
  [
    "Query",
    query({ IndexName: "byHolder", ConsistentRead: true }),
    "Consistent reads are not supported on global secondary indexes",
  ],
  ["Query", query({ KeyConditionExpression: "sk = :p" }), "Query condition missed key schema element: pk"],
  ["Query", query({ KeyConditionExpression: "pk > :p" }), "Query key condition not supported"],
  [
    "Query",
    query({ KeyConditionExpression: "pk = :p", ExpressionAttributeValues: { ":p": { N: "1" } } }),
    `${invalid}Condition parameter type does not match schema type`,
  ],
  [
    "Query",
    query({ KeyConditionExpression: "pk = :p OR sk = :p" }),
    "Invalid operator used in KeyConditionExpression: OR",
  ],
  [
    "Query",
    query({ FilterExpression: "sk = :p" }),
    "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk",
  ],
  [
    "Query",
    query({ Select: "SPECIFIC_ATTRIBUTES" }),
    `${invalid}Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES`,
  ],
  [
    "Query",
    query({ Select: "ALL_PROJECTED_ATTRIBUTES" }),
    `${invalid}ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName`,
  ],
  [
    "Scan",
    { TableName: "items", IndexName: "byHolder", Select: "ALL_ATTRIBUTES" },
    `${invalid}Select type ALL_ATTRIBUTES is not supported for global secondary index byHolder because its projection type is not ALL`,
  ],
  [
    "Query",
    query({ ExclusiveStartKey: { pk: { S: "a" } } }),
    "The provided starting key is invalid: The provided key element does not match the schema",
  ],
  [
    "Query",
    query({ ExclusiveStartKey: { pk: { S: "other" }, sk: { S: "a" } } }),
    "The provided starting key is outside query boundaries based on provided conditions",
  ],
  [
    "Scan",
    { TableName: "plain", Segment: 0 },
    "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
  ],
  [
    "Scan",
    { TableName: "plain", TotalSegments: 2 },
    "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
  ],
  [
    "Scan",
    { TableName: "plain", Segment: 2, TotalSegments: 2 },
    "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 2 is not less than TotalSegments: 2",
  ],
  [
    "Scan",
    { TableName: "plain", AttributesToGet: ["a", "a"] },
    `${invalid}Duplicate value in attribute name: a`,
  ],
  // Batches and transactions
  ["BatchGetItem", { RequestItems: {} }, "The requestItems parameter is required for BatchGetItem"],
  [
    "BatchGetItem",
    { RequestItems: { plain: { Keys: [id, id] } } },
    "Provided list of item keys contains duplicates",
  ],
  ["BatchWriteItem", { RequestItems: {} }, "The requestItems parameter is required for BatchWriteItem"],
  [
    "BatchWriteItem",
    { RequestItems: { plain: [] } },
    "1 validation error detected: Value '{plain=[]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]",
  ],
  [
    "BatchWriteItem",
    { RequestItems: { plain: [{ PutRequest: { Item: { x: { S: "a" } } } }] } },
    "The provided key element does not match the schema",
  ],
  [
    "TransactWriteItems",
    { TransactItems: [] },
    "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  [
    "TransactWriteItems",
    { TransactItems: [{}] },
    "TransactItems can only contain one of Check, Put, Update or Delete",
  ],
  [
    "TransactWriteItems",
    {
      TransactItems: [{ Put: { TableName: "plain", Item: id } }, { Delete: { TableName: "plain", Key: id } }],
    },
    "Transaction request cannot include multiple operations on one item",
  ],
  [
    "TransactGetItems",
    { TransactItems: [{ Get: { TableName: "plain", Key: {} } }] },
    "Transaction cancelled, please refer cancellation reasons for specific reasons [ValidationError]",
    "TransactionCanceledException",
  ],
  // PartiQL
  ["ExecuteStatement", { Statement: "SELECTT" }, /^Statement wasn't well formed, can't be processed: /],
  [
    "ExecuteStatement",
    { Statement: `UPDATE "items" SET x = 1 WHERE pk = 'a'` },
    "Where clause does not contain a mandatory equality on all key attributes",
  ],
  [
    "ExecuteStatement",
    { Statement: `SELECT * FROM "items" WHERE pk = ?` },
    "Number of parameters in request and statement don't match.",
  ],
  // Tables
  [
    "CreateTable",
    { ...schema, TableName: undefined },
    "The parameter 'TableName' is required but was not present in the request",
  ],
  [
    "CreateTable",
    { ...schema, TableName: "ab" },
    "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3",
  ],
  ["CreateTable", { ...schema, TableName: "plain" }, "Table already exists: plain", "ResourceInUseException"],
  [
    "CreateTable",
    { ...schema, BillingMode: undefined },
    `${invalid}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED`,
  ],
  [
    "CreateTable",
    { ...schema, ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
    `${invalid}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
  ],
  [
    "CreateTable",
    { ...schema, KeySchema: [{ AttributeName: "b", KeyType: "HASH" }] },
    `${invalid}Some index key attributes are not defined in AttributeDefinitions. Keys: [b], AttributeDefinitions: [a]`,
  ],
  [
    "CreateTable",
    { ...schema, KeySchema: [{ AttributeName: "a", KeyType: "RANGE" }] },
    "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
  ],
  [
    "CreateTable",
    {
      ...schema,
      AttributeDefinitions: [...schema.AttributeDefinitions, { AttributeName: "b", AttributeType: "S" }],
    },
    `${invalid}Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions`,
  ],
  [
    "CreateTable",
    { ...schema, GlobalSecondaryIndexes: [] },
    `${invalid}List of GlobalSecondaryIndexes is empty`,
  ],
  [
    "CreateTable",
    {
      ...schema,
      GlobalSecondaryIndexes: [{ IndexName: "abc", KeySchema: schema.KeySchema, Projection: {} }],
    },
    `${invalid}Unknown ProjectionType: null`,
  ],
  [
    "CreateTable",
    {
      ...schema,
      GlobalSecondaryIndexes: [
        {
          IndexName: "abc",
          KeySchema: schema.KeySchema,
          Projection: { ProjectionType: "ALL", NonKeyAttributes: ["b"] },
        },
      ],
    },
    `${invalid}ProjectionType is ALL, but NonKeyAttributes is specified`,
  ],
  [
    "UpdateTable",
    { TableName: "plain" },
    "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required",
  ],
  [
    "UpdateTable",
    { TableName: "items", ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
    `${invalid}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
  ],
  [
    "UpdateTable",
    { TableName: "absent", BillingMode: "PAY_PER_REQUEST" },
    "Requested resource not found: Table: absent not found",
    "ResourceNotFoundException",
  ],
  [
    "UpdateTable",
    { TableName: "items", StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" } },
    "Table already has an enabled stream: TableName: items",
    "ResourceInUseException",
  ],
  [
    "UpdateTimeToLive",
    { TableName: "plain", TimeToLiveSpecification: { Enabled: false, AttributeName: "a" } },
    "TimeToLive is already disabled",
  ],
  [
    "TagResource",
    { ResourceArn: "nonsense", Tags: [] },
    "Invalid TableArn: Invalid ResourceArn provided as input nonsense",
  ],
];

/** Sends what the client's types would not allow. */
async function refusal(client: DynamoDBClient, operation: Operation, input: object): Promise<Error> {
  const Command = commands[operation] as unknown as new (input: object) => PutItemCommand;
  return client.send(new Command(input)).then(
    () => new Error("it was accepted"),
    (error: unknown) => error as Error,
  );
}

describe("refusals", () => {
  test.each(rows)("%s %j: %s", async (operation, input, message, code = "ValidationException") => {
    const error = await refusal(bench.dynamodb, operation, input);
    if (typeof message === "string") expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
    expect(error.name).toBe(code);
  });
});
