/** Standard queues through the official client, under the manual clock. */
import { SQSClient } from "@aws-sdk/client-sqs";
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import { type App, startApp } from "awan/testing";
import { describe, expect, test } from "vitest";

interface Bench extends AsyncDisposable {
  readonly app: App;
  readonly sqs: SQSClient;
  readonly url: string;
  receive(options?: Partial<ReceiveMessageCommand["input"]>): Promise<readonly Message[]>;
  send(...bodies: readonly string[]): Promise<void>;
  counts(): Promise<readonly [visible: number, inFlight: number, delayed: number]>;
}

async function bench(attributes: Record<string, string> = {}): Promise<Bench> {
  const app = await startApp({ clock: "manual", seed: 1 });
  const sqs = app.client(SQSClient);
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: "orders", Attributes: attributes }),
  );
  const url = QueueUrl as string;
  return {
    app,
    sqs,
    url,
    receive: async (options) =>
      (await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, ...options }))).Messages ?? [],
    send: async (...bodies) => {
      for (const MessageBody of bodies)
        await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody }));
    },
    counts: async () => {
      const { Attributes: found = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
      );
      return [
        Number(found["ApproximateNumberOfMessages"]),
        Number(found["ApproximateNumberOfMessagesNotVisible"]),
        Number(found["ApproximateNumberOfMessagesDelayed"]),
      ];
    },
    [Symbol.asyncDispose]: () => app.close(),
  };
}

