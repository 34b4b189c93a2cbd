/**
 * SQS under random histories. Conservation: what was sent is visible, hidden, delayed, dead, deleted or expired, and
 * nothing else. FIFO: whatever expires or is dropped, a group's messages are first received in the order they were sent,
 * and none is received behind one that is away.
 */
import * as fc from "fast-check";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";

type Step =
  | { readonly kind: "send"; readonly group: string; readonly delaySeconds: number }
  | { readonly kind: "receive"; readonly limit: number; readonly timeoutSeconds: number }
  | { readonly kind: "delete" | "release"; readonly which: number }
  | { readonly kind: "wait"; readonly seconds: number };

const step = (fifo: boolean): fc.Arbitrary<Step> =>
  fc.oneof(
    fc.record({
      kind: fc.constant("send" as const),
      group: fc.constantFrom("a", "b", "c"),
      delaySeconds: fifo ? fc.constant(0) : fc.constantFrom(0, 0, 3),
    }),
    fc.record({
      kind: fc.constant("receive" as const),
      limit: fc.integer({ min: 1, max: 10 }),
      timeoutSeconds: fc.constantFrom(0, 2, 5, 30),
    }),
    fc.record({ kind: fc.constantFrom("delete" as const, "release" as const), which: fc.nat(20) }),
    fc.record({ kind: fc.constant("wait" as const), seconds: fc.constantFrom(1, 2, 5, 31) }),
  );

interface Message {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly Attributes: { readonly MessageGroupId?: string };
}

const deadArn = (fifo: boolean): string => `arn:aws:sqs:us-east-1:000000000000:dead${fifo ? ".fifo" : ""}`;

async function history(fifo: boolean, steps: readonly Step[], grouped: boolean): Promise<void> {
  await using app = await startApp({ clock: "manual", seed: 7 });
  const call = (operation: string, input: object): Promise<Record<string, unknown>> =>
    app.platform.invoke("sqs", operation, input);
  const name = fifo ? "q.fifo" : "q";
  const kind = fifo ? { FifoQueue: "true", ContentBasedDeduplication: "true" } : {};
  await call("CreateQueue", { QueueName: fifo ? "dead.fifo" : "dead", Attributes: kind });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadArn(fifo), maxReceiveCount: 3 });
  await call("CreateQueue", {
    QueueName: name,
    Attributes: { ...kind, MessageRetentionPeriod: "60", RedrivePolicy },
  });
  const sent: { readonly id: string; readonly group: string; readonly atMs: number }[] = [];
  const deleted = new Set<string>();
  const held: Message[] = [];
  const firstReceived = new Map<string, string[]>();
  for (const [i, each] of steps.entries()) {
    switch (each.kind) {
      case "send": {
        const isGrouped = fifo || grouped;
        const { MessageId } = await call("SendMessage", {
          QueueUrl: name,
          MessageBody: `${each.group}-${i}`,
          ...(isGrouped ? { MessageGroupId: each.group } : {}),
          ...(each.delaySeconds > 0 ? { DelaySeconds: each.delaySeconds } : {}),
        });
        sent.push({ id: MessageId as string, group: each.group, atMs: app.clock.nowMs() });
        break;
      }
      case "receive": {
        const { Messages = [] } = (await call("ReceiveMessage", {
          QueueUrl: name,
          MaxNumberOfMessages: each.limit,
          VisibilityTimeout: each.timeoutSeconds,
          AttributeNames: ["All"],
        })) as { Messages?: Message[] };
        expect(new Set(Messages.map(({ MessageId }) => MessageId)).size).toBe(Messages.length);
        for (const message of Messages) {
          held.push(message);
          const group = message.Attributes.MessageGroupId ?? "";
          const seen = firstReceived.get(group) ?? [];
          if (!seen.includes(message.MessageId)) firstReceived.set(group, [...seen, message.MessageId]);
        }
        break;
      }
      case "delete": {
        const message = held[each.which % Math.max(1, held.length)];
        if (message === undefined) break;
        const gone = await call("DeleteMessage", {
          QueueUrl: name,
          ReceiptHandle: message.ReceiptHandle,
        }).then(
          () => true,
          () => false,
        );
        if (gone) deleted.add(message.MessageId);
        break;
      }
      case "release": {
        const message = held[each.which % Math.max(1, held.length)];
        if (message === undefined) break;
        const change = { QueueUrl: name, ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: 0 };
        await call("ChangeMessageVisibility", change).catch(() => undefined);
        break;
      }
      default:
        await app.clock.advance(each.seconds * 1_000);
    }
  }
  await checkConservation(app.clock.nowMs(), call, fifo, sent, deleted);
  if (fifo) {
    for (const [group, ids] of firstReceived) {
      const inOrder = sent.filter((each) => each.group === group).map(({ id }) => id);
      expect(ids).toEqual(inOrder.filter((id) => ids.includes(id)));
    }
  }
}

async function checkConservation(
  nowMs: number,
  call: (operation: string, input: object) => Promise<Record<string, unknown>>,
  fifo: boolean,
  sent: readonly { readonly id: string; readonly atMs: number }[],
  deleted: ReadonlySet<string>,
): Promise<void> {
  const counts = async (QueueUrl: string): Promise<number> => {
    const { Attributes } = await call("GetQueueAttributes", { QueueUrl, AttributeNames: ["All"] });
    const found = Attributes as Record<string, string>;
    return ["", "NotVisible", "Delayed"].reduce(
      (sum, part) => sum + Number(found[`ApproximateNumberOfMessages${part}`]),
      0,
    );
  };
  const inQueue = await counts(fifo ? "q.fifo" : "q");
  const dead = await counts(fifo ? "dead.fifo" : "dead");
  const maybeExpired = sent.filter(({ id, atMs }) => !deleted.has(id) && atMs + 60_000 <= nowMs).length;
  const alive = sent.length - deleted.size;
  // A delete of what had expired or died before succeeds as well, so these are bounds, equal when nothing expired.
  expect(inQueue + dead).toBeLessThanOrEqual(sent.length);
  expect(inQueue + dead).toBeGreaterThanOrEqual(alive - maybeExpired);
  expect(inQueue).toBeLessThanOrEqual(sent.filter(({ atMs }) => atMs + 60_000 > nowMs).length);
}

test("standard queues: nothing is lost or made", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step(false), { maxLength: 40 }), fc.boolean(), (steps, grouped) =>
      history(false, steps, grouped),
    ),
    { numRuns: 300 },
  );
});

test("FIFO queues: nothing is lost or made, and groups keep their order", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step(true), { maxLength: 40 }), (steps) => history(true, steps, true)),
    { numRuns: 300 },
  );
});
