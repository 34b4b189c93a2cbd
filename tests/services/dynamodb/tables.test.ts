/** Tables over time: indexes built and dropped while in use, backups, recovery to a moment, replicas, settings. */
import {
  BatchWriteItemCommand,
  CreateBackupCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeBackupCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  GetResourcePolicyCommand,
  ListTablesCommand,
  PutItemCommand,
  PutResourcePolicyCommand,
  QueryCommand,
  RestoreTableFromBackupCommand,
  RestoreTableToPointInTimeCommand,
  ScanCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import { type Bench, startBench } from "./bench.ts";

async function fill({ dynamodb }: Bench, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    await dynamodb.send(
      new PutItemCommand({
        TableName: "plain",
        Item: { id: { S: `id-${i}` }, color: { S: i % 2 === 0 ? "red" : "blue" }, n: { N: String(i) } },
      }),
    );
  }
}

const byColor = {
  IndexName: "byColor",
  KeySchema: [{ AttributeName: "color", KeyType: "HASH" as const }],
  Projection: { ProjectionType: "ALL" as const },
  ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
};

const count = async (client: DynamoDBClient, table: string, color: string): Promise<number | undefined> =>
  (
    await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: "byColor",
        KeyConditionExpression: "color = :c",
        ExpressionAttributeValues: { ":c": { S: color } },
      }),
    )
  ).Count;

test("an index created on a filled table is filled in pieces, and dropped while in use", async () => {
  await using bench = await startBench();
  const { app, dynamodb } = bench;
  await fill(bench, 620);
  const { TableDescription: creating } = await dynamodb.send(
    new UpdateTableCommand({
      TableName: "plain",
      AttributeDefinitions: [{ AttributeName: "color", AttributeType: "S" }],
      GlobalSecondaryIndexUpdates: [{ Create: byColor }],
    }),
  );
  expect(creating?.TableStatus).toBe("UPDATING");
  expect(creating?.GlobalSecondaryIndexes?.[0]?.IndexStatus).toBe("CREATING");
  await app.settle();
  const { Table: table } = await dynamodb.send(new DescribeTableCommand({ TableName: "plain" }));
  expect(table?.GlobalSecondaryIndexes?.[0]).toMatchObject({ IndexStatus: "ACTIVE", ItemCount: 620 });
  expect(table?.AttributeDefinitions).toHaveLength(2);
  expect(await count(dynamodb, "plain", "red")).toBe(310);
  await dynamodb.send(
    new UpdateTableCommand({
      TableName: "plain",
      GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "byColor" } }],
    }),
  );
  await app.settle();
  await expect(count(dynamodb, "plain", "red")).rejects.toThrow(
    "The table does not have the specified index: byColor",
  );
  const { Table: after } = await dynamodb.send(new DescribeTableCommand({ TableName: "plain" }));
  expect(after?.GlobalSecondaryIndexes).toBeUndefined();
  expect(after?.AttributeDefinitions).toEqual([{ AttributeName: "id", AttributeType: "S" }]);
  expect(after?.ItemCount).toBe(620);
});

test("a deleted table is gone at once, its name free, its rows cleared", async () => {
  await using bench = await startBench();
  const { app, dynamodb } = bench;
  await fill(bench, 3);
  const { TableDescription } = await dynamodb.send(new DeleteTableCommand({ TableName: "plain" }));
  expect(TableDescription?.TableStatus).toBe("DELETING");
  expect((await dynamodb.send(new ListTablesCommand({}))).TableNames).toEqual(["items"]);
  await expect(
    dynamodb.send(new GetItemCommand({ TableName: "plain", Key: { id: { S: "id-1" } } })),
  ).rejects.toThrow("Requested resource not found");
  await app.settle();
});

test("deletion protection", async () => {
  await using bench = await startBench();
  const { dynamodb } = bench;
  await dynamodb.send(new UpdateTableCommand({ TableName: "plain", DeletionProtectionEnabled: true }));
  await expect(dynamodb.send(new DeleteTableCommand({ TableName: "plain" }))).rejects.toThrow(
    "Resource cannot be deleted as it is currently protected against deletion",
  );
});

test("a backup keeps the table as it was, whatever happens to it", async () => {
  await using bench = await startBench();
  const { app, dynamodb } = bench;
  await fill(bench, 5);
  const { BackupDetails } = await dynamodb.send(
    new CreateBackupCommand({ TableName: "plain", BackupName: "before" }),
  );
  await dynamodb.send(new PutItemCommand({ TableName: "plain", Item: { id: { S: "later" } } }));
  await app.settle();
  const { BackupDescription } = await dynamodb.send(
    new DescribeBackupCommand({ BackupArn: BackupDetails?.BackupArn }),
  );
  expect(BackupDescription?.BackupDetails).toMatchObject({ BackupStatus: "AVAILABLE", BackupType: "USER" });
  expect(BackupDescription?.SourceTableDetails?.ItemCount).toBe(5);
  await dynamodb.send(new DeleteTableCommand({ TableName: "plain" }));
  await dynamodb.send(
    new RestoreTableFromBackupCommand({ TargetTableName: "restored", BackupArn: BackupDetails?.BackupArn }),
  );
  await app.settle();
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: "restored" }));
  expect(Table).toMatchObject({ TableStatus: "ACTIVE", ItemCount: 5 });
  expect(Table?.RestoreSummary?.SourceBackupArn).toBe(BackupDetails?.BackupArn);
});

