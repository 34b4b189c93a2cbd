/**
 * Streams: every change of a table is a record in the stream's open shard, in the transaction that made it. A shard is
 * closed after four hours, at the next write; records go after twenty-four.
 */
import type { Call } from "../../host/call.ts";
import { itemSizeBytes } from "../../engines/dynamo-expression/size.ts";
import type { Item } from "../../engines/dynamo-expression/value.ts";
import { keyOf } from "./item-key.ts";
import { storages } from "./keys.ts";
import { limits } from "./limits.ts";
import type { TableRow } from "./schema.ts";
import {
  type RecordRow,
  type ShardRow,
  type StreamHeadRow,
  streamHeads,
  streamRecords,
  type StreamRow,
  streams,
  streamShards,
} from "./stream-keys.ts";
import type { Change } from "./change.ts";

export const streamArnOf = (table: Pick<TableRow, "arn">, label: string): string =>
  `${table.arn}/stream/${label}`;

/** `2015-05-11T21:21:33.291`: when the stream was made. */
export const streamLabel = (nowMs: number): string => new Date(nowMs).toISOString().slice(0, -1);

export function openStream(call: Call, table: TableRow, viewType: string): TableRow {
  let label = streamLabel(call.nowMs);
  // Two streams of one table within a millisecond keep distinct names.
  for (let later = 1; streams.has(call.tx, [table.name, label]); later += 1)
    label = streamLabel(call.nowMs + later);
  const id = nextStorage(call);
  const stream: StreamRow = {
    id,
    tableName: table.name,
    label,
    arn: streamArnOf(table, label),
    viewType: viewType as StreamRow["viewType"],
    keySchema: [table.hash.name, ...(table.range === null ? [] : [table.range.name])],
    createdAtMs: call.nowMs,
    enabled: true,
  };
  streams.set(call.tx, [table.name, label], stream);
  startShard(call, id, { next: 1, shard: 0, openedAtMs: 0, trimming: false }, undefined);
  return { ...table, stream: { viewType: stream.viewType, label, enabled: true } };
}

/** The stream takes no more records; what it has stays readable for a day. */
export function closeStream(call: Call, table: TableRow): TableRow {
  if (table.stream === null || !table.stream.enabled) return table;
  const key: [string, string] = [table.name, table.stream.label];
  const stream = streams.get(call.tx, key);
  if (stream !== undefined) {
    streams.set(call.tx, key, { ...stream, enabled: false });
    const head = streamHeads.get(call.tx, [stream.id]);
    if (head !== undefined) endShard(call, stream.id, head);
    call.schedule(
      "dynamodb.trimStream",
      [table.name, table.stream.label],
      call.nowMs + limits.streamRetentionMs,
    );
  }
  return { ...table, stream: { ...table.stream, enabled: false } };
}

export function nextStorage(call: Call): number {
  const next = (storages.get(call.tx, []) ?? 0) + 1;
  storages.set(call.tx, [], next);
  return next;
}

export function recordChange(call: Call, { table, before, after, userIdentity }: Change): void {
  const setting = table.stream;
  const either = after ?? before?.item;
  if (setting === null || either === undefined) return;
  const stream = streams.get(call.tx, [table.name, setting.label]);
  if (stream === undefined) return;
  const head = openShard(call, stream);
  const keys = keyOf(table, either);
  const withNew = setting.viewType === "NEW_IMAGE" || setting.viewType === "NEW_AND_OLD_IMAGES";
  const withOld = setting.viewType === "OLD_IMAGE" || setting.viewType === "NEW_AND_OLD_IMAGES";
  const newImage = withNew ? after : undefined;
  const oldImage = withOld ? before?.item : undefined;
  const record: RecordRow = {
    eventName: before === undefined ? "INSERT" : after === undefined ? "REMOVE" : "MODIFY",
    keys,
    ...(newImage === undefined ? {} : { newImage }),
    ...(oldImage === undefined ? {} : { oldImage }),
    sizeBytes: sizeOf(keys) + sizeOf(newImage) + sizeOf(oldImage),
    atMs: call.nowMs,
    ...(userIdentity === undefined ? {} : { userIdentity }),
  };
  streamRecords.set(call.tx, [stream.id, head.shard, head.next], record);
  if (!head.trimming) {
    call.schedule("dynamodb.trimStream", [table.name, setting.label], call.nowMs + limits.streamRetentionMs);
  }
  streamHeads.set(call.tx, [stream.id], { ...head, next: head.next + 1, trimming: true });
}

const sizeOf = (item: Item | undefined): number => (item === undefined ? 0 : itemSizeBytes(item));

/** The head with a shard that may take a record. */
function openShard(call: Call, stream: StreamRow): StreamHeadRow {
  const head = streamHeads.get(call.tx, [stream.id]) ?? { next: 1, shard: 0, openedAtMs: 0, trimming: false };
  if (call.nowMs - head.openedAtMs < limits.streamShardLifetimeMs) return head;
  endShard(call, stream.id, head);
  const parent = streamShards.get(call.tx, [stream.id, head.shard]);
  return startShard(call, stream.id, head, parent);
}

function startShard(
  call: Call,
  streamId: number,
  head: StreamHeadRow,
  parent: ShardRow | undefined,
): StreamHeadRow {
  const shard: ShardRow = {
    shardId: `shardId-${String(call.nowMs).padStart(20, "0")}-${call.random.hex(8)}`,
    ...(parent === undefined ? {} : { parentShardId: parent.shardId }),
    start: head.next,
  };
  const opened = { ...head, shard: head.shard + 1, openedAtMs: call.nowMs };
  streamShards.set(call.tx, [streamId, opened.shard], shard);
  streamHeads.set(call.tx, [streamId], opened);
  return opened;
}

function endShard(call: Call, streamId: number, head: StreamHeadRow): void {
  const shard = streamShards.get(call.tx, [streamId, head.shard]);
  if (shard !== undefined && shard.end === undefined) {
    streamShards.set(call.tx, [streamId, head.shard], {
      ...shard,
      end: Math.max(shard.start, head.next - 1),
    });
  }
}
