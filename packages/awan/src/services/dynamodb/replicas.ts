/** Global tables of version 2019: a replica is a table of the same name in another region of the same Awan. */
import type { ReplicationGroupUpdate } from "@aws-sdk/client-dynamodb";
import type { Call } from "../../host/call.ts";
import { validationError } from "./errors.ts";
import type { ItemRow } from "./item-row.ts";
import { tables } from "./keys.ts";
import type { TableRow } from "./schema.ts";
import { closeStream, nextStorage, openStream } from "./stream.ts";
import { tableArn } from "./table-rows.ts";
import { readItem, writeItem } from "./write.ts";

export function updateReplicas(
  call: Call,
  table: TableRow,
  updates: readonly ReplicationGroupUpdate[],
): TableRow {
  let next = table;
  for (const { Create: create, Delete: remove } of updates) {
    if (create !== undefined) next = addReplica(call, next, String(create.RegionName));
    else if (remove !== undefined) next = removeReplica(call, next, String(remove.RegionName));
  }
  return next;
}

function addReplica(call: Call, table: TableRow, region: string): TableRow {
  if (region === call.region || table.replicas.includes(region)) {
    throw validationError(
      `Failed to create a the new replica of table with name: '${table.name}' because one or more replicas already existed as tables.`,
    );
  }
  const there = call.in({ region });
  if (tables.has(there.tx, [table.name])) {
    throw validationError(
      `Failed to create a the new replica of table with name: '${table.name}' because one or more replicas already existed as tables.`,
    );
  }
  // Replication needs a stream of both images; AWS turns it on by itself.
  const source = table.stream?.enabled === true ? table : openStream(call, table, "NEW_AND_OLD_IMAGES");
  const group = [call.region, ...table.replicas, region];
  let replica: TableRow = {
    ...source,
    id: call.random.uuid(),
    arn: tableArn(there, table.name),
    storage: nextStorage(there),
    createdAtMs: call.nowMs,
    stream: null,
    replicas: group.filter((each) => each !== region),
    destinations: [],
    recovery: null,
    copies: 0,
    filling: [],
  };
  replica = openStream(there, replica, "NEW_AND_OLD_IMAGES");
  tables.set(there.tx, [table.name], replica);
  // Changes reach the replica from now on; what is there already is brought over piece by piece.
  call.schedule("dynamodb.fillReplica", [table.name, table.storage, region], call.nowMs, { after: null });
  tell(call, table.name, table.replicas, group);
  return {
    ...source,
    replicas: group.filter((each) => each !== call.region),
    filling: [...(table.filling ?? []), region],
  };
}

/** Brings one item over, unless the replica has it by a change made since. */
export function fillReplicaItem(call: Call, name: string, region: string, row: ItemRow): void {
  const there = call.in({ region });
  const replica = tables.get(there.tx, [name]);
  if (replica === undefined || readItem(there, replica, row.item) !== undefined) return;
  writeItem(there, { table: replica, before: undefined, after: row.item, replicated: true });
}

function removeReplica(call: Call, table: TableRow, region: string): TableRow {
  if (!table.replicas.includes(region)) {
    throw validationError(
      `Failed to delete the replica of table with name: '${table.name}' because it does not exist in region: ${region}`,
    );
  }
  const there = call.in({ region });
  const replica = tables.get(there.tx, [table.name]);
  if (replica !== undefined) {
    closeStream(there, replica);
    tables.delete(there.tx, [table.name]);
    there.schedule("dynamodb.sweep", [replica.storage], call.nowMs);
  }
  const left = table.replicas.filter((each) => each !== region);
  tell(call, table.name, left, [call.region, ...left]);
  const filling = (table.filling ?? []).filter((each) => each !== region);
  return { ...table, replicas: left, filling };
}

/** Lets the other replicas know who belongs to the group. */
function tell(call: Call, name: string, regions: readonly string[], group: readonly string[]): void {
  for (const region of regions) {
    const there = call.in({ region });
    const replica = tables.get(there.tx, [name]);
    if (replica !== undefined) {
      tables.set(there.tx, [name], { ...replica, replicas: group.filter((each) => each !== region) });
    }
  }
}
