/** A started Awan with one table of every kind of index, and clients for DynamoDB and its streams. */
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { type App, startApp } from "awan/testing";

export interface Bench extends AsyncDisposable {
  readonly app: App;
  readonly dynamodb: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
}

/** `items`: keys pk and sk, local index `byRank` (rank), global index `byOwner` (owner, rank), a stream of both images. */
export async function startBench(): Promise<Bench> {
  const app = await startApp({ clock: "manual", seed: 1 });
  const dynamodb = app.client(DynamoDBClient);
  const streams = app.client(DynamoDBStreamsClient);
  await dynamodb.send(
    new CreateTableCommand({
      TableName: "items",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
        { AttributeName: "rank", AttributeType: "N" },
        { AttributeName: "holder", AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      LocalSecondaryIndexes: [
        {
          IndexName: "byRank",
          KeySchema: [
            { AttributeName: "pk", KeyType: "HASH" },
            { AttributeName: "rank", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "byHolder",
          KeySchema: [
            { AttributeName: "holder", KeyType: "HASH" },
            { AttributeName: "rank", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["note"] },
        },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    }),
  );
  await dynamodb.send(
    new CreateTableCommand({
      TableName: "plain",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
    }),
  );
  return { app, dynamodb, streams, [Symbol.asyncDispose]: () => app.close() };
}

export type TestItem = Record<string, { S: string } | { N: string }>;

/** An item of `items` in the partition `p`. */
export const item = (sk: string, rest: TestItem = {}): TestItem => ({
  pk: { S: "p" },
  sk: { S: sk },
  ...rest,
});

/** Items `000`, `001`, … whose rank falls and whose holders alternate. */
export async function fill({ dynamodb }: Bench, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    await dynamodb.send(
      new PutItemCommand({
        TableName: "items",
        Item: item(String(i).padStart(3, "0"), {
          rank: { N: String(count - i) },
          holder: { S: i % 2 === 0 ? "ann" : "bob" },
          note: { S: "n" },
        }),
      }),
    );
  }
}
