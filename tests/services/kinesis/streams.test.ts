/** Streams and shards: making, describing, resharding, tags, policies, settings. */
import {
  AddTagsToStreamCommand,
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeLimitsCommand,
  DescribeStreamCommand,
  DescribeStreamConsumerCommand,
  DescribeStreamSummaryCommand,
  EnableEnhancedMonitoringCommand,
  GetResourcePolicyCommand,
  IncreaseStreamRetentionPeriodCommand,
  ListShardsCommand,
  ListStreamsCommand,
  ListTagsForResourceCommand,
  ListTagsForStreamCommand,
  MergeShardsCommand,
  PutResourcePolicyCommand,
  RegisterStreamConsumerCommand,
  RemoveTagsFromStreamCommand,
  SplitShardCommand,
  StartStreamEncryptionCommand,
  TagResourceCommand,
  UpdateShardCountCommand,
  UpdateStreamModeCommand,
  waitUntilStreamExists,
  waitUntilStreamNotExists,
} from "@aws-sdk/client-kinesis";
import { expect, test } from "vitest";
import { recordsOf, shardsOf, startBench } from "./bench.ts";

const arn = (name: string): string => `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`;

test("a stream is made, described and deleted; the SDK's waiters see it under the manual clock", async () => {
  await using bench = await startBench();
  const { kinesis } = bench;
  await kinesis.send(new CreateStreamCommand({ StreamName: "s", ShardCount: 2 }));
  await waitUntilStreamExists({ client: kinesis, maxWaitTime: 20 }, { StreamName: "s" });
  const { StreamDescription } = await kinesis.send(new DescribeStreamCommand({ StreamName: "s" }));
  expect(StreamDescription).toMatchObject({
    StreamName: "s",
    StreamARN: arn("s"),
    StreamStatus: "ACTIVE",
    StreamModeDetails: { StreamMode: "PROVISIONED" },
    RetentionPeriodHours: 24,
    HasMoreShards: false,
    EncryptionType: "NONE",
    EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
    Shards: [
      {
        ShardId: "shardId-000000000000",
        HashKeyRange: {
          StartingHashKey: "0",
          EndingHashKey: "170141183460469231731687303715884105727",
        },
      },
      {
        ShardId: "shardId-000000000001",
        HashKeyRange: {
          StartingHashKey: "170141183460469231731687303715884105728",
          EndingHashKey: "340282366920938463463374607431768211455",
        },
      },
    ],
  });
  const sequence = StreamDescription?.Shards?.[0]?.SequenceNumberRange?.StartingSequenceNumber ?? "";
  expect(sequence).toMatch(/^49\d{54}$/);
  await expect(kinesis.send(new CreateStreamCommand({ StreamName: "s", ShardCount: 1 }))).rejects.toThrow(
    "Stream s under account 000000000000 already exists.",
  );
  await kinesis.send(new DeleteStreamCommand({ StreamName: "s" }));
  await waitUntilStreamNotExists({ client: kinesis, maxWaitTime: 20 }, { StreamName: "s" });
});

