/**
 * SQS → Lambda under failing functions: whatever fails, every message is worked on successfully once or ends in the
 * dead-letter queue, and never more batches are under way than allowed.
 */
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
} from "@aws-sdk/client-lambda";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { fc, test } from "@fast-check/vitest";
import { startApp } from "awan/testing";
import { expect } from "vitest";
import { node, role } from "../services/lambda/code.ts";
import { Sink } from "../services/lambda/sink.ts";

/** How often each message fails before it succeeds. */
const scenarios = fc.record({
  failures: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 25 }),
  batchSize: fc.integer({ min: 1, max: 10 }),
  concurrency: fc.integer({ min: 2, max: 4 }),
  partial: fc.boolean(),
  seed: fc.nat(),
});

const handler = `
const tell = (what) => fetch(process.env.SINK + "run", { method: "POST", body: JSON.stringify(what) });
exports.handler = async ({ Records }) => {
  await tell({ begin: Records.length });
  const failed = Records.filter((r) => Number(r.attributes.ApproximateReceiveCount) <= Number(r.body.split(":")[1]));
  const done = Records.filter((r) => !failed.includes(r)).map((r) => r.body);
  const partial = process.env.PARTIAL === "true";
  await tell({ end: partial || failed.length === 0 ? done : [] });
  if (partial) return { batchItemFailures: failed.map((r) => ({ itemIdentifier: r.messageId })) };
  if (failed.length > 0) throw new Error("failed");
};`;

test.prop([scenarios], { numRuns: 6 })(
  "sent = done + dead, and concurrency is kept",
  async ({ failures, batchSize, concurrency, partial, seed }) => {
    const sink = new Sink();
    await sink.open();
    await using app = await startApp({ clock: "manual", seed });
    const sqs = app.client(SQSClient);
    const lambda = app.client(LambdaClient);
    await sqs.send(new CreateQueueCommand({ QueueName: "dead" }));
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: "arn:aws:sqs:us-east-1:000000000000:dead",
      maxReceiveCount: 3,
    });
    const Attributes = { VisibilityTimeout: "30", RedrivePolicy };
    const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "work", Attributes }));
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: "worker",
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role: role,
        Environment: { Variables: { SINK: sink.url, PARTIAL: String(partial) } },
        Code: { ZipFile: node(handler) },
      }),
    );
    await lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: "worker",
        EventSourceArn: "arn:aws:sqs:us-east-1:000000000000:work",
        BatchSize: batchSize,
        ScalingConfig: { MaximumConcurrency: concurrency },
        ...(partial ? { FunctionResponseTypes: ["ReportBatchItemFailures" as const] } : {}),
      }),
    );
    const bodies = failures.map((count, at) => `${at}:${count}`);
    for (let at = 0; at < bodies.length; at += 10) {
      const Entries = bodies
        .slice(at, at + 10)
        .map((MessageBody, index) => ({ Id: String(index), MessageBody }));
      await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    }
    for (let round = 0; round < 6; round += 1) await app.clock.advance("30s");
    await app.settle();

    const runs = sink.seen("run") as ({ begin: number } | { end: string[] })[];
    const done = runs.flatMap((run) => ("end" in run ? run.end : []));
    const dead: string[] = [];
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: `${app.endpoint}/000000000000/dead`, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) break;
      dead.push(...Messages.map(({ Body = "" }) => Body));
    }
    expect([...done, ...dead].toSorted()).toEqual(bodies.toSorted());
    let underWay = 0;
    for (const run of runs) {
      underWay += "begin" in run ? 1 : -1;
      expect(underWay).toBeLessThanOrEqual(concurrency);
    }
    const left = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
    expect(left.Attributes).toMatchObject({
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesNotVisible: "0",
    });
    await sink.close();
  },
  60_000,
);

/** A queue and direct events compete for what a function has reserved. */
const contests = fc.record({
  messages: fc.integer({ min: 1, max: 60 }),
  events: fc.integer({ min: 0, max: 10 }),
  batchSize: fc.integer({ min: 1, max: 5 }),
  reserved: fc.integer({ min: 1, max: 4 }),
  concurrency: fc.option(fc.integer({ min: 2, max: 5 }), { nil: undefined }),
  seed: fc.nat(),
});

test.prop([contests], { numRuns: 20 })(
  "reserved concurrency and MaximumConcurrency are kept, and nothing is lost",
  async ({ messages, events, batchSize, reserved, concurrency, seed }) => {
    await using app = await startApp({ clock: "manual", seed });
    const sqs = app.client(SQSClient);
    const lambda = app.client(LambdaClient);
    const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "work" }));
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: "worker",
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role: role,
        Code: { ZipFile: node("") },
      }),
    );
    await lambda.send(
      new PutFunctionConcurrencyCommand({
        FunctionName: "worker",
        ReservedConcurrentExecutions: reserved,
      }),
    );
    const seen: string[] = [];
    const underWay = { queue: 0, all: 0 };
    const most = { queue: 0, all: 0 };
    app.fn("worker").mock(async (event: unknown) => {
      const { Records = [{ body: "event" }] } = event as { Records?: { body: string }[] };
      const fromQueue = "Records" in (event as object) ? 1 : 0;
      underWay.all += 1;
      underWay.queue += fromQueue;
      most.all = Math.max(most.all, underWay.all);
      most.queue = Math.max(most.queue, underWay.queue);
      await new Promise(setImmediate);
      underWay.all -= 1;
      underWay.queue -= fromQueue;
      seen.push(...Records.map(({ body }) => body));
      return null;
    });
    const bodies = Array.from({ length: messages }, (_unused, n) => `m${n}`);
    for (let at = 0; at < bodies.length; at += 10) {
      const Entries = bodies
        .slice(at, at + 10)
        .map((MessageBody, index) => ({ Id: String(index), MessageBody }));
      await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    }
    await lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: "worker",
        EventSourceArn: "arn:aws:sqs:us-east-1:000000000000:work",
        BatchSize: batchSize,
        ...(concurrency === undefined ? {} : { ScalingConfig: { MaximumConcurrency: concurrency } }),
      }),
    );
    for (let n = 0; n < events; n += 1) {
      await lambda.send(new InvokeCommand({ FunctionName: "worker", InvocationType: "Event" }));
    }
    await app.clock.advance("20m");
    await app.settle();
    expect(most.all).toBeLessThanOrEqual(reserved);
    expect(most.queue).toBeLessThanOrEqual(concurrency ?? Infinity);
    expect(new Set(seen)).toEqual(new Set([...bodies, ...(events === 0 ? [] : ["event"])]));
  },
  60_000,
);
