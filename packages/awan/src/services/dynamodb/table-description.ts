/** Tables as DescribeTable and the control operations answer them. */
import type {
  GlobalSecondaryIndexDescription,
  KeySchemaElement,
  LocalSecondaryIndexDescription,
  Projection,
  ProvisionedThroughputDescription,
  ReplicaDescription,
  TableDescription,
} from "@aws-sdk/client-dynamodb";
import type { Call } from "../../host/call.ts";
import { counts } from "./keys.ts";
import {
  hashKeys,
  type IndexRow,
  type KeySchema,
  type OnDemandLimits,
  rangeKeys,
  type TableRow,
  type Throughput,
  type WarmThroughput,
} from "./schema.ts";
import { streamArnOf } from "./stream.ts";

/** What an on-demand table takes from the start (Developer Guide, "On-demand capacity mode"). */
const warmOnDemand: WarmThroughput = { readUnits: 12_000, writeUnits: 4_000 };

export interface Shown {
  /** The status the operation answers with; ACTIVE otherwise. */
  readonly status?: "CREATING" | "UPDATING" | "DELETING";
  readonly indexStatus?: "CREATING" | "UPDATING" | "DELETING";
  /** Indexes that `indexStatus` is about; all without it. */
  readonly changed?: readonly string[];
}

export function describeTable(call: Call, table: TableRow, shown: Shown = {}): TableDescription {
  const count = counts.get(call.tx, [table.storage, 0]);
  const onDemand = table.billingMode === "PAY_PER_REQUEST";
  const locals = table.indexes.filter(({ kind }) => kind === "local");
  const globals = table.indexes.filter(({ kind }) => kind === "global");
  return {
    AttributeDefinitions: table.definitions.map(({ name, type }) => ({
      AttributeName: name,
      AttributeType: type,
    })),
    TableName: table.name,
    KeySchema: keySchema(table),
    TableStatus: shown.status ?? (table.restoring ? "CREATING" : "ACTIVE"),
    CreationDateTime: new Date(table.createdAtMs),
    ProvisionedThroughput: throughput(table.throughput),
    TableSizeBytes: count?.sizeBytes ?? 0,
    ItemCount: count?.items ?? 0,
    TableArn: table.arn,
    TableId: table.id,
    ...(onDemand || table.onDemandSinceMs !== undefined
      ? { BillingModeSummary: billingMode(table, shown) }
      : {}),
    ...(locals.length === 0
      ? {}
      : { LocalSecondaryIndexes: locals.map((index) => describeLocal(call, table, index)) }),
    ...(globals.length === 0
      ? {}
      : { GlobalSecondaryIndexes: globals.map((index) => describeGlobal(call, table, index, shown)) }),
    ...describeStream(table),
    ...(table.replicas.length === 0
      ? {}
      : {
          GlobalTableVersion: "2019.11.21",
          Replicas: table.replicas.map((region) => describeReplica(table, region)),
        }),
    ...(table.restore === undefined
      ? {}
      : { RestoreSummary: restoreSummary(table.restore, table.restoring) }),
    ...(table.encryption === undefined
      ? {}
      : { SSEDescription: { Status: "ENABLED", SSEType: "KMS", KMSMasterKeyArn: table.encryption.keyArn } }),
    ...(table.tableClass === undefined ? {} : { TableClassSummary: tableClass(table) }),
    DeletionProtectionEnabled: table.deletionProtection,
    ...(table.onDemand === undefined ? {} : { OnDemandThroughput: onDemandThroughput(table.onDemand) }),
    ...warmThroughput(table, table.warm, table.throughput, shown.status),
  };
}

function describeStream(table: TableRow): Partial<TableDescription> {
  if (table.stream === null) return {};
  const { label, viewType, enabled } = table.stream;
  return {
    ...(enabled ? { StreamSpecification: { StreamEnabled: true, StreamViewType: viewType } } : {}),
    LatestStreamLabel: label,
    LatestStreamArn: streamArnOf(table, label),
  };
}

function billingMode(table: TableRow, shown: Shown): NonNullable<TableDescription["BillingModeSummary"]> {
  return {
    BillingMode: table.billingMode,
    ...(table.onDemandSinceMs === undefined || shown.status === "CREATING"
      ? {}
      : { LastUpdateToPayPerRequestDateTime: new Date(table.onDemandSinceMs) }),
  };
}

export function keySchema(schema: KeySchema): KeySchemaElement[] {
  return [
    ...hashKeys(schema).map(({ name }) => ({ AttributeName: name, KeyType: "HASH" as const })),
    ...rangeKeys(schema).map(({ name }) => ({ AttributeName: name, KeyType: "RANGE" as const })),
  ];
}

