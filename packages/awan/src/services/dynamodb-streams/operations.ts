/** ListStreams, DescribeStream, GetShardIterator and GetRecords, on DynamoDB's port. */
import type {
  _Record as WireRecord,
  _Stream as Stream,
  AttributeValue,
  Shard,
} from "@aws-sdk/client-dynamodb-streams";
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";
import type { Input, Output } from "../../model/operations.ts";
import type { DynamodbPort, StreamDescription, StreamRecord, StreamShard } from "../dynamodb/port.ts";
import { decodeIterator, encodeIterator } from "./iterator.ts";

type Client = typeof import("@aws-sdk/client-dynamodb-streams");

const pageSizeMax = 100;
const recordsMax = 1000;

const notFound = (what: string): AwsError =>
  new AwsError("ResourceNotFoundException", `Requested resource not found: ${what} not found`);

const invalid = (message: string): AwsError => new AwsError("ValidationException", message);

/** The constraints of the API's model, in the order of its members. */
function checkArn(arn: string | undefined, name: string): void {
  if (arn === undefined || (arn.startsWith("arn:") && arn.length >= 37)) return;
  throw invalid(`Invalid ${name}: ${arn}`);
}

function checkLimit(limit: number | undefined, max: number): void {
  if (limit === undefined || (limit >= 1 && limit <= max)) return;
  const [word, bound] = limit < 1 ? ["greater", 1] : ["less", max];
  throw invalid(
    `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: Member must have value ${word} than or equal to ${bound}`,
  );
}

function requireStream(call: Call, arn: string): StreamDescription {
  checkArn(arn, "StreamArn");
  const stream = call.ports.dynamodb.describe(call, arn);
  if (stream === undefined) throw notFound(`Stream: ${arn}`);
  return stream;
}

export function listStreams(call: Call, input: Input<Client, "ListStreams">): Output<Client, "ListStreams"> {
  checkLimit(input.Limit, pageSizeMax);
  checkArn(input.ExclusiveStartStreamArn, "ExclusiveStartStreamArn");
  const limit = input.Limit ?? pageSizeMax;
  const all = call.ports.dynamodb.list(call, input.TableName);
  const start = all.findIndex(({ arn }) => arn === input.ExclusiveStartStreamArn) + 1;
  const page = all.slice(start, start + limit);
  const streams: Stream[] = page.map(({ arn, label, tableName }) => ({
    StreamArn: arn,
    StreamLabel: label,
    TableName: tableName,
  }));
  const last = page.at(-1);
  const more = start + limit < all.length && last !== undefined;
  return { Streams: streams, ...(more ? { LastEvaluatedStreamArn: last.arn } : {}) };
}

export function describeStream(
  call: Call,
  input: Input<Client, "DescribeStream">,
): Output<Client, "DescribeStream"> {
  checkLimit(input.Limit, pageSizeMax);
  const stream = requireStream(call, input.StreamArn);
  if (
    input.ShardFilter !== undefined &&
    (input.ShardFilter.Type !== "CHILD_SHARDS" || input.ShardFilter.ShardId === undefined)
  ) {
    throw invalid("ShardFilter needs the Type CHILD_SHARDS and a ShardId");
  }
  const limit = input.Limit ?? pageSizeMax;
  const all = call.ports.dynamodb
    .shards(call, input.StreamArn)
    .filter(
      ({ parentShardId }) =>
        input.ShardFilter?.ShardId === undefined || parentShardId === input.ShardFilter.ShardId,
    );
  const start = startAfter(all, input.ExclusiveStartShardId);
  const page = all.slice(start, start + limit);
  const last = page.at(-1);
  return {
    StreamDescription: {
      StreamArn: stream.arn,
      StreamLabel: stream.label,
      StreamStatus: stream.enabled ? "ENABLED" : "DISABLED",
      StreamViewType: stream.viewType,
      CreationRequestDateTime: new Date(stream.createdAtMs),
      TableName: stream.tableName,
      KeySchema: stream.keySchema.map((element) => ({ ...element })),
      Shards: page.map(wireShard),
      ...(start + limit < all.length && last !== undefined ? { LastEvaluatedShardId: last.shardId } : {}),
    },
  };
}

/** Where a page begins; after a shard that is not there, nothing comes. */
function startAfter(shards: readonly StreamShard[], shardId: string | undefined): number {
  if (shardId === undefined) return 0;
  const at = shards.findIndex((shard) => shard.shardId === shardId);
  return at === -1 ? shards.length : at + 1;
}

