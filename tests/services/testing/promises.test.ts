/** What docs/testing.md says and no other test shows: clocks that skip, virtual time in functions, matchers, policies. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { type App, type AwanMatchers, matchers, startApp } from "awan/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "../../../packages/awan/src/cli/main.ts";
import { ordersTemplate, place, useMocks } from "./orders.ts";

declare module "vitest" {
  // eslint-disable-next-line typescript/no-empty-object-type -- how Vitest is told of matchers
  interface Matchers<T> extends AwanMatchers<T> {}
}
expect.extend(matchers);

const order = { orderId: "o-1", item: "kopi", quantity: 2 };

const admin = (to: App, method: string, path: string, body?: Uint8Array<ArrayBuffer>) =>
  fetch(`${to.endpoint}/_awan/${path}`, { method, ...(body === undefined ? {} : { body }) });

test("a skipping clock jumps while a call waits, unless it is paused", async () => {
  await using app = await startApp({ clock: "skipping", startAt: "2027-03-01T00:00:00Z" });
  expect(new Date(app.clock.nowMs()).toISOString()).toBe("2027-03-01T00:00:00.000Z");
  const sqs = app.client(SQSClient);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "q" }));
  const receive = () => sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
  expect((await receive()).Messages).toBeUndefined();
  expect(app.clock.nowMs()).toBe(Date.UTC(2027, 2, 1, 0, 0, 20));
  app.clock.pause();
  const waiting = receive();
  await app.settle();
  expect(app.clock.nowMs()).toBe(Date.UTC(2027, 2, 1, 0, 0, 20));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "at last" }));
  expect((await waiting).Messages).toMatchObject([{ Body: "at last" }]);
  app.clock.resume();
  await receive();
  expect(app.clock.nowMs()).toBeGreaterThan(Date.UTC(2027, 2, 1, 0, 0, 20));
  await using manual = await startApp({ clock: "system" });
  expect(() => manual.clock.pause()).toThrow("cannot be paused");
});

describe("functions in processes of their own", () => {
  let directory: string;
  let app: App;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "awan-clockwork-"));
    mkdirSync(join(directory, "src"));
    writeFileSync(
      join(directory, "src", "index.mjs"),
      "export const handler = async () => ({ now: Date.now(), date: new Date().toISOString() });",
    );
    writeFileSync(
      join(directory, "template.yaml"),
      `Transform: AWS::Serverless-2016-10-31
Resources:
  Tell:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, Handler: index.handler, CodeUri: src/ }`,
    );
    app = await startApp({ template: join(directory, "template.yaml") });
  }, 30_000);
  afterAll(async () => {
    await app.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test("see the virtual time", async () => {
    await app.clock.runUntil("2030-02-03T04:05:06Z");
    const answer = { now: Date.UTC(2030, 1, 3, 4, 5, 6), date: "2030-02-03T04:05:06.000Z" };
    expect(await app.fn("Tell").invoke()).toEqual(answer);
    await app.clock.advance("1d");
    expect(await app.fn("Tell").invoke()).toMatchObject({ now: answer.now + 86_400_000 });
  });

  test("travel in snapshots: their code is there where its directory is not", async () => {
    await admin(app, "POST", "snapshots/save?name=there");
    const file = new Uint8Array(
      await (await admin(app, "GET", "snapshots/content?name=there")).arrayBuffer(),
    );
    const then = app.clock.nowMs();
    rmSync(join(directory, "src"), { recursive: true });
    await using elsewhere = await startApp();
    const { status } = await admin(elsewhere, "POST", "snapshots/load", file);
    expect(status).toBe(200);
    const name = app.resources["Tell"];
    const response = await fetch(`${elsewhere.endpoint}/_awan/invoke`, {
      method: "POST",
      body: JSON.stringify({
        service: "lambda",
        operation: "GetFunctionConfiguration",
        input: { FunctionName: name },
      }),
    });
    expect(await response.json()).toMatchObject({ FunctionName: name, Runtime: "nodejs22.x" });
    const { LambdaClient, InvokeCommand } = await import("@aws-sdk/client-lambda");
    const lambda = new LambdaClient({
      endpoint: elsewhere.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: name }));
    expect(JSON.parse(Payload?.transformToString() ?? "")).toMatchObject({ now: then });
    lambda.destroy();
  }, 30_000);
});

describe("the order application", () => {
  let base: App;
  beforeAll(async () => {
    base = await startApp({ template: ordersTemplate });
    useMocks(base);
  }, 60_000);
  afterAll(() => base.close());

  test("matchers look at a response, at a trace and at everything", async () => {
    await using app = await base.fork();
    const good = await place(app, order);
    const bad = await place(app, { ...order, orderId: "o-2", quantity: -1 });
    await app.settle();
    expect(good).toHaveVisited("AnnounceOrder");
    expect(bad).not.toHaveVisited("AnnounceOrder");
    expect(good).toHaveDeliveredTo("ShippingQueue");
    expect(good.trace).toHaveDeliveredTo("RecordOrder");
    expect(bad).not.toHaveDeliveredTo("ShippingQueue");
    expect(app).not.toHaveFailedAt("PlaceOrder");
    app.fn("GetOrder").mock(() => {
      throw new TypeError("no");
    });
    await app.fetch("/orders/x");
    expect(app).toHaveFailedAt("GetOrder");
    expect(app).toHaveFailedAt("GetOrder", "TypeError");
    expect(app).not.toHaveFailedAt("GetOrder", "RangeError");
    expect(() => expect(good).toHaveVisited("GetOrder")).toThrow(/to have visited GetOrder:\ntrace 1-/);
  });

  test("a function is watched, replaced and given back", async () => {
    await using app = await base.fork();
    const fn = app.fn("RecordOrder");
    fn.mock(() => ({ batchItemFailures: [] }));
    await place(app, order);
    await app.settle();
    expect(await app.table("OrdersTable").items()).toEqual([]);
    expect(fn.calls()).toMatchObject([{ event: { Records: [{ body: JSON.stringify(order) }] } }]);
    fn.restore();
    await place(app, { ...order, orderId: "o-2" });
    await app.settle();
    expect(await app.table("OrdersTable").items()).toMatchObject([{ orderId: "o-2", status: "RECORDED" }]);
    expect(fn.calls()).toHaveLength(2);
  }, 30_000);

  test("an explanation has the time, the seed, the faults, the story and the logs", async () => {
    await using app = await base.fork({ seed: 99 });
    app.faults.on("RecordOrder").crash({ times: 1 });
    await place(app, { ...order, quantity: -1 });
    await app.clock.advance("61s");
    const text = await app.explain();
    expect(text).toContain("virtual time 2026-01-01T00:01:01.000Z, seed 99");
    expect(text).toContain("⚡ crash RecordOrder #1");
    expect(text).toContain("λ PlaceOrder");
    expect(text).toContain("order o-1 has no quantity");
  });
});

test("policies decide when they are enforced, and do not when they are not", async () => {
  for (const iam of ["enforce", "off"] as const) {
    await using app = await startApp({ iam });
    await app.platform.invoke("iam", "CreateUser", { UserName: "guest" });
    const { AccessKey } = await app.platform.invoke("iam", "CreateAccessKey", { UserName: "guest" });
    const { AccessKeyId, SecretAccessKey } = AccessKey as { AccessKeyId: string; SecretAccessKey: string };
    const sqs = app.client(SQSClient, {
      credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey },
    });
    const made = sqs.send(new CreateQueueCommand({ QueueName: "q" }));
    if (iam === "off") await made;
    else await expect(made).rejects.toThrow(/not authorized to perform: sqs:createqueue/i);
  }
});

test("an account id is the namespace of a test, over the wire too", async () => {
  await using app = await startApp();
  const clientOf = (accessKeyId: string) =>
    new SQSClient({
      endpoint: app.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId, secretAccessKey: "x" },
    });
  const [one, two] = [clientOf("111111111111"), clientOf("222222222222")];
  const queues = await Promise.all(
    [one, two].map((sqs) => sqs.send(new CreateQueueCommand({ QueueName: "same" }))),
  );
  await one.send(new SendMessageCommand({ QueueUrl: queues[0]?.QueueUrl, MessageBody: "mine" }));
  const seen = await two.send(new ReceiveMessageCommand({ QueueUrl: queues[1]?.QueueUrl }));
  expect(seen.Messages).toBeUndefined();
  expect(queues.map(({ QueueUrl }) => QueueUrl?.split("/").at(-2))).toEqual(["111111111111", "222222222222"]);
  one.destroy();
  two.destroy();
});

test("the clock and the faults are turned from a shell", async () => {
  await using app = await startApp();
  const run = (...args: string[]) => main(["--json", ...args, "--endpoint", app.endpoint]);
  const start = app.clock.nowMs();
  expect(await run("clock", "advance", "1h")).toBe(0);
  expect(app.clock.nowMs()).toBe(start + 3_600_000);
  expect(await run("clock", "until", "2026-01-02T00:00:00Z")).toBe(0);
  expect(app.clock.nowMs()).toBe(Date.UTC(2026, 0, 2));
  expect(await run("clock", "show")).toBe(0);
  expect(await run("faults", "profile", "duplicates")).toBe(0);
  expect(await run("faults", "profile", "crashes", "--seed", "3")).toBe(1);
  expect(await run("faults", "list")).toBe(0);
  expect(await run("clock", "advance")).not.toBe(0);
});
