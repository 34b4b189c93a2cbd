/** DynamoDB's port: reading streams, for the Streams API and for event source mappings. */
import { hash } from "node:crypto";
import type { Call } from "../../host/call.ts";
import { parseArn } from "../../kernel/arn.ts";
import { jsonItem } from "./json-item.ts";
import type {
  DynamodbPort,
  StreamDescription,
  StreamEvent,
  StreamPosition,
  StreamRecord,
  StreamShard,
} from "./port.ts";
import { policyOn } from "./policies.ts";
import {
  type RecordRow,
  type ShardRow,
  streamHeads,
  streamRecords,
  type StreamRow,
  streams,
  streamShards,
} from "./stream-keys.ts";

interface Located {
  readonly call: Call;
  readonly stream: StreamRow;
}

function locate(call: Call, streamArn: string): Located | undefined {
  const arn = parseArn(streamArn);
  const match = arn === undefined ? null : /^table\/([^/]+)\/stream\/(.+)$/.exec(arn.resource);
  if (arn === undefined || match === null) return undefined;
  const there = call.in({ accountId: arn.accountId, region: arn.region });
  const stream = streams.get(there.tx, [match[1] ?? "", match[2] ?? ""]);
  return stream === undefined ? undefined : { call: there, stream };
}

/** 21 digits, so that text order is the order of numbers. */
const sequenceText = (sequence: number): string => `1${String(sequence).padStart(20, "0")}`;
const sequenceOf = (text: string): number => Number(text.slice(1));

function describe(stream: StreamRow): StreamDescription {
  return {
    arn: stream.arn,
    label: stream.label,
    tableName: stream.tableName,
    viewType: stream.viewType,
    enabled: stream.enabled,
    createdAtMs: stream.createdAtMs,
    keySchema: stream.keySchema.map((name, at) => ({
      AttributeName: name,
      KeyType: at === 0 ? "HASH" : "RANGE",
    })),
  };
}

function shardOf(shard: ShardRow): StreamShard {
  return {
    shardId: shard.shardId,
    ...(shard.parentShardId === undefined ? {} : { parentShardId: shard.parentShardId }),
    startingSequenceNumber: sequenceText(shard.start),
    ...(shard.end === undefined ? {} : { endingSequenceNumber: sequenceText(shard.end) }),
  };
}

function findShard(
  { call, stream }: Located,
  shardId: string,
): { readonly number: number; readonly shard: ShardRow } | undefined {
  for (const { key, value } of streamShards.scan(call.tx, [stream.id])) {
    if (value.shardId === shardId) return { number: key[1], shard: value };
  }
  return undefined;
}

interface Page {
  readonly located: Located | undefined;
  readonly rows: readonly { readonly sequence: number; readonly row: RecordRow }[];
  readonly closed: boolean;
}

/** GetRecords answers 1 MB at most. */
const pageSizeBytesMax = 1_048_576;

function readRows(call: Call, { streamArn, shardId, after, limit }: StreamPosition): Page {
  const located = locate(call, streamArn);
  const found = located === undefined ? undefined : findShard(located, shardId);
  if (located === undefined || found === undefined) return { located: undefined, rows: [], closed: true };
  const rows: { sequence: number; row: RecordRow }[] = [];
  const range = after === undefined ? {} : { after: [sequenceOf(after)] };
  let size = 0;
  for (const { key, value } of streamRecords.scan(
    located.call.tx,
    [located.stream.id, found.number],
    range,
  )) {
    size += value.sizeBytes;
    if (rows.length === limit || (rows.length > 0 && size > pageSizeBytesMax))
      return { located, rows, closed: false };
    rows.push({ sequence: key[2], row: value });
  }
  return { located, rows, closed: found.shard.end !== undefined };
}

function recordOf(stream: StreamRow, sequence: number, row: RecordRow): StreamRecord {
  const { atMs, eventName, keys, newImage, oldImage, sizeBytes, userIdentity } = row;
  return {
    eventId: hash("md5", `${stream.arn}/${sequence}`, "hex"),
    eventName,
    sequenceNumber: sequenceText(sequence),
    atMs,
    keys,
    ...(newImage === undefined ? {} : { newImage }),
    ...(oldImage === undefined ? {} : { oldImage }),
    sizeBytes,
    viewType: stream.viewType,
    ...(userIdentity === undefined ? {} : { userIdentity }),
  };
}

function eventOf({ call, stream }: Located, record: StreamRecord): StreamEvent {
  const { newImage, oldImage, userIdentity } = record;
  return {
    eventID: record.eventId,
    eventName: record.eventName,
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: call.region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(record.atMs / 1000),
      Keys: jsonItem(record.keys),
      ...(newImage === undefined ? {} : { NewImage: jsonItem(newImage) }),
      ...(oldImage === undefined ? {} : { OldImage: jsonItem(oldImage) }),
      SequenceNumber: record.sequenceNumber,
      SizeBytes: record.sizeBytes,
      StreamViewType: record.viewType,
    },
    eventSourceARN: stream.arn,
    ...(userIdentity === undefined
      ? {}
      : { userIdentity: { principalId: userIdentity.PrincipalId, type: userIdentity.Type } }),
  };
}

export const port: DynamodbPort = {
  policyOn,
  describe: (call, streamArn) => {
    const located = locate(call, streamArn);
    return located === undefined ? undefined : describe(located.stream);
  },
  list: (call, tableName) => {
    const prefix = tableName === undefined ? [] : [tableName];
    return Array.from(streams.scan(call.tx, prefix), ({ value }) => describe(value));
  },
  shards: (call, streamArn) => {
    const located = locate(call, streamArn);
    if (located === undefined) return [];
    return Array.from(streamShards.scan(located.call.tx, [located.stream.id]), ({ value }) => shardOf(value));
  },
  latest: (call, streamArn, shardId) => {
    const located = locate(call, streamArn);
    const found = located === undefined ? undefined : findShard(located, shardId);
    if (located === undefined || found === undefined) return undefined;
    const last = found.shard.end ?? (streamHeads.get(located.call.tx, [located.stream.id])?.next ?? 1) - 1;
    return sequenceText(last);
  },
  read: (call, position) => {
    const { located, rows, closed } = readRows(call, position);
    if (located === undefined) return { records: [], closed };
    return { records: rows.map(({ sequence, row }) => recordOf(located.stream, sequence, row)), closed };
  },
  readEvents: (call, position) => {
    const { located, rows, closed } = readRows(call, position);
    if (located === undefined) return { records: [], closed };
    return {
      records: rows.map(({ sequence, row }) => eventOf(located, recordOf(located.stream, sequence, row))),
      closed,
    };
  },
};
