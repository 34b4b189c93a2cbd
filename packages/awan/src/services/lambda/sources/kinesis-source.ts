/** Kinesis streams (and their registered consumers) as event sources. */
import { parseArn } from "../../../kernel/arn.ts";
import type { Call } from "../../../host/call.ts";
import type { KinesisRecord } from "../../kinesis/port.ts";
import { decoded } from "../filter.ts";
import { qualifierExists, requireVersion } from "../function.ts";
import type { MappingRow } from "../keys.ts";
import type { SourceRecord, StreamSource } from "./stream-source.ts";

export const kinesis: StreamSource = {
  batchInfo: "KinesisBatchInfo",
  timeText: (timeMs) => new Date(timeMs).toISOString(),
  exists: (call, arn) => call.ports.kinesis.exists(call, arn),
  shards: (call, arn) => call.ports.kinesis.shards(call, arn),
  latest: (call, arn, shardId) => call.ports.kinesis.latest(call, arn, shardId),
  before: (call, arn, shardId, atMs) => call.ports.kinesis.before(call, arn, shardId, atMs),
  read(call, mapping, position) {
    const { records, closed } = call.ports.kinesis.read(call, mapping.sourceArn, position);
    return { records: records.map(sourceRecordOf), closed };
  },
  event(call, mapping, shardId, sequence) {
    const record = call.ports.kinesis.record(call, mapping.sourceArn, { shardId, sequence });
    return record === undefined ? undefined : eventOf(record, shardId, frameOf(call, mapping));
  },
};

/** What all records of a mapping say of where they come from. */
function frameOf(call: Call, { functionName, qualifier, sourceArn }: MappingRow): object {
  const reference = { name: functionName, qualifier: qualifier === "" ? undefined : qualifier };
  const role = qualifierExists(call, reference)
    ? requireVersion(call, reference).version.settings.Role
    : undefined;
  return {
    eventName: "aws:kinesis:record",
    invokeIdentityArn: role,
    awsRegion: parseArn(sourceArn)?.region,
    eventSourceARN: sourceArn,
  };
}

function kinesisPart({ atMs, partitionKey, sequenceNumber }: KinesisRecord, content: unknown): object {
  return {
    kinesisSchemaVersion: "1.0",
    partitionKey,
    sequenceNumber,
    data: content,
    approximateArrivalTimestamp: atMs / 1000,
  };
}

const bytesOf = ({ data }: KinesisRecord): Buffer =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength);

const eventOf = (
  record: KinesisRecord,
  shardId: string,
  frame: object,
): Readonly<Record<string, unknown>> => ({
  kinesis: kinesisPart(record, bytesOf(record).toString("base64")),
  eventSource: "aws:kinesis",
  eventVersion: "1.0",
  eventID: `${shardId}:${record.sequenceNumber}`,
  ...frame,
});

/** What an event has beside its data. */
const frameBytes = 600;

function sourceRecordOf(record: KinesisRecord): SourceRecord {
  const { atMs, data, partitionKey, sequenceNumber } = record;
  return {
    sequence: sequenceNumber,
    atMs,
    partition: partitionKey ?? sequenceNumber,
    // Records may be large, and the stream keeps them.
    event: null,
    bytes: Math.ceil(data.byteLength / 3) * 4 + frameBytes,
    // Patterns speak of the inner part, its data decoded.
    get filterable() {
      return kinesisPart(record, decoded(bytesOf(record).toString("utf8")));
    },
  };
}
