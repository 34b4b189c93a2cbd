/** A Kinesis stream as the source: a resident that takes what is put there, woken by the puts. */
import type { Resident } from "../../host/service.ts";
import { positions, type StreamRow, streams } from "./keys.ts";
import { sourceRecordsPerRead } from "./limits.ts";
import { accept } from "./process.ts";
import type { Located } from "./stream.ts";

/** From now on: what was in the source's shards before is passed over, as on AWS. */
export function startAtLatest({ call, stream }: Located): void {
  if (stream.source === null) return;
  const arn = stream.source.streamArn;
  for (const { ended, shardId } of call.ports.kinesis.shards(call, arn)) {
    const after = call.ports.kinesis.latest(call, arn, shardId) ?? null;
    positions.set(call.tx, [stream.id, shardId], { after, ended });
  }
}

/** The resident `firehose.read-source`: key `[delivery stream name]`. */
export const readSource: Resident = (call, key) => {
  const stream = streams.get(call.tx, key as [string]);
  if (stream === undefined || stream.source === null || stream.status === "DELETING") return undefined;
  const located = { call, stream };
  let isMore = false;
  const unfinished = new Set<string>();
  for (const { parents, shardId } of call.ports.kinesis.shards(call, stream.source.streamArn)) {
    // A child's records come after its parents'.
    const isHeld = parents.some((parent) => unfinished.has(parent));
    const state = isHeld ? "more" : readShard(located, stream, stream.source.streamArn, shardId);
    if (state !== "ended") unfinished.add(shardId);
    if (state === "more") isMore = true;
  }
  return isMore ? call.nowMs : undefined;
};

function readShard(
  located: Located,
  stream: StreamRow,
  arn: string,
  shardId: string,
): "ended" | "caught up" | "more" {
  const { call } = located;
  const position = positions.get(call.tx, [stream.id, shardId]) ?? { after: null, ended: false };
  if (position.ended) return "ended";
  const { closed, records } = call.ports.kinesis.read(call, arn, {
    shardId,
    after: position.after,
    limit: sourceRecordsPerRead,
  });
  for (const { atMs, data, partitionKey, sequenceNumber } of records) {
    accept(located, data, { shardId, partitionKey: partitionKey ?? "", sequenceNumber }, atMs);
  }
  const last = records.at(-1);
  if (last !== undefined || closed) {
    positions.set(call.tx, [stream.id, shardId], {
      after: last?.sequenceNumber ?? position.after,
      ended: closed,
    });
  }
  if (closed) return "ended";
  return records.length === sourceRecordsPerRead ? "more" : "caught up";
}
