/** What a test holds in its hands: time, state, functions and stories of an application. */
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type App, type AwanMatchers, matchers, startApp } from "awan/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ordersTemplate, place, useMocks } from "./orders.ts";

declare module "vitest" {
  // eslint-disable-next-line typescript/no-empty-object-type -- how Vitest is told of matchers
  interface Matchers<T> extends AwanMatchers<T> {}
}
expect.extend(matchers);

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

let base: App;
beforeAll(async () => {
  base = await startApp({ template: ordersTemplate });
  useMocks(base);
}, 60_000);
afterAll(() => base.close());

const order = { orderId: "o-1", item: "kopi", quantity: 2 };

describe("inspection", () => {
  test("queues, tables, functions and the story of a response", async () => {
    await using app = await base.fork();
    const response = await place(app, order);
    expect(response.status).toBe(202);
    await app.settle();
    expect(await app.table("OrdersTable").items()).toEqual([
      { orderId: "o-1", item: "kopi", quantity: 2, version: 1 },
    ]);
    expect(await app.queue("ShippingQueue").messages()).toMatchObject([
      { json: { orderId: "o-1", item: "kopi" }, place: "ready" },
    ]);
    expect(await app.queue("OrdersQueue").messages()).toEqual([]);
    expect(app.fn("RecordOrder").calls()).toMatchObject([{ result: { batchItemFailures: [] } }]);
    const visited = response.trace.visited();
    for (const name of ["PlaceOrder", "RecordOrder", "AnnounceOrder"])
      expect(visited).toContain(app.fn(name).name);
    expect(String(response.trace)).toContain("└─");
    expect(app.cost().usd).toBeGreaterThan(0);
    expect(await app.explain()).toContain("seed");
  });
});

describe("forks", () => {
  test("see nothing of each other", async () => {
    await using one = await base.fork();
    await using two = await base.fork();
    await place(one, order);
    await one.settle();
    await two.clock.advance("1h");
    expect(await one.table("OrdersTable").items()).toHaveLength(1);
    expect(await two.table("OrdersTable").items()).toEqual([]);
    expect(await base.table("OrdersTable").items()).toEqual([]);
    expect(two.clock.nowMs() - one.clock.nowMs()).toBe(3_600_000);
    expect(two.fn("RecordOrder").calls()).toEqual([]);
  });

  test("the functions' own processes are shared, and what they send comes back to their fork", async () => {
    const names = ["PlaceOrder", "RecordOrder", "AnnounceOrder"];
    await using real = await base.fork();
    for (const name of names) real.fn(name).restore();
    const forks = await Promise.all([1, 2, 3].map(() => real.fork()));
    await Promise.all(forks.map((fork, i) => place(fork, { ...order, orderId: `fork-${i}` })));
    for (const [i, fork] of forks.entries()) {
      await fork.settle();
      expect(await fork.table("OrdersTable").items()).toMatchObject([
        { orderId: `fork-${i}`, status: "RECORDED" },
      ]);
      expect(await fork.queue("ShippingQueue").messages()).toHaveLength(1);
      await fork.close();
    }
    expect(await real.table("OrdersTable").items()).toEqual([]);
  }, 30_000);

  test("share processes, not limits of concurrency", async () => {
    await using one = await base.fork();
    const FunctionName = one.resources["GetOrder"];
    await one.platform.invoke("lambda", "PutFunctionConcurrency", {
      FunctionName,
      ReservedConcurrentExecutions: 1,
    });
    await using two = await one.fork();
    let answer: (() => void) | undefined;
    one.fn("GetOrder").mock(() => new Promise<void>((resolve) => (answer = resolve)));
    two.fn("GetOrder").mock(() => "free");
    const busy = one.fn("GetOrder").invoke();
    await expect.poll(() => one.fn("GetOrder").calls()).toHaveLength(1);
    expect(await two.fn("GetOrder").invoke()).toBe("free");
    await expect(one.fn("GetOrder").invoke()).rejects.toThrow("Rate Exceeded");
    answer?.();
    await busy;
  });

  test("of 10,000 items cost under 2 ms and under 1 MB", async () => {
    await using app = await base.fork();
    app.fn("AnnounceOrder").mock(() => undefined);
    for (let i = 0; i < 10_000; i += 1) {
      await app.platform.invoke("dynamodb", "PutItem", {
        TableName: app.resources["OrdersTable"],
        Item: { orderId: { S: `o-${i}` }, item: { S: "kopi" }, quantity: { N: "1" } },
      });
    }
    await app.settle();
    const times: number[] = [];
    const forks: App[] = [];
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 50; i += 1) {
      const started = performance.now();
      const fork = await app.fork();
      times.push(performance.now() - started);
      forks.push(fork);
    }
    collectGarbage();
    const bytes = (process.memoryUsage().heapUsed - before) / forks.length;
    const median = times.toSorted((a, b) => a - b)[25] as number;
    console.log(`fork: median ${median.toFixed(2)} ms, ${(bytes / 1024).toFixed(0)} KiB`);
    expect(median).toBeLessThan(2);
    expect(bytes).toBeLessThan(1024 * 1024);
    const [fork] = forks;
    const found = await fork
      ?.client(DynamoDBClient)
      .send(
        new GetItemCommand({ TableName: app.resources["OrdersTable"], Key: { orderId: { S: "o-9999" } } }),
      );
    expect(found?.Item).toBeDefined();
    for (const each of forks) await each.close();
  }, 60_000);

  test("200 tests on forks of one deployment, side by side, take less than 10 s", async () => {
    const started = performance.now();
    await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        await using app = await base.fork();
        await place(app, { ...order, orderId: `o-${i}` });
        await app.settle();
        expect(await app.table("OrdersTable").items()).toMatchObject([{ orderId: `o-${i}` }]);
      }),
    );
    const seconds = (performance.now() - started) / 1000;
    console.log(`200 tests on forks: ${seconds.toFixed(2)} s`);
    expect(seconds).toBeLessThan(10);
  }, 30_000);
});

