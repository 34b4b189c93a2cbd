/**
 * A table with a local and a global index against a naive model. The laws: reads by any index are the model's; every
 * index entry has its item and the reverse; counts and sizes are those of what is stored; the stream replayed from its
 * start is the table; transactions and single writes at once have an order that explains every answer.
 */
import { type _Record as StreamRecord, DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from "@aws-sdk/client-dynamodb-streams";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { type App, startApp } from "awan/testing";
import { array, assert, asyncProperty, constantFrom, integer, oneof, option, record } from "fast-check";
import { expect, test } from "vitest";

type Item = Record<string, AttributeValue>;

const partitions = ["a", "b", "c"];
const sorts = ["1", "2", "3", "4"];

type Step =
  | {
      readonly kind: "put";
      readonly pk: string;
      readonly sk: string;
      readonly rank: number | null;
      readonly holder: string | null;
    }
  | { readonly kind: "add"; readonly pk: string; readonly sk: string; readonly by: number }
  | { readonly kind: "unset"; readonly pk: string; readonly sk: string }
  | { readonly kind: "delete"; readonly pk: string; readonly sk: string }
  | { readonly kind: "swap"; readonly pk: string; readonly sk: string; readonly other: string };

const pk = constantFrom(...partitions);
const sk = constantFrom(...sorts);
const steps = array(
  oneof(
    record({
      kind: constantFrom("put" as const),
      pk,
      sk,
      rank: option(integer({ min: -5, max: 5 })),
      holder: option(constantFrom("x", "y")),
    }),
    record({ kind: constantFrom("add" as const), pk, sk, by: integer({ min: -3, max: 3 }) }),
    record({ kind: constantFrom("unset" as const), pk, sk }),
    record({ kind: constantFrom("delete" as const), pk, sk }),
    record({ kind: constantFrom("swap" as const), pk, sk, other: sk }),
  ),
  { minLength: 1, maxLength: 40 },
);

const keySchema = (hash: string, range: string): object[] => [
  { AttributeName: hash, KeyType: "HASH" },
  { AttributeName: range, KeyType: "RANGE" },
];

class Subject implements AsyncDisposable {
  readonly app: App;

  constructor(app: App) {
    this.app = app;
  }

  static async start(): Promise<Subject> {
    const subject = new Subject(await startApp({ clock: "manual", seed: 1 }));
    await subject.call("CreateTable", {
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk", "sk", "holder"]
        .map((AttributeName) => ({ AttributeName, AttributeType: "S" }))
        .concat({ AttributeName: "rank", AttributeType: "N" }),
      KeySchema: keySchema("pk", "sk"),
      LocalSecondaryIndexes: [
        { IndexName: "local", KeySchema: keySchema("pk", "rank"), Projection: { ProjectionType: "ALL" } },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "global",
          KeySchema: keySchema("holder", "rank"),
          Projection: { ProjectionType: "ALL" },
        },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    });
    return subject;
  }

  call(operation: string, input: object): Promise<Record<string, unknown>> {
    return this.app.platform.invoke("dynamodb", operation, { TableName: "model", ...input });
  }

  async scan(IndexName?: string): Promise<readonly Item[]> {
    const { Items } = await this.call("Scan", IndexName === undefined ? {} : { IndexName });
    return Items as Item[];
  }

  async stream(): Promise<readonly StreamRecord[]> {
    const client = this.app.client(DynamoDBStreamsClient);
    const { Table } = (await this.call("DescribeTable", {})) as { Table: { LatestStreamArn: string } };
    const StreamArn = Table.LatestStreamArn;
    const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }));
    const records: StreamRecord[] = [];
    for (const { ShardId } of StreamDescription?.Shards ?? []) {
      const { ShardIterator } = await client.send(
        new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" }),
      );
      records.push(...((await client.send(new GetRecordsCommand({ ShardIterator }))).Records ?? []));
    }
    return records;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.app.close();
  }
}

const keyText = (item: Item): string => `${item["pk"]?.S}/${item["sk"]?.S}`;
const keyOf = (step: { readonly pk: string; readonly sk: string }): Item => ({
  pk: { S: step.pk },
  sk: { S: step.sk },
});
const byKey = (items: Iterable<Item>): readonly Item[] =>
  [...items].toSorted((a, b) => keyText(a).localeCompare(keyText(b)));

