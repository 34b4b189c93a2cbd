/** On-demand backups: CreateBackup, DescribeBackup, ListBackups, DeleteBackup, RestoreTableFromBackup. */
import type { BackupDescription, BackupDetails } from "@aws-sdk/client-dynamodb";
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { checkControlTableName, Constraints } from "../constraints.ts";
import { startCopy } from "../copies.ts";
import { type BackupRow, backups, counts, tables } from "../keys.ts";
import { findTable, tableNameOf } from "../lookup.ts";
import { restoredTable } from "../restored-table.ts";
import { nextStorage } from "../stream.ts";
import { describeTable, keySchema, projectionOf } from "../table-description.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

export function createBackup(
  call: Call,
  input: Input<Client, "CreateBackup">,
): Output<Client, "CreateBackup"> {
  checkControlTableName(input.TableName);
  new Constraints()
    .required("backupName", input.BackupName)
    .length("backupName", input.BackupName, 3, 255)
    .pattern("backupName", input.BackupName, "[a-zA-Z0-9_.-]+")
    .check();
  const found = findTable(call, input.TableName);
  if (found === undefined) {
    throw new AwsError("TableNotFoundException", `Table not found: ${tableNameOf(input.TableName)}`);
  }
  const { call: there, table } = found;
  const count = counts.get(there.tx, [table.storage, 0]);
  const storage = nextStorage(there);
  const backup: BackupRow = {
    arn: `${table.arn}/backup/${String(there.nowMs).padStart(14, "0")}-${there.random.hex(8)}`,
    name: input.BackupName,
    status: "CREATING",
    type: "USER",
    createdAtMs: there.nowMs,
    sizeBytes: count?.sizeBytes ?? 0,
    items: count?.items ?? 0,
    table,
    storage,
  };
  backups.set(there.tx, [backup.arn], backup);
  startCopy(there, {
    sourceTable: table.name,
    sourceStorage: table.storage,
    atMs: there.nowMs,
    target: { kind: "backup", arn: backup.arn, storage },
  });
  return { BackupDetails: details(backup) };
}

function details(backup: BackupRow): BackupDetails {
  return {
    BackupArn: backup.arn,
    BackupName: backup.name,
    BackupSizeBytes: backup.sizeBytes,
    BackupStatus: backup.status,
    BackupType: backup.type,
    BackupCreationDateTime: new Date(backup.createdAtMs),
  };
}

function requireBackup(call: Call, arn: string | undefined): BackupRow {
  new Constraints().required("backupArn", arn).length("backupArn", arn, 37, 1024).check();
  const backup = backups.get(call.tx, [arn ?? ""]);
  if (backup === undefined) throw new AwsError("BackupNotFoundException", `Backup not found: ${arn}`);
  return backup;
}

function description(backup: BackupRow): BackupDescription {
  const { table } = backup;
  const { readUnits, writeUnits } = table.throughput;
  const indexes = (
    kind: "local" | "global",
  ): NonNullable<NonNullable<BackupDescription["SourceTableFeatureDetails"]>["GlobalSecondaryIndexes"]> =>
    table.indexes
      .filter((index) => index.kind === kind)
      .map((index) => ({
        IndexName: index.name,
        KeySchema: keySchema(index),
        Projection: projectionOf(index),
      }));
  return {
    BackupDetails: details(backup),
    SourceTableDetails: {
      TableName: table.name,
      TableId: table.id,
      TableArn: table.arn,
      TableSizeBytes: backup.sizeBytes,
      KeySchema: keySchema(table),
      TableCreationDateTime: new Date(table.createdAtMs),
      ProvisionedThroughput: { ReadCapacityUnits: readUnits, WriteCapacityUnits: writeUnits },
      ItemCount: backup.items,
      BillingMode: table.billingMode,
    },
    SourceTableFeatureDetails: {
      ...(indexes("local").length === 0 ? {} : { LocalSecondaryIndexes: indexes("local") }),
      ...(indexes("global").length === 0 ? {} : { GlobalSecondaryIndexes: indexes("global") }),
      ...(table.stream?.enabled === true
        ? { StreamDescription: { StreamEnabled: true, StreamViewType: table.stream.viewType } }
        : {}),
      TimeToLiveDescription:
        table.timeToLive === null
          ? { TimeToLiveStatus: "DISABLED" }
          : { TimeToLiveStatus: "ENABLED", AttributeName: table.timeToLive },
    },
  };
}

export function describeBackup(
  call: Call,
  input: Input<Client, "DescribeBackup">,
): Output<Client, "DescribeBackup"> {
  return { BackupDescription: description(requireBackup(call, input.BackupArn)) };
}

export function deleteBackup(
  call: Call,
  input: Input<Client, "DeleteBackup">,
): Output<Client, "DeleteBackup"> {
  const backup = requireBackup(call, input.BackupArn);
  if (backup.status === "CREATING") {
    throw new AwsError("BackupInUseException", `Backup is being created: ${backup.arn}`);
  }
  backups.delete(call.tx, [backup.arn]);
  call.schedule("dynamodb.sweep", [backup.storage], call.nowMs);
  const described = description(backup);
  return {
    BackupDescription: { ...described, BackupDetails: { ...details(backup), BackupStatus: "DELETED" } },
  };
}

const pageSizeMax = 100;

export function listBackups(call: Call, input: Input<Client, "ListBackups">): Output<Client, "ListBackups"> {
  const limit = input.Limit ?? pageSizeMax;
  new Constraints().range("limit", limit, 1, pageSizeMax).check();
  const name = input.TableName === undefined ? undefined : tableNameOf(input.TableName);
  const lower = input.TimeRangeLowerBound?.getTime() ?? -Infinity;
  const upper = input.TimeRangeUpperBound?.getTime() ?? Infinity;
  const start = input.ExclusiveStartBackupArn === undefined ? {} : { after: [input.ExclusiveStartBackupArn] };
  const found: BackupRow[] = [];
  let more = false;
  for (const { value } of backups.scan(call.tx, [], start)) {
    if (name !== undefined && value.table.name !== name) continue;
    if (value.createdAtMs < lower || value.createdAtMs >= upper) continue;
    if (input.BackupType !== undefined && input.BackupType !== "ALL" && input.BackupType !== value.type)
      continue;
    more = found.length === limit;
    if (more) break;
    found.push(value);
  }
  const last = found.at(-1);
  return {
    BackupSummaries: found.map((backup) => ({
      TableName: backup.table.name,
      TableId: backup.table.id,
      TableArn: backup.table.arn,
      ...details(backup),
    })),
    ...(more && last !== undefined ? { LastEvaluatedBackupArn: last.arn } : {}),
  };
}

export function restoreTableFromBackup(
  call: Call,
  input: Input<Client, "RestoreTableFromBackup">,
): Output<Client, "RestoreTableFromBackup"> {
  checkControlTableName(input.TargetTableName);
  const backup = requireBackup(call, input.BackupArn);
  if (backup.status === "CREATING") {
    throw new AwsError("BackupInUseException", `Backup is being created: ${backup.arn}`);
  }
  const target = restoredTable(call, backup.table, input.TargetTableName, input);
  const table = {
    ...target,
    restore: { sourceTableArn: backup.table.arn, sourceBackupArn: backup.arn, atMs: backup.createdAtMs },
  };
  tables.set(call.tx, [table.name], table);
  startCopy(call, {
    sourceTable: null,
    sourceStorage: backup.storage,
    atMs: null,
    target: { kind: "table", name: table.name, storage: table.storage },
  });
  return { TableDescription: describeTable(call, table, { status: "CREATING", indexStatus: "CREATING" }) };
}
