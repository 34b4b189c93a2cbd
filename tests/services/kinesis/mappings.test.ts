/** Kinesis streams as event sources of functions: order, splits and merges, failures, filters, windows. */
import {
  MergeShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  RegisterStreamConsumerCommand,
  SplitShardCommand,
} from "@aws-sdk/client-kinesis";
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  CreateFunctionCommand,
  GetEventSourceMappingCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { node, role } from "../lambda/code.ts";
import { type Bench, startBench } from "./bench.ts";

interface KinesisEvent {
  readonly Records: readonly {
    readonly eventID: string;
    readonly kinesis: {
      readonly data: string;
      readonly partitionKey: string;
      readonly sequenceNumber: string;
    };
  }[];
  readonly state?: { readonly n?: number };
  readonly isFinalInvokeForWindow?: boolean;
}

const streamArn = "arn:aws:kinesis:us-east-1:000000000000:stream/s";
const textOf = ({ kinesis }: KinesisEvent["Records"][number]): string =>
  Buffer.from(kinesis.data, "base64").toString();
const textsOf = (event: KinesisEvent): string[] => event.Records.map(textOf);

/** The function `f` with `handle` in its place, mapped to the stream `s`; what it got so far. */
async function mapTo(
  { app }: Bench,
  handle: (event: KinesisEvent) => unknown,
  mapping: Partial<CreateEventSourceMappingCommandInput> = {},
): Promise<{ readonly events: KinesisEvent[]; readonly uuid: string }> {
  const lambda = app.client(LambdaClient);
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: "f",
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: role,
      Code: { ZipFile: node("exports.handler = () => null;") },
    }),
  );
  const events: KinesisEvent[] = [];
  app.fn("f").mock((event) => {
    events.push(event);
    return handle(event);
  });
  const { UUID = "" } = await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: "f",
      EventSourceArn: streamArn,
      StartingPosition: "TRIM_HORIZON",
      ...mapping,
    }),
  );
  return { events, uuid: UUID };
}

const put = async ({ app, kinesis }: Bench, ...texts: string[]): Promise<void> => {
  await kinesis.send(
    new PutRecordsCommand({
      StreamName: "s",
      Records: texts.map((text) => ({ Data: Buffer.from(text), PartitionKey: "k" })),
    }),
  );
  await app.settle();
};

test("records arrive in order, as AWS shapes them", async () => {
  await using bench = await startBench(["s"]);
  const { events, uuid } = await mapTo(bench, () => null);
  await put(bench, "hello", "world");
  expect(events.flatMap(textsOf)).toEqual(["hello", "world"]);
  const record = events[0]?.Records[0];
  expect(record).toEqual({
    kinesis: {
      kinesisSchemaVersion: "1.0",
      partitionKey: "k",
      sequenceNumber: expect.stringMatching(/^49\d{54}$/) as string,
      data: "aGVsbG8=",
      approximateArrivalTimestamp: expect.any(Number) as number,
    },
    eventSource: "aws:kinesis",
    eventVersion: "1.0",
    eventID: `shardId-000000000000:${record?.kinesis.sequenceNumber}`,
    eventName: "aws:kinesis:record",
    invokeIdentityArn: role,
    awsRegion: "us-east-1",
    eventSourceARN: streamArn,
  });
  const described = await bench.app
    .client(LambdaClient)
    .send(new GetEventSourceMappingCommand({ UUID: uuid }));
  expect(described).toMatchObject({ State: "Enabled", LastProcessingResult: "OK", BatchSize: 100 });
});

