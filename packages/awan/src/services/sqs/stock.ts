/**
 * A queue's stock of messages while one transaction works on it: what it means to put, hide, reveal and remove one.
 * Every change moves a message between places and counts it; `save` writes the counters once. Knows rows and time,
 * nothing of the wire.
 */
import type { Call } from "../../host/call.ts";
import { invariant } from "../../kernel/errors.ts";
import type { Transaction } from "../../store/transaction.ts";
import { keepRemembered } from "./deduplication.ts";
import {
  aged,
  available,
  bodies,
  type BodyRow,
  groupMessages,
  groups,
  type MessageRow,
  messages,
  offered,
  type QueueRow,
  type ShelfRow,
  shelves,
  timed,
} from "./keys.ts";
import { inlineCharactersMax, rowsPerSweep } from "./limits.ts";

type Counts = { -readonly [Key in keyof ShelfRow]: ShelfRow[Key] };

const emptyShelf: ShelfRow = { visible: 0, delayed: 0, inFlight: 0, next: 1, expiryAtMs: null };

/** Spelled out, as all that is stored often: a spread would give every copy a hidden class of its own. */
const copied = ({ visible, delayed, inFlight, next, expiryAtMs }: ShelfRow): Counts => ({
  visible,
  delayed,
  inFlight,
  next,
  expiryAtMs,
});

/** The message in another place. */
const moved = (row: MessageRow, place: MessageRow["place"], visibleAtMs: number): MessageRow => ({
  id: row.id,
  place,
  visibleAtMs,
  sentAtMs: row.sentAtMs,
  aged: row.aged,
  receiveCount: row.receiveCount,
  receiveCountBefore: row.receiveCountBefore,
  firstReceivedAtMs: row.firstReceivedAtMs,
  receivedAtMs: row.receivedAtMs,
  groupId: row.groupId,
  deduplicationId: row.deduplicationId,
  sourceArn: row.sourceArn,
  inline: row.inline,
});

const isAvailable = (row: MessageRow): boolean => row.place === "ready" && row.groupId === null;

export class Stock {
  readonly call: Call;
  readonly tx: Transaction;
  readonly queue: QueueRow;
  readonly shelf: number;
  /** Deduplication ids this transaction added. */
  readonly remembered: [scope: string, deduplicationId: string][] = [];
  #counts: Counts | undefined;

  constructor(call: Call, queue: QueueRow) {
    this.call = call;
    this.tx = call.tx;
    this.queue = queue;
    this.shelf = queue.shelf;
  }

  /** Read only when something changes, so that a waiting receive is not woken by what does not concern it. */
  get counts(): Counts {
    this.#counts ??= copied(shelves.get(this.tx, [this.shelf]) ?? emptyShelf);
    return this.#counts;
  }

  /** Writes the counters and keeps the one duty that expires messages. */
  save(): void {
    const counts = this.#counts;
    if (counts === undefined) return;
    keepRemembered(this);
    if (counts.visible + counts.delayed + counts.inFlight === 0 && counts.expiryAtMs !== null) {
      counts.expiryAtMs = null;
      this.call.unschedule("sqs.expire", [this.queue.name]);
    }
    shelves.set(this.tx, [this.shelf], copied(counts));
  }

  /** Makes sure that expired messages are looked for at `atMs` or earlier. */
  expireBy(atMs: number): void {
    const { counts } = this;
    if (counts.expiryAtMs !== null && counts.expiryAtMs <= atMs) return;
    counts.expiryAtMs = atMs;
    this.call.schedule("sqs.expire", [this.queue.name], atMs);
  }

  message(sequence: number): MessageRow | undefined {
    const key: [number, number] = [this.shelf, sequence];
    return messages.get(this.tx, key) ?? available.get(this.tx, key);
  }

  body(sequence: number, row = this.message(sequence)): BodyRow {
    const body = row?.inline ?? bodies.get(this.tx, [this.shelf, sequence]);
    invariant(body, `message ${sequence} of ${this.queue.name} has no body`);
    return body;
  }

  isExpired(row: MessageRow): boolean {
    return row.sentAtMs + this.queue.settings.retentionMs <= this.call.nowMs;
  }

