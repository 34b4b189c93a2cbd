/** Reads and writes of items: queries, pages, segments, batches, capacity. */
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  TransactGetItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Bench, fill, item, startBench } from "./bench.ts";

let bench: Bench;
let dynamodb: DynamoDBClient;
beforeEach(async () => {
  bench = await startBench();
  dynamodb = bench.dynamodb;
});
afterEach(() => bench[Symbol.asyncDispose]());

const query = async (members: Partial<QueryCommandInput>): Promise<(string | undefined)[]> => {
  const { Items = [] } = await dynamodb.send(
    new QueryCommand({
      TableName: "items",
      KeyConditionExpression: "pk = :p",
      ...members,
      ExpressionAttributeValues: { ":p": { S: "p" }, ...members.ExpressionAttributeValues },
    }),
  );
  return Items.map(({ sk }) => sk?.S);
};

const on = (
  condition: string,
  values: QueryCommandInput["ExpressionAttributeValues"],
  more = {},
): Promise<(string | undefined)[]> =>
  query({
    KeyConditionExpression: `pk = :p AND ${condition}`,
    ExpressionAttributeValues: values,
    ...more,
  });

describe("queries", () => {
  test("by every sort key condition, forwards and backwards", async () => {
    await fill(bench, 6);
    expect(await on("sk = :a", { ":a": { S: "002" } })).toEqual(["002"]);
    expect(await on("sk < :a", { ":a": { S: "002" } })).toEqual(["000", "001"]);
    expect(await on("sk <= :a", { ":a": { S: "002" } })).toEqual(["000", "001", "002"]);
    expect(await on("sk > :a", { ":a": { S: "003" } })).toEqual(["004", "005"]);
    expect(await on("sk >= :a", { ":a": { S: "004" } }, { ScanIndexForward: false })).toEqual(["005", "004"]);
    expect(await on("sk BETWEEN :a AND :b", { ":a": { S: "001" }, ":b": { S: "003" } })).toEqual([
      "001",
      "002",
      "003",
    ]);
    expect(
      await on("begins_with(sk, :a)", { ":a": { S: "00" } }, { ScanIndexForward: false, Limit: 2 }),
    ).toEqual(["005", "004"]);
  });

  test("pages by limit and goes on where it ended, though items come and go", async () => {
    await fill(bench, 5);
    const first = await dynamodb.send(
      new QueryCommand({
        TableName: "items",
        KeyConditionExpression: "pk = :p",
        ExpressionAttributeValues: { ":p": { S: "p" } },
        Limit: 2,
      }),
    );
    expect(first.LastEvaluatedKey).toEqual({ pk: { S: "p" }, sk: { S: "001" } });
    await dynamodb.send(new PutItemCommand({ TableName: "items", Item: item("0015") }));
    expect(await query({ ExclusiveStartKey: first.LastEvaluatedKey })).toEqual(["0015", "002", "003", "004"]);
    expect(await query({ ExclusiveStartKey: first.LastEvaluatedKey, ScanIndexForward: false })).toEqual([
      "000",
    ]);
  });

  test("on a local index reads the table for what the index lacks; a global one has its own order", async () => {
    await fill(bench, 4);
    expect(
      await query({
        IndexName: "byRank",
        FilterExpression: "note = :n",
        ProjectionExpression: "sk, note",
        ExpressionAttributeValues: { ":n": { S: "n" } },
      }),
    ).toEqual(["003", "002", "001", "000"]);
    const { Items } = await dynamodb.send(
      new QueryCommand({
        TableName: "items",
        IndexName: "byHolder",
        KeyConditionExpression: "holder = :h AND #r > :r",
        ExpressionAttributeNames: { "#r": "rank" },
        ExpressionAttributeValues: { ":h": { S: "ann" }, ":r": { N: "0" } },
      }),
    );
    expect(Items?.map(({ rank, note }) => [rank?.N, note?.S])).toEqual([
      ["2", "n"],
      ["4", "n"],
    ]);
  });

  test("numbers sort as numbers in an index", async () => {
    const ranks = ["-1e20", "-5", "-0.5", "0", "1e-100", "0.25", "3", "12", "1e30"];
    for (const [at, rank] of ranks.toReversed().entries()) {
      await dynamodb.send(
        new PutItemCommand({ TableName: "items", Item: item(String(at), { rank: { N: rank } }) }),
      );
    }
    expect(await query({ IndexName: "byRank" })).toEqual(ranks.map((_, at) => String(ranks.length - 1 - at)));
  });

  test("segments of a scan are disjoint and complete", async () => {
    for (let i = 0; i < 40; i += 1) {
      await dynamodb.send(new PutItemCommand({ TableName: "plain", Item: { id: { S: `id-${i}` } } }));
    }
    const seen: (string | undefined)[] = [];
    for (let Segment = 0; Segment < 7; Segment += 1) {
      let start: Awaited<ReturnType<typeof page>>["LastEvaluatedKey"];
      const page = (): Promise<import("@aws-sdk/client-dynamodb").ScanCommandOutput> =>
        dynamodb.send(
          new ScanCommand({
            TableName: "plain",
            Segment,
            TotalSegments: 7,
            Limit: 3,
            ExclusiveStartKey: start,
          }),
        );
      do {
        const { Items = [], LastEvaluatedKey } = await page();
        seen.push(...Items.map(({ id }) => id?.S));
        start = LastEvaluatedKey;
      } while (start !== undefined);
    }
    expect(seen).toHaveLength(40);
    expect(new Set(seen).size).toBe(40);
  });
});

