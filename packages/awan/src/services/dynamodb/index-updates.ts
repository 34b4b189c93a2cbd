/** Global indexes created, changed and deleted while the table is in use. */
import type { AttributeDefinition, GlobalSecondaryIndexUpdate } from "@aws-sdk/client-dynamodb";
import type { Call } from "../../host/call.ts";
import { invalidParameter, resourceInUse, resourceNotFound } from "./errors.ts";
import { keyNames, type TableRow } from "./schema.ts";
import { indexOf, noThroughput, onDemandOf, throughputOf, warmOf } from "./table-rows.ts";
import { checkGlobalIndex } from "./table-validation.ts";

export function updateIndexes(
  call: Call,
  table: TableRow,
  updates: readonly GlobalSecondaryIndexUpdate[],
  definitions: readonly AttributeDefinition[] | undefined,
): TableRow {
  let next = table;
  for (const { Create: create, Update: change, Delete: remove } of updates) {
    if (create !== undefined) next = createIndex(call, next, create, definitions);
    else if (change !== undefined) next = changeIndex(next, change);
    else if (remove !== undefined) next = deleteIndex(call, next, String(remove.IndexName));
  }
  return next;
}

function createIndex(
  call: Call,
  table: TableRow,
  create: NonNullable<GlobalSecondaryIndexUpdate["Create"]>,
  definitions: readonly AttributeDefinition[] | undefined,
): TableRow {
  const names = new Set<string>();
  const known = (definitions ?? []).map(({ AttributeName }) => String(AttributeName));
  checkGlobalIndex(create, table.billingMode, known, names);
  if (table.indexes.some(({ name }) => name === create.IndexName)) {
    throw invalidParameter(`Attempting to create an index which already exists: ${create.IndexName}`);
  }
  if (table.indexes.some(({ status }) => status === "CREATING")) {
    throw resourceInUse(
      `Attempt to change a resource which is still in use: Table is being updated: ${table.name}`,
    );
  }
  const id = table.indexIdLast + 1;
  const index = { ...indexOf(create, "global", id, table.definitions), status: "CREATING" as const };
  call.schedule("dynamodb.backfill", [table.name, table.storage, id], call.nowMs, { after: null });
  return { ...table, indexes: [...table.indexes, index], indexIdLast: id };
}

function changeIndex(table: TableRow, change: NonNullable<GlobalSecondaryIndexUpdate["Update"]>): TableRow {
  const found = table.indexes.some(({ name, kind }) => name === change.IndexName && kind === "global");
  if (!found) throw indexNotFound(String(change.IndexName));
  return {
    ...table,
    indexes: table.indexes.map((index) =>
      index.name !== change.IndexName
        ? index
        : {
            ...index,
            throughput: {
              ...(change.ProvisionedThroughput === undefined
                ? index.throughput
                : throughputOf(change.ProvisionedThroughput)),
              decreases: noThroughput.decreases,
            },
            ...(change.OnDemandThroughput === undefined
              ? {}
              : { onDemand: onDemandOf(change.OnDemandThroughput) }),
            ...(change.WarmThroughput === undefined ? {} : { warm: warmOf(change.WarmThroughput) }),
          },
    ),
  };
}

function deleteIndex(call: Call, table: TableRow, name: string): TableRow {
  const index = table.indexes.find((each) => each.name === name && each.kind === "global");
  if (index === undefined) throw indexNotFound(name);
  call.schedule("dynamodb.sweep", [table.storage, index.id], call.nowMs);
  const indexes = table.indexes.filter((each) => each !== index);
  const used = new Set([table, ...indexes].flatMap((schema) => keyNames(schema)));
  // The definitions of attributes that were keys of this index only go with it.
  const definitions = table.definitions.filter((definition) => used.has(definition.name));
  return { ...table, indexes, definitions };
}

const indexNotFound = (name: string): Error => resourceNotFound(`Index: ${name} not found`);