type Model = Map<string, Item>;

function itemOf(step: Extract<Step, { kind: "put" }>): Item {
  return {
    ...keyOf(step),
    ...(step.rank === null ? {} : { rank: { N: String(step.rank) } }),
    ...(step.holder === null ? {} : { holder: { S: step.holder } }),
  };
}

/** Applies a step to both; the model says what must be answered. */
async function apply(subject: Subject, model: Model, step: Step): Promise<void> {
  const Key = keyOf(step);
  const before = model.get(keyText(Key));
  switch (step.kind) {
    case "put": {
      const Item = itemOf(step);
      const { Attributes } = await subject.call("PutItem", { Item, ReturnValues: "ALL_OLD" });
      expect(Attributes).toEqual(before);
      model.set(keyText(Key), Item);
      break;
    }
    case "add": {
      const by = { N: String(step.by) };
      const after = { ...(before ?? Key), rank: { N: String(Number(before?.["rank"]?.N ?? 0) + step.by) } };
      const { Attributes } = await subject.call("UpdateItem", {
        Key,
        UpdateExpression: "ADD #r :by",
        ExpressionAttributeNames: { "#r": "rank" },
        ExpressionAttributeValues: { ":by": by },
        ReturnValues: "ALL_NEW",
      });
      expect(Attributes).toEqual(after);
      model.set(keyText(Key), after);
      break;
    }
    case "unset": {
      const update = { Key, UpdateExpression: "REMOVE holder", ConditionExpression: "attribute_exists(pk)" };
      if (before === undefined) {
        await expect(subject.call("UpdateItem", update)).rejects.toThrow("The conditional request failed");
        break;
      }
      await subject.call("UpdateItem", update);
      const { holder: _holder, ...rest } = before;
      model.set(keyText(Key), rest);
      break;
    }
    case "delete":
      expect((await subject.call("DeleteItem", { Key, ReturnValues: "ALL_OLD" }))["Attributes"]).toEqual(
        before,
      );
      model.delete(keyText(Key));
      break;
    default:
      await swap(subject, model, step);
  }
}

/** Moves an item to another sort key in one transaction; only if the place is free. */
async function swap(subject: Subject, model: Model, step: Extract<Step, { kind: "swap" }>): Promise<void> {
  const from = keyOf(step);
  const to = keyOf({ pk: step.pk, sk: step.other });
  const before = model.get(keyText(from));
  const moved = { ...before, ...to };
  const transaction = {
    TransactItems: [
      { Delete: { TableName: "model", Key: from, ConditionExpression: "attribute_exists(pk)" } },
      { Put: { TableName: "model", Item: moved, ConditionExpression: "attribute_not_exists(pk)" } },
    ],
  };
  if (step.sk === step.other) {
    await expect(subject.call("TransactWriteItems", transaction)).rejects.toThrow(
      "multiple operations on one item",
    );
  } else if (before === undefined || model.has(keyText(to))) {
    await expect(subject.call("TransactWriteItems", transaction)).rejects.toThrow("ConditionalCheckFailed");
  } else {
    await subject.call("TransactWriteItems", transaction);
    model.delete(keyText(from));
    model.set(keyText(to), moved);
  }
}

const rankOf = (item: Item): number => Number(item["rank"]?.N);

async function checkIndexes(subject: Subject, model: Model): Promise<void> {
  const all = [...model.values()];
  const ranked = all.filter((item) => item["rank"] !== undefined);
  const held = ranked.filter((item) => item["holder"] !== undefined);
  expect(byKey(await subject.scan("local"))).toEqual(byKey(ranked));
  expect(byKey(await subject.scan("global"))).toEqual(byKey(held));
  for (const holder of ["x", "y"]) {
    const { Items } = (await subject.call("Query", {
      IndexName: "global",
      KeyConditionExpression: "holder = :h AND #r BETWEEN :low AND :high",
      ExpressionAttributeNames: { "#r": "rank" },
      ExpressionAttributeValues: { ":h": { S: holder }, ":low": { N: "-2" }, ":high": { N: "3" } },
    })) as { Items: Item[] };
    const expected = held.filter(
      (item) => item["holder"]?.S === holder && rankOf(item) >= -2 && rankOf(item) <= 3,
    );
    expect(byKey(Items)).toEqual(byKey(expected));
    expect(Items.map(rankOf)).toEqual(Items.map(rankOf).toSorted((a, b) => a - b));
  }
}