describe("capacity", () => {
  test("is told per table and index", async () => {
    const { ConsumedCapacity: written } = await dynamodb.send(
      new PutItemCommand({
        TableName: "items",
        Item: item("1", { rank: { N: "1" }, holder: { S: "ann" } }),
        ReturnConsumedCapacity: "INDEXES",
      }),
    );
    expect(written).toMatchObject({
      CapacityUnits: 3,
      Table: { CapacityUnits: 1 },
      LocalSecondaryIndexes: { byRank: { CapacityUnits: 1 } },
      GlobalSecondaryIndexes: { byHolder: { CapacityUnits: 1 } },
    });
    const { ConsumedCapacity: moved } = await dynamodb.send(
      new PutItemCommand({
        TableName: "items",
        Item: item("1", { rank: { N: "2" }, holder: { S: "ann" } }),
        ReturnConsumedCapacity: "INDEXES",
      }),
    );
    expect(moved?.GlobalSecondaryIndexes?.["byHolder"]?.CapacityUnits).toBe(2);
    const { ConsumedCapacity: read } = await dynamodb.send(
      new GetItemCommand({ TableName: "items", Key: item("1"), ReturnConsumedCapacity: "TOTAL" }),
    );
    expect(read).toEqual({ TableName: "items", CapacityUnits: 0.5 });
    const { ConsumedCapacity: together } = await dynamodb.send(
      new TransactGetItemsCommand({
        TransactItems: [{ Get: { TableName: "items", Key: item("1") } }],
        ReturnConsumedCapacity: "TOTAL",
      }),
    );
    expect(together).toEqual([{ TableName: "items", CapacityUnits: 2, ReadCapacityUnits: 2 }]);
  });
});

describe("batches", () => {
  test("write and read across tables", async () => {
    await dynamodb.send(
      new BatchWriteItemCommand({
        RequestItems: {
          plain: [
            { PutRequest: { Item: { id: { S: "a" } } } },
            { DeleteRequest: { Key: { id: { S: "b" } } } },
          ],
          items: [{ PutRequest: { Item: item("1") } }],
        },
      }),
    );
    const { Responses, UnprocessedKeys } = await dynamodb.send(
      new BatchGetItemCommand({
        RequestItems: {
          plain: { Keys: [{ id: { S: "a" } }, { id: { S: "b" } }] },
          items: { Keys: [item("1")] },
        },
      }),
    );
    expect(Responses).toEqual({ plain: [{ id: { S: "a" } }], items: [item("1")] });
    expect(UnprocessedKeys).toEqual({});
  });
});

test("return values follow the paths that were updated", async () => {
  const Key = item("1");
  await dynamodb.send(
    new PutItemCommand({
      TableName: "items",
      Item: { ...Key, deep: { M: { a: { N: "1" }, b: { N: "2" } } }, steps: { L: [{ N: "1" }, { N: "2" }] } },
    }),
  );
  const update = (
    ReturnValues: "UPDATED_OLD" | "UPDATED_NEW",
    n: string,
  ): Promise<import("@aws-sdk/client-dynamodb").UpdateItemCommandOutput> =>
    dynamodb.send(
      new UpdateItemCommand({
        TableName: "items",
        Key,
        ReturnValues,
        UpdateExpression: "SET deep.a = :n, steps[1] = :n",
        ExpressionAttributeValues: { ":n": { N: n } },
      }),
    );
  expect((await update("UPDATED_OLD", "5")).Attributes).toEqual({
    deep: { M: { a: { N: "1" } } },
    steps: { L: [{ N: "2" }] },
  });
  expect((await update("UPDATED_NEW", "6")).Attributes).toEqual({
    deep: { M: { a: { N: "6" } } },
    steps: { L: [{ N: "6" }] },
  });
});
