/**
 * SQS under random histories in which the process dies and comes back. What was acknowledged is there; a producer that
 * sends again what was not acknowledged makes no second message of it; whatever happens
 *
 *   sent = visible + hidden + delayed + dead letters + deleted + expired,
 *
 * and a FIFO group's messages are only ever received from its head on: never past one that is away.
 */
import * as fc from "fast-check";
import { type App, startApp } from "awan/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Call } from "../../packages/awan/src/host/call.ts";
import type { SqsPeeked } from "../../packages/awan/src/services/sqs/port.ts";
import { MortalApp } from "./mortal-app.ts";

type Step =
  | { readonly kind: "send"; readonly groups: readonly string[]; readonly delaySeconds: number }
  | { readonly kind: "receive"; readonly limit: number; readonly timeoutSeconds: number }
  | { readonly kind: "repeat" | "delete" | "release" | "prolong"; readonly which: number }
  | { readonly kind: "wait"; readonly seconds: number }
  | { readonly kind: "crash"; readonly commits: number };

const groups = ["a", "b", "c"];

const step = (fifo: boolean): fc.Arbitrary<Step> =>
  fc.oneof(
    fc.record({
      kind: fc.constant("send" as const),
      groups: fc.subarray(groups, { minLength: 1 }),
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
        "prolong" as const,
        ...(fifo ? (["repeat", "repeat"] as const) : []),
      ),
      which: fc.nat(20),
    }),
    fc.record({ kind: fc.constant("wait" as const), seconds: fc.constantFrom(1, 2, 5, 31, 150, 290) }),
    fc.record({ kind: fc.constant("crash" as const), commits: fc.integer({ min: 1, max: 5 }) }),
  );

interface Outgoing {
  readonly body: string;
  readonly group: string;
  readonly delaySeconds: number;
}

interface Known extends Outgoing {
  readonly id: string;
  readonly atMs: number;
  deleted: boolean;
  expired: boolean;
}

interface Message {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
}

const retentionMs = 60_000;
const deduplicationMs = 300_000;
const arn = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;

class History {
  readonly #mortal: MortalApp;
  readonly #fifo: boolean;
  readonly #suffix: string;
  /** In the order the producer sent them. */
  readonly #known: Known[] = [];
  readonly #byId = new Map<string, Known>();
  readonly #held: Message[] = [];
  readonly #hiddenUntilMs = new Map<string, number>();
  /** What the process had been asked when it died: sent again, or looked into, when it is back. */
  #unheard: Outgoing[] = [];
  #unheardDelete: string | undefined;
  #bodies = 0;

  constructor(mortal: MortalApp, fifo: boolean) {
    this.#mortal = mortal;
    this.#fifo = fifo;
    this.#suffix = fifo ? ".fifo" : "";
  }

