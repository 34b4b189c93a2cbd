/** What happens by itself: scheduled rules, retries, archives and replays; and events that S3 and Lambda tell of. */
import {
  CreateArchiveCommand,
  DescribeArchiveCommand,
  DescribeReplayCommand,
  DisableRuleCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  StartReplayCommand,
  type Target,
} from "@aws-sdk/client-eventbridge";
import { CreateStreamCommand, KinesisClient } from "@aws-sdk/client-kinesis";
import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
} from "@aws-sdk/client-lambda";
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type App, startApp } from "awan/testing";
import { expect, test } from "vitest";
import { node, role } from "../lambda/code.ts";

const queueArn = "arn:aws:sqs:us-east-1:000000000000:q";
const startAt = Date.parse("2026-01-01T00:00:00Z");

async function start(): Promise<{ app: App; events: EventBridgeClient } & AsyncDisposable> {
  const app = await startApp({ clock: "manual", seed: 1, startAt });
  await app.client(SQSClient).send(new CreateQueueCommand({ QueueName: "q" }));
  const events = app.client(EventBridgeClient);
  return { app, events, [Symbol.asyncDispose]: () => app.close() };
}

async function rule(events: EventBridgeClient, given: object, target: Partial<Target> = {}): Promise<void> {
  await events.send(new PutRuleCommand({ Name: "r", ...given }));
  await events.send(new PutTargetsCommand({ Rule: "r", Targets: [{ Id: "1", Arn: queueArn, ...target }] }));
}

const onShop = { EventPattern: JSON.stringify({ source: ["shop"] }) };
const entry = { Source: "shop", DetailType: "d", Detail: "{}" };

async function received(app: App) {
  const { Messages } = await app.client(SQSClient).send(
    new ReceiveMessageCommand({
      QueueUrl: "http://localhost/000000000000/q",
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ["All"],
    }),
  );
  return (Messages ?? []).map(({ Body, MessageAttributes }) => ({
    event: JSON.parse(Body ?? "") as Record<string, unknown>,
    attributes: MessageAttributes,
  }));
}

const timesOf = (seen: Awaited<ReturnType<typeof received>>): string[] =>
  seen.map(({ event }) => event["time"] as string).toSorted((a, b) => a.localeCompare(b));

test("a rate is due again and again until its rule is disabled", async () => {
  await using bench = await start();
  const { app, events } = bench;
  await rule(events, { ScheduleExpression: "rate(5 minutes)" });
  await app.clock.advance("16m");
  await app.settle();
  const seen = await received(app);
  expect(timesOf(seen)).toEqual(["2026-01-01T00:05:00Z", "2026-01-01T00:10:00Z", "2026-01-01T00:15:00Z"]);
  expect(seen[0]?.event).toMatchObject({
    "detail-type": "Scheduled Event",
    source: "aws.events",
    resources: ["arn:aws:events:us-east-1:000000000000:rule/r"],
    detail: {},
  });
  await events.send(new DisableRuleCommand({ Name: "r" }));
  await app.clock.advance("1h");
  await app.settle();
  expect(await received(app)).toHaveLength(3); // The three of before, visible again.
});

test("a cron expression is due by the calendar", async () => {
  await using bench = await start();
  const { app, events } = bench;
  await rule(events, { ScheduleExpression: "cron(0 9 ? * FRI-SAT *)" });
  await app.clock.advance("3d");
  await app.settle();
  const times = timesOf(await received(app));
  expect(times).toEqual(["2026-01-02T09:00:00Z", "2026-01-03T09:00:00Z"]);
});

test("what a target throttles is tried again, as often and as long as it says", async () => {
  await using bench = await start();
  const { app, events } = bench;
  await app
    .client(KinesisClient)
    .send(
      new CreateStreamCommand({ StreamName: "s", ShardCount: 1, Tags: { "awan:throughput": "enforced" } }),
    );
  await app.settle();
  const Arn = "arn:aws:kinesis:us-east-1:000000000000:stream/s";
  const DeadLetterConfig = { Arn: queueArn };
  const Detail = JSON.stringify({ text: "x".repeat(250_000) });
  const putMany = async (MaximumRetryAttempts: number): Promise<void> => {
    await rule(events, onShop, { Arn, DeadLetterConfig, RetryPolicy: { MaximumRetryAttempts } });
    for (let i = 0; i < 6; i += 1) {
      await events.send(new PutEventsCommand({ Entries: [{ ...entry, Detail }] }));
    }
    await app.settle();
  };
  await putMany(1);
  expect(await received(app)).toEqual([]);
  await app.clock.advance("10s");
  await app.settle();
  expect(await received(app)).toEqual([]);
  await putMany(0);
  const dead = await received(app);
  expect(dead).toHaveLength(2);
  expect(dead[0]?.attributes).toMatchObject({
    ERROR_CODE: { StringValue: "THROTTLING" },
    EXHAUSTED_RETRY_CONDITION: { StringValue: "MaximumRetryAttempts" },
    RETRY_ATTEMPTS: { StringValue: "0" },
  });
});

