/** Streams and time to live, under the manual clock. */
import {
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import {
  type _Record as StreamRecord,
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from "@aws-sdk/client-dynamodb-streams";
import { expect, test } from "vitest";
import { type Bench, startBench } from "./bench.ts";

const key = { pk: { S: "a" }, sk: { S: "1" } };

async function streamArn({ dynamodb }: Bench, table = "items"): Promise<string> {
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: table }));
  return Table?.LatestStreamArn ?? "";
}

/** Every record of every shard, oldest first. */
async function allRecords({ streams }: Bench, arn: string): Promise<StreamRecord[]> {
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: arn }));
  const records: StreamRecord[] = [];
  for (const { ShardId } of StreamDescription?.Shards ?? []) {
    let { ShardIterator: iterator } = await streams.send(
      new GetShardIteratorCommand({ StreamArn: arn, ShardId, ShardIteratorType: "TRIM_HORIZON" }),
    );
    while (iterator !== undefined) {
      const page = await streams.send(new GetRecordsCommand({ ShardIterator: iterator }));
      records.push(...(page.Records ?? []));
      if (page.Records?.length === 0) break;
      iterator = page.NextShardIterator;
    }
  }
  return records;
}

test("a change is a record with both images; a write that changes nothing is none", async () => {
  await using bench = await startBench();
  const { dynamodb } = bench;
  await dynamodb.send(new PutItemCommand({ TableName: "items", Item: { ...key, n: { N: "1" } } }));
  await dynamodb.send(new PutItemCommand({ TableName: "items", Item: { ...key, n: { N: "1.0" } } }));
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: "items",
      Key: key,
      UpdateExpression: "ADD n :one",
      ExpressionAttributeValues: { ":one": { N: "1" } },
    }),
  );
  await dynamodb.send(new DeleteItemCommand({ TableName: "items", Key: key }));
  await dynamodb.send(new DeleteItemCommand({ TableName: "items", Key: key }));
  const records = await allRecords(bench, await streamArn(bench));
  expect(
    records.map(({ eventName, dynamodb: change }) => [
      eventName,
      change?.OldImage?.["n"]?.N,
      change?.NewImage?.["n"]?.N,
    ]),
  ).toEqual([
    ["INSERT", undefined, "1"],
    ["MODIFY", "1", "2"],
    ["REMOVE", "2", undefined],
  ]);
  expect(records[0]).toMatchObject({
    eventSource: "aws:dynamodb",
    eventVersion: "1.1",
    awsRegion: "us-east-1",
    dynamodb: { Keys: key, StreamViewType: "NEW_AND_OLD_IMAGES", SizeBytes: 15 },
  });
});

test("shards roll after four hours, records go after twenty-four, iterators after fifteen minutes", async () => {
  await using bench = await startBench();
  const { app, dynamodb, streams } = bench;
  const arn = await streamArn(bench);
  const put = (n: number): Promise<unknown> =>
    dynamodb.send(new PutItemCommand({ TableName: "items", Item: { ...key, n: { N: String(n) } } }));
  await put(1);
  const { StreamDescription: before } = await streams.send(new DescribeStreamCommand({ StreamArn: arn }));
  const [shard] = before?.Shards ?? [];
  const { ShardIterator: old } = await streams.send(
    new GetShardIteratorCommand({ StreamArn: arn, ShardId: shard?.ShardId, ShardIteratorType: "LATEST" }),
  );
  await app.clock.advance("5h");
  await put(2);
  const { StreamDescription: rolled } = await streams.send(new DescribeStreamCommand({ StreamArn: arn }));
  expect(rolled?.Shards).toHaveLength(2);
  expect(rolled?.Shards?.[1]?.ParentShardId).toBe(shard?.ShardId);
  expect(rolled?.Shards?.[0]?.SequenceNumberRange?.EndingSequenceNumber).toBeDefined();
  await expect(streams.send(new GetRecordsCommand({ ShardIterator: old }))).rejects.toThrow(
    "Iterator expired",
  );
  expect(await allRecords(bench, arn)).toHaveLength(2);
  await app.clock.advance("20h");
  expect((await allRecords(bench, arn)).map(({ dynamodb: change }) => change?.NewImage?.["n"]?.N)).toEqual([
    "2",
  ]);
  await app.clock.advance("5h");
  expect(await allRecords(bench, arn)).toEqual([]);
  await put(3);
  expect(await allRecords(bench, arn)).toHaveLength(1);
});