test("a snapshot brings back rows and time; clients stay valid", async () => {
  await using app = await startApp();
  const sqs = app.client(SQSClient);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "q" }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "before" }));
  const snapshot = await app.snapshot();
  const count = async () => (await app.queue("q").messages()).length;
  const then = app.clock.nowMs();
  for (let round = 0; round < 2; round += 1) {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "after" }));
    expect(await count()).toBe(2);
    await app.clock.advance("30d");
    expect(await count()).toBe(0);
    await app.restore(snapshot);
    expect(await count()).toBe(1);
    expect(app.clock.nowMs()).toBe(then);
  }
  // Clients outside the process reach the restored application too.
  const outside = new SQSClient({
    endpoint: app.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const { Messages } = await outside.send(new ReceiveMessageCommand({ QueueUrl }));
  expect(Messages).toMatchObject([{ Body: "before" }]);
  outside.destroy();
});

describe("time", () => {
  test("fourteen days of retention pass in under 100 ms", async () => {
    await using app = await base.fork();
    await app.queue("OrdersDeadLetterQueue").send("x");
    const started = performance.now();
    await app.clock.advance("13d");
    expect(await app.queue("OrdersDeadLetterQueue").messages()).toHaveLength(1);
    await app.clock.advance("25h");
    expect(await app.queue("OrdersDeadLetterQueue").messages()).toEqual([]);
    expect(performance.now() - started).toBeLessThan(100);
  });

  test("a table's item expires in a year, in under 100 ms", async () => {
    await using app = await base.fork();
    const TableName = app.resources["OrdersTable"];
    await app.platform.invoke("dynamodb", "UpdateTimeToLive", {
      TableName,
      TimeToLiveSpecification: { Enabled: true, AttributeName: "expiresAt" },
    });
    await app.settle();
    const started = performance.now();
    const expiresAt = app.clock.nowMs() / 1000 + 365 * 86_400;
    await app.table("OrdersTable").put({ orderId: "o-1", item: "kopi", quantity: 1, expiresAt });
    await app.clock.advance("364d");
    expect(await app.table("OrdersTable").items()).toHaveLength(1);
    await app.clock.advance("4d");
    expect(await app.table("OrdersTable").items()).toEqual([]);
    expect(performance.now() - started).toBeLessThan(100);
  });

  test("a dead-letter queue is reached after six visibility timeouts, in under 100 ms", async () => {
    await using app = await base.fork();
    await app.platform.invoke("sqs", "SetQueueAttributes", {
      QueueUrl: app.resources["OrdersQueue"],
      Attributes: {
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: `arn:aws:sqs:us-east-1:000000000000:${app.resources["OrdersDeadLetterQueue"]?.split("/").at(-1)}`,
          maxReceiveCount: 6,
        }),
      },
    });
    const started = performance.now();
    await place(app, { ...order, quantity: -1 });
    await app.clock.advance("6m");
    expect(app.fn("RecordOrder").calls()).toHaveLength(6);
    expect(await app.queue("OrdersDeadLetterQueue").messages()).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(100);
  });

  test("runUntil, skipToNext and the three visibility timeouts before a dead-letter queue", async () => {
    await using app = await base.fork();
    const started = performance.now();
    await place(app, { ...order, quantity: -1 });
    await app.clock.runUntil(async () => (await app.queue("OrdersDeadLetterQueue").messages()).length === 1);
    expect(performance.now() - started).toBeLessThan(100);
    expect(app.clock.nowMs() - base.clock.nowMs()).toBe(180_000);
    await app.clock.runUntil("2026-06-01T00:00:00Z");
    expect(app.clock.nowMs()).toBe(Date.UTC(2026, 5, 1));
    await expect(app.clock.runUntil(() => false)).rejects.toThrow("nothing is due any more");
  });

  test("a call that waits for a time nobody moves is named", async () => {
    const warnings: string[] = [];
    await using app = await startApp({ onWarning: (warning) => warnings.push(warning) });
    const sqs = app.client(SQSClient);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "q" }));
    const waiting = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    await expect.poll(() => warnings, { timeout: 5000 }).toHaveLength(1);
    expect(warnings[0]).toContain("sqs.ReceiveMessage waits for a commit or for 2026-01-01T00:00:20.000Z");
    await app.clock.advance("20s");
    await waiting;
  });

  test("a cycle that never settles is named", async () => {
    await using app = await base.fork();
    app.fn("RecordOrder").mock(async (event: { Records: { body: string }[] }) => {
      for (const { body } of event.Records) await app.queue("OrdersQueue").send(body);
    });
    await app.queue("OrdersQueue").send("round");
    await expect(app.settle()).rejects.toThrow(/does not settle.*RecordOrder/);
  });
});