/** Replays records into a table, checking that each old image is what the replay has. */
function replay(records: readonly StreamRecord[]): Model {
  const model: Model = new Map();
  for (const { eventName, dynamodb: change } of records) {
    const key = keyText(change?.Keys ?? {});
    expect(change?.OldImage).toEqual(model.get(key));
    expect(eventName).toBe(
      change?.OldImage === undefined ? "INSERT" : change.NewImage === undefined ? "REMOVE" : "MODIFY",
    );
    if (change?.NewImage === undefined) model.delete(key);
    else model.set(key, change.NewImage);
  }
  return model;
}

test("random operations are the model's", async () => {
  await assert(
    asyncProperty(steps, async (sequence) => {
      await using subject = await Subject.start();
      const model: Model = new Map();
      for (const step of sequence) await apply(subject, model, step);
      expect(byKey(await subject.scan())).toEqual(byKey(model.values()));
      await checkIndexes(subject, model);
      for (const partition of partitions) {
        const { Items } = (await subject.call("Query", {
          KeyConditionExpression: "pk = :p",
          ExpressionAttributeValues: { ":p": { S: partition } },
        })) as { Items: Item[] };
        expect(Items).toEqual(byKey([...model.values()].filter((item) => item["pk"]?.S === partition)));
      }
      const { Table } = (await subject.call("DescribeTable", {})) as {
        Table: { ItemCount: number; TableSizeBytes: number };
      };
      expect(Table.ItemCount).toBe(model.size);
      expect(Table.TableSizeBytes > 0).toBe(model.size > 0);
      expect(byKey(replay(await subject.stream()).values())).toEqual(byKey(model.values()));
    }),
    { numRuns: 40 },
  );
});

test("transactions and single writes at once can be put in an order", async () => {
  await using subject = await Subject.start();
  const accounts = ["1", "2", "3"].map((each) => keyOf({ pk: "bank", sk: each }));
  for (const key of accounts) await subject.call("PutItem", { Item: { ...key, rank: { N: "100" } } });
  const move = (from: Item, to: Item, amount: number): Promise<unknown> => {
    const names = { "#r": "rank" };
    const change = (Key: Item, by: number, condition?: string): object => ({
      Update: {
        TableName: "model",
        Key,
        UpdateExpression: "ADD #r :by",
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: {
          ":by": { N: String(by) },
          ...(condition === undefined ? {} : { ":least": { N: String(amount) } }),
        },
        ...(condition === undefined ? {} : { ConditionExpression: condition }),
      },
    });
    const items = [change(from, -amount, "#r >= :least"), change(to, amount)];
    return subject.call("TransactWriteItems", { TransactItems: items }).catch((error: unknown) => error);
  };
  const read = (): Promise<unknown> =>
    subject
      .call("TransactGetItems", {
        TransactItems: accounts.map((Key) => ({ Get: { TableName: "model", Key } })),
      })
      .then(({ Responses }) =>
        (Responses as { Item: Item }[]).reduce((sum, { Item }) => sum + rankOf(Item), 0),
      );
  const deposit = (Key: Item): Promise<unknown> =>
    subject.call("UpdateItem", {
      Key,
      UpdateExpression: "SET note = :n",
      ExpressionAttributeValues: { ":n": { S: "seen" } },
    });
  const sums: Promise<unknown>[] = [];
  const all: Promise<unknown>[] = [];
  for (let i = 0; i < 60; i += 1) {
    const from = accounts[i % 3] as Item;
    all.push(move(from, accounts[(i + 1 + (i % 2)) % 3] as Item, 10 + (i % 7) * 10), deposit(from));
    sums.push(read());
  }
  await Promise.all(all);
  expect(new Set(await Promise.all(sums))).toEqual(new Set([300]));
  const model = replay(await subject.stream());
  expect([...model.values()].reduce((sum, item) => sum + rankOf(item), 0)).toBe(300);
  expect(byKey(model.values())).toEqual(byKey(await subject.scan()));
});
