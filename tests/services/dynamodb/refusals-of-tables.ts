/** Batches, transactions, PartiQL and the control plane. */
import { invalid, id, schema, type Refusal, refusal } from "./refusals.ts";

export const tables: readonly Refusal[] = [
  // Batches and transactions
  refusal("BatchGetItem", { RequestItems: {} }, "The requestItems parameter is required for BatchGetItem"),
  refusal(
    "BatchGetItem",
    { RequestItems: { plain: { Keys: [id, id] } } },
    "Provided list of item keys contains duplicates",
  ),
  refusal(
    "BatchWriteItem",
    { RequestItems: {} },
    "The requestItems parameter is required for BatchWriteItem",
  ),
  refusal(
    "BatchWriteItem",
    { RequestItems: { plain: [] } },
    "1 validation error detected: Value '{plain=[]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]",
  ),
  refusal(
    "BatchWriteItem",
    { RequestItems: { plain: [{ PutRequest: { Item: { x: { S: "a" } } } }] } },
    "The provided key element does not match the schema",
  ),
  refusal(
    "TransactWriteItems",
    { TransactItems: [] },
    "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ),
  refusal(
    "TransactWriteItems",
    { TransactItems: [{}] },
    "TransactItems can only contain one of Check, Put, Update or Delete",
  ),
  refusal(
    "TransactWriteItems",
    {
      TransactItems: [{ Put: { TableName: "plain", Item: id } }, { Delete: { TableName: "plain", Key: id } }],
    },
    "Transaction request cannot include multiple operations on one item",
  ),
  refusal(
    "TransactGetItems",
    { TransactItems: [{ Get: { TableName: "plain", Key: {} } }] },
    "Transaction cancelled, please refer cancellation reasons for specific reasons [ValidationError]",
    "TransactionCanceledException",
  ),
  // PartiQL
  refusal(
    "ExecuteStatement",
    { Statement: "SELECTT" },
    /^Statement wasn't well formed, can't be processed: /,
  ),
  refusal(
    "ExecuteStatement",
    { Statement: `UPDATE "items" SET x = 1 WHERE pk = 'a'` },
    "Where clause does not contain a mandatory equality on all key attributes",
  ),
  refusal(
    "ExecuteStatement",
    { Statement: `SELECT * FROM "items" WHERE pk = ?` },
    "Number of parameters in request and statement don't match.",
  ),
  // Tables
  refusal(
    "CreateTable",
    { ...schema, TableName: undefined },
    "The parameter 'TableName' is required but was not present in the request",
  ),
  refusal(
    "CreateTable",
    { ...schema, TableName: "ab" },
    "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3",
  ),
  refusal(
    "CreateTable",
    { ...schema, TableName: "plain" },
    "Table already exists: plain",
    "ResourceInUseException",
  ),
  refusal(
    "CreateTable",
    { ...schema, BillingMode: undefined },
    `${invalid}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED`,
  ),
  refusal(
    "CreateTable",
    { ...schema, ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
    `${invalid}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
  ),
  refusal(
    "CreateTable",
    { ...schema, KeySchema: [{ AttributeName: "b", KeyType: "HASH" }] },
    `${invalid}Some index key attributes are not defined in AttributeDefinitions. Keys: [b], AttributeDefinitions: [a]`,
  ),
  refusal(
    "CreateTable",
    { ...schema, KeySchema: [{ AttributeName: "a", KeyType: "RANGE" }] },
    "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
  ),
  refusal(
    "CreateTable",
    {
      ...schema,
      AttributeDefinitions: [...schema.AttributeDefinitions, { AttributeName: "b", AttributeType: "S" }],
    },
    `${invalid}Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions`,
  ),
  refusal(
    "CreateTable",
    { ...schema, GlobalSecondaryIndexes: [] },
    `${invalid}List of GlobalSecondaryIndexes is empty`,
  ),
  refusal(
    "CreateTable",
    {
      ...schema,
      GlobalSecondaryIndexes: [{ IndexName: "abc", KeySchema: schema.KeySchema, Projection: {} }],
    },
    `${invalid}Unknown ProjectionType: null`,
  ),
  refusal(
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
  ),
  refusal(
    "UpdateTable",
    { TableName: "plain" },
    "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required",
  ),
  refusal(
    "UpdateTable",
    { TableName: "items", ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
    `${invalid}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
  ),
  refusal(
    "UpdateTable",
    { TableName: "absent", BillingMode: "PAY_PER_REQUEST" },
    "Requested resource not found: Table: absent not found",
    "ResourceNotFoundException",
  ),
  refusal(
    "UpdateTable",
    { TableName: "items", StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" } },
    "Table already has an enabled stream: TableName: items",
  ),
  refusal(
    "UpdateTimeToLive",
    { TableName: "plain", TimeToLiveSpecification: { Enabled: false, AttributeName: "a" } },
    "TimeToLive is already disabled",
  ),
  refusal("TagResource", { ResourceArn: "nonsense", Tags: [] }, "ARNs must start with 'arn:': nonsense"),
];