function wireShard(shard: StreamShard): Shard {
  return {
    ShardId: shard.shardId,
    SequenceNumberRange: {
      StartingSequenceNumber: shard.startingSequenceNumber,
      ...(shard.endingSequenceNumber === undefined
        ? {}
        : { EndingSequenceNumber: shard.endingSequenceNumber }),
    },
    ...(shard.parentShardId === undefined ? {} : { ParentShardId: shard.parentShardId }),
  };
}

export function getShardIterator(
  call: Call,
  input: Input<Client, "GetShardIterator">,
): Output<Client, "GetShardIterator"> {
  requireStream(call, input.StreamArn);
  const shard = call.ports.dynamodb
    .shards(call, input.StreamArn)
    .find(({ shardId }) => shardId === input.ShardId);
  if (shard === undefined) throw notFound(`Shard: ${input.ShardId} in Stream: ${input.StreamArn}`);
  const after = positionOf(call, input, shard);
  return {
    ShardIterator: encodeIterator(input.StreamArn, {
      shardId: shard.shardId,
      ...(after === undefined ? {} : { after }),
      issuedAtMs: call.nowMs,
    }),
  };
}

/** The sequence number before the first record that is wanted. */
function positionOf(
  call: Call,
  input: Input<Client, "GetShardIterator">,
  shard: StreamShard,
): string | undefined {
  const { ShardIteratorType: type, SequenceNumber: sequence } = input;
  if (sequence !== undefined && (type === "TRIM_HORIZON" || type === "LATEST")) {
    throw invalid(`SequenceNumber must not be provided for ShardIteratorType: ${type}`);
  }
  if (type === "TRIM_HORIZON") return undefined;
  if (type === "LATEST") return call.ports.dynamodb.latest(call, input.StreamArn, shard.shardId);
  if (sequence === undefined) {
    throw new AwsError(
      "ValidationException",
      `SequenceNumber must be provided for ShardIteratorType: ${type}`,
    );
  }
  if (!/^\d{1,40}$/.test(sequence)) {
    throw new AwsError("ValidationException", `Invalid SequenceNumber: ${sequence}`);
  }
  checkNotTrimmed(call.ports.dynamodb, call, input.StreamArn, shard, sequence);
  return type === "AFTER_SEQUENCE_NUMBER" ? sequence : String(BigInt(sequence) - 1n);
}

function checkNotTrimmed(
  port: DynamodbPort,
  call: Call,
  streamArn: string,
  shard: StreamShard,
  sequence: string,
): void {
  if (BigInt(sequence) < BigInt(shard.startingSequenceNumber) - 1n) {
    throw new AwsError(
      "TrimmedDataAccessException",
      `The operation attempted to read past the oldest stream record in a shard.`,
    );
  }
  const [oldest] = port.read(call, { streamArn, shardId: shard.shardId, limit: 1 }).records;
  if (oldest !== undefined && BigInt(sequence) < BigInt(oldest.sequenceNumber) - 1n) {
    throw new AwsError(
      "TrimmedDataAccessException",
      `The operation attempted to read past the oldest stream record in a shard.`,
    );
  }
}

export function getRecords(call: Call, input: Input<Client, "GetRecords">): Output<Client, "GetRecords"> {
  checkLimit(input.Limit, recordsMax);
  const position = decodeIterator(input.ShardIterator, call.nowMs);
  requireStream(call, position.streamArn);
  const { records, closed } = call.ports.dynamodb.read(call, {
    streamArn: position.streamArn,
    shardId: position.shardId,
    ...(position.after === undefined ? {} : { after: position.after }),
    limit: Math.min(input.Limit ?? recordsMax, recordsMax),
  });
  const after = records.at(-1)?.sequenceNumber ?? position.after;
  return {
    Records: records.map((record) => wireRecord(call, record)),
    ...(closed
      ? {}
      : {
          NextShardIterator: encodeIterator(position.streamArn, {
            shardId: position.shardId,
            ...(after === undefined ? {} : { after }),
            issuedAtMs: call.nowMs,
          }),
        }),
  };
}

type WireItem = Record<string, AttributeValue>;

function wireRecord(call: Call, record: StreamRecord): WireRecord {
  return {
    eventID: record.eventId,
    eventName: record.eventName,
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: call.region,
    dynamodb: {
      ApproximateCreationDateTime: new Date(Math.floor(record.atMs / 1000) * 1000),
      Keys: record.keys as WireItem,
      ...(record.newImage === undefined ? {} : { NewImage: record.newImage as WireItem }),
      ...(record.oldImage === undefined ? {} : { OldImage: record.oldImage as WireItem }),
      SequenceNumber: record.sequenceNumber,
      SizeBytes: record.sizeBytes,
      StreamViewType: record.viewType,
    },
    ...(record.userIdentity === undefined ? {} : { userIdentity: { ...record.userIdentity } }),
  };
}
