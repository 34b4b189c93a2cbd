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
    const frame = records.length === 0 ? undefined : frameOf(call, mapping);
    return { records: records.map((each) => recordOf(each, position.shardId, frame ?? {})), closed };
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

function recordOf(
  { atMs, data, partitionKey, sequenceNumber }: KinesisRecord,
  shardId: string,
  frame: object,
): SourceRecord {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const base64 = bytes.toString("base64");
  const kinesisPart = {
    kinesisSchemaVersion: "1.0",
    partitionKey,
    sequenceNumber,
    data: base64,
    approximateArrivalTimestamp: atMs / 1000,
  };
  return {
    sequence: sequenceNumber,
    atMs,
    partition: partitionKey ?? sequenceNumber,
    event: {
      kinesis: kinesisPart,
      eventSource: "aws:kinesis",
      eventVersion: "1.0",
      eventID: `${shardId}:${sequenceNumber}`,
      ...frame,
    },
    // Patterns speak of the inner part, its data decoded.
    get filterable() {
      return { ...kinesisPart, data: decoded(bytes.toString("utf8")) };
    },
  };
}
