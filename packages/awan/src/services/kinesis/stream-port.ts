/** Kinesis's port: putting records and reading shards for other services. */
import type { Call } from "../../host/call.ts";
import { findConsumer, isConsumerArn } from "./consumer.ts";
import { type RecordRow, records, shards } from "./keys.ts";
import { getRecordsBytesMax } from "./limits.ts";
import type { KinesisPort, KinesisRecord } from "./port.ts";
import { checkRecord, putRecord } from "./put.ts";
import { newestPosition, parentsOf, positionBefore, positionOf, readPage, sequenceOf } from "./read.ts";
import { type FoundShard, shardName, shardNumber } from "./shard.ts";
import { findStream, type Located, requireStream } from "./stream.ts";

function locate(
  call: Call,
  arn: string,
  shardId: string,
): { readonly located: Located; readonly found: FoundShard } | undefined {
  const located = findStream(call, arn);
  const shard = shardNumber(shardId);
  if (located === undefined || shard === undefined) return undefined;
  const row = shards.get(located.call.tx, [located.stream.id, shard]);
  return row === undefined ? undefined : { located, found: { shard, row } };
}

const recordOf = (sequenceNumber: string, { atMs, data, partitionKey }: RecordRow): KinesisRecord => ({
  sequenceNumber,
  atMs,
  partitionKey: partitionKey ?? undefined,
  data,
});

export const port: KinesisPort = {
  put(call, { data, explicitHashKey, partitionKey, streamArn }) {
    const located = requireStream(call, { StreamARN: streamArn });
    const record = { data, explicitHashKey, partitionKey };
    checkRecord(located.stream, record, "");
    return putRecord(located, record);
  },
  exists: (call, arn) =>
    isConsumerArn(arn) ? findConsumer(call, arn) !== undefined : findStream(call, arn) !== undefined,
  shards(call, arn) {
    const located = findStream(call, arn);
    if (located === undefined) return [];
    const rows = [...shards.scan(located.call.tx, [located.stream.id])];
    const present = new Set(rows.map(({ key }) => key[1]));
    return rows.map(({ key, value }) => ({
      shardId: shardName(key[1]),
      parents: parentsOf(value)
        .filter((parent) => present.has(parent))
        .map(shardName),
      ended: value.closedAtMs !== null,
    }));
  },
  latest(call, arn, shardId) {
    const place = locate(call, arn, shardId);
    if (place === undefined) return undefined;
    const count = newestPosition(place.located, place.found.shard);
    return sequenceOf(place.found, count, call.nowMs);
  },
  before(call, arn, shardId, atMs) {
    const place = locate(call, arn, shardId);
    if (place === undefined) return undefined;
    const count = positionBefore(place.located, place.found.shard, atMs);
    return sequenceOf(place.found, count, call.nowMs);
  },
  read(call, arn, { after, limit, shardId }) {
    const place = locate(call, arn, shardId);
    if (place === undefined) return { records: [], closed: true };
    const { found, located } = place;
    const page = readPage(located, found, {
      after: after === null ? 0 : positionOf(found, after),
      limit,
      bytesMax: getRecordsBytesMax,
    });
    return {
      records: page.rows.map(({ count, row }) => recordOf(sequenceOf(found, count, row.atMs), row)),
      closed: page.atEnd,
    };
  },
  record(call, arn, { sequence, shardId }) {
    const place = locate(call, arn, shardId);
    const count = place === undefined ? 0 : positionOf(place.found, sequence);
    if (place === undefined || count === 0) return undefined;
    const { call: there, stream } = place.located;
    const row = records.get(there.tx, [stream.id, place.found.shard, count]);
    return row === undefined ? undefined : recordOf(sequence, row);
  },
};
