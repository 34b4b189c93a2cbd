/** UpdateTable: throughput, billing, indexes, stream, encryption, class, protection, replicas. Changes hold at once. */
import type { GlobalSecondaryIndexUpdate, ProvisionedThroughput } from "@aws-sdk/client-dynamodb";
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { checkControlTableName, Constraints, tableNamePattern } from "../constraints.ts";
import { invalidParameter, validationError } from "../errors.ts";
import { updateIndexes } from "../index-updates.ts";
import { tables } from "../keys.ts";
import { requireTable } from "../lookup.ts";
import { updateReplicas } from "../replicas.ts";
import type { KeyAttribute, TableRow, Throughput } from "../schema.ts";
import { closeStream, openStream } from "../stream.ts";
import { describeTable } from "../table-description.ts";
import {
  encryptionOf,
  keyAttributes,
  noThroughput,
  onDemandOf,
  throughputOf,
  warmOf,
} from "../table-rows.ts";
import {
  checkCapacityBounds,
  checkDefinitions,
  checkIndex,
  checkThroughput,
  streamViewTypes,
} from "../table-validation.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");
type UpdateInput = Input<Client, "UpdateTable">;

export function updateTable(call: Call, input: UpdateInput): Output<Client, "UpdateTable"> {
  checkConstraints(input);
  checkParameters(input);
  const { call: there, table: before } = requireTable(call, input.TableName);
  let table = changeBilling(there, before, input);
  if (input.AttributeDefinitions !== undefined) {
    const added = keyAttributes(input.AttributeDefinitions);
    checkNotRedefined(table, added);
    const kept = table.definitions.filter(({ name }) => !added.some((each) => each.name === name));
    table = { ...table, definitions: [...kept, ...added] };
  }
  const indexUpdates = input.GlobalSecondaryIndexUpdates ?? [];
  if (indexUpdates.length > 0) table = updateIndexes(there, table, indexUpdates, input.AttributeDefinitions);
  table = changeStream(there, table, input);
  table = changeSettings(there, table, input);
  if (input.ReplicaUpdates !== undefined) table = updateReplicas(there, table, input.ReplicaUpdates);
  tables.set(there.tx, [table.name], table);
  const changed = indexUpdates.map(indexNameOf);
  const shown = describeTable(there, table, { status: "UPDATING", indexStatus: "UPDATING", changed });
  const answer = withIndexChanges(shown, describeTable(there, before), indexUpdates);
  const encryption = table.encryption ?? before.encryption;
  if (input.SSESpecification === undefined || encryption === undefined) return { TableDescription: answer };
  // The key is shown while the encryption changes, also to none.
  const changing = { Status: "UPDATING", SSEType: "KMS", KMSMasterKeyArn: encryption.keyArn } as const;
  return { TableDescription: { ...answer, SSEDescription: changing } };
}

const schema = ({ name, type }: KeyAttribute): string => `Schema:[SchemaElement: key{${name}:${type}:HASH}]`;

/** An attribute keeps the type it was defined with while something uses it. */
function checkNotRedefined(table: TableRow, added: readonly KeyAttribute[]): void {
  for (const attribute of added) {
    const defined = table.definitions.find(({ name }) => name === attribute.name);
    if (defined === undefined || defined.type === attribute.type) continue;
    throw invalidParameter(
      `Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. Existing schema: ${schema(defined)} New schema: ${schema(attribute)}`,
    );
  }
}

const indexNameOf = ({ Create, Update, Delete }: GlobalSecondaryIndexUpdate): string =>
  String((Create ?? Update ?? Delete)?.IndexName);

type Description = ReturnType<typeof describeTable>;