  get #url(): string {
    return `q${this.#suffix}`;
  }
  get #dead(): string {
    return `dead${this.#suffix}`;
  }
  get #nowMs(): number {
    return this.#mortal.app.clock.nowMs();
  }

  async take(next: Step): Promise<void> {
    const chosen = "which" in next ? this.#held[next.which % Math.max(1, this.#held.length)] : undefined;
    switch (next.kind) {
      case "send":
        await this.#sendAll(
          next.groups.map((group) => {
            this.#bodies += 1;
            return { group, body: `${group}-${this.#bodies}`, delaySeconds: next.delaySeconds };
          }),
        );
        break;
      case "repeat":
        if (this.#known.length > 0)
          await this.#sendAll([this.#known[next.which % this.#known.length] as Known]);
        break;
      case "receive":
        await this.#receive(next.limit, next.timeoutSeconds);
        break;
      case "delete":
        if (chosen !== undefined) await this.#delete(chosen);
        break;
      case "release":
        if (chosen !== undefined) await this.#change(chosen, 0);
        break;
      case "prolong":
        if (chosen !== undefined) await this.#change(chosen, 40);
        break;
      case "crash":
        this.#mortal.dieAfter(next.commits);
        break;
      default:
        await this.#mortal.app.clock.advance(next.seconds * 1_000);
    }
    if (this.#mortal.isDead) await this.#comeBack();
  }

  async #comeBack(): Promise<void> {
    await this.#mortal.revive();
    if (this.#unheardDelete !== undefined) {
      const known = this.#byId.get(this.#unheardDelete) as Known;
      const isThere = (await this.#peek()).has(known.id) || (await this.#peek(this.#dead)).has(known.id);
      if (!isThere && !known.expired) known.deleted = true;
      this.#unheardDelete = undefined;
    }
    const again = this.#unheard;
    this.#unheard = [];
    if (this.#fifo) await this.#sendAll(again);
    else await this.#adopt(again);
  }

  /** A standard queue knows no repeats: what was sent unheard is there once or not at all. */
  async #adopt(unheard: readonly Outgoing[]): Promise<void> {
    const found = await this.#peek();
    for (const outgoing of unheard) {
      const there = [...found.values()].filter(({ body }) => body === outgoing.body);
      expect(there.length).toBeLessThanOrEqual(1);
      if (there[0] !== undefined) this.#learn(there[0].messageId, outgoing);
    }
  }

  async #sendAll(all: readonly Outgoing[]): Promise<void> {
    await Promise.all(all.map((each) => this.#send(each)));
  }

  async #send({ body, group, delaySeconds }: Outgoing): Promise<void> {
    const latest = this.#known.findLast((each) => each.body === body);
    const isRepeat = this.#fifo && latest !== undefined && latest.atMs + deduplicationMs > this.#nowMs;
    const heard = await this.#mortal.call("sqs", "SendMessage", {
      QueueUrl: this.#url,
      MessageBody: body,
      MessageGroupId: group,
      ...(delaySeconds > 0 ? { DelaySeconds: delaySeconds } : {}),
    });
    if (heard === "unheard") {
      this.#unheard.push({ body, group, delaySeconds });
      return;
    }
    expect(heard.ok).toBe(true);
    const id = (heard.ok ? heard.output["MessageId"] : "") as string;
    if (isRepeat) expect(id).toBe(latest.id);
    else this.#learn(id, { body, group, delaySeconds });
  }

  #learn(id: string, { body, group, delaySeconds }: Outgoing): void {
    expect(this.#byId.has(id)).toBe(false);
    const known: Known = {
      id,
      body,
      group,
      delaySeconds,
      atMs: this.#nowMs,
      deleted: false,
      expired: false,
    };
    this.#known.push(known);
    this.#byId.set(id, known);
  }

  async #receive(limit: number, timeoutSeconds: number): Promise<void> {
    const heard = await this.#mortal.call("sqs", "ReceiveMessage", {
      QueueUrl: this.#url,
      MaxNumberOfMessages: limit,
      VisibilityTimeout: timeoutSeconds,
    });
    if (heard === "unheard") return;
    expect(heard.ok).toBe(true);
    const received = ((heard.ok ? heard.output["Messages"] : undefined) ?? []) as readonly Message[];
    expect(new Set(received.map(({ MessageId }) => MessageId)).size).toBe(received.length);
    for (const message of received) {
      expect(this.#byId.has(message.MessageId)).toBe(true);
      expect(this.#hiddenUntilMs.get(message.MessageId) ?? 0).toBeLessThanOrEqual(this.#nowMs);
      this.#hiddenUntilMs.set(message.MessageId, this.#nowMs + timeoutSeconds * 1_000);
      this.#held.push(message);
    }
    if (this.#fifo) await this.#checkHeads(received.map(({ MessageId }) => MessageId));
  }

  /** Of each group, what was received is what the group begins with, in the order it was sent. */
  async #checkHeads(received: readonly string[]): Promise<void> {
    const inQueue = await this.#peek();
    for (const group of groups) {
      const there = this.#known.filter((each) => each.group === group && inQueue.has(each.id));
      const ids = received.filter((id) => this.#byId.get(id)?.group === group);
      expect(ids).toEqual(there.slice(0, ids.length).map(({ id }) => id));
    }
  }

  async #delete({ MessageId, ReceiptHandle }: Message): Promise<void> {
    const wasThere = (await this.#peek()).has(MessageId);
    this.#unheardDelete = MessageId;
    const heard = await this.#mortal.call("sqs", "DeleteMessage", { QueueUrl: this.#url, ReceiptHandle });
    if (heard === "unheard") return;
    this.#unheardDelete = undefined;
    if (!this.#fifo) expect(heard.ok).toBe(true);
    const known = this.#byId.get(MessageId) as Known;
    if (heard.ok && wasThere) known.deleted = true;
  }

  async #change({ MessageId, ReceiptHandle }: Message, seconds: number): Promise<void> {
    const heard = await this.#mortal.call("sqs", "ChangeMessageVisibility", {
      QueueUrl: this.#url,
      ReceiptHandle,
      VisibilityTimeout: seconds,
    });
    if (heard === "unheard") this.#hiddenUntilMs.delete(MessageId);
    else if (heard.ok) this.#hiddenUntilMs.set(MessageId, this.#nowMs + seconds * 1_000);
  }

  #peek(name = this.#url): Promise<Map<string, SqsPeeked>> {
    return this.#mortal.app.platform.run({ name: "sqs.Peek" }, (call: Call) => {
      const found = call.ports.sqs.peek(call, arn(name)) ?? [];
      return new Map(found.map((each) => [each.messageId, each]));
    });
  }

  async check(): Promise<void> {
    const inQueue = await this.#peek();
    const dead = await this.#peek(this.#dead);
    for (const known of this.#known) {
      const { id, atMs, deleted } = known;
      const isThere = inQueue.has(id) || dead.has(id);
      const isOld = atMs + retentionMs <= this.#nowMs;
      if (!isThere && !deleted && isOld) known.expired = true;
      const places = [inQueue.has(id), dead.has(id), deleted, known.expired];
      expect(places.filter(Boolean)).toHaveLength(1);
      if (inQueue.has(id)) expect(isOld).toBe(false);
    }
    const { Attributes } = (await this.#mortal.app.platform.invoke("sqs", "GetQueueAttributes", {
      QueueUrl: this.#url,
      AttributeNames: ["All"],
    })) as { Attributes: Record<string, string> };
    const [visible, hidden, delayed] = ["", "NotVisible", "Delayed"].map((place) =>
      Number(Attributes[`ApproximateNumberOfMessages${place}`]),
    ) as [number, number, number];
    const count = (is: (known: Known) => boolean): number => this.#known.filter(is).length;
    const gone = count(({ deleted }) => deleted) + count(({ expired }) => expired);
    expect(this.#known.length).toBe(visible + hidden + delayed + dead.size + gone);
    const peeked = (place: SqsPeeked["place"]): number =>
      [...inQueue.values()].filter((each) => each.place === place).length;
    expect([visible, hidden, delayed]).toEqual([peeked("ready"), peeked("inFlight"), peeked("delayed")]);
  }
}

