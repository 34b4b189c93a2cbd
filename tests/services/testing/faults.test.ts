/** Each fault by rule: where it strikes, what whoever calls sees, and that it is written down. */
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type App, startApp } from "awan/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ordersTemplate, place, useMocks } from "./orders.ts";

let base: App;
beforeAll(async () => {
  base = await startApp({ template: ordersTemplate });
  useMocks(base);
}, 60_000);
afterAll(() => base.close());

const order = { orderId: "o-1", item: "kopi", quantity: 2 };
const faultSpans = (app: App) =>
  app.platform.journal
    .spans(({ name }) => name.startsWith("fault."))
    .map(({ name, attributes }) => [name, attributes?.["at"]]);

describe("requests", () => {
  let app: App;
  let put: () => Promise<unknown>;
  let send: () => Promise<unknown>;
  beforeEach(async () => {
    app = await base.fork();
    const table = app.client(DynamoDBClient);
    const sqs = app.client(SQSClient);
    put = () =>
      table.send(
        new PutItemCommand({
          TableName: app.resources["OrdersTable"],
          Item: { orderId: { S: "x" }, item: { S: "y" } },
        }),
      );
    send = () =>
      sqs.send(new SendMessageCommand({ QueueUrl: app.resources["ShippingQueue"], MessageBody: "x" }));
    return () => app.close();
  });

  test("throttled, twice, by the table's logical id: nothing is written", async () => {
    app.faults.on("OrdersTable").throttle({ times: 2 });
    await expect(put()).rejects.toMatchObject({ name: "ProvisionedThroughputExceededException" });
    await expect(put()).rejects.toMatchObject({ name: "ProvisionedThroughputExceededException" });
    expect(await app.table("OrdersTable").items()).toEqual([]);
    await put();
    expect(faultSpans(app)).toEqual([
      ["fault.throttle", "dynamodb.PutItem"],
      ["fault.throttle", "dynamodb.PutItem"],
    ]);
  });

  test("refused with an error of the test's choice, by operation", async () => {
    app.faults.on("dynamodb.PutItem").error("InternalServerError", { times: 1, message: "sorry" });
    await expect(put()).rejects.toMatchObject({ name: "InternalServerError", message: "sorry" });
    app.faults.on("sqs").timeout({ times: 1 });
    await expect(send()).rejects.toMatchObject({ $metadata: { httpStatusCode: 408 } });
    await send();
  });

  test("a lost acknowledgement makes the SDK send again; visible, it is the caller's", async () => {
    app.faults.on("ShippingQueue").loseAck({ times: 1 });
    await send();
    expect(await app.queue("ShippingQueue").messages()).toHaveLength(2);
    app.faults.clear();
    app.faults.on("ShippingQueue").loseAck({ times: 1, visible: true });
    await expect(send()).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    expect(await app.queue("ShippingQueue").messages()).toHaveLength(3);
  });

  test("a received message is there again at once", async () => {
    app.faults.on("ShippingQueue").duplicate({ times: 1 });
    await send();
    const sqs = app.client(SQSClient);
    const receive = () =>
      sqs.send(
        new ReceiveMessageCommand({ QueueUrl: app.resources["ShippingQueue"], VisibilityTimeout: 30 }),
      );
    expect((await receive()).Messages).toHaveLength(1);
    expect((await receive()).Messages).toHaveLength(1);
    expect((await receive()).Messages).toBeUndefined();
  });

  test("delayed, in virtual time", async () => {
    app.faults.on("ShippingQueue").delay("5s", { times: 1 });
    const sent = send();
    await app.settle();
    expect(await app.queue("ShippingQueue").messages()).toEqual([]);
    await app.clock.advance("5s");
    await sent;
    expect(await app.queue("ShippingQueue").messages()).toHaveLength(1);
  });
});

const recorded = async (app: App) => (await app.table("OrdersTable").items()).length;