/** The answer still shows a deleted index, and a created one as CREATING. */
function withIndexChanges(
  shown: Description,
  before: Description,
  updates: readonly GlobalSecondaryIndexUpdate[],
): Description {
  const deleted = (before.GlobalSecondaryIndexes ?? []).filter((index) =>
    updates.some(({ Delete }) => Delete?.IndexName === index.IndexName),
  );
  const indexes = (shown.GlobalSecondaryIndexes ?? []).map((index) =>
    updates.some(({ Create }) => Create?.IndexName === index.IndexName)
      ? { ...index, IndexStatus: "CREATING" as const, Backfilling: false }
      : index,
  );
  const all = [...indexes, ...deleted.map((index) => ({ ...index, IndexStatus: "DELETING" as const }))];
  return all.length === 0 ? shown : { ...shown, GlobalSecondaryIndexes: all };
}

function checkConstraints(input: UpdateInput): void {
  checkControlTableName(input.TableName);
  const constraints = new Constraints();
  checkDefinitions(constraints, input.AttributeDefinitions);
  constraints.oneOf("billingMode", input.BillingMode, ["PROVISIONED", "PAY_PER_REQUEST"]);
  checkThroughput(constraints, "provisionedThroughput", input.ProvisionedThroughput);
  constraints
    .oneOf("tableClass", input.TableClass, ["STANDARD", "STANDARD_INFREQUENT_ACCESS"])
    .oneOf("streamSpecification.streamViewType", input.StreamSpecification?.StreamViewType, streamViewTypes);
  for (const [at, { Create, Update, Delete }] of (input.GlobalSecondaryIndexUpdates ?? []).entries()) {
    const path = `globalSecondaryIndexUpdates.${at + 1}.member`;
    if (Create !== undefined) {
      checkIndex(constraints, `${path}.create`, Create);
      checkThroughput(constraints, `${path}.create.provisionedThroughput`, Create.ProvisionedThroughput);
    }
    if (Update !== undefined) checkIndexName(constraints, `${path}.update.indexName`, Update.IndexName);
    if (Delete !== undefined) checkIndexName(constraints, `${path}.delete.indexName`, Delete.IndexName);
    checkThroughput(constraints, `${path}.update.provisionedThroughput`, Update?.ProvisionedThroughput);
  }
  constraints.check();
}

const isEmpty = (change: unknown): boolean =>
  change === undefined || (Array.isArray(change) && change.length === 0);

function checkIndexName(constraints: Constraints, path: string, name: string | undefined): void {
  constraints.required(path, name).length(path, name, 3, 255).pattern(path, name, tableNamePattern);
}

