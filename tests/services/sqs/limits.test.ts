/** What SQS promises in numbers: sizes, messages in flight, MD5s, deduplication. */
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { describe, expect, test } from "vitest";
import { loadModel } from "../../../packages/awan/src/model/service-model.ts";
import { service } from "../../../packages/awan/src/services/sqs/index.ts";
import { bench } from "./bench.ts";

test("all 23 operations are there", () => {
  const names = [...loadModel("sqs").operationNames()];
  expect(names).toHaveLength(23);
  expect(Object.keys(service.operations ?? {}).toSorted()).toEqual(names.toSorted());
});

test("idle queues cost nothing: nothing is ever due for them", async () => {
  await using b = await bench();
  for (let i = 0; i < 100; i += 1) await b.create(`q${i}`, { DelaySeconds: "1" });
  await b.app.settle();
  expect(b.app.platform.nextDutyAtMs()).toBe(undefined);
  const url = await b.create("q");
  await b.send(url, {});
  expect(b.app.platform.nextDutyAtMs()).toBeGreaterThan(b.app.clock.nowMs());
  const { Messages = [] } = await b.sqs.send(new ReceiveMessageCommand({ QueueUrl: url }));
  await b.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: Messages[0]?.ReceiptHandle }));
  expect(b.app.platform.nextDutyAtMs()).toBe(undefined);
});

describe("a message", () => {
  test("is a megabyte at most, attributes included, and so is a batch", async () => {
    await using b = await bench();
    const url = await b.create("q");
    const MessageBody = "x".repeat(1_048_576);
    await b.send(url, { MessageBody });
    const refusal = "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.";
    await expect(b.send(url, { MessageBody: `${MessageBody}x` })).rejects.toThrow(refusal);
    const MessageAttributes = { a: { DataType: "String", StringValue: "v" } };
    await expect(b.send(url, { MessageBody: MessageBody.slice(7), MessageAttributes })).rejects.toThrow(
      refusal,
    );
    await b.send(url, { MessageBody: MessageBody.slice(8), MessageAttributes });
    const half = "x".repeat(524_289);
    await expect(
      b.sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: url,
          Entries: [
            { Id: "1", MessageBody: half },
            { Id: "2", MessageBody: half },
          ],
        }),
      ),
    ).rejects.toThrow("Batch requests cannot be longer than 1048576 bytes. You have sent 1048578 bytes.");
  });

  test("has the MD5s AWS computes, of all attributes and of those that were asked for", async () => {
    await using b = await bench();
    const url = await b.create("q");
    const sent = await b.sqs.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: "hello",
        MessageAttributes: {
          // Both digests were recorded on AWS.
          timestamp: { DataType: "Number", StringValue: "1493147359900" },
        },
        MessageSystemAttributes: {
          AWSTraceHeader: {
            DataType: "String",
            StringValue: "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
          },
        },
      }),
    );
    expect(sent).toMatchObject({
      MD5OfMessageBody: "5d41402abc4b2a76b9719d911017c592",
      MD5OfMessageAttributes: "235c5c510d26fb653d073faed50ae77c",
      MD5OfMessageSystemAttributes: "5ae4d5d7636402d80f4eb6d213245a88",
    });
    const { Messages = [] } = await b.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MessageAttributeNames: ["time*"],
        MessageSystemAttributeNames: ["AWSTraceHeader"],
      }),
    );
    expect(Messages[0]).toMatchObject({
      MD5OfMessageAttributes: "235c5c510d26fb653d073faed50ae77c",
      MessageAttributes: { timestamp: { DataType: "Number", StringValue: "1493147359900" } },
    });
    expect(Object.keys(Messages[0]?.Attributes ?? {})).toEqual(["AWSTraceHeader"]);
  });
});

describe("messages in flight", () => {
  test.each([
    ["standard", "q", 120_000],
    ["FIFO", "q.fifo", 20_000],
  ])(
    "of a %s queue are limited",
    async (kind, name, limit) => {
      await using b = await bench();
      const isFifo = kind === "FIFO";
      await b.create(name, {
        VisibilityTimeout: "60",
        ...(isFifo ? { FifoQueue: "true", ContentBasedDeduplication: "true" } : {}),
      });
      const call = (operation: string, input: object): Promise<Record<string, unknown>> =>
        b.app.platform.invoke("sqs", operation, { QueueUrl: name, ...input });
      for (let i = 0; i < limit + 10; i += 10) {
        const Entries = Array.from({ length: 10 }, (_, n) => ({
          Id: String(n),
          MessageBody: String(i + n),
          ...(isFifo ? { MessageGroupId: String(i + n) } : {}),
        }));
        await call("SendMessageBatch", { Entries });
      }
      let received = 0;
      while (received < limit) {
        const { Messages } = await call("ReceiveMessage", { MaxNumberOfMessages: 10 });
        received += (Messages as unknown[]).length;
      }
      expect(received).toBe(limit);
      // Standard queues say so; FIFO queues have nothing to give.
      const more = call("ReceiveMessage", { MaxNumberOfMessages: 10 });
      if (isFifo) expect((await more)["Messages"]).toBe(undefined);
      else await expect(more).rejects.toMatchObject({ code: "OverLimit" });
      await b.app.clock.advance("60s");
      const { Messages } = await call("ReceiveMessage", { MaxNumberOfMessages: 10 });
      expect(Messages).toHaveLength(10);
    },
    60_000,
  );

  test("change their visibility in batches, entry by entry", async () => {
    await using b = await bench();
    const url = await b.create("q");
    await b.send(url, { MessageBody: "a" });
    const { Messages = [] } = await b.sqs.send(new ReceiveMessageCommand({ QueueUrl: url }));
    const ReceiptHandle = Messages[0]?.ReceiptHandle;
    const changed = await b.sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: url,
        Entries: [
          { Id: "now", ReceiptHandle, VisibilityTimeout: 0 },
          { Id: "long", ReceiptHandle, VisibilityTimeout: 43_201 },
          { Id: "unknown", ReceiptHandle: "?", VisibilityTimeout: 1 },
        ],
      }),
    );
    expect(changed.Successful).toEqual([{ Id: "now" }]);
    expect(changed.Failed?.map(({ Id, Code }) => [Id, Code])).toEqual([
      ["long", "InvalidParameterValue"],
      ["unknown", "ReceiptHandleIsInvalid"],
    ]);
    expect(await b.receive(url)).toEqual(["a"]);
  });
});

const entry = (Id: string, MessageBody: string, MessageDeduplicationId: string) => ({
  Id,
  MessageBody,
  MessageDeduplicationId,
  MessageGroupId: "g",
});

describe("FIFO deduplication", () => {
  test("goes by the given id whatever the body, and a batch knows its own repeats", async () => {
    await using b = await bench();
    const url = await b.create("q.fifo", { FifoQueue: "true" });
    await expect(b.send(url, { MessageGroupId: "g" })).rejects.toThrow(
      "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
    const { Successful = [] } = await b.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: url,
        Entries: [entry("1", "a", "x"), entry("2", "b", "x"), entry("3", "a", "y")],
      }),
    );
    expect(Successful.map(({ MessageId }) => MessageId).slice(0, 2)).toEqual([
      Successful[0]?.MessageId,
      Successful[0]?.MessageId,
    ]);
    expect(await b.receive(url, { MaxNumberOfMessages: 10 })).toEqual(["a", "a"]);
  });
});
