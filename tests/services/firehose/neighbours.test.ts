/** What others put into streams: topics, log groups, tables. */
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  PutSubscriptionFilterCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateTableCommand,
  DynamoDBClient,
  EnableKinesisStreamingDestinationCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
} from "@aws-sdk/client-kinesis";
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { type Bench, lake, role, startBench, textsOf } from "./bench.ts";

const deliveryStreamArn = "arn:aws:firehose:us-east-1:000000000000:deliverystream/d";
const streamArn = "arn:aws:kinesis:us-east-1:000000000000:stream/s";

async function makeStreams(bench: Bench): Promise<KinesisClient> {
  const kinesis = bench.app.client(KinesisClient);
  await kinesis.send(new CreateStreamCommand({ StreamName: "s", ShardCount: 1 }));
  await bench.create({
    S3DestinationConfiguration: { ...lake, BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 } },
  });
  return kinesis;
}

async function recordsOf(kinesis: KinesisClient): Promise<Buffer[]> {
  const { ShardIterator } = await kinesis.send(
    new GetShardIteratorCommand({ StreamName: "s", ShardId: "shardId-0", ShardIteratorType: "TRIM_HORIZON" }),
  );
  const { Records = [] } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
  return Records.map(({ Data }) => Buffer.from(Data ?? []));
}

test("a topic's messages reach the bucket, one line each", async () => {
  await using bench = await startBench();
  await makeStreams(bench);
  const sns = bench.app.client(SNSClient);
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "t" }));
  const subscribe = (Attributes: Record<string, string>) =>
    sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: "firehose",
        Endpoint: deliveryStreamArn,
        Attributes: { SubscriptionRoleArn: role, ...Attributes },
      }),
    );
  await subscribe({});
  await sns.send(new PublishCommand({ TopicArn, Message: "hello" }));
  await bench.app.clock.advance("1m");
  const [first = ""] = textsOf(await bench.objects());
  expect(first.endsWith("\n")).toBe(true);
  expect(JSON.parse(first)).toMatchObject({ Type: "Notification", Message: "hello", TopicArn });
});

test("a log group's lines reach both, gzipped", async () => {
  await using bench = await startBench();
  const kinesis = await makeStreams(bench);
  const logs = bench.app.client(CloudWatchLogsClient);
  const at = { logGroupName: "g", logStreamName: "l" };
  await logs.send(new CreateLogGroupCommand({ logGroupName: "g" }));
  await logs.send(new CreateLogStreamCommand(at));
  for (const [filterName, destinationArn] of [
    ["k", streamArn],
    ["f", deliveryStreamArn],
  ]) {
    await logs.send(
      new PutSubscriptionFilterCommand({
        logGroupName: "g",
        filterName,
        filterPattern: "order",
        destinationArn,
        roleArn: role,
      }),
    );
  }
  const timestamp = bench.app.clock.nowMs();
  await logs.send(
    new PutLogEventsCommand({
      ...at,
      logEvents: [
        { timestamp, message: "an order" },
        { timestamp, message: "x" },
      ],
    }),
  );
  await bench.app.clock.advance("1m");
  const seen = (await recordsOf(kinesis)).map((data) => JSON.parse(gunzipSync(data).toString()) as LogRecord);
  expect(seen.find(({ messageType }) => messageType === "DATA_MESSAGE")).toMatchObject({
    logGroup: "g",
    subscriptionFilters: ["k"],
    logEvents: [{ message: "an order" }],
  });
  const [body] = Object.values(await bench.objects());
  expect(gunzipSync(body ?? Buffer.alloc(0)).toString()).toContain("an order");
});

interface LogRecord {
  readonly messageType: string;
}

test("a table's changes reach its Kinesis stream", async () => {
  await using bench = await startBench();
  const kinesis = await makeStreams(bench);
  const dynamodb = bench.app.client(DynamoDBClient);
  await dynamodb.send(
    new CreateTableCommand({
      TableName: "table",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  await dynamodb.send(
    new EnableKinesisStreamingDestinationCommand({ TableName: "table", StreamArn: streamArn }),
  );
  await dynamodb.send(new PutItemCommand({ TableName: "table", Item: { id: { S: "a" } } }));
  const [record] = await recordsOf(kinesis);
  expect(JSON.parse(record?.toString() ?? "")).toMatchObject({
    eventName: "INSERT",
    tableName: "table",
    dynamodb: { NewImage: { id: { S: "a" } } },
  });
});
