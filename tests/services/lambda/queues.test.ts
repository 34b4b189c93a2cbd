/** SQS as an event source: batches, windows, filters, partial failures, concurrency, dead letters, under the manual clock. */
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { startApp } from "awan/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { node, role } from "./code.ts";
import { Sink } from "./sink.ts";

let app: Awaited<ReturnType<typeof startApp>>;
let lambda: LambdaClient;
let sqs: SQSClient;
const sink = new Sink();
let count = 0;

beforeAll(async () => {
  await sink.open();
  app = await startApp({ clock: "manual", seed: 1 });
  lambda = app.client(LambdaClient);
  sqs = app.client(SQSClient);
});
afterAll(async () => {
  await app.close();
  await sink.close();
});

interface Setup {
  readonly name: string;
  readonly url: string;
  readonly uuid: string;
}

async function setUp(
  body: string,
  mapping: object = {},
  attributes: Record<string, string> = {},
): Promise<Setup> {
  count += 1;
  const fifo = attributes["FifoQueue"] === "true";
  const name = `q${count}${fifo ? ".fifo" : ""}`;
  const { QueueUrl: url = "" } = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
  );
  const FunctionName = `f${count}`;
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: role,
      Environment: { Variables: { SINK: sink.url, NAME: FunctionName } },
      Code: {
        ZipFile: node(
          `const tell = (what) => fetch(process.env.SINK + process.env.NAME, { method: "POST", body: JSON.stringify(what) });
           exports.handler = async (event) => { const bodies = event.Records.map((r) => r.body); await tell(event.Records); ${body} };`,
        ),
      },
    }),
  );
  const { UUID: uuid = "" } = await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName,
      EventSourceArn: `arn:aws:sqs:us-east-1:000000000000:${name}`,
      ...mapping,
    }),
  );
  return { name: FunctionName, url, uuid };
}

const send = (url: string, ...bodies: string[]) =>
  sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: url,
      Entries: bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
    }),
  );

const left = async (url: string): Promise<number[]> => {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
  );
  return [
    Number(Attributes["ApproximateNumberOfMessages"]),
    Number(Attributes["ApproximateNumberOfMessagesNotVisible"]),
  ];
};

const bodiesOf = (name: string): string[][] =>
  sink
    .seen(name)
    .filter((what) => Array.isArray(what))
    .map((records) => (records as { body: string }[]).map(({ body }) => body));

test("messages reach the function as AWS shapes them, and are deleted", async () => {
  const { name, url } = await setUp("");
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: url,
      MessageBody: "one",
      MessageAttributes: { a: { DataType: "String", StringValue: "x" } },
    }),
  );
  await app.settle();
  const [records] = sink.seen(name) as [Record<string, unknown>[]];
  expect(records?.[0]).toMatchObject({
    body: "one",
    eventSource: "aws:sqs",
    awsRegion: "us-east-1",
    attributes: { ApproximateReceiveCount: "1" },
    messageAttributes: {
      a: { stringValue: "x", dataType: "String", stringListValues: [], binaryListValues: [] },
    },
  });
  expect(await left(url)).toEqual([0, 0]);
});

test("a batching window collects", async () => {
  const { name, url } = await setUp("", { BatchSize: 5, MaximumBatchingWindowInSeconds: 10 });
  await send(url, "a", "b");
  await app.settle();
  expect(sink.seen(name)).toHaveLength(0);
  await app.clock.advance("4s");
  await send(url, "c");
  await app.clock.advance("6s");
  await app.settle();
  expect(bodiesOf(name)).toEqual([["a", "b", "c"]]);
  await send(url, "1", "2", "3", "4", "5");
  await app.settle();
  expect(bodiesOf(name)).toHaveLength(2);
});

test("a filter lets through what matches and deletes the rest", async () => {
  const { name, url } = await setUp("", {
    FilterCriteria: {
      Filters: [{ Pattern: JSON.stringify({ body: { kind: ["order"], total: [{ numeric: [">", 5] }] } }) }],
    },
  });
  await send(url, '{"kind":"order","total":9}', '{"kind":"order","total":1}', "plain");
  await app.settle();
  expect(bodiesOf(name)).toEqual([['{"kind":"order","total":9}']]);
  expect(await left(url)).toEqual([0, 0]);
});

