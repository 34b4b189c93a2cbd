/** FIFO queues through the official client: order, blocking groups, deduplication, repeated receives, dead letters. */
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandOutput,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { type App, startApp } from "awan/testing";
import { describe, expect, test } from "vitest";

interface Bench extends AsyncDisposable {
  readonly app: App;
  readonly sqs: SQSClient;
  readonly url: string;
  send(group: string, body: string, id?: string): Promise<SendMessageCommandOutput>;
  receive(options?: Partial<ReceiveMessageCommandInput>): Promise<readonly Message[]>;
  bodies(options?: Partial<ReceiveMessageCommandInput>): Promise<readonly (string | undefined)[]>;
  remove(message: Message | undefined): Promise<void>;
}

async function bench(attributes: Record<string, string> = {}): Promise<Bench> {
  const app = await startApp({ clock: "manual", seed: 1 });
  const sqs = app.client(SQSClient);
  const Attributes = { FifoQueue: "true", ContentBasedDeduplication: "true", ...attributes };
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "jobs.fifo", Attributes }));
  const receive: Bench["receive"] = async (options) =>
    (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...options }))).Messages ??
    [];
  return {
    app,
    sqs,
    url: QueueUrl as string,
    receive,
    send: (MessageGroupId, MessageBody, MessageDeduplicationId) =>
      sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId, MessageDeduplicationId })),
    bodies: async (options) => (await receive(options)).map(({ Body }) => Body),
    remove: async (message) => {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
    },
    [Symbol.asyncDispose]: () => app.close(),
  };
}

describe("a FIFO queue", () => {
  test("keeps order in each group and blocks a group while its first message is away", async () => {
    await using q = await bench();
    for (const body of ["a1", "a2", "a3"]) await q.send("a", body);
    for (const body of ["b1", "b2"]) await q.send("b", body);
    const [a1, a2] = await q.receive({ MaxNumberOfMessages: 2 });
    expect([a1?.Body, a2?.Body]).toEqual(["a1", "a2"]);
    expect(await q.bodies()).toEqual(["b1", "b2"]);
    await q.remove(a1);
    expect(await q.bodies()).toEqual([]);
    await q.remove(a2);
    expect(await q.bodies()).toEqual(["a3"]);
  });

  test("a message whose visibility ends early is received again up to the next that is still away", async () => {
    await using q = await bench();
    for (const body of ["a1", "a2", "a3"]) await q.send("a", body);
    const [a1] = await q.receive({ MaxNumberOfMessages: 2 });
    await q.sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: q.url,
        ReceiptHandle: a1?.ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    );
    expect(await q.bodies()).toEqual(["a1"]);
    await q.app.clock.advance("30s");
    expect(await q.bodies()).toEqual(["a1", "a2", "a3"]);
  });

  test("acknowledges a repeat within five minutes without delivering it, even after a delete", async () => {
    await using q = await bench();
    const first = await q.send("a", "same");
    const [message] = await q.receive();
    await q.remove(message);
    await q.app.clock.advance("299s");
    const repeated = await q.send("b", "same");
    expect([repeated.MessageId, repeated.SequenceNumber]).toEqual([first.MessageId, first.SequenceNumber]);
    expect(await q.bodies()).toEqual([]);
    await q.app.clock.advance("1s");
    const later = await q.send("b", "same");
    expect(later.MessageId).not.toBe(first.MessageId);
    expect(BigInt(later.SequenceNumber ?? 0)).toBeGreaterThan(BigInt(first.SequenceNumber ?? 0));
    expect(later.SequenceNumber).toHaveLength(20);
    expect(await q.bodies()).toEqual(["same"]);
  });

  test("in high throughput mode each group knows its own repeats", async () => {
    await using q = await bench({
      DeduplicationScope: "messageGroup",
      FifoThroughputLimit: "perMessageGroupId",
    });
    await q.send("a", "same");
    await q.send("b", "same");
    await q.send("a", "same");
    expect(await q.bodies()).toEqual(["same", "same"]);
  });

  test("a receive is repeated with its attempt id: the same messages with the same handles", async () => {
    await using q = await bench();
    for (const body of ["a1", "a2"]) await q.send("a", body);
    const attempt = { ReceiveRequestAttemptId: "attempt-1", MaxNumberOfMessages: 1 };
    const first = await q.receive(attempt);
    await q.app.clock.advance("20s");
    expect(await q.receive(attempt)).toEqual(first);
    // The repeat began the visibility timeout anew.
    await q.app.clock.advance("20s");
    expect(await q.bodies()).toEqual([]);
    await q.app.clock.advance("10s");
    expect(await q.bodies()).toEqual(["a1", "a2"]);
  });

  test("refuses a handle whose visibility has ended, and delays of single messages", async () => {
    await using q = await bench();
    await q.send("a", "a1");
    const [message] = await q.receive();
    await q.app.clock.advance("30s");
    await expect(q.remove(message)).rejects.toThrow("Reason: The receipt handle has expired.");
    await expect(
      q.sqs.send(
        new SendMessageCommand({ QueueUrl: q.url, MessageBody: "x", MessageGroupId: "a", DelaySeconds: 1 }),
      ),
    ).rejects.toThrow(
      "Value 1 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.",
    );
    await expect(q.sqs.send(new SendMessageCommand({ QueueUrl: q.url, MessageBody: "x" }))).rejects.toThrow(
      "The request must contain the parameter MessageGroupId.",
    );
  });

  test("a delayed queue keeps order, and a poisoned head lets the group go on when it becomes a dead letter", async () => {
    await using q = await bench({ DelaySeconds: "5", VisibilityTimeout: "10" });
    const deadUrl = (
      await q.sqs.send(new CreateQueueCommand({ QueueName: "dead.fifo", Attributes: { FifoQueue: "true" } }))
    ).QueueUrl;
    await q.send("a", "a1");
    await q.app.clock.advance("1s");
    await q.send("a", "a2");
    expect(await q.bodies()).toEqual([]);
    await q.app.clock.advance("4s");
    expect(await q.bodies()).toEqual(["a1"]);
    await q.app.clock.advance("10s");
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: "arn:aws:sqs:us-east-1:000000000000:dead.fifo",
      maxReceiveCount: 1,
    });
    await q.sqs.send(new SetQueueAttributesCommand({ QueueUrl: q.url, Attributes: { RedrivePolicy } }));
    expect(await q.bodies()).toEqual(["a2"]);
    const { Messages = [] } = await q.sqs.send(new ReceiveMessageCommand({ QueueUrl: deadUrl }));
    expect(Messages.map(({ Body }) => Body)).toEqual(["a1"]);
  });
});