export function projectionOf({ projection, nonKeyAttributes }: IndexRow): Projection {
  return {
    ProjectionType: projection,
    ...(projection === "INCLUDE" ? { NonKeyAttributes: [...nonKeyAttributes] } : {}),
  };
}

function throughput(row: Throughput): ProvisionedThroughputDescription {
  return {
    ...(row.increasedAtMs === undefined ? {} : { LastIncreaseDateTime: new Date(row.increasedAtMs) }),
    ...(row.decreasedAtMs === undefined ? {} : { LastDecreaseDateTime: new Date(row.decreasedAtMs) }),
    NumberOfDecreasesToday: row.decreases,
    ReadCapacityUnits: row.readUnits,
    WriteCapacityUnits: row.writeUnits,
  };
}

function onDemandThroughput(row: OnDemandLimits): {
  MaxReadRequestUnits: number;
  MaxWriteRequestUnits: number;
} {
  return { MaxReadRequestUnits: row.readUnitsMax ?? -1, MaxWriteRequestUnits: row.writeUnitsMax ?? -1 };
}

/** CreateTable tells of it only when it was asked for, and then as something that is still changing. */
function warmThroughput(
  table: TableRow,
  warm: WarmThroughput | undefined,
  provisioned: Throughput,
  status: Shown["status"],
): {
  readonly WarmThroughput?: {
    ReadUnitsPerSecond: number;
    WriteUnitsPerSecond: number;
    Status: "ACTIVE" | "UPDATING";
  };
} {
  if (status !== undefined && warm === undefined) return {};
  const units = warm ?? (table.billingMode === "PAY_PER_REQUEST" ? warmOnDemand : provisioned);
  return {
    WarmThroughput: {
      ReadUnitsPerSecond: units.readUnits,
      WriteUnitsPerSecond: units.writeUnits,
      Status: status === undefined ? "ACTIVE" : "UPDATING",
    },
  };
}

function tableClass(table: TableRow): NonNullable<TableDescription["TableClassSummary"]> {
  return {
    TableClass: (table.tableClass ?? "STANDARD") as "STANDARD",
    ...(table.tableClassChangedAtMs === undefined
      ? {}
      : { LastUpdateDateTime: new Date(table.tableClassChangedAtMs) }),
  };
}

function restoreSummary(
  restore: NonNullable<TableRow["restore"]>,
  restoring: boolean,
): NonNullable<TableDescription["RestoreSummary"]> {
  return {
    SourceTableArn: restore.sourceTableArn,
    ...(restore.sourceBackupArn === undefined ? {} : { SourceBackupArn: restore.sourceBackupArn }),
    RestoreDateTime: new Date(restore.atMs),
    RestoreInProgress: restoring,
  };
}

function describeReplica(table: TableRow, region: string): ReplicaDescription {
  return {
    RegionName: region,
    ReplicaStatus: table.filling?.includes(region) === true ? "CREATING" : "ACTIVE",
    ReplicaArn: table.arn.replace(/^(arn:[^:]+:dynamodb:)[^:]+/, `$1${region}`),
  };
}

function describeLocal(call: Call, table: TableRow, index: IndexRow): LocalSecondaryIndexDescription {
  const count = counts.get(call.tx, [table.storage, index.id]);
  return {
    IndexName: index.name,
    KeySchema: keySchema(index),
    Projection: projectionOf(index),
    IndexSizeBytes: count?.sizeBytes ?? 0,
    ItemCount: count?.items ?? 0,
    IndexArn: `${table.arn}/index/${index.name}`,
  };
}

function describeGlobal(
  call: Call,
  table: TableRow,
  index: IndexRow,
  shown: Shown,
): GlobalSecondaryIndexDescription {
  const count = counts.get(call.tx, [table.storage, index.id]);
  const isChanged = shown.changed === undefined || shown.changed.includes(index.name);
  const status = (isChanged ? shown.indexStatus : undefined) ?? index.status;
  return {
    IndexName: index.name,
    KeySchema: keySchema(index),
    Projection: projectionOf(index),
    IndexStatus: status,
    ...(status === "CREATING" && shown.status !== "CREATING"
      ? { Backfilling: shown.status === undefined }
      : {}),
    ProvisionedThroughput: throughput(index.throughput),
    IndexSizeBytes: count?.sizeBytes ?? 0,
    ItemCount: count?.items ?? 0,
    IndexArn: `${table.arn}/index/${index.name}`,
    ...(index.onDemand === undefined ? {} : { OnDemandThroughput: onDemandThroughput(index.onDemand) }),
    ...warmThroughput(table, index.warm, index.throughput, shown.status),
  };
}
