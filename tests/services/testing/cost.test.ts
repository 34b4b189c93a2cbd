/** What a run would cost: every figure is worked out by hand from AWS's published prices and units. */
import {
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PublishBatchCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import {
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { type App, type AwanMatchers, matchers, startApp } from "awan/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { usageOfCall, usageOfInvocation } from "../../../packages/awan/src/testing/usage.ts";
import { ordersTemplate, place, useMocks } from "./orders.ts";

declare module "vitest" {
  // eslint-disable-next-line typescript/no-empty-object-type -- how Vitest is told of matchers
  interface Matchers<T> extends AwanMatchers<T> {}
}
expect.extend(matchers);

let base: App;
beforeAll(async () => {
  base = await startApp({ template: ordersTemplate });
  const { platform } = base;
  useMocks(base);
  for (const [QueueName, Attributes] of [
    ["plain", {}],
    ["line.fifo", { FifoQueue: "true" }],
  ] as const)
    await platform.invoke("sqs", "CreateQueue", { QueueName, Attributes });
  await platform.invoke("sns", "CreateTopic", { Name: "news" });
  await platform.invoke("sns", "CreateTopic", { Name: "news.fifo", Attributes: { FifoTopic: "true" } });
  await platform.invoke("s3", "CreateBucket", { Bucket: "files" });
  await platform.invoke("dynamodb", "CreateTable", {
    TableName: "indexed",
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [
      { AttributeName: "id", AttributeType: "S" },
      { AttributeName: "kind", AttributeType: "S" },
    ],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    GlobalSecondaryIndexes: [
      {
        IndexName: "by-kind",
        KeySchema: [{ AttributeName: "kind", KeyType: "HASH" }],
        Projection: { ProjectionType: "ALL" },
      },
    ],
  });
  await base.settle();
}, 60_000);
afterAll(() => base.close());

const units = (app: App) =>
  Object.fromEntries(Object.entries(app.cost().items).map(([name, item]) => [name, item.units]));

const item = (id: string, bytes: number, more: object = {}) => ({
  id: { S: id },
  text: { S: "x".repeat(bytes) },
  ...more,
});

const topicArn = (name: string) => `arn:aws:sns:us-east-1:000000000000:${name}`;

describe("requests", () => {
  test("of queues: 64 KB each, batches together, FIFO and fair queues dearer, empty receives too", async () => {
    await using app = await base.fork();
    const sqs = app.client(SQSClient);
    const url = (name: string) => `${app.endpoint}/000000000000/${name}`;
    const send = (QueueUrl: string, MessageBody: string, more: object = {}) =>
      sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: url("plain") })); // 1
    await send(url("plain"), "x".repeat(65_536)); // 1
    await send(url("plain"), "x".repeat(65_537)); // 2
    const Entries = ["a", "b"].map((Id) => ({ Id, MessageBody: "x".repeat(60_000) }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: url("plain"), Entries })); // 120,000 bytes: 2
    await send(url("plain"), "tenant", { MessageGroupId: "tenant-1" }); // 1, and fair
    await send(url("line.fifo"), "first", { MessageGroupId: "a", MessageDeduplicationId: "1" }); // 1 FIFO
    expect(units(app)).toEqual({ "sqs.requests": 7, "sqs.fair": 1, "sqs.requests.fifo": 1 });
    // 7 × $0.40 + 1 × $0.10 + 1 × $0.50, each for a million
    expect(app.cost().usd).toBeCloseTo(3.4e-6, 12);
    // A received message of more than 64 KB is two requests.
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url("plain"), MaxNumberOfMessages: 1 }),
    );
    const size = Messages[0]?.Body?.length ?? 0;
    expect(units(app)["sqs.requests"]).toBe(7 + Math.ceil(size / 65_536));
  });

  test("of topics: publishing by 64 KB, deliveries by protocol, FIFO by message, byte and delivery", async () => {
    await using app = await base.fork();
    for (const [Protocol, Endpoint] of [
      ["sqs", "arn:aws:sqs:us-east-1:000000000000:plain"],
      ["email", "someone@example.com"],
    ] as const)
      await app.platform.invoke("sns", "Subscribe", { TopicArn: topicArn("news"), Protocol, Endpoint });
    const sns = app.client(SNSClient);
    await sns.send(new PublishCommand({ TopicArn: topicArn("news"), Message: "x".repeat(100_000) })); // 2
    const PublishBatchRequestEntries = ["a", "b", "c"].map((Id) => ({ Id, Message: "x" }));
    await sns.send(new PublishBatchCommand({ TopicArn: topicArn("news"), PublishBatchRequestEntries })); // 1
    await sns.send(
      new PublishCommand({
        TopicArn: topicArn("news.fifo"),
        Message: "x".repeat(1024),
        MessageGroupId: "a",
        MessageDeduplicationId: "1",
      }),
    );
    await app.settle();
    expect(units(app)).toEqual({ "sns.requests": 3, "sns.requests.fifo": 1, "sns.payload.fifo": 2 ** -20 });
    // 3 × $0.50 and 1 × $0.30 for a million, and a kilobyte of $0.017 a gigabyte: queues cost nothing, nor does an
    // address that has not confirmed its subscription.
    expect(app.cost().usd).toBeCloseTo(1.5e-6 + 0.3e-6 + 0.017 / 2 ** 20, 12);
  });

  test("of tables: units by size, indexes, consistency and transactions; refused writes cost one", async () => {
    await using app = await base.fork();
    const table = app.client(DynamoDBClient);
    const TableName = "indexed";
    const put = (id: string, bytes: number, more: object = {}, request: object = {}) =>
      table.send(new PutItemCommand({ TableName, Item: item(id, bytes, more), ...request }));
    await put("a", 1000); // below 1 KB: 1
    await put("b", 1500); // 2
    await put("c", 10, { kind: { S: "k" } }); // 1, and 1 in the index
    await put("a", 10, {}, { ConditionExpression: "attribute_not_exists(id)" }).catch(() => {}); // refused: 1
    expect(units(app)).toEqual({ "dynamodb.writes": 6 });
    const RequestItems = { [TableName]: ["d", "e"].map((id) => ({ PutRequest: { Item: item(id, 10) } })) };
    await table.send(new BatchWriteItemCommand({ RequestItems })); // 2
    const TransactItems = ["f", "g"].map((id) => ({ Put: { TableName, Item: item(id, 10) } }));
    await table.send(new TransactWriteItemsCommand({ TransactItems })); // 2 each: 4
    expect(units(app)).toEqual({ "dynamodb.writes": 12 });
    const Key = { id: { S: "b" } };
    await table.send(new GetItemCommand({ TableName, Key })); // eventually consistent: 0.5
    const read = await table.send(new GetItemCommand({ TableName, Key, ConsistentRead: true })); // 1
    expect(read).not.toHaveProperty("ConsumedCapacity");
    await table.send(new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName, Key } }] })); // 2
    expect(units(app)).toEqual({ "dynamodb.writes": 12, "dynamodb.reads": 3.5 });
    // 12 × $0.625 + 3.5 × $0.125, each for a million
    expect(app.cost().usd).toBeCloseTo(7.9375e-6, 12);
    const told = await table.send(new GetItemCommand({ TableName, Key, ReturnConsumedCapacity: "TOTAL" }));
    expect(told.ConsumedCapacity?.CapacityUnits).toBe(0.5);
    expect(await app.table(TableName).items()).toHaveLength(7);
    expect(units(app)["dynamodb.reads"]).toBe(4);
  });

  test("of buckets, by class; of keys and secrets; what the account's own services take is free", async () => {
    await using app = await base.fork();
    const s3 = app.client(S3Client);
    await s3.send(new PutObjectCommand({ Bucket: "files", Key: "a", Body: "x" }));
    const request = (service: string, operation: string, input: object) =>
      app.platform.invoke(service, operation, input, { requestId: "from-outside" });
    for (const [operation, more] of [
      ["GetObject", { Key: "a" }],
      ["HeadObject", { Key: "a" }],
      ["ListObjectsV2", {}],
      ["DeleteObject", { Key: "a" }],
    ] as const)
      await request("s3", operation, { Bucket: "files", ...more });
    await request("kms", "ListKeys", {});
    await request("secretsmanager", "CreateSecret", {
      Name: "s",
      SecretString: "x",
      ClientRequestToken: "a".repeat(32),
    });
    await request("ssm", "PutParameter", { Name: "p", Type: "String", Value: "x" });
    await request("sts", "GetCallerIdentity", {});
    expect(units(app)).toEqual({
      "s3.writes": 2,
      "s3.reads": 2,
      "kms.requests": 1,
      "secretsmanager.requests": 1,
    });
    // 2 × $0.005 + 2 × $0.0004 for a thousand, $0.03 and $0.05 for ten thousand
    expect(app.cost().usd).toBeCloseTo(1e-5 + 8e-7 + 3e-6 + 5e-6, 12);
    expect(app.cost()).toMatchObject({ unpriced: [], pricesOf: expect.stringMatching(/^\d{4}-\d\d$/) });
    expect(app.cost().ignored).toContain("data transfer");
  });
});

