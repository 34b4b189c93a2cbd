/**
 * Where Kinesis keeps its state. A stream's rows hang on a number that is new whenever a stream of its name is made, so
 * that deleting takes one write and the rest is swept. Records count per shard from 1: a sequence number spells that
 * count, and positions in a shard are counts.
 */
import { table } from "../../store/table.ts";

export type StreamStatus = "CREATING" | "DELETING" | "ACTIVE" | "UPDATING";
export type StreamMode = "PROVISIONED" | "ON_DEMAND";

/** A shard that takes records: those whose hash is at most `to` and above the one before. Hashes are 32 hexadecimal digits. */
export interface OpenShard {
  readonly shard: number;
  readonly to: string;
}

export interface StreamRow {
  readonly name: string;
  readonly id: number;
  readonly createdAtMs: number;
  readonly status: StreamStatus;
  readonly mode: StreamMode;
  readonly retentionHours: number;
  /** The KMS key records are said to be encrypted with. */
  readonly keyId: string | null;
  readonly shardMetrics: readonly string[];
  readonly recordKibibytesMax: number;
  readonly warmMiBps: number | null;
  readonly distribution: "AUTO" | "USER_PARTITION_KEY";
  readonly tags: Readonly<Record<string, string>>;
  /** In the order of their hashes. */
  readonly open: readonly OpenShard[];
  readonly nextShard: number;
  /** When it was scaled, and when its mode was changed, within the last day. */
  readonly scaledAtMs: readonly number[];
  readonly modeChangedAtMs: readonly number[];
}

export interface ShardRow {
  readonly parent: number | null;
  readonly adjacentParent: number | null;
  readonly from: string;
  readonly to: string;
  readonly createdAtMs: number;
  /** As its sequence numbers tell it: later than its parents'. */
  readonly createdSeconds: number;
  readonly closedAtMs: number | null;
}

export interface HeadRow {
  /** The count of the next record. */
  readonly next: number;
  readonly lastAtMs: number;
  /** Whether the duty that expires records is scheduled. */
  readonly expiring: boolean;
}

export interface RecordRow {
  readonly partitionKey: string | null;
  readonly data: Uint8Array;
  readonly atMs: number;
  readonly encrypted: boolean;
}

export interface ConsumerRow {
  readonly createdAtMs: number;
  readonly status: "CREATING" | "ACTIVE" | "DELETING";
}

export interface BucketRow {
  readonly bytes: number;
  readonly count: number;
  readonly atMs: number;
}

export interface AccountRow {
  readonly status: "ENABLED" | "DISABLED" | "ENABLED_UNTIL_EARLIEST_ALLOWED_END";
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
}

/** The last number given to a stream. */
export const numbers = table<[], number>("kinesis", "number");
export const streams = table<[name: string], StreamRow>("kinesis", "stream");
export const shards = table<[stream: number, shard: number], ShardRow>("kinesis", "shard");
export const heads = table<[stream: number, shard: number], HeadRow>("kinesis", "head");
export const records = table<[stream: number, shard: number, count: number], RecordRow>("kinesis", "record");
export const consumers = table<[stream: number, name: string], ConsumerRow>("kinesis", "consumer");
/** Which subscription of a consumer to a shard is the one that gets records. */
export const subscriptions = table<
  [stream: number, consumer: string, shard: number],
  { readonly id: string; readonly atMs: number }
>("kinesis", "subscription");
export const buckets = table<[stream: number, shard: number, kind: "read" | "write"], BucketRow>(
  "kinesis",
  "bucket",
);
/** Resource policies of streams and consumers, as they were put. */
export const policies = table<[arn: string], string>("kinesis", "policy");
/** Tags of consumers; a stream's are in its row. */
export const consumerTags = table<[arn: string], Readonly<Record<string, string>>>(
  "kinesis",
  "consumer-tags",
);
export const accounts = table<[], AccountRow>("kinesis", "account");

/** Everything that hangs on a stream's number, for the duty that sweeps it. */
export const streamTables = [records, shards, heads, consumers, subscriptions, buckets] as const;
