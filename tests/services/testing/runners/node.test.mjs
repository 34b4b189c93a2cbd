/** The same as `jest.test.mjs`, for `node --test`. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { startApp } from "awan/testing";

let base;
before(async () => {
  base = await startApp();
});
after(() => base.close());

test("passes", async () => {
  const app = await base.fork();
  const sqs = app.client(SQSClient);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "kept" }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "hello" }));
  await app.clock.advance("1h");
  assert.equal((await app.queue("kept").messages())[0].body, "hello");
  assert.ok(app.cost().usd < 0.01);
  await app.close();
});

test("fails", async () => {
  const app = await base.fork({ seed: 4711 });
  try {
    app.faults.on("sqs.SendMessage").throttle({ times: 1 });
    const sqs = app.client(SQSClient);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "lost" }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "never" })).catch(() => {});
    await app.clock.advance("90m");
    assert.equal((await app.queue("lost").messages()).length, 1);
  } finally {
    await app.close();
  }
});