const use = (service: string, operation: string, input: object) =>
  usageOfCall({ service, operation, input, request: {} }, {});

test("streams are charged by their payload's units; what nobody has priced is named", async () => {
  const Data = Buffer.alloc(25 * 1024 + 1);
  // 25 KB and a byte are two units of 25 KB, and six of 5 KB.
  const records = [{ Data }, { Data: Buffer.alloc(1) }];
  expect(use("kinesis", "PutRecords", { Records: records })).toEqual({ "kinesis.puts": 3 });
  expect(use("firehose", "PutRecordBatch", { Records: records })).toEqual({
    "firehose.ingestion": (7 * 5 * 1024) / 2 ** 30,
  });
  const entries = { Entries: [{ Detail: "x".repeat(65_537) }, { Detail: "{}" }] };
  expect(use("events", "PutEvents", entries)).toEqual({ "events.custom": 3 });
  expect(use("cloudwatch", "PutMetricData", {})).toEqual({ "cloudwatch.requests": 1 });
  expect(use("dynamodb-streams", "GetRecords", {})).toEqual({ "dynamodb.streams": 1 });
  expect(use("somethingnew", "Do", {})).toBeUndefined();
});

describe("invocations", () => {
  const spec = { memorySizeMb: 512, architecture: "arm64", ephemeralStorageMb: 1536 } as never;
  const invocation = { spec, payload: Buffer.from("{}") } as never;

  test("by memory, architecture and time, real or virtual, whichever is longer, in whole milliseconds", () => {
    const usage = usageOfInvocation(invocation, { durationMs: 99.2, initMs: 100, lines: [] }, 0);
    // 199.2 ms are billed as 200: 0.5 GB × 0.2 s, and 1 GB of storage beyond 512 MB
    expect(usage).toEqual({ "lambda.requests": 1, "lambda.duration.arm64": 0.1, "lambda.storage": 0.2 });
    const waited = usageOfInvocation(invocation, { durationMs: 3, lines: [] }, 60_000);
    expect(waited["lambda.duration.arm64"]).toBe(30);
  });

  test("with the log they write and the queue they were polled from", () => {
    const payload = Buffer.from(
      JSON.stringify({
        Records: Array.from({ length: 12 }, () => ({
          eventSource: "aws:sqs",
          eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:q",
          body: "x",
        })),
      }),
    );
    const lines = [{ timestamp: 0, message: "0123456789" }];
    const batch = { spec: { memorySizeMb: 1024 }, payload } as never;
    // Twelve messages: two receives, two deletions. 10 bytes of text and 26 of the event.
    expect(usageOfInvocation(batch, { durationMs: 1, lines }, 0)).toEqual({
      "lambda.requests": 1,
      "lambda.duration.x86_64": 0.001,
      "logs.ingestion": 36 / 2 ** 30,
      "sqs.requests": 4,
    });
    // A failed batch is not deleted.
    const failed = { durationMs: 1, lines: [], functionError: "Unhandled" as const };
    expect(usageOfInvocation(batch, failed, 0)["sqs.requests"]).toBe(2);
  });
});

