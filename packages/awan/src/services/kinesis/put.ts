/** Writing records: which shard takes one, and what it is numbered there. */
import type { Call } from "../../host/call.ts";
import { AwsError, invariant } from "../../kernel/errors.ts";
import { broken, invalidArgument } from "./errors.ts";
import { hashOfPartitionKey, hexOfDecimal } from "./hash-key.ts";
import { type HeadRow, heads, records, type ShardRow, shards, type StreamRow } from "./keys.ts";
import { bytesOfKibibytes, retentionMs } from "./limits.ts";
import { formatSequence } from "./sequence.ts";
import { openShardOf, shardName } from "./shard.ts";
import type { Located } from "./stream.ts";
import { takeWrite } from "./throughput.ts";

export interface NewRecord {
  readonly partitionKey: string | undefined;
  readonly explicitHashKey: string | undefined;
  readonly data: Uint8Array;
}

export interface Placed {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

/** What a record must be, whatever shard it goes to; `path` is where the request has it. */
export function checkRecord(stream: StreamRow, record: NewRecord, path: string): void {
  const { data, explicitHashKey, partitionKey } = record;
  if (partitionKey === undefined && stream.distribution === "USER_PARTITION_KEY") {
    throw broken("null", `${path}partitionKey`, "Member must not be null");
  }
  const bytesMax = bytesOfKibibytes(stream.recordKibibytesMax);
  if (data.byteLength > bytesMax) {
    throw broken(
      `'java.nio.HeapByteBuffer[pos=0 lim=${data.byteLength} cap=${data.byteLength}]'`,
      `${path}data`,
      `Member must have length less than or equal to ${bytesMax}`,
    );
  }
  if (explicitHashKey !== undefined && hexOfDecimal(explicitHashKey) === undefined) {
    throw invalidArgument(
      `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${explicitHashKey}`,
    );
  }
}

/** Writes a checked record. Throws ProvisionedThroughputExceededException when its shard is asked to do too much. */
export function putRecord({ call, stream }: Located, record: NewRecord): Placed {
  const shard = shardOf(call, stream, record);
  const row = shards.get(call.tx, [stream.id, shard]);
  invariant(row !== undefined, "an open shard without a row");
  if (!takeWrite(call, stream, shard, sizeOf(record))) {
    throw new AwsError(
      "ProvisionedThroughputExceededException",
      `Rate exceeded for shard ${shardName(shard)} in stream ${stream.name} under account ${call.accountId}.`,
    );
  }
  return { shardId: shardName(shard), sequenceNumber: append(call, stream, { shard, row }, record) };
}

export const sizeOf = ({ data, partitionKey }: NewRecord): number =>
  data.byteLength + (partitionKey === undefined ? 0 : Buffer.byteLength(partitionKey));

function shardOf(call: Call, stream: StreamRow, { partitionKey, explicitHashKey }: NewRecord): number {
  const { open } = stream;
  if (stream.distribution === "AUTO") return call.random.pick(open).shard;
  const explicit = explicitHashKey === undefined ? undefined : hexOfDecimal(explicitHashKey);
  return openShardOf(open, explicit ?? hashOfPartitionKey(partitionKey ?? ""));
}

const firstHead: HeadRow = { next: 1, lastAtMs: 0, expiring: false };

function append(
  call: Call,
  stream: StreamRow,
  { shard, row }: { readonly shard: number; readonly row: ShardRow },
  { data, partitionKey }: NewRecord,
): string {
  const head = heads.get(call.tx, [stream.id, shard]) ?? firstHead;
  const atMs = Math.max(call.nowMs, head.lastAtMs);
  records.set(call.tx, [stream.id, shard, head.next], {
    partitionKey: partitionKey ?? null,
    data,
    atMs,
    encrypted: stream.keyId !== null,
  });
  if (!head.expiring) {
    call.schedule(
      "kinesis.expire",
      [stream.id, shard],
      atMs + retentionMs(stream.retentionHours),
      stream.name,
    );
  }
  heads.set(call.tx, [stream.id, shard], { next: head.next + 1, lastAtMs: atMs, expiring: true });
  return formatSequence({
    shard,
    createdSeconds: row.createdSeconds,
    count: head.next,
    seconds: Math.max(row.createdSeconds, Math.floor(atMs / 1000)),
  });
}