test("an archive keeps events for its time, and a replay brings them back", async () => {
  await using bench = await start();
  const { app, events } = bench;
  const EventSourceArn = "arn:aws:events:us-east-1:000000000000:event-bus/default";
  const ArchiveName = "a";
  const { ArchiveArn } = await events.send(
    new CreateArchiveCommand({ ArchiveName, EventSourceArn, RetentionDays: 2, ...onShop }),
  );
  await events.send(new PutEventsCommand({ Entries: [entry, { ...entry, Source: "other" }] }));
  expect(await events.send(new DescribeArchiveCommand({ ArchiveName }))).toMatchObject({ EventCount: 1 });
  await rule(events, onShop);
  const replay = (ReplayName: string) =>
    events.send(
      new StartReplayCommand({
        ReplayName,
        EventSourceArn: ArchiveArn,
        EventStartTime: new Date(startAt - 1000),
        EventEndTime: new Date(startAt + 60_000),
        Destination: { Arn: EventSourceArn },
      }),
    );
  expect(await replay("first")).toMatchObject({ State: "STARTING" });
  await app.settle();
  expect(await events.send(new DescribeReplayCommand({ ReplayName: "first" }))).toMatchObject({
    State: "COMPLETED",
  });
  const seen = await received(app);
  expect(seen.map(({ event }) => event["replay-name"])).toEqual(["first"]);
  expect(await events.send(new DescribeArchiveCommand({ ArchiveName }))).toMatchObject({ EventCount: 1 });
  await app.clock.advance("2d");
  await app.settle();
  expect(await events.send(new DescribeArchiveCommand({ ArchiveName }))).toMatchObject({
    EventCount: 0,
    SizeBytes: 0,
  });
});

test("a bucket tells the default bus of its objects", async () => {
  await using bench = await start();
  const { app, events } = bench;
  const s3 = app.client(S3Client);
  await s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: "bucket",
      NotificationConfiguration: { EventBridgeConfiguration: {} },
    }),
  );
  await rule(events, {
    EventPattern: JSON.stringify({ source: ["aws.s3"], detail: { bucket: { name: ["bucket"] } } }),
  });
  await s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "text" }));
  await app.settle();
  expect((await received(app)).map(({ event }) => event)).toMatchObject([
    {
      source: "aws.s3",
      "detail-type": "Object Created",
      account: "000000000000",
      resources: ["arn:aws:s3:::bucket"],
      detail: {
        version: "0",
        bucket: { name: "bucket" },
        object: { key: "k", size: 4, etag: "1cb251ec0d568de6a929b520c4aed8d1" },
        reason: "PutObject",
      },
    },
  ]);
});

test("a function is a target, and its destination a bus", async () => {
  await using bench = await start();
  const { app, events } = bench;
  const lambda = app.client(LambdaClient);
  const body = "exports.handler = async (event) => ({ got: event.detail ?? event });";
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: "f",
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: role,
      Code: { ZipFile: node(body) },
    }),
  );
  const Destination = "arn:aws:events:us-east-1:000000000000:event-bus/default";
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: "f",
      DestinationConfig: { OnSuccess: { Destination } },
    }),
  );
  await rule(events, { EventPattern: JSON.stringify({ source: ["lambda"] }) });
  await events.send(new PutRuleCommand({ Name: "to-f", ...onShop }));
  const Arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
  await events.send(new PutTargetsCommand({ Rule: "to-f", Targets: [{ Id: "1", Arn }] }));
  await events.send(new PutEventsCommand({ Entries: [{ ...entry, Detail: '{"n":1}' }] }));
  await app.settle();
  const [seen] = await received(app);
  expect(seen?.event).toMatchObject({
    source: "lambda",
    "detail-type": "Lambda Function Invocation Result - Success",
    resources: [`${Arn}:$LATEST`, Destination],
    detail: {
      requestContext: { condition: "Success" },
      requestPayload: { source: "shop", detail: { n: 1 } },
      responsePayload: { got: { n: 1 } },
    },
  });
  await lambda.send(new InvokeCommand({ FunctionName: "f", InvocationType: "Event" }));
  await app.settle();
  expect(await received(app)).toHaveLength(1);
});
