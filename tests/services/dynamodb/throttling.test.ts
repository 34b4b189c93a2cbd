/** Throttling beyond single items: batches leave over, transactions say why, PartiQL and indexes; on-demand maxima. */
import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  QueryCommand,
  ThrottlingException,
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { type App, startApp } from "awan/testing";
import { expect, test } from "vitest";

type Settings = Partial<ConstructorParameters<typeof CreateTableCommand>[0]>;

const oneUnit = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
const message =
  "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.";

async function tight(app: App, settings: Settings = {}): Promise<DynamoDBClient> {
  const dynamodb = app.client(DynamoDBClient, { maxAttempts: 1 });
  await dynamodb.send(
    new CreateTableCommand({
      TableName: "tight",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      ProvisionedThroughput: oneUnit,
      Tags: [{ Key: "awan:throughput", Value: "enforced" }],
      ...settings,
    }),
  );
  return dynamodb;
}

/** An item of that many write units; a consistent read of it costs a quarter. */
const item = (id: string, units = 1): Record<string, { S: string }> => ({
  id: { S: id },
  text: { S: "x".repeat(units * 1024 - 50) },
});

const refusal = <Refusal extends Error>(
  answer: Promise<unknown>,
  type: new (...args: never) => Refusal,
): Promise<Refusal> =>
  answer.then(
    () => {
      throw new Error("was not refused");
    },
    (error: unknown) => {
      expect(error).toBeInstanceOf(type);
      return error as Refusal;
    },
  );

test("a batch's writes that find no units come back as unprocessed; of nothing it is refused", async () => {
  await using app = await startApp();
  const dynamodb = await tight(app);
  const puts = [200, 99, 1, 1].map((units, at) => ({ PutRequest: { Item: item(String(at), units) } }));
  const write = new BatchWriteItemCommand({ RequestItems: { tight: puts } });
  const { UnprocessedItems } = await dynamodb.send(write);
  expect(UnprocessedItems?.["tight"]?.map(({ PutRequest }) => PutRequest?.Item?.["id"])).toEqual([
    { S: "3" },
  ]);
  const again = await refusal(
    dynamodb.send(new BatchWriteItemCommand({ RequestItems: UnprocessedItems })),
    ProvisionedThroughputExceededException,
  );
  expect(again.message).toBe(message);
  expect(again.ThrottlingReasons).toEqual([
    {
      reason: "TableWriteProvisionedThroughputExceeded",
      resource: "arn:aws:dynamodb:us-east-1:000000000000:table/tight",
    },
  ]);
  await app.clock.advance("5s");
  expect(await dynamodb.send(new BatchWriteItemCommand({ RequestItems: UnprocessedItems }))).toMatchObject({
    UnprocessedItems: {},
  });
});

test("a batch's keys that find no units come back with what was asked of them", async () => {
  await using app = await startApp();
  const dynamodb = await tight(app);
  await dynamodb.send(new PutItemCommand({ TableName: "tight", Item: item("a", 390) }));
  const Keys = ["a", "b", "c", "d", "e"].map((id) => ({ id: { S: id } }));
  const get = new BatchGetItemCommand({
    RequestItems: { tight: { Keys, ConsistentRead: true, ProjectionExpression: "id" } },
  });
  // 98 units of 300 for the large one, one for each that is not there: the fourth batch finds none left.
  for (let i = 0; i < 2; i += 1) expect((await dynamodb.send(get)).UnprocessedKeys).toEqual({});
  const { Responses, UnprocessedKeys } = await dynamodb.send(get);
  expect(Responses?.["tight"]).toEqual([{ id: { S: "a" } }]);
  expect(UnprocessedKeys).toEqual({
    tight: { Keys: Keys.slice(1), ConsistentRead: true, ProjectionExpression: "id" },
  });
  await refusal(dynamodb.send(get), ProvisionedThroughputExceededException);
});

