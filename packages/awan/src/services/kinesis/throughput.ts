/**
 * What a shard can do in a second, for streams that ask for it with the tag `awan:throughput` = `enforced` (as tables
 * do): a bucket for writes and one for reads, each holding a second's worth. Reads, and records larger than a bucket, may
 * overdraw a full one, and are paid for by what comes after.
 */
import type { Call } from "../../host/call.ts";
import { type BucketRow, buckets, type StreamRow } from "./keys.ts";
import {
  readBytesPerSecond,
  readCallsPerSecond,
  writeBytesPerSecond,
  writeRecordsPerSecond,
} from "./limits.ts";

export const throughputTag = "awan:throughput";

const isEnforced = (stream: StreamRow): boolean => stream.tags[throughputTag] === "enforced";

interface Rate {
  readonly bytes: number;
  readonly count: number;
}

const writeRate: Rate = { bytes: writeBytesPerSecond, count: writeRecordsPerSecond };
const readRate: Rate = { bytes: readBytesPerSecond, count: readCallsPerSecond };

function refilled(call: Call, bucket: BucketRow | undefined, rate: Rate): BucketRow {
  const { nowMs } = call;
  if (bucket === undefined) return { bytes: rate.bytes, count: rate.count, atMs: nowMs };
  const passed = (nowMs - bucket.atMs) / 1000;
  return {
    bytes: Math.min(rate.bytes, bucket.bytes + rate.bytes * passed),
    count: Math.min(rate.count, bucket.count + rate.count * passed),
    atMs: nowMs,
  };
}

/** Whether the shard takes one more record of that size now. */
export function takeWrite(call: Call, stream: StreamRow, shard: number, bytes: number): boolean {
  if (!isEnforced(stream)) return true;
  const bucket = refilled(call, buckets.get(call.tx, [stream.id, shard, "write"]), writeRate);
  if (bucket.count < 1 || bucket.bytes < Math.min(bytes, writeRate.bytes)) return false;
  buckets.set(call.tx, [stream.id, shard, "write"], {
    bytes: bucket.bytes - bytes,
    count: bucket.count - 1,
    atMs: bucket.atMs,
  });
  return true;
}

/** Whether the shard can be read now; `payRead` tells afterwards how much it was. */
export function mayRead(call: Call, stream: StreamRow, shard: number): boolean {
  if (!isEnforced(stream)) return true;
  const bucket = refilled(call, buckets.get(call.tx, [stream.id, shard, "read"]), readRate);
  return bucket.count >= 1 && bucket.bytes > 0;
}

export function payRead(call: Call, stream: StreamRow, shard: number, bytes: number): void {
  if (!isEnforced(stream)) return;
  const bucket = refilled(call, buckets.get(call.tx, [stream.id, shard, "read"]), readRate);
  buckets.set(call.tx, [stream.id, shard, "read"], {
    bytes: bucket.bytes - bytes,
    count: bucket.count - 1,
    atMs: bucket.atMs,
  });
}
