/** Eventually consistent reads lag where a table's tag asks for it, by the seed; strong reads and other tables never. */
import {
  BatchGetItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-dynamodb";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";

const keySchema = (name: string): { AttributeName: string; KeyType: "HASH" }[] => [
  { AttributeName: name, KeyType: "HASH" },
];

type Reader = () => Promise<string | undefined>;

interface Bench extends AsyncDisposable {
  readonly put: (note: string) => Promise<unknown>;
  /** The item's note by every kind of read that may lag. */
  readonly eventual: readonly Reader[];
  readonly strong: readonly Reader[];
  readonly advance: (by: string) => Promise<void>;
  readonly settleDown: () => Promise<unknown>;
}

async function start(seed: number): Promise<Bench> {
  const app = await startApp({ clock: "manual", seed });
  const dynamodb = app.client(DynamoDBClient);
  const TableName = "stale";
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["id", "holder"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: keySchema("id"),
      GlobalSecondaryIndexes: [
        { IndexName: "byHolder", KeySchema: keySchema("holder"), Projection: { ProjectionType: "ALL" } },
      ],
      Tags: [{ Key: "awan:consistency", Value: "eventual" }],
    }),
  );
  const Key = { id: { S: "a" } };
  const get =
    (ConsistentRead: boolean): Reader =>
    async () =>
      (await dynamodb.send(new GetItemCommand({ TableName, Key, ConsistentRead }))).Item?.["note"]?.S;
  const batch =
    (ConsistentRead: boolean): Reader =>
    async () => {
      const RequestItems = { [TableName]: { Keys: [Key], ConsistentRead } };
      const { Responses } = await dynamodb.send(new BatchGetItemCommand({ RequestItems }));
      return Responses?.[TableName]?.[0]?.["note"]?.S;
    };
  const scan =
    (ConsistentRead: boolean): Reader =>
    async () =>
      (await dynamodb.send(new ScanCommand({ TableName, ConsistentRead }))).Items?.[0]?.["note"]?.S;
  const index: Reader = async () => {
    const { Items } = await dynamodb.send(
      new QueryCommand({
        TableName,
        IndexName: "byHolder",
        KeyConditionExpression: "holder = :h",
        ExpressionAttributeValues: { ":h": { S: "ann" } },
      }),
    );
    return Items?.[0]?.["note"]?.S;
  };
  return {
    put: (note) =>
      dynamodb.send(
        new PutItemCommand({ TableName, Item: { ...Key, holder: { S: "ann" }, note: { S: note } } }),
      ),
    eventual: [get(false), batch(false), scan(false), index],
    strong: [get(true), batch(true), scan(true)],
    advance: (by) => app.clock.advance(by),
    settleDown: () =>
      dynamodb.send(
        new UntagResourceCommand({
          ResourceArn: TableDescription?.TableArn,
          TagKeys: ["awan:consistency"],
        }),
      ),
    [Symbol.asyncDispose]: () => app.close(),
  };
}

async function readings(reader: Reader): Promise<readonly (string | undefined)[]> {
  const seen: (string | undefined)[] = [];
  for (let i = 0; i < 24; i += 1) seen.push(await reader());
  return seen;
}

const distinct = (seen: readonly (string | undefined)[]): readonly string[] =>
  [...new Set(seen)].map(String).toSorted();

test("for a second after a change both states are seen; then only the new one", async () => {
  await using bench = await start(1);
  await bench.put("old");
  for (const reader of bench.eventual) expect(distinct(await readings(reader))).toEqual(["old", "undefined"]);
  await bench.advance("10s");
  await bench.put("new");
  for (const reader of bench.eventual) expect(distinct(await readings(reader))).toEqual(["new", "old"]);
  for (const reader of bench.strong) expect(distinct(await readings(reader))).toEqual(["new"]);
  await bench.advance("1s");
  for (const reader of bench.eventual) expect(distinct(await readings(reader))).toEqual(["new"]);
  await bench.put("newer");
  await bench.settleDown();
  for (const reader of bench.eventual) expect(distinct(await readings(reader))).toEqual(["newer"]);
});

async function readingsOf(seed: number): Promise<readonly (string | undefined)[]> {
  await using bench = await start(seed);
  await bench.put("old");
  await bench.advance("10s");
  await bench.put("new");
  return readings(bench.eventual[0] as Reader);
}

test("the same seed reads the same", async () => {
  expect(await readingsOf(7)).toEqual(await readingsOf(7));
  expect(await readingsOf(7)).not.toEqual(await readingsOf(8));
});