test("recovery gives the table of any second", async () => {
  await using bench = await startBench();
  const { app, dynamodb } = bench;
  await dynamodb.send(
    new UpdateContinuousBackupsCommand({
      TableName: "plain",
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    }),
  );
  const moments: Date[] = [];
  for (const version of ["1", "2", "3"]) {
    await dynamodb.send(
      new PutItemCommand({ TableName: "plain", Item: { id: { S: "a" }, version: { N: version } } }),
    );
    await dynamodb.send(new PutItemCommand({ TableName: "plain", Item: { id: { S: `only-${version}` } } }));
    moments.push(new Date(app.clock.nowMs()));
    await app.clock.advance("10m");
  }
  const { ContinuousBackupsDescription } = await dynamodb.send(
    new DescribeContinuousBackupsCommand({ TableName: "plain" }),
  );
  expect(ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe(
    "ENABLED",
  );
  await dynamodb.send(
    new RestoreTableToPointInTimeCommand({
      SourceTableName: "plain",
      TargetTableName: "second",
      RestoreDateTime: moments[1],
    }),
  );
  await app.settle();
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: "second" }));
  expect(Items.map(({ id, version }) => `${id?.S}${version?.N ?? ""}`).toSorted()).toEqual([
    "a2",
    "only-1",
    "only-2",
  ]);
  await expect(
    dynamodb.send(
      new RestoreTableToPointInTimeCommand({
        SourceTableName: "plain",
        TargetTableName: "past",
        RestoreDateTime: new Date("2020-01-01"),
      }),
    ),
  ).rejects.toThrow("The restore time must be between");
});

const ids = async (client: DynamoDBClient): Promise<string[]> => {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: "plain" }));
  return Items.map(({ id }) => String(id?.S)).toSorted((a, b) => a.localeCompare(b));
};

test("replicas are tables in other regions that follow each other", async () => {
  await using bench = await startBench();
  const { app, dynamodb } = bench;
  await fill(bench, 2);
  await dynamodb.send(
    new UpdateTableCommand({ TableName: "plain", ReplicaUpdates: [{ Create: { RegionName: "eu-west-1" } }] }),
  );
  const europe = app.client(DynamoDBClient, { region: "eu-west-1" });
  await europe.send(new PutItemCommand({ TableName: "plain", Item: { id: { S: "from-europe" } } }));
  await dynamodb.send(new PutItemCommand({ TableName: "plain", Item: { id: { S: "from-home" } } }));
  expect(await ids(dynamodb)).toEqual(["from-europe", "from-home", "id-0", "id-1"]);
  expect(await ids(europe)).toEqual(await ids(dynamodb));
  const { Table } = await europe.send(new DescribeTableCommand({ TableName: "plain" }));
  expect(Table?.Replicas).toMatchObject([{ RegionName: "us-east-1", ReplicaStatus: "ACTIVE" }]);
});

const whole = async (client: DynamoDBClient): Promise<unknown> =>
  (await client.send(new ScanCommand({ TableName: "plain" }))).Items;
const note = (client: DynamoDBClient, id: string): Promise<unknown> =>
  client.send(new PutItemCommand({ TableName: "plain", Item: { id: { S: id }, note: { S: "new" } } }));

test("a replica of a large table fills piece by piece, while both change", async () => {
  await using bench = await startBench();
  const { app, dynamodb } = bench;
  for (let i = 0; i < 1_200; i += 25) {
    const puts = Array.from({ length: 25 }, (_unused, at) => ({
      PutRequest: { Item: { id: { S: `id-${i + at}` } } },
    }));
    await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { plain: puts } }));
  }
  const europe = app.client(DynamoDBClient, { region: "eu-west-1" });
  // Its pieces and these changes take turns.
  await Promise.all([
    dynamodb.send(
      new UpdateTableCommand({
        TableName: "plain",
        ReplicaUpdates: [{ Create: { RegionName: "eu-west-1" } }],
      }),
    ),
    note(dynamodb, "id-7"),
    note(dynamodb, "id-1100"),
    dynamodb.send(new DeleteItemCommand({ TableName: "plain", Key: { id: { S: "id-900" } } })),
  ]);
  await app.settle();
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: "plain" }));
  expect(Table?.Replicas?.[0]?.ReplicaStatus).toBe("ACTIVE");
  expect(await whole(europe)).toEqual(await whole(dynamodb));
  expect(await ids(europe)).toHaveLength(1_199);
  const noted = await europe.send(
    new ScanCommand({
      TableName: "plain",
      FilterExpression: "note = :n",
      ExpressionAttributeValues: { ":n": { S: "new" } },
    }),
  );
  expect(noted.Count).toBe(2);
});

test("resource policies", async () => {
  await using bench = await startBench();
  const { dynamodb } = bench;
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: "plain" }));
  const ResourceArn = Table?.TableArn;
  await expect(dynamodb.send(new GetResourcePolicyCommand({ ResourceArn }))).rejects.toThrow(
    "Resource-based policy not found",
  );
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
  const { RevisionId } = await dynamodb.send(new PutResourcePolicyCommand({ ResourceArn, Policy }));
  expect(await dynamodb.send(new GetResourcePolicyCommand({ ResourceArn }))).toMatchObject({
    Policy,
    RevisionId,
  });
});
