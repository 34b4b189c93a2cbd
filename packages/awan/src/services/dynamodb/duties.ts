/** What happens later: clearing deleted rows, filling new indexes, expiring items, trimming streams. Each run does a bounded piece. */
import { AwsError } from "../../kernel/errors.ts";
import type { Call } from "../../host/call.ts";
import type { Duty } from "../../host/service.ts";
import type { TuplePart } from "../../store/tuple.ts";
import { expiresAtMs, scheduleExpiry } from "./expiry.ts";
import { keyParts } from "./item-key.ts";
import { copyPiece } from "./copies.ts";
import { daysMs } from "./history.ts";
import type { ItemRow } from "./item-row.ts";
import { buckets, counts, history, historyTimes, items, tables, tokens } from "./keys.ts";
import { limits } from "./limits.ts";
import type { IndexRow, TableRow } from "./schema.ts";
import { fillReplicaItem } from "./replicas.ts";
import { streamHeads, streamRecords, streams, streamShards } from "./stream-keys.ts";
import { backfillEntry, writeItem } from "./write.ts";

/** Rows a run handles before it makes way for others. */
const rowsPerRun = 500;

/** Clears the rows of a deleted table, or of one index: key `[storage]` or `[storage, index]`. */
const sweep: Duty = (call, key) => {
  let left = rowsPerRun;
  for (const { key: row } of items.scan(call.tx, key)) {
    if (left === 0) {
      call.schedule("dynamodb.sweep", key, call.nowMs);
      return;
    }
    items.delete(call.tx, row);
    left -= 1;
  }
  for (const { key: row } of counts.scan(call.tx, key)) counts.delete(call.tx, row);
  if (key.length === 1) for (const { key: row } of buckets.scan(call.tx, key)) buckets.delete(call.tx, row);
};

interface Cursor {
  /** The last row that was handled. */
  readonly after: readonly TuplePart[] | null;
}

/** The rows of a table after the cursor, one run's worth; the next cursor, or undefined at the end. */
function walk(
  call: Call,
  table: TableRow,
  cursor: Cursor,
  visit: (table: TableRow, row: ItemRow) => void,
): Cursor | undefined {
  let left = rowsPerRun;
  let last = cursor.after;
  for (const { value } of items.scan(call.tx, [table.storage, 0], last === null ? {} : { after: last })) {
    if (left === 0) return { after: last };
    left -= 1;
    last = keyParts(table, value.item);
    visit(table, value);
  }
  return undefined;
}

/** Fills a new global index: key `[table name, storage, index id]`. Writes meanwhile keep their own entries. */
const backfill: Duty = (call, key, payload) => {
  const [name, storage, id] = key as [string, number, number];
  const table = tables.get(call.tx, [name]);
  const index = table?.indexes.find((each) => each.id === id);
  if (table === undefined || table.storage !== storage || index === undefined) return;
  const next = walk(call, table, payload as Cursor, (_, row) => backfillEntry(call, table, index, row));
  if (next !== undefined) call.schedule("dynamodb.backfill", key, call.nowMs, next);
  else tables.set(call.tx, [name], { ...table, indexes: withStatus(table.indexes, id) });
};

/** Fills a new replica with what the table had: key `[table name, storage, region]`. */
const fillReplica: Duty = (call, key, payload) => {
  const [name, storage, region] = key as [string, number, string];
  const table = tables.get(call.tx, [name]);
  if (table === undefined || table.storage !== storage || table.filling?.includes(region) !== true) return;
  const next = walk(call, table, payload as Cursor, (_, row) => fillReplicaItem(call, name, region, row));
  if (next !== undefined) {
    call.schedule("dynamodb.fillReplica", key, call.nowMs, next);
    return;
  }
  // The walk may have written the table's row in its own region: it is read again.
  const now = tables.get(call.tx, [name]) ?? table;
  const filling = (now.filling ?? []).filter((each) => each !== region);
  tables.set(call.tx, [name], { ...now, filling });
};

function withStatus(indexes: readonly IndexRow[], id: number): readonly IndexRow[] {
  return indexes.map((index) => (index.id === id ? { ...index, status: "ACTIVE" } : index));
}

/** Schedules the expiry of items that were there when time to live was enabled: key `[table name, storage]`. */
const findExpiring: Duty = (call, key, payload) => {
  const [name, storage] = key as [string, number];
  const table = tables.get(call.tx, [name]);
  if (table === undefined || table.storage !== storage || table.timeToLive === null) return;
  const next = walk(call, table, payload as Cursor, (_, { item }) =>
    scheduleExpiry(call, table, keyParts(table, item), undefined, item),
  );
  if (next !== undefined) call.schedule("dynamodb.findExpiring", key, call.nowMs, next);
};