  /** Adds a message that can be received after `delayMs`. Returns its sequence. */
  put(message: Omit<MessageRow, "place" | "visibleAtMs" | "inline">, body: BodyRow, delayMs: number): number {
    const { counts, call } = this;
    const sequence = counts.next;
    counts.next += 1;
    const delayed = delayMs > 0;
    const row: MessageRow = {
      id: message.id,
      place: delayed ? "delayed" : "ready",
      visibleAtMs: call.nowMs + delayMs,
      sentAtMs: message.sentAtMs,
      aged: message.aged,
      receiveCount: message.receiveCount,
      receiveCountBefore: message.receiveCountBefore,
      firstReceivedAtMs: message.firstReceivedAtMs,
      receivedAtMs: message.receivedAtMs,
      groupId: message.groupId,
      deduplicationId: message.deduplicationId,
      sourceArn: message.sourceArn,
      inline: body.attributes === null && body.body.length <= inlineCharactersMax ? body : null,
    };
    if (delayed || row.groupId !== null) messages.set(this.tx, [this.shelf, sequence], row);
    if (row.inline === null) bodies.set(this.tx, [this.shelf, sequence], body);
    if (row.aged) aged.set(this.tx, [this.shelf, row.sentAtMs, sequence], true);
    if (this.#isInFifoGroup(row))
      groupMessages.set(this.tx, [this.shelf, row.groupId as string, sequence], true);
    if (delayed) {
      counts.delayed += 1;
      timed.set(this.tx, [this.shelf, row.visibleAtMs, sequence], true);
    } else {
      counts.visible += 1;
      this.#offer(sequence, row);
    }
    this.expireBy(row.sentAtMs + this.queue.settings.retentionMs);
    return sequence;
  }

  /**
   * Takes a message out of reach until `untilMs`, as `row` (a received message, or one whose timeout is changed). The
   * group of a FIFO queue that is received from was withdrawn before.
   */
  hide(sequence: number, row: MessageRow, untilMs: number): void {
    this.#leave(sequence, row);
    if (untilMs <= this.call.nowMs) {
      this.#makeReady(sequence, row);
      return;
    }
    messages.set(this.tx, [this.shelf, sequence], moved(row, "inFlight", untilMs));
    timed.set(this.tx, [this.shelf, untilMs, sequence], true);
    this.counts.inFlight += 1;
  }

  /** Makes ready what has become visible by now; the rest of a very long list is left to the next call. */
  wake(rowsMax: number = rowsPerSweep): void {
    let rows = 0;
    for (const { key } of timed.scan(this.tx, [this.shelf], { upTo: [this.call.nowMs] })) {
      const sequence = key[2];
      const row = this.message(sequence);
      invariant(row, `sqs.timed names a message that is not there: ${sequence}`);
      this.#leave(sequence, row);
      this.#makeReady(sequence, row);
      rows += 1;
      if (rows === rowsMax) return;
    }
  }

  /** When the next hidden message becomes visible. */
  nextVisibleAtMs(): number | undefined {
    return timed.first(this.tx, [this.shelf])?.key[1];
  }

  remove(sequence: number, row: MessageRow): void {
    this.#leave(sequence, row);
    if (!isAvailable(row)) messages.delete(this.tx, [this.shelf, sequence]);
    if (row.inline === null) bodies.delete(this.tx, [this.shelf, sequence]);
    if (row.aged) aged.delete(this.tx, [this.shelf, row.sentAtMs, sequence]);
    if (this.#isInFifoGroup(row)) {
      const groupId = row.groupId as string;
      groupMessages.delete(this.tx, [this.shelf, groupId, sequence]);
      // One that could be received may have been the head by which its group was offered.
      if (row.place === "ready") this.settleGroup(groupId);
      else this.offerGroup(groupId);
    }
  }

  /** Offers the group to receivers, behind all others, if it is not offered and its first message may be received. */
  offerGroup(groupId: string, readySequence?: number): void {
    const { tx, shelf } = this;
    if (groups.has(tx, [shelf, groupId])) return;
    const head = groupMessages.first(tx, [shelf, groupId])?.key[2];
    if (head === undefined) return;
    if (head !== readySequence && this.message(head)?.place !== "ready") return;
    const order = this.counts.next;
    this.counts.next += 1;
    offered.set(tx, [shelf, order], groupId);
    groups.set(tx, [shelf, groupId], order);
  }

  /** Takes the group out of receivers' sight. */
  withdrawGroup(groupId: string): void {
    const { tx, shelf } = this;
    const order = groups.get(tx, [shelf, groupId]);
    if (order === undefined) return;
    offered.delete(tx, [shelf, order]);
    groups.delete(tx, [shelf, groupId]);
  }

  /** Offers the group if its first message may be received, and withdraws it otherwise. */
  settleGroup(groupId: string): void {
    const head = groupMessages.first(this.tx, [this.shelf, groupId])?.key[2];
    if (head !== undefined && this.message(head)?.place === "ready") this.offerGroup(groupId);
    else this.withdrawGroup(groupId);
  }

  #isInFifoGroup(row: { readonly groupId: string | null }): boolean {
    return this.queue.fifo && row.groupId !== null;
  }

  #makeReady(sequence: number, row: MessageRow): void {
    const { counts } = this;
    const revealed = moved(row, "ready", this.call.nowMs);
    if (row.groupId !== null) messages.set(this.tx, [this.shelf, sequence], revealed);
    else messages.delete(this.tx, [this.shelf, sequence]);
    counts.visible += 1;
    this.#offer(sequence, revealed);
  }

  #offer(sequence: number, row: MessageRow): void {
    if (row.groupId === null) {
      // A message that comes back takes its old place: standard queues deliver in send order here.
      available.set(this.tx, [this.shelf, sequence], row);
      return;
    }
    if (!this.queue.fifo) groupMessages.set(this.tx, [this.shelf, row.groupId, sequence], true);
    this.offerGroup(row.groupId, sequence);
  }

  /** Takes the message out of the place it is in. */
  #leave(sequence: number, row: MessageRow): void {
    const { counts } = this;
    if (row.place !== "ready") {
      timed.delete(this.tx, [this.shelf, row.visibleAtMs, sequence]);
      if (row.place === "delayed") counts.delayed -= 1;
      else counts.inFlight -= 1;
      return;
    }
    counts.visible -= 1;
    if (row.groupId === null) available.delete(this.tx, [this.shelf, sequence]);
    else if (!this.queue.fifo) {
      groupMessages.delete(this.tx, [this.shelf, row.groupId, sequence]);
      this.settleGroup(row.groupId);
    }
  }
}
