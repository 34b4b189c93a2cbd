/** Enhanced fan-out: records are pushed to subscriptions, for five minutes, over the event stream. */
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  MergeShardsCommand,
  PutRecordCommand,
  RegisterStreamConsumerCommand,
  SubscribeToShardCommand,
  type SubscribeToShardCommandInput,
  type SubscribeToShardEvent,
} from "@aws-sdk/client-kinesis";
import { expect, test } from "vitest";
import { type Bench, startBench, textOf } from "./bench.ts";

async function register({ app, kinesis }: Bench): Promise<string> {
  const { Consumer } = await kinesis.send(
    new RegisterStreamConsumerCommand({
      StreamARN: "arn:aws:kinesis:us-east-1:000000000000:stream/s",
      ConsumerName: "c",
    }),
  );
  await app.settle();
  return Consumer?.ConsumerARN ?? "";
}

const put = ({ kinesis }: Bench, text: string) =>
  kinesis.send(new PutRecordCommand({ StreamName: "s", Data: Buffer.from(text), PartitionKey: "k" }));

async function subscribe(
  client: KinesisClient,
  ConsumerARN: string,
  input: Partial<SubscribeToShardCommandInput> = {},
): Promise<() => Promise<SubscribeToShardEvent | undefined>> {
  const { EventStream } = await client.send(
    new SubscribeToShardCommand({
      ConsumerARN,
      ShardId: "shardId-000000000000",
      StartingPosition: { Type: "TRIM_HORIZON" },
      ...input,
    }),
  );
  const events = EventStream?.[Symbol.asyncIterator]();
  return async () => {
    for (;;) {
      const next = await events?.next();
      if (next === undefined || next.done === true) return undefined;
      const event = next.value.SubscribeToShardEvent;
      // Events without records only tell that the connection lives.
      if (event !== undefined && (event.Records?.length !== 0 || event.ChildShards !== undefined))
        return event;
    }
  };
}

test("records are pushed as they are put, until five minutes are over", async () => {
  await using bench = await startBench(["s"]);
  const { app, kinesis } = bench;
  const consumer = await register(bench);
  await put(bench, "a");
  const next = await subscribe(kinesis, consumer);
  const first = await next();
  expect(first?.Records?.map(textOf)).toEqual(["a"]);
  expect(first?.MillisBehindLatest).toBe(0);
  const waiting = next();
  await put(bench, "b");
  const second = await waiting;
  expect(second?.Records?.map(textOf)).toEqual(["b"]);
  // Both ways to go on from there get what follows, and nothing twice.
  for (const ShardIteratorType of ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"] as const) {
    const { ShardIterator } = await kinesis.send(
      new GetShardIteratorCommand({
        StreamName: "s",
        ShardId: "shardId-000000000000",
        ShardIteratorType,
        StartingSequenceNumber: first?.ContinuationSequenceNumber,
      }),
    );
    const { Records = [] } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
    expect(Records.map(textOf)).toEqual(["b"]);
  }
  const end = next();
  await app.clock.advance("5m");
  expect(await end).toBeUndefined();
});

test("over HTTP/2, which the SDK speaks by default; a second subscription takes over after five seconds", async () => {
  await using bench = await startBench(["s"]);
  const { app } = bench;
  const consumer = await register(bench);
  const client = new KinesisClient({
    endpoint: app.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const next = await subscribe(client, consumer);
  const waiting = next();
  await put(bench, "a");
  expect((await waiting)?.Records?.map(textOf)).toEqual(["a"]);
  await expect(subscribe(client, consumer)).rejects.toMatchObject({ name: "ResourceInUseException" });
  await app.clock.advance("6s");
  const lost = next();
  const other = await subscribe(client, consumer, { StartingPosition: { Type: "LATEST" } });
  await expect(lost).rejects.toMatchObject({ name: "ResourceInUseException" });
  const got = other();
  await put(bench, "b");
  expect((await got)?.Records?.map(textOf)).toEqual(["b"]);
  client.destroy();
});

test("a shard that ends says so, with its children", async () => {
  await using bench = await startBench(["s", 2]);
  const { app, kinesis } = bench;
  const next = await subscribe(kinesis, await register(bench));
  const waiting = next();
  await kinesis.send(
    new MergeShardsCommand({ StreamName: "s", ShardToMerge: "shardId-0", AdjacentShardToMerge: "shardId-1" }),
  );
  await app.settle();
  expect(await waiting).toMatchObject({
    Records: [],
    ChildShards: [
      { ShardId: "shardId-000000000002", ParentShards: ["shardId-000000000000", "shardId-000000000001"] },
    ],
  });
  expect(await next()).toBeUndefined();
});
