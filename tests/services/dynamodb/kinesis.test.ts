/** Kinesis streaming destinations: what a table's changes look like in the stream, and when they stop. */
import {
  DeleteItemCommand,
  DescribeKinesisStreamingDestinationCommand,
  DisableKinesisStreamingDestinationCommand,
  EnableKinesisStreamingDestinationCommand,
  PutItemCommand,
  UpdateKinesisStreamingDestinationCommand,
} from "@aws-sdk/client-dynamodb";
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
} from "@aws-sdk/client-kinesis";
import { expect, test } from "vitest";
import { item, startBench } from "./bench.ts";

const StreamArn = "arn:aws:kinesis:us-east-1:000000000000:stream/changes";
const destination = { TableName: "items", StreamArn };

async function recordsOf(kinesis: KinesisClient): Promise<Record<string, unknown>[]> {
  const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamARN: StreamArn }));
  const records: Record<string, unknown>[] = [];
  for (const { ShardId } of Shards) {
    const { ShardIterator } = await kinesis.send(
      new GetShardIteratorCommand({ StreamARN: StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" }),
    );
    const { Records = [] } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
    for (const { Data } of Records) {
      records.push(JSON.parse(Buffer.from(Data ?? []).toString("utf8")) as Record<string, unknown>);
    }
  }
  return records;
}

test("every change goes to the stream in DynamoDB's form, with the precision asked for, until it is disabled", async () => {
  await using bench = await startBench();
  const { app, dynamodb } = bench;
  const kinesis = app.client(KinesisClient);
  await expect(dynamodb.send(new EnableKinesisStreamingDestinationCommand(destination))).rejects.toThrow(
    `User does not have a permission to use the Kinesis Data Stream: ${StreamArn}`,
  );
  await kinesis.send(new CreateStreamCommand({ StreamName: "changes", ShardCount: 1 }));
  await app.settle();
  await dynamodb.send(new EnableKinesisStreamingDestinationCommand(destination));
  const { KinesisDataStreamDestinations } = await dynamodb.send(
    new DescribeKinesisStreamingDestinationCommand({ TableName: "items" }),
  );
  expect(KinesisDataStreamDestinations).toEqual([{ StreamArn, DestinationStatus: "ACTIVE" }]);
  const put = (note: string): Promise<unknown> =>
    dynamodb.send(new PutItemCommand({ TableName: "items", Item: item("1", { note: { S: note } }) }));
  await put("a");
  await put("a");
  await dynamodb.send(
    new UpdateKinesisStreamingDestinationCommand({
      ...destination,
      UpdateKinesisStreamingConfiguration: { ApproximateCreationDateTimePrecision: "MICROSECOND" },
    }),
  );
  await put("b");
  await dynamodb.send(new DisableKinesisStreamingDestinationCommand(destination));
  await dynamodb.send(new DeleteItemCommand({ TableName: "items", Key: item("1") }));
  const records = await recordsOf(kinesis);
  const nowMs = app.clock.nowMs();
  const Keys = { pk: { S: "p" }, sk: { S: "1" } };
  expect(records).toEqual([
    {
      awsRegion: "us-east-1",
      eventID: expect.stringMatching(/^[0-9a-f-]{36}$/),
      eventName: "INSERT",
      userIdentity: null,
      recordFormat: "application/json",
      tableName: "items",
      dynamodb: {
        ApproximateCreationDateTime: nowMs,
        Keys,
        NewImage: { ...Keys, note: { S: "a" } },
        SizeBytes: 17,
      },
      eventSource: "aws:dynamodb",
    },
    expect.objectContaining({
      eventName: "MODIFY",
      dynamodb: {
        ApproximateCreationDateTime: nowMs * 1000,
        ApproximateCreationDateTimePrecision: "MICROSECOND",
        Keys,
        NewImage: { ...Keys, note: { S: "b" } },
        OldImage: { ...Keys, note: { S: "a" } },
        SizeBytes: 28,
      },
    }),
  ]);
});

test("a stream that is gone does not fail the table's writes", async () => {
  await using bench = await startBench();
  const kinesis = bench.app.client(KinesisClient);
  await kinesis.send(new CreateStreamCommand({ StreamName: "changes", ShardCount: 1 }));
  await bench.app.settle();
  await bench.dynamodb.send(new EnableKinesisStreamingDestinationCommand(destination));
  await kinesis.send(new DeleteStreamCommand({ StreamName: "changes" }));
  await bench.app.settle();
  await bench.dynamodb.send(new PutItemCommand({ TableName: "items", Item: item("1") }));
});
