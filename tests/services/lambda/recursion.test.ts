/** Recursive loops through SQS, SNS, S3 and between functions are stopped after sixteen rounds, unless allowed. */
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
  PutFunctionRecursionConfigCommand,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, PutBucketNotificationConfigurationCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { startApp } from "awan/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { node, role } from "./code.ts";

let app: Awaited<ReturnType<typeof startApp>>;
let lambda: LambdaClient;
let sqs: SQSClient;
const arn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

beforeAll(async () => {
  app = await startApp({ clock: "manual", seed: 1 });
  lambda = app.client(LambdaClient);
  sqs = app.client(SQSClient);
});
afterAll(() => app.close());

async function create(name: string, source: string, variables: Record<string, string> = {}): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: role,
      Timeout: 30,
      Environment: { Variables: variables },
      Code: { ZipFile: node(source) },
    }),
  );
}

const calls = (name: string): number => app.fn(name).calls().length;

const toQueue = `const { SQSClient, SendMessageCommand } = require("@aws-sdk/client-sqs");
const sqs = new SQSClient();
exports.handler = (event) => sqs.send(new SendMessageCommand({ QueueUrl: process.env.URL, MessageBody: "again" }));`;

async function queueLoop(name: string): Promise<void> {
  const { QueueUrl: URL = "" } = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: "60" } }),
  );
  await create(name, toQueue, { URL });
  const EventSourceArn = `arn:aws:sqs:us-east-1:000000000000:${name}`;
  await lambda.send(
    new CreateEventSourceMappingCommand({ FunctionName: name, EventSourceArn, BatchSize: 1 }),
  );
}

test("through a queue", { timeout: 60_000 }, async () => {
  await queueLoop("by-queue");
  const QueueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: "by-queue" }))).QueueUrl;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "first" }));
  await app.settle();
  expect(calls("by-queue")).toBe(16);
  // A story of its own begins anew.
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "second" }));
  await app.settle();
  expect(calls("by-queue")).toBe(32);
});

test(
  "through a topic, with the stopped event at the on-failure destination",
  { timeout: 60_000 },
  async () => {
    const sns = app.client(SNSClient);
    const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: "by-topic" }));
    const source = `const { SNSClient, PublishCommand } = require("@aws-sdk/client-sns");
const sns = new SNSClient();
exports.handler = () => sns.send(new PublishCommand({ TopicArn: process.env.TOPIC, Message: "again" }));`;
    await create("by-topic", source, { TOPIC: TopicArn });
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "stopped" }));
    await lambda.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: "by-topic",
        DestinationConfig: { OnFailure: { Destination: "arn:aws:sqs:us-east-1:000000000000:stopped" } },
      }),
    );
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: "lambda", Endpoint: arn("by-topic") }));
    await sns.send(new PublishCommand({ TopicArn, Message: "first" }));
    await app.settle();
    expect(calls("by-topic")).toBe(16);
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(JSON.parse(Messages[0]?.Body ?? "")).toMatchObject({
      requestPayload: { Records: [{ Sns: { Message: "again" } }] },
    });
  },
);

test("through a bucket", { timeout: 60_000 }, async () => {
  const s3 = app.client(S3Client);
  const source = `const { S3Client, PutObjectCommand } = require("@aws-sdk/client-s3");
const s3 = new S3Client({ forcePathStyle: true });
exports.handler = (event) => s3.send(new PutObjectCommand({ Bucket: "by-bucket", Key: "again", Body: "x" }));`;
  await create("by-bucket", source);
  await s3.send(new CreateBucketCommand({ Bucket: "by-bucket" }));
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: "by-bucket",
      StatementId: "s3",
      Action: "lambda:InvokeFunction",
      Principal: "s3.amazonaws.com",
    }),
  );
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: "by-bucket",
      NotificationConfiguration: {
        LambdaFunctionConfigurations: [
          { LambdaFunctionArn: arn("by-bucket"), Events: ["s3:ObjectCreated:*"] },
        ],
      },
    }),
  );
  await lambda.send(new InvokeCommand({ FunctionName: "by-bucket" }));
  await app.settle();
  expect(calls("by-bucket")).toBe(16);
});

const toFunction = `const { LambdaClient, InvokeCommand } = require("@aws-sdk/client-lambda");
const lambda = new LambdaClient();
exports.handler = async (event) => {
  try {
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: process.env.NEXT }));
    return JSON.parse(Buffer.from(Payload).toString());
  } catch (error) {
    return { name: error.name, status: error.$metadata.httpStatusCode };
  }
};`;

test("between two functions, asked synchronously", { timeout: 60_000 }, async () => {
  await create("ping", toFunction, { NEXT: "pong" });
  await create("pong", toFunction, { NEXT: "ping" });
  const { Payload = new Uint8Array() } = await lambda.send(new InvokeCommand({ FunctionName: "ping" }));
  expect(JSON.parse(Buffer.from(Payload).toString())).toEqual({
    name: "RecursiveInvocationException",
    status: 400,
  });
  expect([calls("ping"), calls("pong")]).toEqual([16, 16]);
});

test("allowed loops go on", { timeout: 60_000 }, async () => {
  await queueLoop("allowed");
  await lambda.send(
    new PutFunctionRecursionConfigCommand({ FunctionName: "allowed", RecursiveLoop: "Allow" }),
  );
  const QueueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: "allowed" }))).QueueUrl;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "first" }));
  await expect.poll(() => calls("allowed"), { timeout: 30_000 }).toBeGreaterThan(20);
  await lambda.send(
    new PutFunctionRecursionConfigCommand({ FunctionName: "allowed", RecursiveLoop: "Terminate" }),
  );
  await app.settle();
});