function checkParameters(input: UpdateInput): void {
  const { TableName: _name, AttributeDefinitions: _definitions, ...changes } = input;
  if (Object.values(changes).every(isEmpty)) {
    throw validationError(
      "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required",
    );
  }
  if (input.BillingMode === "PROVISIONED" && input.ProvisionedThroughput === undefined) {
    throw invalidParameter("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
  }
  if (input.ProvisionedThroughput !== undefined) checkCapacityBounds(input.ProvisionedThroughput);
  const names = new Set<string>();
  for (const update of input.GlobalSecondaryIndexUpdates ?? []) {
    const provisioned = (update.Create ?? update.Update)?.ProvisionedThroughput;
    if (provisioned !== undefined) checkCapacityBounds(provisioned);
    if (update.Create === undefined && update.Update === undefined && update.Delete === undefined) {
      throw invalidParameter(
        "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null",
      );
    }
    if (Object.values(update).filter((change) => change !== undefined).length > 1) {
      throw invalidParameter(
        "Only one of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete may be specified",
      );
    }
    const name = indexNameOf(update);
    if (names.has(name)) {
      throw invalidParameter(
        `Only one global secondary index update per index is allowed simultaneously. Index: ${name}`,
      );
    }
    names.add(name);
  }
  const structural = (input.GlobalSecondaryIndexUpdates ?? []).filter(
    (update) => update.Update === undefined,
  );
  if (structural.length > 1) {
    throw new AwsError(
      "LimitExceededException",
      "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    );
  }
}

function changeBilling(call: Call, table: TableRow, input: UpdateInput): TableRow {
  const mode = input.BillingMode ?? table.billingMode;
  const { ProvisionedThroughput: throughput } = input;
  if (throughput !== undefined && mode === "PAY_PER_REQUEST") {
    throw invalidParameter(
      "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
    );
  }
  if (mode === "PAY_PER_REQUEST") {
    if (table.billingMode === mode) return table;
    return {
      ...table,
      billingMode: mode,
      onDemandSinceMs: call.nowMs,
      throughput: noThroughput,
      indexes: table.indexes.map((index) => ({ ...index, throughput: noThroughput })),
    };
  }
  if (table.billingMode !== mode) checkIndexThroughputs(table, input);
  if (throughput === undefined) return { ...table, billingMode: mode };
  const { throughput: now } = table;
  if (
    table.billingMode === mode &&
    now.readUnits === throughput.ReadCapacityUnits &&
    now.writeUnits === throughput.WriteCapacityUnits
  ) {
    throw validationError(
      `The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: ${now.readUnits}. Requested ReadCapacityUnits: ${throughput.ReadCapacityUnits}. Current WriteCapacityUnits provisioned for the table: ${now.writeUnits}. Requested WriteCapacityUnits: ${throughput.WriteCapacityUnits}. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.`,
    );
  }
  return { ...table, billingMode: mode, throughput: changedThroughput(call, now, throughput) };
}

/** A table that becomes provisioned needs a throughput for each of its global indexes. */
function checkIndexThroughputs(table: TableRow, input: UpdateInput): void {
  const given = new Set((input.GlobalSecondaryIndexUpdates ?? []).map(indexNameOf));
  const lacking = table.indexes.filter(({ kind, name }) => kind === "global" && !given.has(name));
  if (lacking.length > 0) {
    throw invalidParameter(
      `ProvisionedThroughput must be specified for index: ${lacking.map(({ name }) => name).join(",")}`,
    );
  }
}

export function changedThroughput(call: Call, now: Throughput, asked: ProvisionedThroughput): Throughput {
  const next = throughputOf(asked);
  const increased = next.readUnits > now.readUnits || next.writeUnits > now.writeUnits;
  const decreased = next.readUnits < now.readUnits || next.writeUnits < now.writeUnits;
  return {
    ...now,
    readUnits: next.readUnits,
    writeUnits: next.writeUnits,
    ...(increased ? { increasedAtMs: call.nowMs } : {}),
    ...(decreased ? { decreasedAtMs: call.nowMs } : {}),
  };
}

function changeStream(call: Call, table: TableRow, { StreamSpecification: stream }: UpdateInput): TableRow {
  if (stream === undefined) return table;
  if (stream.StreamEnabled === true) {
    if (table.stream?.enabled === true) {
      throw validationError(`Table already has an enabled stream: TableName: ${table.name}`);
    }
    if (stream.StreamViewType === undefined) {
      throw invalidParameter("StreamEnabled is true but StreamViewType is not specified");
    }
    return openStream(call, table, stream.StreamViewType);
  }
  if (table.stream?.enabled !== true) {
    throw validationError(`Table has no stream to disable: TableName: ${table.name}`);
  }
  return closeStream(call, table);
}

function changeSettings(call: Call, table: TableRow, input: UpdateInput): TableRow {
  return {
    ...table,
    ...(input.SSESpecification === undefined
      ? {}
      : { encryption: encryptionOf(call, input.SSESpecification) }),
    ...(input.TableClass === undefined
      ? {}
      : { tableClass: input.TableClass, tableClassChangedAtMs: call.nowMs }),
    ...(input.DeletionProtectionEnabled === undefined
      ? {}
      : { deletionProtection: input.DeletionProtectionEnabled }),
    ...(input.OnDemandThroughput === undefined ? {} : { onDemand: onDemandOf(input.OnDemandThroughput) }),
    ...(input.WarmThroughput === undefined ? {} : { warm: warmOf(input.WarmThroughput) }),
  };
}
