/** GetShardIterator and GetRecords. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import { dryRun, shardDoesNotExist } from "../errors.ts";
import { decodeIterator, encodeIterator } from "../iterator.ts";
import { shards, streams } from "../keys.ts";
import { getRecordsBytesMax, getRecordsMax } from "../limits.ts";
import { behindMs, childrenOf, readPage, wireRecord } from "../read.ts";
import type { In, Out } from "../sdk.ts";
import { requireShard, shardName, shardNumber } from "../shard.ts";
import { startPosition } from "../start.ts";
import { namedStream } from "../stream.ts";
import { shardNotFound } from "../errors.ts";
import { mayRead, payRead } from "../throughput.ts";

export function getShardIterator(call: Call, input: In<"GetShardIterator">): Out<"GetShardIterator"> {
  const { call: there, name } = namedStream(call, input);
  const shard = shardNumber(input.ShardId);
  if (shard === undefined) throw shardNotFound(there, name, input.ShardId);
  const stream = streams.get(there.tx, [name]);
  // What is missing is called the shard, even when it is the stream.
  if (stream === undefined) throw shardDoesNotExist(there, name, shardName(shard));
  const located = { call: there, stream };
  const found = requireShard(located, input.ShardId);
  const after = startPosition(located, found, {
    type: input.ShardIteratorType,
    sequence: input.StartingSequenceNumber,
    timestamp: input.Timestamp,
    operation: "GetShardIterator",
  });
  if (input.DryRun === true) throw dryRun();
  return { ShardIterator: encodeIterator(located, { shard: found.shard, after }) };
}

export function getRecords(call: Call, input: In<"GetRecords">): Out<"GetRecords"> {
  const { accountId, after, id, name, region, shard } = decodeIterator(call, input.ShardIterator);
  const there = call.in({ accountId, region });
  const stream = streams.get(there.tx, [name]);
  const row = stream?.id === id ? shards.get(there.tx, [id, shard]) : undefined;
  if (stream === undefined || row === undefined) throw shardDoesNotExist(there, name, shardName(shard));
  const located = { call: there, stream };
  const found = { shard, row };
  if (input.DryRun === true) throw dryRun();
  if (!mayRead(there, stream, shard)) {
    throw new AwsError(
      "ProvisionedThroughputExceededException",
      `Rate exceeded for shard ${shardName(shard)} in stream ${name} under account ${accountId}.`,
    );
  }
  const limit = input.Limit ?? getRecordsMax;
  const page = readPage(located, found, { after, limit, bytesMax: getRecordsBytesMax });
  payRead(there, stream, shard, page.bytes);
  return {
    Records: page.rows.map((each) => wireRecord(found, each)),
    ...(page.atEnd
      ? { ChildShards: childrenOf(located, shard) }
      : { NextShardIterator: encodeIterator(located, { shard, after: page.after }) }),
    MillisBehindLatest: behindMs(there, page),
  };
}
