/** Queues survive the process: what was sent, hidden, delayed and deduplicated is the same after a restart. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ManualClock } from "../../../packages/awan/src/kernel/clock.ts";
import { type Cloud, createCloud } from "../../../packages/awan/src/server.ts";

interface Received {
  readonly Messages?: readonly { readonly Body: string; readonly ReceiptHandle: string }[];
}

async function withDirectory(body: (dataDir: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "awan-sqs-"));
  try {
    await body(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function open(dataDir: string, atMs: number): Promise<{ cloud: Cloud; clock: ManualClock }> {
  const clock = new ManualClock(atMs);
  const cloud = await createCloud({
    clock,
    dataDir,
    seed: 5,
    onDefect: (error) => {
      throw error;
    },
  });
  cloud.platform.start();
  return { cloud, clock };
}

test("a FIFO queue goes on where it was, with messages of a megabyte", async () => {
  await withDirectory(async (dataDir) => {
    const startMs = Date.UTC(2026, 0, 1);
    const large = "x".repeat(1_048_576);
    const first = await open(dataDir, startMs);
    const before = (operation: string, input: object): Promise<Record<string, unknown>> =>
      first.cloud.platform.invoke("sqs", operation, input);
    await before("CreateQueue", {
      QueueName: "q.fifo",
      Attributes: { FifoQueue: "true", ContentBasedDeduplication: "true", MessageRetentionPeriod: "3600" },
    });
    const send = { QueueUrl: "q.fifo", MessageGroupId: "g" };
    for (const MessageBody of ["one", large, "three"]) await before("SendMessage", { ...send, MessageBody });
    const { Messages: [held] = [] } = (await before("ReceiveMessage", { QueueUrl: "q.fifo" })) as Received;
    expect(held?.Body).toBe("one");
    await first.cloud.close();

    const second = await open(dataDir, startMs + 10_000);
    const after = (operation: string, input: object): Promise<Record<string, unknown>> =>
      second.cloud.platform.invoke("sqs", operation, input);
    // The group is blocked, the repeat is known, and the handle still deletes.
    await after("SendMessage", { ...send, MessageBody: "three" });
    expect(await after("ReceiveMessage", { QueueUrl: "q.fifo" })).not.toHaveProperty("Messages.0");
    await after("DeleteMessage", { QueueUrl: "q.fifo", ReceiptHandle: held?.ReceiptHandle });
    const { Messages: rest = [] } = (await after("ReceiveMessage", {
      QueueUrl: "q.fifo",
      MaxNumberOfMessages: 10,
    })) as Received;
    expect(rest.map(({ Body }) => (Body === large ? "large" : Body))).toEqual(["large", "three"]);
    // What is left expires on time.
    second.clock.moveTo(startMs + 3_600_000);
    await second.cloud.platform.idle();
    const { Attributes } = await after("GetQueueAttributes", { QueueUrl: "q.fifo", AttributeNames: ["All"] });
    expect(Attributes).toMatchObject({
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesNotVisible: "0",
    });
    await second.cloud.close();
  });
});
