/**
 * SQS under random histories. Conservation: every message that was sent is in the queue (visible, hidden or delayed),
 * among the dead letters, deleted or expired: exactly one of these, and the counters say so. FIFO: a group's messages are
 * first received in the order they were sent, never behind one that is away, and a repeat within five minutes is no
 * message.
 */
import * as fc from "fast-check";
import { type App, startApp } from "awan/testing";
import { expect, test } from "vitest";
import type { Call } from "../../packages/awan/src/host/call.ts";
import type { SqsPeeked } from "../../packages/awan/src/services/sqs/port.ts";

type Step =
  | { readonly kind: "send"; readonly group: string; readonly delaySeconds: number }
  | { readonly kind: "receive"; readonly limit: number; readonly timeoutSeconds: number }
  | { readonly kind: "repeat" | "delete" | "release"; readonly which: number }
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
    fc.record({
      kind: fc.constantFrom(
        "delete" as const,
        "release" as const,
        ...(fifo ? (["repeat", "repeat"] as const) : []),
      ),
      which: fc.nat(20),
    }),
    fc.record({ kind: fc.constant("wait" as const), seconds: fc.constantFrom(1, 2, 5, 31, 150, 290) }),
  );

interface Message {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Attributes: { readonly MessageGroupId?: string };
}

interface Sent {
  readonly id: string;
  readonly group: string;
  readonly body: string;
  readonly atMs: number;
}

const retentionSeconds = 60;
const deduplicationMs = 300_000;

class History {
  readonly #app: App;
  readonly #fifo: boolean;
  readonly #grouped: boolean;
  readonly #sent: Sent[] = [];
  readonly #deleted = new Set<string>();
  readonly #held: Message[] = [];
  readonly #firstReceived = new Map<string, string[]>();
  readonly #hiddenUntilMs = new Map<string, number>();
  #bodies = 0;

  constructor(app: App, fifo: boolean, grouped: boolean) {
    this.#app = app;
    this.#fifo = fifo;
    this.#grouped = grouped;
  }