test("transactions cost twice and are cancelled with the throttled items' reasons", async () => {
  await using app = await startApp();
  const dynamodb = await tight(app);
  const transact = (ids: readonly string[], units: number): Promise<unknown> =>
    dynamodb.send(
      new TransactWriteItemsCommand({
        TransactItems: ids.map((id) => ({ Put: { TableName: "tight", Item: item(id, units) } })),
      }),
    );
  await transact(["a"], 100);
  const { CancellationReasons } = await refusal(transact(["b", "c"], 60), TransactionCanceledException);
  expect(CancellationReasons).toEqual([
    { Code: "None" },
    { Code: "ProvisionedThroughputExceeded", Message: message },
  ]);
  // Nothing of it was done or paid for.
  await transact(["b"], 49);
  const read = new TransactGetItemsCommand({
    TransactItems: [{ Get: { TableName: "tight", Key: { id: { S: "a" } } } }],
  });
  for (let i = 0; i < 6; i += 1) await dynamodb.send(read);
  const refused = await refusal(dynamodb.send(read), TransactionCanceledException);
  expect(refused.CancellationReasons?.[0]?.Code).toBe("ProvisionedThroughputExceeded");
});

test("PartiQL is throttled like what it stands for", async () => {
  await using app = await startApp();
  const dynamodb = await tight(app);
  const Statement = `INSERT INTO "tight" VALUE {'id': ?, 'text': ?}`;
  const insert = (id: string): { Statement: string; Parameters: { S: string }[] } => ({
    Statement,
    Parameters: [{ S: id }, { S: "x".repeat(299 * 1024) }],
  });
  await dynamodb.send(new ExecuteStatementCommand(insert("a")));
  await refusal(
    dynamodb.send(new ExecuteStatementCommand(insert("b"))),
    ProvisionedThroughputExceededException,
  );
  const { Responses } = await dynamodb.send(new BatchExecuteStatementCommand({ Statements: [insert("c")] }));
  expect(Responses).toEqual([
    { TableName: "tight", Error: { Code: "ProvisionedThroughputExceeded", Message: message } },
  ]);
});

test("a global index has throughput of its own, for its queries and for the writes that change it", async () => {
  await using app = await startApp();
  const dynamodb = await tight(app, {
    AttributeDefinitions: ["id", "owner"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 10 },
    GlobalSecondaryIndexes: [
      {
        IndexName: "byOwner",
        KeySchema: [{ AttributeName: "owner", KeyType: "HASH" }],
        Projection: { ProjectionType: "ALL" },
        ProvisionedThroughput: oneUnit,
      },
    ],
  });
  const put = (id: string): Promise<unknown> =>
    dynamodb.send(
      new PutItemCommand({ TableName: "tight", Item: { ...item(id, 390), owner: { S: "ann" } } }),
    );
  await put("a");
  const { message: said, ThrottlingReasons } = await refusal(
    put("b"),
    ProvisionedThroughputExceededException,
  );
  expect(said).toContain("for one or more global secondary indexes of the table was exceeded");
  expect(ThrottlingReasons?.[0]?.reason).toBe("IndexWriteProvisionedThroughputExceeded");
  await dynamodb.send(new PutItemCommand({ TableName: "tight", Item: item("not indexed", 2) }));
  const query = new QueryCommand({
    TableName: "tight",
    IndexName: "byOwner",
    KeyConditionExpression: "#o = :o",
    ExpressionAttributeNames: { "#o": "owner" },
    ExpressionAttributeValues: { ":o": { S: "ann" } },
  });
  for (let i = 0; i < 7; i += 1) expect((await dynamodb.send(query)).Count).toBe(1);
  await refusal(dynamodb.send(query), ProvisionedThroughputExceededException);
  await dynamodb.send(new GetItemCommand({ TableName: "tight", Key: { id: { S: "a" } } }));
});

test("an on-demand table is held to the maxima it was given, without burst", async () => {
  await using app = await startApp();
  const dynamodb = await tight(app, {
    BillingMode: "PAY_PER_REQUEST",
    ProvisionedThroughput: undefined,
    OnDemandThroughput: { MaxReadRequestUnits: -1, MaxWriteRequestUnits: 3 },
  });
  const put = (): Promise<unknown> =>
    dynamodb.send(new PutItemCommand({ TableName: "tight", Item: item("a", 3) }));
  await put();
  const { message: said, throttlingReasons } = await refusal(put(), ThrottlingException);
  expect(said).toBe("Throughput exceeds the maximum OnDemandThroughput configured on table or index");
  expect(throttlingReasons?.[0]?.reason).toBe("TableWriteMaxOnDemandThroughputExceeded");
  await app.clock.advance("1s");
  await put();
  for (let i = 0; i < 20; i += 1) {
    await dynamodb.send(new GetItemCommand({ TableName: "tight", Key: { id: { S: "a" } } }));
  }
});
