/** The same over the wire, for tests in any language: time, faults, snapshots and forks by the admin API. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";
import { operations } from "../../../packages/awan/src/admin/admin.ts";
import { openApi } from "../../../packages/awan/src/admin/openapi.ts";
import { main } from "../../../packages/awan/src/cli/main.ts";
import { SystemClock } from "../../../packages/awan/src/kernel/system-clock.ts";
import { createCloud } from "../../../packages/awan/src/server.ts";

const sqsAt = (endpoint: string) =>
  new SQSClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });

async function ask(endpoint: string, method: string, path: string, body?: object) {
  const response = await fetch(`${endpoint}/_awan/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

test("every operation is described", () => {
  const described = Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.toSorted()).toEqual(Object.keys(operations).toSorted());
});

test("the clock is moved by duration, to what is due, and to a date", async () => {
  await using app = await startApp();
  const sqs = sqsAt(app.endpoint);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "q" }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x", DelaySeconds: 30 }));
  const start = app.clock.nowMs();
  expect((await ask(app.endpoint, "POST", "clock/advance?by=29s")).answer).toEqual({ nowMs: start + 29_000 });
  expect((await ask(app.endpoint, "POST", "clock/run-until?at=2026-01-01T00:00:30Z")).answer).toEqual({
    nowMs: start + 30_000,
  });
  expect((await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages).toHaveLength(1);
  expect((await ask(app.endpoint, "POST", "clock/skip-to-next")).answer).toMatchObject({ moved: true });
  expect((await ask(app.endpoint, "POST", "clock/run-until?at=never")).status).toBe(400);
  sqs.destroy();
});

test("faults by rule and by profile, and what happened", async () => {
  await using app = await startApp();
  const sqs = sqsAt(app.endpoint);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "payments" }));
  await ask(app.endpoint, "POST", "faults", { on: "payments", kind: "throttle", times: 2 });
  const send = () => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }));
  await expect(send()).rejects.toMatchObject({ name: "RequestThrottled" });
  await expect(send()).rejects.toMatchObject({ name: "RequestThrottled" });
  await send();
  expect((await ask(app.endpoint, "GET", "faults")).answer).toMatchObject({
    happened: ["throttle sqs.SendMessage #1", "throttle sqs.SendMessage #2"],
  });
  expect((await ask(app.endpoint, "POST", "faults", { kind: "explode" })).status).toBe(400);
  expect(
    (await ask(app.endpoint, "POST", "faults", { profile: "at-least-once" })).answer["rules"],
  ).not.toHaveLength(1);
  expect((await ask(app.endpoint, "DELETE", "faults")).answer["rules"]).toEqual([]);
  sqs.destroy();
});

test("a fork has a port of its own, and its own queues", async () => {
  await using app = await startApp();
  const sqs = sqsAt(app.endpoint);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "q" }));
  const { answer } = await ask(app.endpoint, "POST", "forks?seed=3");
  const forked = sqsAt(String(answer["endpoint"]));
  const inFork = String(QueueUrl).replace(app.endpoint, String(answer["endpoint"]));
  await forked.send(new SendMessageCommand({ QueueUrl: inFork, MessageBody: "only in the fork" }));
  expect((await forked.send(new ReceiveMessageCommand({ QueueUrl: inFork }))).Messages).toHaveLength(1);
  expect((await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages).toBeUndefined();
  expect((await ask(app.endpoint, "DELETE", "forks?name=1")).answer).toEqual({ forks: [] });
  expect((await ask(app.endpoint, "DELETE", "forks?name=1")).status).toBe(400);
  sqs.destroy();
  forked.destroy();
});

const start = async (dataDir: string | undefined) => {
  const defects: unknown[] = [];
  const cloud = await createCloud({
    clock: new SystemClock(),
    dataDir,
    onDefect: (error) => defects.push(error),
  });
  const { url } = await cloud.listen({ port: 0 });
  cloud.platform.start();
  return { cloud, url, defects, sqs: sqsAt(url) };
};
const bodies = async ({ url, sqs }: { url: string; sqs: SQSClient }): Promise<string[]> => {
  const found = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: `${url}/000000000000/q`,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 0,
    }),
  );
  return (found.Messages ?? []).map(({ Body }) => Body ?? "").toSorted((a, b) => a.localeCompare(b));
};
const run = async (url: string, ...args: string[]): Promise<void> => {
  expect(await main(["--json", ...args, "--endpoint", url])).toBe(0);
};

test("what everything would cost is counted from when it is asked for, faults or not", async () => {
  const { cloud, url, sqs, defects } = await start(undefined);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "q" }));
  expect((await ask(url, "GET", "cost")).status).toBe(400);
  expect((await ask(url, "POST", "cost")).answer).toMatchObject({ usd: 0 });
  await ask(url, "POST", "faults", { on: "q", kind: "throttle", times: 1 });
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" })).catch(() => {});
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }));
  const { answer } = await ask(url, "GET", "cost");
  // What was throttled did not reach the queue.
  expect(answer["items"]).toMatchObject({ "sqs.requests": { units: 1 } });
  expect(answer["usd"]).toBeCloseTo(0.4e-6, 12);
  sqs.destroy();
  await cloud.close();
  expect(defects).toEqual([]);
});

test("snapshots on disk are restored, survive, and can be taken elsewhere; the commands do all that", async () => {
  const directory = mkdtempSync(join(tmpdir(), "awan-snapshots-"));
  const first = await start(join(directory, "one"));
  const { QueueUrl } = await first.sqs.send(new CreateQueueCommand({ QueueName: "q" }));
  await first.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "kept" }));
  await run(first.url, "snapshot", "save", "good");
  await first.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "later" }));
  expect(await bodies(first)).toEqual(["kept", "later"]);
  await run(first.url, "snapshot", "restore", "good");
  expect(await bodies(first)).toEqual(["kept"]);
  await first.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "after" }));
  await run(first.url, "snapshot", "restore", "good");
  await run(first.url, "snapshot", "list");
  const file = join(directory, "good.awan-snapshot");
  await run(first.url, "snapshot", "export", "good", file);
  expect(await main(["snapshot", "restore", "bad", "--endpoint", first.url])).toBe(1);
  await run(first.url, "fork", "--seed", "1");
  await run(first.url, "fork", "list");
  await run(first.url, "fork", "close", "1");
  await run(first.url, "faults", "on", "q", "throttle", "--times", "1");
  await run(first.url, "faults", "clear");
  await first.cloud.close();
  expect(first.defects).toEqual([]);

  const again = await start(join(directory, "one"));
  expect(await bodies(again)).toEqual(["kept"]);
  await again.cloud.close();

  const elsewhere = await start(undefined);
  await run(elsewhere.url, "snapshot", "import", file);
  expect(await bodies(elsewhere)).toEqual(["kept"]);
  await run(elsewhere.url, "clock", "skip");
  expect(await bodies(elsewhere)).toEqual([]);
  await elsewhere.cloud.close();
  for (const { sqs } of [first, again, elsewhere]) sqs.destroy();
  rmSync(directory, { recursive: true });
});
