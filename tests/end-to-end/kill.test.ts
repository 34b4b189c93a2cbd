/**
 * `kill -9` in the middle of two thousand orders: after a restart every order that was accepted is in the table exactly
 * once or in the dead-letter queue.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { freePort, type RunningServer, startServer } from "./server.ts";

const orderCount = 2000;
const clients = 24;
const isPoison = (i: number): boolean => i % 100 === 7;

async function place(server: RunningServer, i: number): Promise<boolean> {
  try {
    const response = await fetch(`${server.outputs["ApiUrl"]}/orders`, {
      method: "POST",
      body: JSON.stringify({ orderId: `o-${i}`, item: "kopi", quantity: isPoison(i) ? 0 : 1 }),
    });
    return response.status === 202;
  } catch {
    return false;
  }
}

async function queueIsEmpty(sqs: SQSClient, QueueUrl: string): Promise<boolean> {
  const AttributeNames = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
  );
  return AttributeNames.every((name) => Attributes?.[name] === "0");
}

async function deadLetters(sqs: SQSClient, QueueUrl: string): Promise<string[]> {
  const orderIds: string[] = [];
  for (;;) {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages === undefined) return orderIds;
    orderIds.push(...Messages.map(({ Body }) => (JSON.parse(Body ?? "") as { orderId: string }).orderId));
    const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}

test("no accepted order is lost to kill -9", { timeout: 120_000 }, async () => {
  const data = mkdtempSync(join(tmpdir(), "awan-orders-"));
  const args = ["dev", "patterns/orders/template.yaml", "--data", data, "--port", String(await freePort())];
  let server = await startServer(args, "deployed");
  const accepted = new Set<string>();
  let next = 0;
  const placeUntil = async (stop: () => boolean): Promise<void> => {
    while (next < orderCount && !stop()) {
      const i = next++;
      if (await place(server, i)) accepted.add(`o-${i}`);
    }
  };
  const place2000 = (stop: () => boolean) =>
    Promise.all(Array.from({ length: clients }, () => placeUntil(stop)));

  let killed: Promise<void> | undefined;
  await place2000(() => {
    if (accepted.size >= orderCount / 2) killed ??= server.kill("SIGKILL");
    return killed !== undefined;
  });
  await killed;
  expect(accepted.size).toBeGreaterThanOrEqual(orderCount / 2);

  await using restarted = await startServer(args, "deployed");
  server = restarted;
  await place2000(() => false);
  expect(accepted.size).toBeGreaterThan(orderCount * 0.9);

  const config = {
    endpoint: server.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  };
  const sqs = new SQSClient(config);
  // What was in flight when the process died comes back after its visibility timeout; poison three times.
  for (
    let minutes = 0;
    minutes < 10 && !(await queueIsEmpty(sqs, server.outputs["OrdersQueueUrl"]!));
    minutes += 1
  ) {
    await fetch(`${server.endpoint}/_awan/clock/advance?by=61s`, { method: "POST" });
  }
  const recorded: string[] = [];
  const pages = paginateScan(
    { client: new DynamoDBClient(config) },
    { TableName: server.outputs["OrdersTableName"] },
  );
  for await (const { Items = [] } of pages) recorded.push(...Items.map((item) => item["orderId"]?.S ?? ""));
  const dead = await deadLetters(sqs, server.outputs["OrdersDeadLetterQueueUrl"]!);
  expect(new Set(recorded).size).toBe(recorded.length);
  const found = new Set([...recorded, ...dead]);
  expect([...accepted].filter((orderId) => !found.has(orderId))).toEqual([]);
  expect(recorded.filter((orderId) => isPoison(Number(orderId.slice(2))))).toEqual([]);
  rmSync(data, { recursive: true });
});
