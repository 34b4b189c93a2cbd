/** The same as `jest.test.mjs`, for Vitest; named so that the suite around it does not run it. */
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type App, startApp } from "awan/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

let base: App;
beforeAll(async () => {
  base = await startApp();
});
afterAll(() => base.close());

test("passes", async () => {
  await using app = await base.fork();
  const sqs = app.client(SQSClient);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "kept" }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "hello" }));
  await app.clock.advance("1h");
  expect(await app.queue("kept").messages()).toMatchObject([{ body: "hello" }]);
});

test("fails", async () => {
  await using app = await base.fork({ seed: 4711 });
  app.faults.on("sqs.SendMessage").throttle({ times: 1 });
  const sqs = app.client(SQSClient);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "lost" }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "never" })).catch(() => {});
  await app.clock.advance("90m");
  expect(await app.queue("lost").messages()).toHaveLength(1);
});