test("the story of an SDK's answer", async () => {
  await using app = await base.fork();
  const answer = await app.client(DynamoDBClient).send(
    new PutItemCommand({
      TableName: app.resources["OrdersTable"],
      Item: { orderId: { S: "x" }, item: { S: "y" } },
    }),
  );
  await app.settle();
  expect(app.trace(answer)).toHaveVisited("AnnounceOrder");
  expect(() => app.trace("1-0-0").tree()).not.toThrow();
});

test("a replaced function's failure is the caller's, and calls are kept", async () => {
  await using app = await base.fork();
  const fn = app.fn("GetOrder");
  fn.mock(() => {
    throw new RangeError("no such thing");
  });
  await expect(fn.invoke({ a: 1 })).rejects.toThrow("no such thing");
  fn.mock((event: { a: number }) => event.a + 1);
  expect(await fn.invoke({ a: 1 })).toBe(2);
  expect(fn.calls()).toMatchObject([
    { event: { a: 1 }, error: "RangeError" },
    { event: { a: 1 }, result: 2 },
  ]);
});

test("what a replaced function sends through its own application continues the story", async () => {
  await using app = await base.fork();
  app.fn("GetOrder").mock(async () => {
    const table = app.client(DynamoDBClient);
    await table.send(
      new PutItemCommand({
        TableName: app.resources["OrdersTable"],
        Item: { orderId: { S: "x" }, item: { S: "y" } },
      }),
    );
    return { statusCode: 200 };
  });
  const response = await app.fetch("/orders/x");
  await app.settle();
  expect(response.trace.visited()).toContain("dynamodb.PutItem");
  expect(response.trace.visited()).toContain("AnnounceOrder");
});