test("starting positions: what was there is seen, or not, or from a time on", async () => {
  for (const [mapping, expected] of [
    [{ StartingPosition: "LATEST" }, ["d"]],
    [{ StartingPosition: "AT_TIMESTAMP" }, ["b", "c", "d"]],
    [{ StartingPosition: "TRIM_HORIZON" }, ["a", "b", "c", "d"]],
  ] as const) {
    await using bench = await startBench(["s"]);
    await put(bench, "a");
    await bench.app.clock.advance("10s");
    const StartingPositionTimestamp = new Date(bench.app.clock.nowMs());
    await put(bench, "b", "c");
    const { events } = await mapTo(
      bench,
      () => null,
      mapping.StartingPosition === "AT_TIMESTAMP" ? { ...mapping, StartingPositionTimestamp } : mapping,
    );
    await put(bench, "d");
    expect(events.flatMap(textsOf)).toEqual(expected);
  }
});

test("over a split and a merge no child is read before its parents are done with", async () => {
  await using bench = await startBench(["s"]);
  const { app, kinesis } = bench;
  let isBroken = true;
  const { events } = await mapTo(bench, () => {
    if (isBroken) throw new Error("not yet");
  });
  const middle = String(2n ** 127n);
  const keyed = async (text: string, ExplicitHashKey: string) => {
    await kinesis.send(
      new PutRecordCommand({
        StreamName: "s",
        Data: Buffer.from(text),
        PartitionKey: "k",
        ExplicitHashKey,
      }),
    );
  };
  await keyed("parent", "0");
  await kinesis.send(
    new SplitShardCommand({ StreamName: "s", ShardToSplit: "shardId-0", NewStartingHashKey: middle }),
  );
  await app.settle();
  await keyed("low child", "0");
  await keyed("high child", middle);
  await kinesis.send(
    new MergeShardsCommand({ StreamName: "s", ShardToMerge: "shardId-1", AdjacentShardToMerge: "shardId-2" }),
  );
  await app.settle();
  await keyed("merged", "0");
  await app.settle();
  expect(new Set(events.flatMap(textsOf))).toEqual(new Set(["parent"]));
  isBroken = false;
  events.length = 0;
  await app.clock.advance("2m");
  const seen = events.flatMap(textsOf);
  expect(seen[0]).toBe("parent");
  expect(seen.slice(1, 3).toSorted()).toEqual(["high child", "low child"]);
  expect(seen[3]).toBe("merged");
  expect(seen).toHaveLength(4);
});

test("a poison record is found by bisecting and told to the failure destination", async () => {
  await using bench = await startBench(["s"]);
  const { app } = bench;
  const sqs = app.client(SQSClient);
  await sqs.send(new CreateQueueCommand({ QueueName: "given-up" }));
  const done: string[] = [];
  await mapTo(
    bench,
    (event) => {
      if (textsOf(event).includes("p")) throw new Error("poison");
      done.push(...textsOf(event));
    },
    {
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 1,
      MaximumBatchingWindowInSeconds: 1,
      DestinationConfig: { OnFailure: { Destination: "arn:aws:sqs:us-east-1:000000000000:given-up" } },
    },
  );
  const texts = Array.from({ length: 20 }, (_, at) => (at === 13 ? "p" : `r${at}`));
  await put(bench, ...texts);
  await app.clock.advance("3m");
  expect(done).toEqual(texts.filter((text) => text !== "p"));
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: `${app.endpoint}/000000000000/given-up` }),
  );
  expect(JSON.parse(Messages[0]?.Body ?? "")).toMatchObject({
    requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 2 },
    KinesisBatchInfo: {
      shardId: "shardId-000000000000",
      batchSize: 1,
      streamArn,
      approximateArrivalOfFirstRecord: expect.stringMatching(/\.\d{3}Z$/) as string,
    },
  });
});

test("a reported failure is the new beginning; filters see decoded data", async () => {
  await using bench = await startBench(["s"]);
  const { app } = bench;
  let tries = 0;
  const { events } = await mapTo(
    bench,
    (event) => {
      tries += 1;
      const failed = event.Records[1]?.kinesis.sequenceNumber;
      return tries === 1 ? { batchItemFailures: [{ itemIdentifier: failed }] } : null;
    },
    {
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      MaximumBatchingWindowInSeconds: 1,
      FilterCriteria: { Filters: [{ Pattern: '{"data":{"kind":["order"]},"partitionKey":["k"]}' }] },
    },
  );
  await put(bench, '{"kind":"order","n":1}', "no JSON", '{"kind":"order","n":2}', '{"kind":"other"}');
  await app.clock.advance("1m");
  expect(events.map((event) => textsOf(event).map((text) => (JSON.parse(text) as { n: number }).n))).toEqual([
    [1, 2],
    [2],
  ]);
});

