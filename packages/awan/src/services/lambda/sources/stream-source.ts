/** What mappings need of a stream, whichever service it belongs to. */
import type { Call } from "../../../host/call.ts";
import { notImplemented } from "../../../kernel/errors.ts";
import type { StreamEvent } from "../../dynamodb/port.ts";
import type { MappingRow, PendingRecord, SourceKind } from "../keys.ts";
import { kinesis } from "./kinesis-source.ts";

export interface SourceRecord extends PendingRecord {
  /** Records of one partition are worked on in order. */
  readonly partition: string;
  /** What filters look at. */
  readonly filterable: unknown;
}

export interface StreamSource {
  /** What the envelope of a batch that is given up calls its facts. */
  readonly batchInfo: "DDBStreamBatchInfo" | "KinesisBatchInfo";
  /** Times in that envelope. */
  timeText(timeMs: number): string;
  exists(call: Call, arn: string): boolean;
  /** Parents before children. `ended`: closed, though perhaps not read to its end. */
  shards(
    call: Call,
    arn: string,
  ): readonly { readonly shardId: string; readonly parents: readonly string[]; readonly ended: boolean }[];
  latest(call: Call, arn: string, shardId: string): string | undefined;
  /** The position before the first record of `atMs` or later. */
  before(call: Call, arn: string, shardId: string, atMs: number): string | undefined;
  /** `closed` when the shard is closed and nothing follows. */
  read(
    call: Call,
    mapping: MappingRow,
    position: { readonly shardId: string; readonly after: string | null; readonly limit: number },
  ): { readonly records: readonly SourceRecord[]; readonly closed: boolean };
  /** A record whose event was not kept; undefined when the stream has it no more. */
  event(
    call: Call,
    mapping: MappingRow,
    shardId: string,
    sequence: string,
  ): PendingRecord["event"] | undefined;
}

const dynamodb: StreamSource = {
  batchInfo: "DDBStreamBatchInfo",
  timeText: (timeMs) => new Date(timeMs).toISOString().replace(/\.\d+Z$/, "Z"),
  exists: (call, arn) => call.ports.dynamodb.describe(call, arn) !== undefined,
  shards: (call, arn) =>
    call.ports.dynamodb.shards(call, arn).map((shard) => ({
      shardId: shard.shardId,
      parents: shard.parentShardId === undefined ? [] : [shard.parentShardId],
      ended: shard.endingSequenceNumber !== undefined,
    })),
  latest: (call, arn, shardId) => call.ports.dynamodb.latest(call, arn, shardId),
  before: (call, arn, shardId) => call.ports.dynamodb.latest(call, arn, shardId),
  read(call, { sourceArn: arn }, { shardId, after, limit }) {
    const hash = call.ports.dynamodb.describe(call, arn)?.keySchema[0]?.AttributeName ?? "";
    const position = { streamArn: arn, shardId, limit, ...(after === null ? {} : { after }) };
    const { records, closed } = call.ports.dynamodb.readEvents(call, position);
    return { records: records.map((event) => recordOf(event, hash)), closed };
  },
  event: () => undefined,
};

function recordOf(event: StreamEvent, hash: string): SourceRecord {
  return {
    sequence: event.dynamodb.SequenceNumber,
    atMs: event.dynamodb.ApproximateCreationDateTime * 1000,
    event: event as unknown as Readonly<Record<string, unknown>>,
    bytes: JSON.stringify(event).length,
    partition: JSON.stringify(event.dynamodb.Keys[hash]),
    filterable: event,
  };
}

export function sourceOf(kind: SourceKind): StreamSource {
  if (kind === "dynamodb") return dynamodb;
  if (kind === "kinesis") return kinesis;
  throw notImplemented(`lambda:CreateEventSourceMapping for ${kind}`);
}