let base: App;

beforeAll(async () => {
  base = await startApp({ clock: "manual", seed: 7 });
  for (const suffix of ["", ".fifo"]) {
    const kind = suffix === "" ? {} : { FifoQueue: "true", ContentBasedDeduplication: "true" };
    await base.platform.invoke("sqs", "CreateQueue", { QueueName: `dead${suffix}`, Attributes: kind });
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn(`dead${suffix}`), maxReceiveCount: 3 });
    await base.platform.invoke("sqs", "CreateQueue", {
      QueueName: `q${suffix}`,
      Attributes: { ...kind, MessageRetentionPeriod: String(retentionMs / 1_000), RedrivePolicy },
    });
  }
});
afterAll(() => base.close());

test.each([
  ["standard", false],
  ["FIFO", true],
])(
  "%s queues lose and make nothing, whenever the process dies",
  async (_kind, fifo) => {
    let lives = 0;
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step(fifo), { maxLength: 60, size: "max" }),
        fc.nat(1_000_000),
        async (steps, seed) => {
          await using mortal = await MortalApp.forkOf(base, seed);
          const history = new History(mortal, fifo);
          for (const next of steps) {
            await history.take(next);
            await history.check();
          }
          lives += mortal.lives;
          runs += 1;
        },
      ),
      { numRuns: 300 },
    );
    expect(lives).toBeGreaterThan(runs);
  },
  120_000,
);