test("what is left after progress has all its retries again, as recorded", async () => {
  await using bench = await startBench(["s"]);
  const { events } = await mapTo(
    bench,
    ({ Records }) => ({ batchItemFailures: [{ itemIdentifier: Records.at(-1)?.kinesis.sequenceNumber }] }),
    {
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      MaximumBatchingWindowInSeconds: 1,
      MaximumRetryAttempts: 1,
    },
  );
  await put(bench, "a", "b");
  await bench.app.clock.advance("2m");
  expect(events.map(textsOf)).toEqual([["a", "b"], ["b"], ["b"]]);
});

test("what is tried again for ever is passed over when the stream has dropped it", async () => {
  await using bench = await startBench(["s"]);
  const { app } = bench;
  const { events } = await mapTo(bench, (event) => {
    if (textsOf(event).includes("poison")) throw new Error("no");
  });
  await put(bench, "poison");
  await app.clock.advance("20h");
  await put(bench, "good");
  expect(events.flatMap(textsOf)).not.toContain("good");
  await app.clock.advance("5h");
  expect(events.flatMap(textsOf).at(-1)).toBe("good");
});

test("a filter that lets almost nothing through does not hold up what it lets", async () => {
  await using bench = await startBench(["s"]);
  for (let at = 0; at < 4; at += 1) {
    await put(bench, ...Array.from({ length: 100 }, (_, n) => `{"n":${at * 100 + n}}`));
  }
  const { events } = await mapTo(bench, () => null, {
    BatchSize: 10,
    FilterCriteria: { Filters: [{ Pattern: '{"data":{"n":[5, 350, 399]}}' }] },
  });
  await bench.app.settle();
  expect(events.flatMap(textsOf)).toEqual(['{"n":5}', '{"n":350}', '{"n":399}']);
});

test("parallel lanes keep the order of each key", async () => {
  await using bench = await startBench(["s", 2]);
  const { events } = await mapTo(bench, () => null, { ParallelizationFactor: 5, BatchSize: 3 });
  const keys = ["k1", "k2", "k3", "k4", "k5", "k6"];
  for (let round = 1; round <= 5; round += 1) {
    await bench.kinesis.send(
      new PutRecordsCommand({
        StreamName: "s",
        Records: keys.map((PartitionKey) => ({ Data: Buffer.from(String(round)), PartitionKey })),
      }),
    );
  }
  await bench.app.settle();
  const seen = events.flatMap(({ Records }) => Records);
  for (const key of keys) {
    const own = seen.filter(({ kinesis }) => kinesis.partitionKey === key).map(textOf);
    expect(own).toEqual(["1", "2", "3", "4", "5"]);
  }
});

test("a tumbling window carries state; a registered consumer is a source of its own", async () => {
  await using bench = await startBench(["s"]);
  const { app, kinesis } = bench;
  const { Consumer } = await kinesis.send(
    new RegisterStreamConsumerCommand({ StreamARN: streamArn, ConsumerName: "c" }),
  );
  await app.settle();
  const { events } = await mapTo(
    bench,
    (event) => ({ state: { n: (event.state?.n ?? 0) + event.Records.length } }),
    { EventSourceArn: Consumer?.ConsumerARN, TumblingWindowInSeconds: 60 },
  );
  await put(bench, "a", "b");
  await put(bench, "c");
  await app.clock.advance("2m");
  expect(events.at(-1)).toMatchObject({ state: { n: 3 }, isFinalInvokeForWindow: true, Records: [] });
});