test("a whole story: what one order costs, alone and as a trace of its own", async () => {
  await using app = await base.fork();
  const first = await place(app, { orderId: "o-1", item: "kopi", quantity: 2 });
  await app.settle();
  const { items } = app.cost(first.trace);
  expect(items["apigatewayv2.requests"]?.units).toBe(1);
  // PlaceOrder, RecordOrder, AnnounceOrder
  expect(items["lambda.requests"]?.units).toBe(3);
  // Sent by PlaceOrder, received and deleted for RecordOrder
  expect(items["sqs.requests"]?.units).toBe(3);
  expect(items["sns.requests"]?.units).toBe(1);
  expect(items["dynamodb.writes"]?.units).toBeGreaterThanOrEqual(1);
  const one = app.cost(first.trace).usd;
  expect(app.cost().usd).toBeCloseTo(one, 12);
  const second = await place(app, { orderId: "o-2", item: "teh", quantity: 1 });
  await app.settle();
  expect(app.cost().usd).toBeCloseTo(one + app.cost(second.trace).usd, 12);
  expect(app.cost()).toBeUnder("$0.01");
  expect(app.cost()).not.toBeUnder(one);
  expect(() => expect(app.cost()).toBeUnder("$0.000001")).toThrow(/lambda.requests/);
  expect(base.cost().items["lambda.requests"]).toBeUndefined();
});

test("an HTTP API's requests are counted by 512 KB", async () => {
  await using app = await base.fork();
  app.fn("PlaceOrder").mock(() => ({ statusCode: 200, body: "x".repeat(1_100_000) }));
  const { trace } = await app.fetch("/orders", { method: "POST", body: "{}" });
  expect(app.cost(trace).items["apigatewayv2.requests"]?.units).toBe(3);
});
