/** Provisioned throughput, enforced where a table's tag asks for it. */
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-dynamodb";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";

test("writes are refused when the burst is spent, and let in again as time goes by", async () => {
  await using app = await startApp();
  const dynamodb = app.client(DynamoDBClient, { maxAttempts: 1 });
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({
      TableName: "small",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
      Tags: [{ Key: "awan:throughput", Value: "enforced" }],
    }),
  );
  const put = (): Promise<unknown> =>
    dynamodb.send(
      new PutItemCommand({ TableName: "small", Item: { id: { S: "a" }, text: { S: "x".repeat(99_000) } } }),
    );
  // 300 seconds of burst, 97 units a write: the fourth overdraws, the fifth finds nothing left.
  for (let i = 0; i < 4; i += 1) await put();
  await expect(put()).rejects.toThrow(ProvisionedThroughputExceededException);
  await dynamodb.send(new GetItemCommand({ TableName: "small", Key: { id: { S: "a" } } }));
  await app.clock.advance("85s");
  await expect(put()).rejects.toThrow(
    "The level of configured provisioned throughput for the table was exceeded",
  );
  await app.clock.advance("10s");
  await put();
  await dynamodb.send(
    new UntagResourceCommand({ ResourceArn: TableDescription?.TableArn, TagKeys: ["awan:throughput"] }),
  );
  for (let i = 0; i < 5; i += 1) await put();
});