/** Deletes one item whose time has come: key `[table name, storage, …its row's key]`. */
const expire: Duty = (call, key) => {
  const [name, storage, ...own] = key as [string, number, ...TuplePart[]];
  const table = tables.get(call.tx, [name]);
  if (table === undefined || table.storage !== storage || table.timeToLive === null) return;
  const before = items.get(call.tx, [storage, 0, ...own]);
  const atMs = expiresAtMs(call, table.timeToLive, before?.item);
  if (before === undefined || atMs === undefined || atMs > call.nowMs) return;
  writeItem(call, {
    table,
    before,
    after: undefined,
    userIdentity: { PrincipalId: "dynamodb.amazonaws.com", Type: "Service" },
  });
};

const forgetToken: Duty = (call, key) => {
  tokens.delete(call.tx, key as [string]);
};

/** Drops records older than a day, then shards without records, then a disabled stream: key `[table name, label]`. */
const trimStream: Duty = (call, key) => {
  const streamKey = key as [string, string];
  const stream = streams.get(call.tx, streamKey);
  if (stream === undefined) return;
  let left = rowsPerRun;
  let nextMs: number | undefined;
  for (const { key: row, value } of streamRecords.scan(call.tx, [stream.id])) {
    const goneAtMs = value.atMs + limits.streamRetentionMs;
    if (goneAtMs > call.nowMs || left === 0) {
      nextMs = Math.max(goneAtMs, call.nowMs);
      break;
    }
    streamRecords.delete(call.tx, row);
    left -= 1;
  }
  if (nextMs !== undefined) {
    call.schedule("dynamodb.trimStream", key, nextMs);
    return;
  }
  for (const { key: row, value } of streamShards.scan(call.tx, [stream.id])) {
    if (value.end !== undefined) streamShards.delete(call.tx, row);
  }
  const head = streamHeads.get(call.tx, [stream.id]);
  if (stream.enabled && head !== undefined)
    streamHeads.set(call.tx, [stream.id], { ...head, trimming: false });
  else {
    streamHeads.delete(call.tx, [stream.id]);
    streams.delete(call.tx, streamKey);
  }
};

/** Forgets changes that recovery no longer covers: key `[table name, storage]`. */
const trimHistory: Duty = (call, key) => {
  const [name, storage] = key as [string, number];
  const table = tables.get(call.tx, [name]);
  if (table === undefined || table.storage !== storage || table.recovery === null) return;
  let left = rowsPerRun;
  for (const { key: row } of historyTimes.scan(call.tx, [storage])) {
    const [, atMs, ...own] = row as [number, number, ...TuplePart[]];
    const goneAtMs = atMs + daysMs(table.recovery.days);
    if (goneAtMs > call.nowMs || left === 0) {
      call.schedule("dynamodb.trimHistory", key, Math.max(goneAtMs, call.nowMs));
      return;
    }
    history.delete(call.tx, [storage, ...own, atMs]);
    historyTimes.delete(call.tx, row);
    left -= 1;
  }
  tables.set(call.tx, [name], { ...table, recovery: { ...table.recovery, trimming: false } });
};

/** Clears a table's remembered changes: key `[storage]`. */
const forgetHistory: Duty = (call, key) => {
  let left = rowsPerRun;
  for (const rows of [history, historyTimes]) {
    for (const { key: row } of rows.scan(call.tx, key)) {
      if (left === 0) {
        call.schedule("dynamodb.forgetHistory", key, call.nowMs);
        return;
      }
      rows.delete(call.tx, row);
      left -= 1;
    }
  }
};

/** Forgets one change, which only lagging reads needed: its key in `history`. */
const forgetChange: Duty = (call, key) => {
  history.delete(call.tx, key);
};

/** Delivers what a duty's own refusal would be: none of them may throw an answer. */
function guarded(duty: Duty): Duty {
  return (call, key, payload) => {
    try {
      duty(call, key, payload);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      call.note("dynamodb.dutyRefused", { key: key.map(String), code: error.code, message: error.message });
    }
  };
}

export const duties: Readonly<Record<string, Duty>> = {
  sweep,
  backfill: guarded(backfill),
  fillReplica: guarded(fillReplica),
  findExpiring,
  expire: guarded(expire),
  forgetChange,
  forgetToken,
  trimStream,
  trimHistory,
  forgetHistory,
  copy: guarded(copyPiece),
};
