/** PartiQL, streams, and everything around tables: backups, recovery, exports, imports, tags, policies, Kinesis. */
import { id, type Refusal, refusal } from "./refusals.ts";

const account = "arn:aws:dynamodb:us-east-1:000000000000";
const notFound = "ResourceNotFoundException";
const absent = { TableName: "absent" };
const noTable = "Requested resource not found: Table: absent not found";
const one = (value: string, path: string, constraint: string): string =>
  `1 validation error detected: Value ${value} at '${path}' failed to satisfy constraint: ${constraint}`;
const notNull = "Member must not be null";

const partiql: readonly Refusal[] = [
  refusal(
    "ExecuteStatement",
    { Statement: "" },
    one("''", "statement", "Member must have length greater than or equal to 1"),
  ),
  refusal(
    "ExecuteStatement",
    { Statement: `SELECT * FROM "plain" WHERE id = '${"x".repeat(8192)}'` },
    /at 'statement' failed to satisfy constraint: Member must have length less than or equal to 8192$/,
  ),
  refusal(
    "ExecuteStatement",
    { Statement: `SELECT * FROM "plain"`, Limit: 0 },
    one("'0'", "limit", "Member must have value greater than or equal to 1"),
  ),
  refusal(
    "ExecuteStatement",
    { Statement: `SELECT * FROM "absent"` },
    "Requested resource not found",
    notFound,
  ),
  refusal(
    "ExecuteStatement",
    { Statement: `SELECT * FROM "plain"."nope"` },
    "The table does not have the specified index: nope",
  ),
  refusal(
    "ExecuteStatement",
    { Statement: `SELECT * FROM "plain"`, NextToken: "nonsense" },
    "NextToken does not match request",
  ),
  refusal(
    "ExecuteStatement",
    { Statement: `SELECT * FROM "plain" WHERE id = ? AND a = ?`, Parameters: [{ S: "a" }] },
    "Number of parameters in request and statement don't match.",
  ),
  refusal(
    "ExecuteStatement",
    { Statement: `UPDATE "plain" SET a = 1` },
    "Where clause does not contain a mandatory equality on all key attributes",
  ),
  refusal(
    "ExecuteStatement",
    { Statement: `DELETE FROM "items" WHERE pk = 'a'` },
    "Where clause does not contain a mandatory equality on all key attributes",
  ),
  refusal(
    "BatchExecuteStatement",
    { Statements: [] },
    one("'[]'", "statements", "Member must have length greater than or equal to 1"),
  ),
  refusal(
    "BatchExecuteStatement",
    { Statements: Array.from({ length: 26 }, () => ({ Statement: `SELECT * FROM "plain" WHERE id = 'a'` })) },
    /at 'statements' failed to satisfy constraint: Member must have length less than or equal to 25$/,
  ),
  refusal(
    "ExecuteTransaction",
    { TransactStatements: [] },
    one("'[]'", "transactStatements", "Member must have length greater than or equal to 1"),
  ),
  refusal(
    "ExecuteTransaction",
    {
      TransactStatements: [
        { Statement: `SELECT * FROM "plain" WHERE id = 'a'` },
        { Statement: `INSERT INTO "plain" VALUE {'id': 'b'}` },
      ],
    },
    "ExecuteTransaction API does not support both read and write operations in the same request",
  ),
];

const streams: readonly Refusal[] = [
  refusal(
    "DescribeStream",
    { StreamArn: `${account}:table/absent/stream/2026-01-01T00:00:00.000` },
    `Requested resource not found: Stream: ${account}:table/absent/stream/2026-01-01T00:00:00.000 not found`,
    notFound,
  ),
  refusal("GetRecords", { ShardIterator: "nonsense" }, "Invalid ShardIterator"),
];

const tables: readonly Refusal[] = [
  ...[
    ["DeleteTable", {}],
    ["DescribeTable", {}],
    ["DescribeTimeToLive", {}],
    ["DescribeKinesisStreamingDestination", {}],
    ["UpdateTimeToLive", { TimeToLiveSpecification: { Enabled: true, AttributeName: "a" } }],
  ].map(([operation, rest]) =>
    refusal(operation as string, { ...absent, ...(rest as object) }, noTable, notFound),
  ),
  refusal("DescribeContinuousBackups", absent, "Table not found: absent", "TableNotFoundException"),
  refusal(
    "CreateBackup",
    { ...absent, BackupName: "copy" },
    "Table not found: absent",
    "TableNotFoundException",
  ),
  refusal(
    "CreateBackup",
    { TableName: "plain", BackupName: "ab" },
    one("'ab'", "backupName", "Member must have length greater than or equal to 3"),
  ),
  ...["DescribeBackup", "DeleteBackup"].map((operation) =>
    refusal(
      operation,
      { BackupArn: `${account}:table/plain/backup/01489602797149-73d8d5bc` },
      `Backup not found: ${account}:table/plain/backup/01489602797149-73d8d5bc`,
      "BackupNotFoundException",
    ),
  ),
  refusal(
    "RestoreTableToPointInTime",
    { SourceTableName: "plain", TargetTableName: "again", UseLatestRestorableTime: true },
    "Point in time recovery is not enabled for table 'plain'",
    "PointInTimeRecoveryUnavailableException",
  ),
  refusal(
    "ExportTableToPointInTime",
    { TableArn: `${account}:table/plain`, S3Bucket: "bucket" },
    "Point in time recovery is not enabled for table 'plain'",
    "PointInTimeRecoveryUnavailableException",
  ),
  refusal("UpdateTimeToLive", { TableName: "plain" }, one("null", "timeToLiveSpecification", notNull)),
  refusal(
    "TagResource",
    { ResourceArn: `${account}:table/absent`, Tags: [{ Key: "a", Value: "b" }] },
    `Requested resource not found: ResourcArn: ${account}:table/absent not found`,
    notFound,
  ),
  refusal(
    "ListTagsOfResource",
    { ResourceArn: "nonsense" },
    /^Invalid TableArn: Invalid ResourceArn provided as input nonsense$|ARNs must start/,
  ),
  refusal(
    "GetResourcePolicy",
    { ResourceArn: `${account}:table/plain` },
    `Resource-based policy not found for the provided ResourceArn: ${account}:table/plain`,
    "PolicyNotFoundException",
  ),
  refusal(
    "EnableKinesisStreamingDestination",
    { TableName: "plain", StreamArn: "short" },
    one("'short'", "streamArn", "Member must have length greater than or equal to 37"),
  ),
  refusal(
    "UpdateKinesisStreamingDestination",
    { TableName: "plain", StreamArn: "arn:aws:kinesis:us-east-1:000000000000:stream/s" },
    "Streaming destination cannot be updated with given parameters: UpdateKinesisStreamingConfiguration cannot be null or contain only null values",
  ),
  refusal("TransactGetItems", { TransactItems: [{}] }, one("null", "transactItems.1.member.get", notNull)),
  refusal(
    "TransactWriteItems",
    { TransactItems: [{ ConditionCheck: { TableName: "plain", Key: id } }] },
    one("null", "transactItems.1.member.conditionCheck.conditionExpression", notNull),
  ),
  refusal(
    "TransactWriteItems",
    { TransactItems: [{ Update: { TableName: "plain", Key: id } }] },
    one("null", "transactItems.1.member.update.updateExpression", notNull),
  ),
];

export const services: readonly Refusal[] = [...partiql, ...streams, ...tables];