test("a disabled stream stays readable for a day; a new one begins afresh", async () => {
  await using bench = await startBench();
  const { app, dynamodb, streams } = bench;
  const old = await streamArn(bench);
  await dynamodb.send(new PutItemCommand({ TableName: "items", Item: key }));
  await dynamodb.send(
    new UpdateTableCommand({ TableName: "items", StreamSpecification: { StreamEnabled: false } }),
  );
  await app.clock.advance("1s");
  await dynamodb.send(
    new UpdateTableCommand({
      TableName: "items",
      StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
    }),
  );
  await dynamodb.send(new DeleteItemCommand({ TableName: "items", Key: key }));
  const now = await streamArn(bench);
  expect(now).not.toBe(old);
  expect(await allRecords(bench, old)).toHaveLength(1);
  const [removed] = await allRecords(bench, now);
  expect(removed?.dynamodb).toMatchObject({ Keys: key, StreamViewType: "KEYS_ONLY" });
  expect(removed?.dynamodb?.OldImage).toBeUndefined();
  const { Streams } = await streams.send(new ListStreamsCommand({ TableName: "items" }));
  expect(Streams?.map(({ StreamArn }) => StreamArn)).toEqual([old, now]);
  await app.clock.advance("25h");
  await expect(streams.send(new DescribeStreamCommand({ StreamArn: old }))).rejects.toThrow(
    "Requested resource not found",
  );
});

test("an item expires by itself, and its record says who did it", async () => {
  await using bench = await startBench();
  const { app, dynamodb } = bench;
  const expiresIn = (seconds: number): { N: string } => ({
    N: String(Math.floor(app.clock.nowMs() / 1000) + seconds),
  });
  const early = { ...key, until: expiresIn(60) };
  await dynamodb.send(new PutItemCommand({ TableName: "items", Item: early }));
  await dynamodb.send(
    new UpdateTimeToLiveCommand({
      TableName: "items",
      TimeToLiveSpecification: { Enabled: true, AttributeName: "until" },
    }),
  );
  const other = { pk: { S: "b" }, sk: { S: "1" } };
  await dynamodb.send(new PutItemCommand({ TableName: "items", Item: { ...other, until: expiresIn(60) } }));
  await dynamodb.send(new PutItemCommand({ TableName: "items", Item: { ...other, until: expiresIn(600) } }));
  await app.clock.advance("61s");
  const there = async (at: object): Promise<boolean> =>
    (await dynamodb.send(new GetItemCommand({ TableName: "items", Key: at as typeof key }))).Item !==
    undefined;
  expect(await there(key)).toBe(false);
  expect(await there(other)).toBe(true);
  await app.clock.advance("10m");
  expect(await there(other)).toBe(false);
  const removed = (await allRecords(bench, await streamArn(bench))).filter(
    ({ eventName }) => eventName === "REMOVE",
  );
  expect(removed.map(({ userIdentity }) => userIdentity)).toEqual([
    { PrincipalId: "dynamodb.amazonaws.com", Type: "Service" },
    { PrincipalId: "dynamodb.amazonaws.com", Type: "Service" },
  ]);
});

test.each([
  ["NEW_IMAGE", [undefined, "2"]],
  ["OLD_IMAGE", ["1", undefined]],
  ["KEYS_ONLY", [undefined, undefined]],
] as const)("%s", async (viewType, images) => {
  await using bench = await startBench();
  const { dynamodb } = bench;
  await dynamodb.send(
    new CreateTableCommand({
      TableName: "viewed",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: viewType },
    }),
  );
  for (const n of ["1", "2"]) {
    await dynamodb.send(new PutItemCommand({ TableName: "viewed", Item: { id: { S: "a" }, n: { N: n } } }));
  }
  const [, modified] = await allRecords(bench, await streamArn(bench, "viewed"));
  expect([modified?.dynamodb?.OldImage?.["n"]?.N, modified?.dynamodb?.NewImage?.["n"]?.N]).toEqual(images);
});
