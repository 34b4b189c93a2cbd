/** DescribeStream, DescribeStreamSummary and ListStreams. */
import type { Call } from "../../../host/call.ts";
import { shards, streams } from "../keys.ts";
import { describeShardsMax, listStreamsMax } from "../limits.ts";
import { issueToken, readToken } from "../page-token.ts";
import type { In, Out } from "../sdk.ts";
import { describeShard, shardNumber } from "../shard.ts";
import { countConsumers, describe, requireStream, streamArn } from "../stream.ts";

export function describeStream(call: Call, input: In<"DescribeStream">): Out<"DescribeStream"> {
  const located = requireStream(call, input);
  const { call: there, stream } = located;
  const limit = input.Limit ?? describeShardsMax;
  const start = input.ExclusiveStartShardId === undefined ? -1 : shardNumber(input.ExclusiveStartShardId);
  const page = [];
  // A stream that is being created shows none yet.
  if (stream.status !== "CREATING") {
    for (const { key, value } of shards.scan(there.tx, [stream.id], { after: [start ?? -1] })) {
      page.push({ shard: key[1], row: value });
      if (page.length > limit) break;
    }
  }
  return {
    StreamDescription: {
      ...describe(located),
      Shards: page.slice(0, limit).map(describeShard),
      HasMoreShards: page.length > limit,
    },
  };
}

export function describeStreamSummary(
  call: Call,
  input: In<"DescribeStreamSummary">,
): Out<"DescribeStreamSummary"> {
  const located = requireStream(call, input);
  const { stream } = located;
  const warm = stream.warmMiBps;
  return {
    StreamDescriptionSummary: {
      ...describe(located),
      OpenShardCount: stream.status === "CREATING" ? 0 : stream.open.length,
      ConsumerCount: countConsumers(located),
      MaxRecordSizeInKiB: stream.recordKibibytesMax,
      ...(warm === null ? {} : { WarmThroughput: { TargetMiBps: warm, CurrentMiBps: warm } }),
      ...(stream.distribution === "AUTO" ? { RecordDistributionStrategy: stream.distribution } : {}),
    },
  };
}

export function listStreams(call: Call, input: In<"ListStreams">): Out<"ListStreams"> {
  const limit = Math.min(input.Limit ?? listStreamsMax, listStreamsMax);
  const after =
    input.NextToken === undefined ? input.ExclusiveStartStreamName : readToken(call, input.NextToken).after;
  const page = [];
  for (const { value } of streams.scan(call.tx, [], after === undefined ? {} : { after: [after] })) {
    page.push(value);
    if (page.length > limit) break;
  }
  const listed = page.slice(0, limit);
  const hasMore = page.length > limit;
  const last = listed.at(-1);
  return {
    StreamNames: listed.map(({ name }) => name),
    HasMoreStreams: hasMore,
    ...(hasMore && last !== undefined ? { NextToken: issueToken(call, { of: "", after: last.name }) } : {}),
    StreamSummaries: listed.map(({ createdAtMs, mode, name, status }) => ({
      StreamName: name,
      StreamARN: streamArn(call, name),
      StreamStatus: status,
      StreamModeDetails: { StreamMode: mode },
      StreamCreationTimestamp: new Date(createdAtMs),
    })),
  };
}
