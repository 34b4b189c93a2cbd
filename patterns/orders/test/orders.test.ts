/**
 * The whole flow and its failure path, with the clock in hand: what would take three minutes of visibility timeouts
 * takes none.
 */
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type App, startApp } from "awan/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

const template = new URL("../template.yaml", import.meta.url).pathname;

let app: App;

beforeAll(async () => {
  app = await startApp({ template, clock: "manual" });
});

afterAll(() => app.close());

test("an order is accepted, recorded once, announced and shipped; a poison order ends in the dead-letter queue", async () => {
  const sqs = app.client(SQSClient);
  const table = app.client(DynamoDBClient);
  const place = (order: object) => app.fetch("/orders", { method: "POST", body: JSON.stringify(order) });
  const bodies = async (output: string): Promise<{ orderId: string }[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: app.outputs[output], MaxNumberOfMessages: 10 }),
    );
    return Messages.map((message) => JSON.parse(message.Body ?? "") as { orderId: string });
  };

  expect((await app.fetch("/orders", { method: "POST", body: "no json" })).status).toBe(400);
  const accepted = await place({ orderId: "o-1", item: "kopi", quantity: 2 });
  expect(accepted.status).toBe(202);
  expect(await accepted.json()).toEqual({ orderId: "o-1" });
  expect((await place({ orderId: "o-1", item: "kopi", quantity: 2 })).status).toBe(202);
  await app.settle();

  const { Item } = await table.send(
    new GetItemCommand({ TableName: app.outputs["OrdersTableName"], Key: { orderId: { S: "o-1" } } }),
  );
  expect(Item).toMatchObject({ item: { S: "kopi" }, quantity: { N: "2" }, status: { S: "RECORDED" } });
  expect(await (await app.fetch("/orders/o-1")).json()).toMatchObject({ orderId: "o-1", status: "RECORDED" });
  expect(await bodies("ShippingQueueUrl")).toEqual([{ orderId: "o-1", item: "kopi", quantity: 2 }]);

  await place({ orderId: "poison", item: "kopi", quantity: -1 });
  await app.settle();
  expect(await bodies("OrdersDeadLetterQueueUrl")).toEqual([]);
  await app.clock.advance("2m");
  expect(await bodies("OrdersDeadLetterQueueUrl")).toEqual([]);
  await app.clock.advance("1m");
  expect(await bodies("OrdersDeadLetterQueueUrl")).toMatchObject([{ orderId: "poison" }]);
  expect(await bodies("AnnounceFailuresUrl")).toEqual([]);
});
