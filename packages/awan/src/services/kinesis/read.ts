/** Positions in a shard and reading from them. A position is the count of the last record that is behind it. */
import type { _Record as WireRecord, ChildShard } from "@aws-sdk/client-kinesis";
import type { Call } from "../../host/call.ts";
import { decimalOf } from "./hash-key.ts";
import { heads, type RecordRow, records, type ShardRow, shards } from "./keys.ts";
import { formatSequence, parseSequence } from "./sequence.ts";
import { type FoundShard, shardName } from "./shard.ts";
import type { Located } from "./stream.ts";

export interface Page {
  readonly rows: readonly { readonly count: number; readonly row: RecordRow }[];
  /** The position after the page. */
  readonly after: number;
  /** Nothing newer is there. */
  readonly atTip: boolean;
  /** The shard is closed and nothing will follow. */
  readonly atEnd: boolean;
  readonly bytes: number;
}

export interface PageRequest {
  readonly after: number;
  readonly limit: number;
  readonly bytesMax: number;
}

export function readPage(
  { call, stream }: Located,
  { shard, row: shardRow }: FoundShard,
  { after, limit, bytesMax }: PageRequest,
): Page {
  const rows: { readonly count: number; readonly row: RecordRow }[] = [];
  let bytes = 0;
  let last = after;
  for (const { key, value } of records.scan(call.tx, [stream.id, shard], { after: [after] })) {
    const size = value.data.byteLength + (value.partitionKey?.length ?? 0);
    if (rows.length === limit || (rows.length > 0 && bytes + size > bytesMax)) {
      return { rows, after: last, atTip: false, atEnd: false, bytes };
    }
    bytes += size;
    last = key[2];
    rows.push({ count: last, row: value });
  }
  return { rows, after: last, atTip: true, atEnd: shardRow.closedAtMs !== null, bytes };
}

/** The position after the newest record. */
export const newestPosition = ({ call, stream }: Located, shard: number): number =>
  (heads.get(call.tx, [stream.id, shard])?.next ?? 1) - 1;

/** The position before the first record of `atMs` or later: records are in the order of their times. */
export function positionBefore({ call, stream }: Located, shard: number, atMs: number): number {
  const oldest = records.first(call.tx, [stream.id, shard]);
  if (oldest === undefined) return newestPosition({ call, stream }, shard);
  let low = oldest.key[2];
  let high = newestPosition({ call, stream }, shard) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = records.get(call.tx, [stream.id, shard, middle]);
    if (row === undefined || row.atMs < atMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The position a sequence number of this shard means; the beginning for one of an earlier stream of the same name. */
export function positionOf({ row }: FoundShard, sequence: string): number {
  const parsed = parseSequence(sequence);
  return parsed?.createdSeconds === row.createdSeconds ? parsed.count : 0;
}

export function sequenceOf({ shard, row }: FoundShard, count: number, atMs: number): string {
  const seconds = Math.max(row.createdSeconds, Math.floor(atMs / 1000));
  return formatSequence({ shard, createdSeconds: row.createdSeconds, count, seconds });
}

/** Where reading goes on after a count, whichever way it is asked for: AT and AFTER mean the same. */
export function continuationOf({ shard, row }: FoundShard, count: number, atMs: number): string {
  const seconds = Math.max(row.createdSeconds, Math.floor(atMs / 1000));
  return formatSequence({ shard, createdSeconds: row.createdSeconds, count, seconds, isPast: true });
}

export function wireRecord(found: FoundShard, { count, row }: Page["rows"][number]): WireRecord {
  return {
    SequenceNumber: sequenceOf(found, count, row.atMs),
    ApproximateArrivalTimestamp: new Date(row.atMs),
    Data: row.data,
    ...(row.partitionKey === null ? {} : { PartitionKey: row.partitionKey }),
    ...(row.encrypted ? { EncryptionType: "KMS" as const } : {}),
  };
}

/** How far the page is from the newest record. */
export function behindMs(call: Call, { rows, atTip }: Page): number {
  const last = rows.at(-1);
  return atTip || last === undefined ? 0 : Math.max(0, call.nowMs - last.row.atMs);
}

/** What a closed shard was split or merged into. */
export function childrenOf({ call, stream }: Located, shard: number): ChildShard[] {
  const children: ChildShard[] = [];
  for (const { key, value } of shards.scan(call.tx, [stream.id], { after: [shard] })) {
    if (value.parent !== shard && value.adjacentParent !== shard) continue;
    children.push({
      ShardId: shardName(key[1]),
      ParentShards: parentsOf(value).map(shardName),
      HashKeyRange: { StartingHashKey: decimalOf(value.from), EndingHashKey: decimalOf(value.to) },
    });
    // A split has two children, a merge one.
    if (children.length === 2 || value.adjacentParent !== null) break;
  }
  return children;
}

export const parentsOf = ({ parent, adjacentParent }: ShardRow): number[] =>
  [parent, adjacentParent].filter((each) => each !== null);
