/** The table a restore makes: the source's keys and indexes, its throughput unless overridden, none of its other settings. */
import type {
  BillingMode,
  GlobalSecondaryIndex,
  LocalSecondaryIndex,
  OnDemandThroughput,
  ProvisionedThroughput,
  SSESpecification,
} from "@aws-sdk/client-dynamodb";
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";
import { tables } from "./keys.ts";
import type { TableRow } from "./schema.ts";
import { nextStorage } from "./stream.ts";
import { encryptionOf, noThroughput, onDemandOf, tableArn, throughputOf } from "./table-rows.ts";

export interface RestoreOverrides {
  readonly BillingModeOverride?: BillingMode | undefined;
  readonly GlobalSecondaryIndexOverride?: GlobalSecondaryIndex[] | undefined;
  readonly LocalSecondaryIndexOverride?: LocalSecondaryIndex[] | undefined;
  readonly ProvisionedThroughputOverride?: ProvisionedThroughput | undefined;
  readonly OnDemandThroughputOverride?: OnDemandThroughput | undefined;
  readonly SSESpecificationOverride?: SSESpecification | undefined;
}

export function restoredTable(
  call: Call,
  source: TableRow,
  name: string,
  overrides: RestoreOverrides,
): TableRow {
  if (tables.has(call.tx, [name])) {
    throw new AwsError("TableAlreadyExistsException", `Table already exists: ${name}`);
  }
  const billingMode = overrides.BillingModeOverride ?? source.billingMode;
  const isOnDemand = billingMode === "PAY_PER_REQUEST";
  const { ProvisionedThroughputOverride: provisioned } = overrides;
  const { onDemandSinceMs: _since, restore: _restore, ...kept } = source;
  return {
    ...kept,
    name,
    id: call.random.uuid(),
    arn: tableArn(call, name),
    storage: nextStorage(call),
    createdAtMs: call.nowMs,
    indexes: restoredIndexes(source, overrides, isOnDemand),
    billingMode,
    ...(isOnDemand ? { onDemandSinceMs: call.nowMs } : {}),
    throughput: isOnDemand
      ? noThroughput
      : provisioned === undefined
        ? source.throughput
        : throughputOf(provisioned),
    onDemand: onDemandOf(overrides.OnDemandThroughputOverride) ?? source.onDemand,
    encryption:
      overrides.SSESpecificationOverride === undefined
        ? source.encryption
        : encryptionOf(call, overrides.SSESpecificationOverride),
    stream: null,
    timeToLive: null,
    deletionProtection: false,
    replicas: [],
    recovery: null,
    copies: 0,
    restoring: true,
    enforced: false,
    lagging: false,
    destinations: [],
  };
}

/** Overrides choose among the source's indexes; an empty list restores none. */
function restoredIndexes(
  source: TableRow,
  overrides: RestoreOverrides,
  isOnDemand: boolean,
): TableRow["indexes"] {
  const globals = overrides.GlobalSecondaryIndexOverride?.map(({ IndexName }) => IndexName);
  const locals = overrides.LocalSecondaryIndexOverride?.map(({ IndexName }) => IndexName);
  return source.indexes
    .filter(({ kind, name }) => (kind === "global" ? globals : locals)?.includes(name) ?? true)
    .map((index) => ({ ...index, status: "ACTIVE", ...(isOnDemand ? { throughput: noThroughput } : {}) }));
}
