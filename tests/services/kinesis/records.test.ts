/** Records: where they go, how they are read, when they are gone. */
import {
  AddTagsToStreamCommand,
  DecreaseStreamRetentionPeriodCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  IncreaseStreamRetentionPeriodCommand,
  PutRecordCommand,
  PutRecordsCommand,
  SplitShardCommand,
} from "@aws-sdk/client-kinesis";
import { expect, test } from "vitest";
import { type Bench, recordsOf, startBench, textOf } from "./bench.ts";

const shard = "shardId-000000000000";

const put = ({ kinesis }: Bench, text: string, PartitionKey = "k") =>
  kinesis.send(new PutRecordCommand({ StreamName: "s", Data: Buffer.from(text), PartitionKey }));

const iterator = async ({ kinesis }: Bench, input: Partial<GetShardIteratorCommandInput>) =>
  (
    await kinesis.send(
      new GetShardIteratorCommand({
        StreamName: "s",
        ShardId: shard,
        ShardIteratorType: "TRIM_HORIZON",
        ...input,
      }),
    )
  ).ShardIterator;

const read = async (bench: Bench, ShardIterator: string | undefined, Limit?: number) =>
  bench.kinesis.send(new GetRecordsCommand({ ShardIterator, Limit }));

test("records come back in order with their keys, from every kind of iterator", async () => {
  await using bench = await startBench(["s"]);
  const { app } = bench;
  const latest = await iterator(bench, { ShardIteratorType: "LATEST" });
  const a = await put(bench, "a");
  await app.clock.advance("10s");
  const atMs = app.clock.nowMs();
  const b = await put(bench, "b");
  await app.clock.advance("10s");
  const c = await put(bench, "c");
  expect(b.SequenceNumber! > a.SequenceNumber! && c.SequenceNumber! > b.SequenceNumber!).toBe(true);
  const texts = async (input: Partial<GetShardIteratorCommandInput>) =>
    ((await read(bench, await iterator(bench, input))).Records ?? []).map(textOf);
  expect(await texts({})).toEqual(["a", "b", "c"]);
  expect(await texts({ ShardIteratorType: "LATEST" })).toEqual([]);
  expect(((await read(bench, latest)).Records ?? []).map(textOf)).toEqual(["a", "b", "c"]);
  const from = b.SequenceNumber;
  expect(await texts({ ShardIteratorType: "AT_SEQUENCE_NUMBER", StartingSequenceNumber: from })).toEqual([
    "b",
    "c",
  ]);
  expect(await texts({ ShardIteratorType: "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber: from })).toEqual([
    "c",
  ]);
  expect(await texts({ ShardIteratorType: "AT_TIMESTAMP", Timestamp: new Date(atMs) })).toEqual(["b", "c"]);
  const first = await read(bench, await iterator(bench, {}), 1);
  expect(first.MillisBehindLatest).toBe(20_000);
  expect(first.Records?.[0]).toMatchObject({ PartitionKey: "k", SequenceNumber: a.SequenceNumber });
  const second = await read(bench, first.NextShardIterator);
  expect(second.Records?.map(textOf)).toEqual(["b", "c"]);
  expect(second.MillisBehindLatest).toBe(0);
});

test("iterators are refused when they are malformed or five minutes old, and their parameters when they clash", async () => {
  await using bench = await startBench(["s", 2]);
  const { app } = bench;
  const old = await iterator(bench, {});
  await app.clock.advance("301s");
  await expect(read(bench, old)).rejects.toMatchObject({
    name: "ExpiredIteratorException",
    message: expect.stringContaining("the tolerated delay of 300000 milliseconds.") as string,
  });
  await expect(read(bench, "abc")).rejects.toThrow("Invalid ShardIterator.");
  await expect(iterator(bench, { ShardIteratorType: "AT_SEQUENCE_NUMBER" })).rejects.toThrow(
    "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified AT_SEQUENCE_NUMBER and no StartingSequenceNumber.",
  );
  await expect(iterator(bench, { StartingSequenceNumber: "5" })).rejects.toThrow(
    "Request specified TRIM_HORIZON and also a StartingSequenceNumber.",
  );
  await expect(
    iterator(bench, { ShardIteratorType: "AT_SEQUENCE_NUMBER", StartingSequenceNumber: "5" }),
  ).rejects.toThrow(
    "Invalid StartingSequenceNumber. It encodes shardId-000000000005, while it was used in a call to a shard with shardId-000000000000",
  );
  await expect(iterator(bench, { ShardIteratorType: "AT_TIMESTAMP" })).rejects.toThrow(
    "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.",
  );
  await expect(iterator(bench, { ShardId: "shardId-9" })).rejects.toThrow(
    "Shard shardId-000000000009 in stream s under account 000000000000 does not exist",
  );
});

test("partition keys and explicit hash keys choose the shard", async () => {
  await using bench = await startBench(["s", 3]);
  const { kinesis } = bench;
  const { Records } = await kinesis.send(
    new PutRecordsCommand({
      StreamName: "s",
      Records: [
        { Data: Buffer.from("a"), PartitionKey: "a" },
        { Data: Buffer.from("b"), PartitionKey: "b", ExplicitHashKey: "0" },
        { Data: Buffer.from("c"), PartitionKey: "b", ExplicitHashKey: String(2n ** 128n - 1n) },
      ],
    }),
  );
  // The MD5 of "a" begins with 0cc1, of all hashes' first third.
  expect(Records?.map(({ ShardId }) => ShardId)).toEqual([
    "shardId-000000000000",
    "shardId-000000000000",
    "shardId-000000000002",
  ]);
  await expect(
    kinesis.send(
      new PutRecordCommand({
        StreamName: "s",
        Data: new Uint8Array(),
        PartitionKey: "a",
        ExplicitHashKey: String(2n ** 128n),
      }),
    ),
  ).rejects.toThrow("Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1].");
  await expect(
    kinesis.send(new PutRecordCommand({ StreamName: "s", Data: new Uint8Array(), PartitionKey: undefined })),
  ).rejects.toThrow(
    "1 validation error detected: Value null at 'partitionKey' failed to satisfy constraint: Member must not be null",
  );
  await expect(
    kinesis.send(
      new PutRecordCommand({ StreamName: "s", Data: new Uint8Array(1_048_577), PartitionKey: "a" }),
    ),
  ).rejects.toThrow(
    "Value 'java.nio.HeapByteBuffer[pos=0 lim=1048577 cap=1048577]' at 'data' failed to satisfy constraint: Member must have length less than or equal to 1048576",
  );
});

test("a page holds ten megabytes", async () => {
  await using bench = await startBench(["s"]);
  for (let at = 0; at < 12; at += 1) await put(bench, "x".repeat(1_000_000));
  const first = await read(bench, await iterator(bench, {}));
  expect(first.Records).toHaveLength(10);
  expect((await read(bench, first.NextShardIterator)).Records).toHaveLength(2);
});

test("a split shard is read to its end, which names its children; what comes later is theirs", async () => {
  await using bench = await startBench(["s"]);
  const { app, kinesis } = bench;
  await put(bench, "before");
  await kinesis.send(
    new SplitShardCommand({ StreamName: "s", ShardToSplit: shard, NewStartingHashKey: String(2n ** 127n) }),
  );
  await app.settle();
  const { ShardId = "" } = await put(bench, "after");
  const page = await read(bench, await iterator(bench, {}));
  expect(page.Records?.map(textOf)).toEqual(["before"]);
  expect(page.NextShardIterator).toBeUndefined();
  expect(page.ChildShards).toMatchObject([
    { ShardId: "shardId-000000000001", ParentShards: [shard] },
    { ShardId: "shardId-000000000002", ParentShards: [shard] },
  ]);
  expect((await recordsOf(bench, "s", ShardId)).map(textOf)).toEqual(["after"]);
});

test("records are gone when the retention period is over, sooner when it is shortened", async () => {
  await using bench = await startBench(["s"]);
  const { app, kinesis } = bench;
  await put(bench, "a");
  await app.clock.advance("23h");
  await put(bench, "b");
  await app.clock.advance("61m");
  expect((await recordsOf(bench, "s")).map(textOf)).toEqual(["b"]);
  const change = { StreamName: "s", RetentionPeriodHours: 48 };
  await kinesis.send(new IncreaseStreamRetentionPeriodCommand(change));
  await app.clock.advance("30h");
  expect((await recordsOf(bench, "s")).map(textOf)).toEqual(["b"]);
  await kinesis.send(new DecreaseStreamRetentionPeriodCommand({ ...change, RetentionPeriodHours: 24 }));
  await app.settle();
  expect(await recordsOf(bench, "s")).toEqual([]);
});

test("throughput is limited for streams that ask for it", async () => {
  await using bench = await startBench(["s"]);
  const { app, kinesis } = bench;
  await kinesis.send(
    new AddTagsToStreamCommand({ StreamName: "s", Tags: { "awan:throughput": "enforced" } }),
  );
  const Records = Array.from({ length: 3 }, () => ({ Data: new Uint8Array(400_000), PartitionKey: "k" }));
  const answer = await kinesis.send(new PutRecordsCommand({ StreamName: "s", Records }));
  expect(answer.FailedRecordCount).toBe(1);
  expect(answer.Records?.[2]).toEqual({
    ErrorCode: "ProvisionedThroughputExceededException",
    ErrorMessage: `Rate exceeded for shard ${shard} in stream s under account 000000000000.`,
  });
  await app.clock.advance("1s");
  await put(bench, "x".repeat(1_000_000));
  const from = await iterator(bench, {});
  for (let at = 0; at < 2; at += 1) await read(bench, from);
  await expect(read(bench, from)).rejects.toMatchObject({ name: "ProvisionedThroughputExceededException" });
  await app.clock.advance("1s");
  await read(bench, from);
});