describe("deliveries", () => {
  test("throttled functions are tried again by whoever delivers", async () => {
    await using app = await base.fork();
    app.faults.on("RecordOrder").throttle({ times: 2 });
    await place(app, order);
    await app.settle();
    expect(await recorded(app)).toBe(0);
    await app.clock.advance("10s");
    expect(await recorded(app)).toBe(1);
    expect(app.fn("RecordOrder").calls()).toHaveLength(1);
  });

  test("a crash after the work: done, and done again", async () => {
    await using app = await base.fork();
    app.faults.on("RecordOrder").crash({ times: 1 });
    await place(app, order);
    await app.settle();
    expect(await recorded(app)).toBe(1);
    expect(await app.queue("OrdersQueue").messages()).toMatchObject([{ place: "inFlight" }]);
    await app.clock.advance("61s");
    expect(app.fn("RecordOrder").calls()).toHaveLength(2);
    expect(await app.queue("OrdersQueue").messages()).toEqual([]);
  });

  test("a crash before the work, an error and a timeout until the dead-letter queue", async () => {
    await using app = await base.fork();
    app.faults.on("RecordOrder").crash({ times: 1, before: true });
    app.faults.on("RecordOrder").error("OutOfCoffee", { times: 1 });
    app.faults.on("RecordOrder").timeout({ times: 1, before: true });
    await place(app, order);
    await app.clock.advance("10m");
    expect(await recorded(app)).toBe(0);
    expect(await app.queue("OrdersDeadLetterQueue").messages()).toHaveLength(1);
    expect(faultSpans(app).map(([name]) => name)).toEqual(["fault.crash", "fault.error", "fault.timeout"]);
  });

  test("the caller who waits sees the crash", async () => {
    await using app = await base.fork();
    app.faults.on("GetOrder").crash({ before: true });
    const { FunctionError, Payload } = await app
      .client(LambdaClient)
      .send(new InvokeCommand({ FunctionName: app.resources["GetOrder"] }));
    expect(FunctionError).toBe("Unhandled");
    expect(Payload?.transformToString()).toContain("Runtime.ExitError");
  });

  test("duplicates, by the queue: the same message twice", async () => {
    await using app = await base.fork();
    app.faults.on("OrdersQueue").duplicate();
    await place(app, order);
    await app.settle();
    const calls = app.fn("RecordOrder").calls();
    const ids = calls.map(
      ({ event }) => (event as { Records: { messageId: string }[] }).Records[0]?.messageId,
    );
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(ids[1]);
  });

  test("reordered: what was held back comes when nothing else happens", async () => {
    await using app = await base.fork();
    app.faults.on("RecordOrder").reorder({ times: 1 });
    await place(app, { ...order, version: 1 });
    await place(app, { ...order, version: 2 });
    await app.settle();
    const versions = app
      .fn("RecordOrder")
      .calls()
      .map(({ event }) => {
        const [first] = (event as { Records: { body: string }[] }).Records;
        return (JSON.parse(first?.body ?? "") as { version: number }).version;
      });
    expect(versions.toSorted((a, b) => a - b)).toEqual([1, 2]);
    expect(await app.table("OrdersTable").items()).toMatchObject([{ version: 2 }]);
  });
});

test("functions in processes of their own meet the same faults", async () => {
  await using app = await base.fork();
  for (const name of ["PlaceOrder", "RecordOrder", "AnnounceOrder"]) app.fn(name).restore();
  app.faults.on("RecordOrder").duplicate({ times: 1 });
  app.faults.on("AnnounceOrder").crash({ times: 1 });
  app.faults.on("OrdersTable").loseAck({ times: 1 });
  const response = await place(app, order);
  expect(response.status).toBe(202);
  await app.clock.advance("5m");
  expect(await app.table("OrdersTable").items()).toMatchObject([{ orderId: "o-1", status: "RECORDED" }]);
  // The announcement was made, its function died, and it was made again.
  expect(await app.queue("ShippingQueue").messages()).toHaveLength(2);
  expect(app.faults.happened).toHaveLength(3);
}, 30_000);