test("what is not there is named as AWS names it", async () => {
  await using bench = await startBench(["s"]);
  const { kinesis } = bench;
  await expect(kinesis.send(new DescribeStreamCommand({ StreamARN: arn("x") }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: "Stream x under account 000000000000 not found.",
  });
  await expect(
    kinesis.send(
      new SplitShardCommand({ StreamName: "s", ShardToSplit: "shardId-7", NewStartingHashKey: "5" }),
    ),
  ).rejects.toThrow("Could not find shard shardId-000000000007 in stream s under account 000000000000.");
  await expect(
    kinesis.send(new SplitShardCommand({ StreamName: "s", ShardToSplit: "0", NewStartingHashKey: "1" })),
  ).rejects.toThrow(/NewStartingHashKey 1 used in SplitShard\(\) on shard shardId-000000000000 in stream s/);
  await expect(
    kinesis.send(new MergeShardsCommand({ StreamName: "s", ShardToMerge: "0", AdjacentShardToMerge: "0" })),
  ).rejects.toThrow("are not an adjacent pair of shards eligible for merging");
  await expect(kinesis.send(new CreateStreamCommand({ StreamName: "a b", ShardCount: 1 }))).rejects.toThrow(
    "1 validation error detected: Value 'a b' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
  );
});

test("a split has two children, a merge one with two parents, and closed shards go with their records", async () => {
  await using bench = await startBench(["s"]);
  const { app, kinesis } = bench;
  await kinesis.send(
    new SplitShardCommand({
      StreamName: "s",
      ShardToSplit: "shardId-000000000000",
      NewStartingHashKey: "170141183460469231731687303715884105728",
    }),
  );
  await app.settle();
  expect(await shardsOf(bench, "s")).toMatchObject([
    { SequenceNumberRange: { EndingSequenceNumber: expect.stringMatching(/^49\d+$/) as string } },
    { ShardId: "shardId-000000000001", ParentShardId: "shardId-000000000000" },
    { ShardId: "shardId-000000000002", ParentShardId: "shardId-000000000000" },
  ]);
  await kinesis.send(
    new MergeShardsCommand({ StreamName: "s", ShardToMerge: "shardId-1", AdjacentShardToMerge: "shardId-2" }),
  );
  await app.settle();
  const shards = await shardsOf(bench, "s");
  expect(shards[3]).toMatchObject({
    ParentShardId: "shardId-000000000001",
    AdjacentParentShardId: "shardId-000000000002",
    HashKeyRange: { StartingHashKey: "0", EndingHashKey: "340282366920938463463374607431768211455" },
  });
  const starts = shards.map(({ SequenceNumberRange }) => SequenceNumberRange?.StartingSequenceNumber ?? "");
  expect(starts[1]! > starts[0]! && starts[3]! > starts[2]!).toBe(true);
  const { StreamDescriptionSummary } = await kinesis.send(
    new DescribeStreamSummaryCommand({ StreamName: "s" }),
  );
  expect(StreamDescriptionSummary).toMatchObject({ OpenShardCount: 1, ConsumerCount: 0 });
  await app.clock.advance("25h");
  expect((await shardsOf(bench, "s")).map(({ ShardId }) => ShardId)).toEqual(["shardId-000000000003"]);
});

test("UpdateShardCount gives equal ranges by splits and merges; ListShards filters and pages", async () => {
  await using bench = await startBench(["s", 2]);
  const { app, kinesis } = bench;
  await app.clock.advance("1m");
  const before = new Date(app.clock.nowMs());
  await app.clock.advance("1m");
  const scale = (TargetShardCount: number) =>
    kinesis.send(
      new UpdateShardCountCommand({ StreamName: "s", TargetShardCount, ScalingType: "UNIFORM_SCALING" }),
    );
  await expect(scale(5)).rejects.toThrow("cannot scale up over double your current open shard count");
  expect(await scale(3)).toMatchObject({ CurrentShardCount: 2, TargetShardCount: 3 });
  await app.settle();
  const latest = await kinesis.send(
    new ListShardsCommand({ StreamName: "s", ShardFilter: { Type: "AT_LATEST" } }),
  );
  const width = 2n ** 128n / 3n;
  expect(
    latest.Shards?.map(({ HashKeyRange }) => HashKeyRange?.StartingHashKey).toSorted((a, b) =>
      Number(BigInt(a ?? 0) - BigInt(b ?? 0)),
    ),
  ).toEqual(["0", String(width), String(2n * width)]);
  for (const shard of await shardsOf(bench, "s")) {
    const parents = [shard.ParentShardId, shard.AdjacentParentShardId].filter(Boolean);
    expect(parents.length).toBeLessThanOrEqual(2);
  }
  const then = await kinesis.send(
    new ListShardsCommand({ StreamName: "s", ShardFilter: { Type: "AT_TIMESTAMP", Timestamp: before } }),
  );
  expect(then.Shards?.map(({ ShardId }) => ShardId)).toEqual([
    "shardId-000000000000",
    "shardId-000000000001",
  ]);
  const first = await kinesis.send(new ListShardsCommand({ StreamName: "s", MaxResults: 2 }));
  const second = await kinesis.send(new ListShardsCommand({ NextToken: first.NextToken }));
  expect([...(first.Shards ?? []), ...(second.Shards ?? [])]).toEqual(await shardsOf(bench, "s"));
  await app.clock.advance("6m");
  await expect(kinesis.send(new ListShardsCommand({ NextToken: first.NextToken }))).rejects.toMatchObject({
    name: "ExpiredNextTokenException",
  });
});

test("on-demand streams have four shards and may not be resharded by hand; modes change", async () => {
  await using bench = await startBench();
  const { app, kinesis } = bench;
  await kinesis.send(
    new CreateStreamCommand({ StreamName: "d", StreamModeDetails: { StreamMode: "ON_DEMAND" } }),
  );
  await app.settle();
  expect(await shardsOf(bench, "d")).toHaveLength(4);
  await expect(
    kinesis.send(new SplitShardCommand({ StreamName: "d", ShardToSplit: "0", NewStartingHashKey: "5" })),
  ).rejects.toMatchObject({ name: "ValidationException" });
  await kinesis.send(
    new UpdateStreamModeCommand({ StreamARN: arn("d"), StreamModeDetails: { StreamMode: "PROVISIONED" } }),
  );
  await app.settle();
  expect(await kinesis.send(new DescribeLimitsCommand({}))).toMatchObject({
    OpenShardCount: 4,
    OnDemandStreamCount: 0,
  });
});

test("tags by both APIs, policies, encryption, metrics", async () => {
  await using bench = await startBench(["s"], ["t"]);
  const { app, kinesis } = bench;
  await kinesis.send(new AddTagsToStreamCommand({ StreamName: "s", Tags: { b: "2", a: "1" } }));
  await kinesis.send(new TagResourceCommand({ ResourceARN: arn("s"), Tags: { c: "3" } }));
  await kinesis.send(new RemoveTagsFromStreamCommand({ StreamName: "s", TagKeys: ["b"] }));
  const tags = [
    { Key: "a", Value: "1" },
    { Key: "c", Value: "3" },
  ];
  expect((await kinesis.send(new ListTagsForStreamCommand({ StreamName: "s" }))).Tags).toEqual(tags);
  expect((await kinesis.send(new ListTagsForResourceCommand({ ResourceARN: arn("s") }))).Tags).toEqual(tags);
  await expect(
    kinesis.send(new AddTagsToStreamCommand({ StreamName: "s", Tags: { "a;b": "" } })),
  ).rejects.toThrow("Some tags contain invalid characters.");

  expect(await kinesis.send(new GetResourcePolicyCommand({ ResourceARN: arn("s") }))).toMatchObject({
    Policy: "{}",
  });
  await kinesis.send(new PutResourcePolicyCommand({ ResourceARN: arn("s"), Policy: '{"Statement":[]}' }));
  expect(await kinesis.send(new GetResourcePolicyCommand({ ResourceARN: arn("s") }))).toMatchObject({
    Policy: '{"Statement":[]}',
  });

  await kinesis.send(
    new StartStreamEncryptionCommand({ StreamName: "s", EncryptionType: "KMS", KeyId: "alias/aws/kinesis" }),
  );
  await app.settle();
  const monitoring = await kinesis.send(
    new EnableEnhancedMonitoringCommand({ StreamName: "s", ShardLevelMetrics: ["ALL"] }),
  );
  expect(monitoring.DesiredShardLevelMetrics).toHaveLength(7);
  await app.settle();
  const { StreamDescriptionSummary } = await kinesis.send(
    new DescribeStreamSummaryCommand({ StreamName: "s" }),
  );
  expect(StreamDescriptionSummary).toMatchObject({ EncryptionType: "KMS", KeyId: "alias/aws/kinesis" });
  expect(await kinesis.send(new ListStreamsCommand({ Limit: 1 }))).toMatchObject({
    StreamNames: ["s"],
    HasMoreStreams: true,
  });
});

test("retention is between a day and a year, and a stream with consumers is not deleted by accident", async () => {
  await using bench = await startBench(["s"]);
  const { app, kinesis } = bench;
  const increase = (RetentionPeriodHours: number) =>
    kinesis.send(new IncreaseStreamRetentionPeriodCommand({ StreamName: "s", RetentionPeriodHours }));
  await expect(increase(23)).rejects.toThrow(
    "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short.",
  );
  await increase(8760);
  await app.settle();
  await expect(increase(48)).rejects.toThrow("Use DecreaseRetentionPeriod API.");
  const { Consumer } = await kinesis.send(
    new RegisterStreamConsumerCommand({ StreamARN: arn("s"), ConsumerName: "c" }),
  );
  expect(Consumer?.ConsumerStatus).toBe("CREATING");
  await app.settle();
  expect(
    (await kinesis.send(new DescribeStreamConsumerCommand({ ConsumerARN: Consumer?.ConsumerARN })))
      .ConsumerDescription,
  ).toMatchObject({ ConsumerStatus: "ACTIVE", StreamARN: arn("s") });
  await expect(kinesis.send(new DeleteStreamCommand({ StreamName: "s" }))).rejects.toMatchObject({
    name: "ResourceInUseException",
  });
  await kinesis.send(new DeleteStreamCommand({ StreamName: "s", EnforceConsumerDeletion: true }));
  await app.settle();
  await kinesis.send(new CreateStreamCommand({ StreamName: "s", ShardCount: 1 }));
  await app.settle();
  expect(await recordsOf(bench, "s")).toEqual([]);
});
