/** The rows of streams. Sequence numbers count per stream; on the wire they have 21 digits. */
import type { Item } from "../../engines/dynamo-expression/value.ts";
import { table } from "../../store/table.ts";
import type { StreamSetting } from "./schema.ts";

const service = "dynamodb";

export interface StreamRow {
  readonly id: number;
  readonly tableName: string;
  readonly label: string;
  readonly arn: string;
  readonly viewType: StreamSetting["viewType"];
  /** Names of the table's key attributes, hash key first. */
  readonly keySchema: readonly string[];
  readonly createdAtMs: number;
  readonly enabled: boolean;
}

export const streams = table<[tableName: string, label: string], StreamRow>(service, "stream");

export interface StreamHeadRow {
  /** The next record's sequence number. */
  readonly next: number;
  /** The open shard. */
  readonly shard: number;
  readonly openedAtMs: number;
  /** Whether the trimming duty is scheduled. */
  readonly trimming: boolean;
}

export const streamHeads = table<[streamId: number], StreamHeadRow>(service, "stream-head");

export interface ShardRow {
  readonly shardId: string;
  readonly parentShardId?: string;
  readonly start: number;
  /** The last sequence number; absent while the shard is open. */
  readonly end?: number;
}

export const streamShards = table<[streamId: number, shard: number], ShardRow>(service, "stream-shard");

export interface RecordRow {
  readonly eventName: "INSERT" | "MODIFY" | "REMOVE";
  readonly keys: Item;
  readonly newImage?: Item;
  readonly oldImage?: Item;
  readonly sizeBytes: number;
  readonly atMs: number;
  readonly userIdentity?: { readonly PrincipalId: string; readonly Type: string };
}

export const streamRecords = table<[streamId: number, shard: number, sequence: number], RecordRow>(
  service,
  "stream-record",
);