test("a reported failure comes back after the visibility timeout, and only it", async () => {
  const { name, url } = await setUp(
    `return { batchItemFailures: event.Records.filter((r) => r.body === "bad" && r.attributes.ApproximateReceiveCount === "1").map((r) => ({ itemIdentifier: r.messageId })) };`,
    { FunctionResponseTypes: ["ReportBatchItemFailures"] },
    { VisibilityTimeout: "30" },
  );
  await send(url, "good", "bad", "fine");
  await app.settle();
  expect(await left(url)).toEqual([0, 1]);
  await app.clock.advance("30s");
  await app.settle();
  expect(bodiesOf(name).at(-1)).toEqual(["bad"]);
  expect(await left(url)).toEqual([0, 0]);
});

test("a poison message ends in the dead-letter queue", async () => {
  const { QueueUrl: dead = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "dead" }));
  const { name, url } = await setUp(
    `if (bodies.includes("poison")) throw new Error("no");`,
    { BatchSize: 1 },
    {
      VisibilityTimeout: "10",
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: "arn:aws:sqs:us-east-1:000000000000:dead",
        maxReceiveCount: 3,
      }),
    },
  );
  await send(url, "ok", "poison", "ok2");
  for (let i = 0; i < 4; i += 1) {
    await app.settle();
    await app.clock.advance("10s");
  }
  await app.settle();
  expect(bodiesOf(name).filter(([body]) => body === "poison")).toHaveLength(3);
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: dead }));
  expect(Messages?.map(({ Body }) => Body)).toEqual(["poison"]);
});

test("MaximumConcurrency is never exceeded", async () => {
  const { name, url } = await setUp(`await new Promise((r) => setTimeout(r, 40)); await tell("end");`, {
    BatchSize: 1,
    ScalingConfig: { MaximumConcurrency: 2 },
  });
  for (let i = 0; i < 2; i += 1) await send(url, ...Array.from({ length: 10 }, (_, at) => `m${i}${at}`));
  await app.settle();
  let running = 0;
  let most = 0;
  for (const what of sink.seen(name)) {
    running += what === "end" ? -1 : 1;
    most = Math.max(most, running);
  }
  expect(most).toBe(2);
  expect(bodiesOf(name)).toHaveLength(20);
});

test("a FIFO group is served in order, one batch at a time", async () => {
  const { name, url } = await setUp(
    `await new Promise((r) => setTimeout(r, 15));`,
    { BatchSize: 2 },
    { FifoQueue: "true", ContentBasedDeduplication: "true" },
  );
  for (let at = 0; at < 6; at += 1) {
    for (const group of ["a", "b"]) {
      await sqs.send(
        new SendMessageCommand({ QueueUrl: url, MessageBody: `${group}${at}`, MessageGroupId: group }),
      );
    }
  }
  await app.settle();
  const all = bodiesOf(name).flat();
  for (const group of ["a", "b"]) {
    expect(all.filter((body) => body.startsWith(group))).toEqual(
      [0, 1, 2, 3, 4, 5].map((at) => `${group}${at}`),
    );
  }
});

test("disable, enable, delete", async () => {
  const { name, url, uuid } = await setUp("");
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: false }));
  await send(url, "later");
  await app.settle();
  expect(sink.seen(name)).toHaveLength(0);
  const enabling = await lambda.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: true }));
  expect(enabling.State).toBe("Enabling");
  await app.settle();
  expect(bodiesOf(name)).toEqual([["later"]]);
  expect((await lambda.send(new GetEventSourceMappingCommand({ UUID: uuid }))).State).toBe("Enabled");
  await lambda.send(new DeleteEventSourceMappingCommand({ UUID: uuid }));
  await send(url, "never");
  await app.settle();
  expect(bodiesOf(name)).toHaveLength(1);
});