  get #queue(): string {
    return this.#fifo ? "q.fifo" : "q";
  }
  get #dead(): string {
    return this.#fifo ? "dead.fifo" : "dead";
  }

  call(operation: string, input: object): Promise<Record<string, unknown>> {
    return this.#app.platform.invoke("sqs", operation, input);
  }

  async prepare(): Promise<void> {
    const kind = this.#fifo ? { FifoQueue: "true", ContentBasedDeduplication: "true" } : {};
    await this.call("CreateQueue", { QueueName: this.#dead, Attributes: kind });
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: `arn:aws:sqs:us-east-1:000000000000:${this.#dead}`,
      maxReceiveCount: 2,
    });
    const Attributes = { ...kind, MessageRetentionPeriod: String(retentionSeconds), RedrivePolicy };
    await this.call("CreateQueue", { QueueName: this.#queue, Attributes });
  }

  async take(next: Step): Promise<void> {
    switch (next.kind) {
      case "send":
        this.#bodies += 1;
        await this.#send(next.group, `${next.group}-${this.#bodies}`, next.delaySeconds);
        break;
      case "repeat":
        await this.#repeat(next.which);
        break;
      case "receive":
        await this.#receive(next.limit, next.timeoutSeconds);
        break;
      case "delete":
        await this.#delete(this.#held[next.which % Math.max(1, this.#held.length)]);
        break;
      case "release":
        await this.#release(this.#held[next.which % Math.max(1, this.#held.length)]);
        break;
      default:
        await this.#app.clock.advance(next.seconds * 1_000);
    }
  }

  async #send(group: string, body: string, delaySeconds = 0): Promise<string> {
    const { MessageId } = await this.call("SendMessage", {
      QueueUrl: this.#queue,
      MessageBody: body,
      ...(this.#fifo || this.#grouped ? { MessageGroupId: group } : {}),
      ...(delaySeconds > 0 ? { DelaySeconds: delaySeconds } : {}),
    });
    const id = MessageId as string;
    if (!this.#sent.some((each) => each.id === id)) {
      this.#sent.push({ id, group, body, atMs: this.#app.clock.nowMs() });
    }
    return id;
  }

  /** The same body again: within five minutes of its first it is that message, later a new one. */
  async #repeat(which: number): Promise<void> {
    const again = this.#sent[which % Math.max(1, this.#sent.length)];
    if (again === undefined) return;
    const latest = this.#sent.findLast(({ body }) => body === again.body) as Sent;
    const isRepeat = latest.atMs + deduplicationMs > this.#app.clock.nowMs();
    const id = await this.#send(again.group, again.body);
    expect(id === latest.id).toBe(isRepeat);
  }

  async #receive(limit: number, timeoutSeconds: number): Promise<void> {
    const { Messages = [] } = (await this.call("ReceiveMessage", {
      QueueUrl: this.#queue,
      MaxNumberOfMessages: limit,
      VisibilityTimeout: timeoutSeconds,
      AttributeNames: ["All"],
    })) as { Messages?: Message[] };
    expect(new Set(Messages.map(({ MessageId }) => MessageId)).size).toBe(Messages.length);
    const nowMs = this.#app.clock.nowMs();
    for (const message of Messages) {
      expect(this.#hiddenUntilMs.get(message.MessageId) ?? 0).toBeLessThanOrEqual(nowMs);
      this.#hiddenUntilMs.set(message.MessageId, nowMs + timeoutSeconds * 1_000);
      this.#held.push(message);
      const group = message.Attributes.MessageGroupId ?? "";
      const seen = this.#firstReceived.get(group) ?? [];
      if (!seen.includes(message.MessageId)) this.#firstReceived.set(group, [...seen, message.MessageId]);
    }
  }

  async #delete(message: Message | undefined): Promise<void> {
    if (message === undefined) return;
    const wasThere = (await this.#peek(this.#queue)).has(message.MessageId);
    const input = { QueueUrl: this.#queue, ReceiptHandle: message.ReceiptHandle };
    const succeeded = await this.call("DeleteMessage", input).then(
      () => true,
      () => false,
    );
    if (!this.#fifo) expect(succeeded).toBe(true);
    if (succeeded && wasThere) this.#deleted.add(message.MessageId);
  }

  async #release(message: Message | undefined): Promise<void> {
    if (message === undefined) return;
    const change = { QueueUrl: this.#queue, ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: 0 };
    const released = await this.call("ChangeMessageVisibility", change).then(
      () => true,
      () => false,
    );
    if (released) this.#hiddenUntilMs.delete(message.MessageId);
  }

  #peek(name: string): Promise<Map<string, SqsPeeked>> {
    return this.#app.platform.run({ name: "sqs.Peek" }, (call: Call) => {
      const found = call.ports.sqs.peek(call, `arn:aws:sqs:us-east-1:000000000000:${name}`) ?? [];
      return new Map(found.map((each) => [each.messageId, each]));
    });
  }

  async check(): Promise<void> {
    const nowMs = this.#app.clock.nowMs();
    const inQueue = await this.#peek(this.#queue);
    const dead = await this.#peek(this.#dead);
    for (const { id, atMs } of this.#sent) {
      const isDeleted = this.#deleted.has(id);
      const places = [inQueue.has(id), dead.has(id), isDeleted].filter(Boolean).length;
      const isExpired = atMs + retentionSeconds * 1_000 <= nowMs;
      expect(places).toBeLessThanOrEqual(1);
      // Only age takes a message away, and from the queue it always does.
      if (places === 0) expect(isExpired).toBe(true);
      if (inQueue.has(id)) expect(isExpired).toBe(false);
    }
    expect(inQueue.size + dead.size).toBeLessThanOrEqual(this.#sent.length);
    await this.#checkCounters(inQueue);
    if (this.#fifo) this.#checkOrder();
  }

  async #checkCounters(inQueue: ReadonlyMap<string, SqsPeeked>): Promise<void> {
    const { Attributes } = await this.call("GetQueueAttributes", {
      QueueUrl: this.#queue,
      AttributeNames: ["All"],
    });
    const count = (place: SqsPeeked["place"]): string =>
      String([...inQueue.values()].filter((each) => each.place === place).length);
    expect(Attributes).toMatchObject({
      ApproximateNumberOfMessages: count("ready"),
      ApproximateNumberOfMessagesNotVisible: count("inFlight"),
      ApproximateNumberOfMessagesDelayed: count("delayed"),
    });
  }

  #checkOrder(): void {
    for (const [group, ids] of this.#firstReceived) {
      const inOrder = this.#sent.filter((each) => each.group === group).map(({ id }) => id);
      expect(ids).toEqual(inOrder.filter((id) => ids.includes(id)));
    }
  }
}

async function history(fifo: boolean, steps: readonly Step[], grouped: boolean): Promise<void> {
  await using app = await startApp({ clock: "manual", seed: 7 });
  const run = new History(app, fifo, grouped);
  await run.prepare();
  for (const next of steps) {
    await run.take(next);
    await run.check();
  }
}

test("standard queues: nothing is lost or made", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step(false), { maxLength: 60, size: "max" }), fc.boolean(), (steps, grouped) =>
      history(false, steps, grouped),
    ),
    { numRuns: 300 },
  );
});

test(
  "FIFO queues: nothing is lost or made, repeats are known, groups keep their order",
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step(true), { maxLength: 60, size: "max" }), (steps) =>
        history(true, steps, true),
      ),
      { numRuns: 300 },
    );
  },
);