describe("a standard queue", () => {
  test("delivers in send order, hides what is received, and brings it back after the visibility timeout", async () => {
    await using q = await bench({ VisibilityTimeout: "30" });
    await q.send("one", "two", "three");
    expect((await q.receive({ MaxNumberOfMessages: 2 })).map(({ Body }) => Body)).toEqual(["one", "two"]);
    expect(await q.counts()).toEqual([1, 2, 0]);
    expect((await q.receive({ MaxNumberOfMessages: 10 })).map(({ Body }) => Body)).toEqual(["three"]);
    expect(await q.receive()).toEqual([]);
    await q.app.clock.advance("30s");
    expect(await q.counts()).toEqual([3, 0, 0]);
    const again = await q.receive({ MaxNumberOfMessages: 10 });
    expect(again.length).toBe(3);
    const handle = again[0]?.ReceiptHandle as string;
    await q.sqs.send(new DeleteMessageCommand({ QueueUrl: q.url, ReceiptHandle: handle }));
    await q.sqs.send(new DeleteMessageCommand({ QueueUrl: q.url, ReceiptHandle: handle }));
    expect(await q.counts()).toEqual([0, 2, 0]);
  });

  test("a long poll is answered by a send, by a delay that ends, and by its own end", async () => {
    await using q = await bench();
    const early = q.receive({ WaitTimeSeconds: 20 });
    await q.send("now");
    expect((await early).map(({ Body }) => Body)).toEqual(["now"]);

    await q.sqs.send(new SendMessageCommand({ QueueUrl: q.url, MessageBody: "later", DelaySeconds: 5 }));
    expect(await q.counts()).toEqual([0, 1, 1]);
    const delayed = q.receive({ WaitTimeSeconds: 20 });
    await q.counts(); // the poll has arrived by then
    await q.app.clock.advance("5s");
    expect((await delayed).map(({ Body }) => Body)).toEqual(["later"]);

    const empty = q.receive({ WaitTimeSeconds: 20, VisibilityTimeout: 1 });
    await q.counts();
    await q.app.clock.advance("20s");
    expect(await empty).toEqual([]);
  });

  test("visibility can be prolonged, ended, and not beyond twelve hours", async () => {
    await using q = await bench();
    await q.send("work");
    const [first] = await q.receive();
    const change = (VisibilityTimeout: number): Promise<unknown> =>
      q.sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: q.url,
          ReceiptHandle: first?.ReceiptHandle,
          VisibilityTimeout,
        }),
      );
    await change(60);
    await q.app.clock.advance("59s");
    expect(await q.receive()).toEqual([]);
    await change(0);
    expect((await q.receive()).map(({ Body }) => Body)).toEqual(["work"]);
    await expect(change(43_201)).rejects.toThrow("Must be between 0 and 43200, if provided.");
    await q.app.clock.advance("1m");
    await expect(
      q.sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: q.url,
          ReceiptHandle: "garbage",
          VisibilityTimeout: 1,
        }),
      ),
    ).rejects.toThrow('The input receipt handle "garbage" is not a valid receipt handle.');
  });

  test("messages expire after their retention, in flight or not, without anybody asking", async () => {
    await using q = await bench({ MessageRetentionPeriod: "60" });
    await q.send("old");
    await q.app.clock.advance("30s");
    await q.send("young");
    await q.receive();
    await q.app.clock.advance("30s");
    expect(await q.counts()).toEqual([1, 0, 0]);
    await q.app.clock.advance("30s");
    expect(await q.counts()).toEqual([0, 0, 0]);
  });

  test("what is received too often becomes a dead letter of the same age and receive count", async () => {
    await using q = await bench({ VisibilityTimeout: "10" });
    const { QueueUrl: dead } = await q.sqs.send(new CreateQueueCommand({ QueueName: "dead" }));
    await q.sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: q.url,
        Attributes: {
          RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: "arn:aws:sqs:us-east-1:000000000000:dead",
            maxReceiveCount: 2,
          }),
        },
      }),
    );
    await q.send("poison");
    for (let i = 0; i < 2; i += 1) {
      expect(await q.receive()).toHaveLength(1);
      await q.app.clock.advance("10s");
    }
    expect(await q.receive()).toEqual([]);
    const { Messages = [] } = await q.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: dead, AttributeNames: ["All"] }),
    );
    expect(Messages[0]?.Attributes).toMatchObject({
      ApproximateReceiveCount: "3",
      DeadLetterQueueSourceArn: "arn:aws:sqs:us-east-1:000000000000:orders",
      SentTimestamp: String(Date.UTC(2026, 0, 1)),
    });
  });

  test("a dead letter does not wait for the end of the long poll that found it", async () => {
    await using q = await bench({ VisibilityTimeout: "0" });
    const { QueueUrl: dead } = await q.sqs.send(new CreateQueueCommand({ QueueName: "dead" }));
    const policy = { deadLetterTargetArn: "arn:aws:sqs:us-east-1:000000000000:dead", maxReceiveCount: 1 };
    await q.sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: q.url,
        Attributes: { RedrivePolicy: JSON.stringify(policy) },
      }),
    );
    await q.send("poison");
    await q.receive();
    const poll = q.receive({ WaitTimeSeconds: 20 });
    const { Messages = [] } = await q.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: dead, WaitTimeSeconds: 1 }),
    );
    expect(Messages.map(({ Body }) => Body)).toEqual(["poison"]);
    await q.app.clock.advance("20s");
    expect(await poll).toEqual([]);
  });

  test("batches fail entry by entry", async () => {
    await using q = await bench();
    const sent = await q.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: q.url,
        Entries: [
          { Id: "good", MessageBody: "fine" },
          { Id: "bad", MessageBody: "\u0001" },
          { Id: "late", MessageBody: "x", DelaySeconds: 901 },
        ],
      }),
    );
    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(["good"]);
    expect(sent.Failed?.map(({ Id, Code }) => [Id, Code])).toEqual([
      ["bad", "InvalidMessageContents"],
      ["late", "InvalidParameterValue"],
    ]);
    const [message] = await q.receive();
    const deleted = await q.sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: q.url,
        Entries: [
          { Id: "a", ReceiptHandle: message?.ReceiptHandle },
          { Id: "b", ReceiptHandle: "nonsense" },
        ],
      }),
    );
    expect(deleted.Successful?.map(({ Id }) => Id)).toEqual(["a"]);
    expect(deleted.Failed?.[0]).toMatchObject({ Id: "b", Code: "ReceiptHandleIsInvalid", SenderFault: true });
    expect(await q.counts()).toEqual([0, 0, 0]);
  });

  test("a noisy group waits for the quiet ones", async () => {
    await using q = await bench();
    const send = (group: string, body: string): Promise<unknown> =>
      q.sqs.send(new SendMessageCommand({ QueueUrl: q.url, MessageBody: body, MessageGroupId: group }));
    for (let i = 0; i < 5; i += 1) await send("noisy", `noisy-${i}`);
    await send("quiet", "quiet-0");
    const bodies = (await q.receive({ MaxNumberOfMessages: 4 })).map(({ Body }) => Body);
    expect(bodies).toEqual(["noisy-0", "quiet-0", "noisy-1", "noisy-2"]);
    expect(await q.counts()).toEqual([2, 4, 0]);
    await q.app.clock.advance("30s");
    expect((await q.receive({ MaxNumberOfMessages: 10 })).length).toBe(6);
  });

  test("purging and deleting forget everything, and obey their sixty seconds", async () => {
    await using q = await bench();
    await q.send("a", "b");
    await q.receive();
    await q.sqs.send(new PurgeQueueCommand({ QueueUrl: q.url }));
    expect(await q.counts()).toEqual([0, 0, 0]);
    await expect(q.sqs.send(new PurgeQueueCommand({ QueueUrl: q.url }))).rejects.toThrow(
      "Only one PurgeQueue operation on orders is allowed every 60 seconds.",
    );
    await q.send("c");
    expect((await q.receive()).map(({ Body }) => Body)).toEqual(["c"]);
    await q.sqs.send(new DeleteQueueCommand({ QueueUrl: q.url }));
    await expect(q.receive()).rejects.toThrow("The specified queue does not exist.");
    await expect(q.sqs.send(new CreateQueueCommand({ QueueName: "orders" }))).rejects.toThrow(
      "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
    );
    await q.app.clock.advance("60s");
    await q.sqs.send(new CreateQueueCommand({ QueueName: "orders" }));
    expect(await q.receive()).toEqual([]);
  });

  test("queue URLs point at us, and any host in one is accepted", async () => {
    await using q = await bench();
    expect(q.url).toBe(`${q.app.endpoint}/000000000000/orders`);
    const { QueueUrl } = await q.sqs.send(new GetQueueUrlCommand({ QueueName: "orders" }));
    expect(QueueUrl).toBe(q.url);
    await q.sqs.send(
      new SendMessageCommand({
        QueueUrl: "https://sqs.us-east-1.amazonaws.com/000000000000/orders",
        MessageBody: "from afar",
      }),
    );
    expect((await q.receive()).map(({ Body }) => Body)).toEqual(["from afar"]);
    expect((await q.sqs.send(new ListQueuesCommand({}))).QueueUrls).toEqual([q.url]);
  });
});
