/** SNS under random histories: every matching subscription whose queue exists gets each message exactly once here, and
 * what cannot be delivered is in its dead letters: nothing is lost while a queue is gone. */
import * as fc from "fast-check";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";
import { CrashEngine } from "./crash-engine.ts";

type Step =
  | { readonly kind: "publish"; readonly colour: string; readonly batch: number }
  | { readonly kind: "break" | "mend"; readonly which: number }
  | { readonly kind: "filter"; readonly which: number; readonly colours: readonly string[] };

const colours = ["red", "green", "blue"];
const subscribers = 3;

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("publish" as const),
    colour: fc.constantFrom(...colours),
    batch: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ kind: fc.constantFrom("break" as const, "mend" as const), which: fc.nat(subscribers - 1) }),
  fc.record({
    kind: fc.constant("filter" as const),
    which: fc.nat(subscribers - 1),
    colours: fc.subarray(colours, { minLength: 1 }),
  }),
);

test(
  "each matching subscription gets each message, or its dead letters do",
  { timeout: 120_000 },
  async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), history), {
      numRuns: 100,
    });
  },
);

test("one publish is one commit, however many queues get it", async () => {
  await using base = await startApp({ clock: "manual", seed: 3 });
  const invoke = (operation: string, input: object): Promise<Record<string, unknown>> =>
    base.platform.invoke("sns", operation, input);
  const { TopicArn } = await invoke("CreateTopic", { Name: "topic" });
  for (let i = 0; i < 50; i += 1) {
    await base.platform.invoke("sqs", "CreateQueue", { QueueName: `queue-${i}` });
    await invoke("Subscribe", { TopicArn, Protocol: "sqs", Endpoint: arn(`queue-${i}`) });
  }
  let engine: CrashEngine | undefined;
  await using app = await base.fork({ rows: (rows) => (engine = new CrashEngine(rows, 0)) });
  const before = engine?.commits ?? 0;
  await app.platform.invoke("sns", "Publish", { TopicArn, Message: "to all" });
  await app.settle();
  expect((engine?.commits ?? 0) - before).toBe(1);
  expect(await app.queue("queue-49").messages()).toHaveLength(1);
});

const arn = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;

async function history(steps: readonly Step[]): Promise<void> {
  await using app = await startApp({ clock: "manual", seed: 3 });
  const sqs = (operation: string, input: object): Promise<Record<string, unknown>> =>
    app.platform.invoke("sqs", operation, input);
  const sns = (operation: string, input: object): Promise<Record<string, unknown>> =>
    app.platform.invoke("sns", operation, input);
  const { TopicArn } = await sns("CreateTopic", { Name: "topic" });
  const subscriptions: string[] = [];
  const expected = Array.from({ length: subscribers }, (): string[] => []);
  const wanted: (readonly string[])[] = Array.from({ length: subscribers }, () => colours);
  for (let i = 0; i < subscribers; i += 1) {
    await sqs("CreateQueue", { QueueName: `queue-${i}` });
    await sqs("CreateQueue", { QueueName: `dead-${i}` });
    const { SubscriptionArn } = await sns("Subscribe", {
      TopicArn,
      Protocol: "sqs",
      Endpoint: arn(`queue-${i}`),
      Attributes: {
        RawMessageDelivery: "true",
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn(`dead-${i}`) }),
      },
    });
    subscriptions.push(SubscriptionArn as string);
  }
  const received = Array.from({ length: subscribers }, (): string[] => []);
  const drain = async (QueueUrl: string, into: string[]): Promise<void> => {
    for (;;) {
      const { Messages = [] } = (await sqs("ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 10 })) as {
        Messages?: { Body: string }[];
      };
      if (Messages.length === 0) return;
      into.push(...Messages.map(({ Body }) => Body));
    }
  };
  const broken = new Set<number>();
  for (const [n, each] of steps.entries()) {
    if (each.kind === "publish") {
      const attributes = { colour: { DataType: "String", StringValue: each.colour } };
      const entries = Array.from({ length: each.batch }, (_, i) => ({
        Id: String(i),
        Message: `${n}-${i}`,
        MessageAttributes: attributes,
      }));
      await sns("PublishBatch", { TopicArn, PublishBatchRequestEntries: entries });
      for (let i = 0; i < subscribers; i += 1) {
        if (wanted[i]?.includes(each.colour) === true)
          expected[i]?.push(...entries.map(({ Message }) => Message));
      }
    } else if (each.kind === "filter") {
      wanted[each.which] = each.colours;
      await sns("SetSubscriptionAttributes", {
        SubscriptionArn: subscriptions[each.which],
        AttributeName: "FilterPolicy",
        AttributeValue: JSON.stringify({ colour: each.colours }),
      });
    } else if (each.kind === "break" && !broken.has(each.which)) {
      await drain(`queue-${each.which}`, received[each.which] as string[]);
      await sqs("DeleteQueue", { QueueUrl: `queue-${each.which}` });
      broken.add(each.which);
    } else if (each.kind === "mend" && broken.has(each.which)) {
      await app.clock.advance("60s");
      await sqs("CreateQueue", { QueueName: `queue-${each.which}` });
      broken.delete(each.which);
    }
  }
  for (let i = 0; i < subscribers; i += 1) {
    if (!broken.has(i)) await drain(`queue-${i}`, received[i] as string[]);
    await drain(`dead-${i}`, received[i] as string[]);
    // Messages drained once before may be visible again by now: at least once.
    expect([...new Set(received[i])].toSorted()).toEqual((expected[i] as string[]).toSorted());
  }
}
