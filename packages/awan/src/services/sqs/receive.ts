/**
 * Taking messages from the head of a queue: which ones, in what order, and which become dead letters instead. Costs
 * what it returns, never what is stored.
 */
import { moveToDeadLetters } from "./dead-letter.ts";
import { attempts, available, groupMessages, type MessageRow, offered } from "./keys.ts";
import { inFlightMaxFifo, inFlightMaxStandard, receiveAttemptMs } from "./limits.ts";
import type { Stock } from "./stock.ts";

export interface Wanted {
  readonly limit: number;
  readonly visibilityTimeoutMs: number;
  readonly attemptId?: string | undefined;
}

export interface Taken {
  readonly sequence: number;
  readonly row: MessageRow;
}

export interface Receipts {
  readonly taken: readonly Taken[];
  /** Something changed although nothing may have been taken: messages expired or became dead letters. */
  readonly changed: boolean;
  /** No more messages may be in flight (standard queues answer OverLimit then). */
  readonly full: boolean;
}

/** Takes up to `limit` messages and hides each for the visibility timeout. */
export function receive(stock: Stock, wanted: Wanted): Receipts {
  stock.wake();
  const again = wanted.attemptId === undefined ? undefined : repeatAttempt(stock, wanted, wanted.attemptId);
  if (again !== undefined) return { taken: again, changed: true, full: false };
  const gathered = new Gathering(stock, wanted.limit);
  gathered.run();
  const room = roomInFlight(stock, gathered.found.length);
  const found = gathered.found.slice(0, room);
  // Groups are received from their heads on; one that comes back at once comes behind all others.
  if (stock.queue.fifo)
    for (const group of new Set(found.map(({ row }) => row.groupId as string))) stock.withdrawGroup(group);
  const taken = found.map(({ sequence, row }) => take(stock, sequence, row, wanted.visibilityTimeoutMs));
  if (wanted.attemptId !== undefined && taken.length > 0) {
    attempts.set(stock.tx, [stock.shelf, wanted.attemptId], {
      expiresAtMs: stock.call.nowMs + receiveAttemptMs,
      messages: taken.map(({ sequence, row }) => ({ sequence, receiveCount: row.receiveCount })),
    });
  }
  return { taken, changed: gathered.changed, full: found.length < gathered.found.length };
}

function roomInFlight(stock: Stock, asked: number): number {
  if (asked === 0) return 0;
  return Math.max(0, (stock.queue.fifo ? inFlightMaxFifo : inFlightMaxStandard) - stock.counts.inFlight);
}

function take(stock: Stock, sequence: number, row: MessageRow, visibilityTimeoutMs: number): Taken {
  const { nowMs } = stock.call;
  const received: MessageRow = {
    id: row.id,
    place: row.place,
    visibleAtMs: row.visibleAtMs,
    sentAtMs: row.sentAtMs,
    aged: row.aged,
    receiveCount: row.receiveCount + 1,
    receiveCountBefore: row.receiveCountBefore,
    firstReceivedAtMs: row.firstReceivedAtMs ?? nowMs,
    receivedAtMs: nowMs,
    groupId: row.groupId,
    deduplicationId: row.deduplicationId,
    sourceArn: row.sourceArn,
    inline: row.inline,
  };
  stock.hide(sequence, received, nowMs + visibilityTimeoutMs);
  return { sequence, row: received };
}

/** A receive whose answer was lost is repeated with its attempt id: the same messages, their timeouts begun anew. */
function repeatAttempt(stock: Stock, wanted: Wanted, attemptId: string): readonly Taken[] | undefined {
  const attempt = attempts.get(stock.tx, [stock.shelf, attemptId]);
  const { nowMs } = stock.call;
  if (attempt === undefined || attempt.expiresAtMs <= nowMs) return undefined;
  const taken: Taken[] = [];
  for (const { sequence, receiveCount } of attempt.messages) {
    const row = stock.message(sequence);
    if (row === undefined || row.receiveCount !== receiveCount || row.place !== "inFlight") return undefined;
    taken.push({ sequence, row });
  }
  for (const { sequence, row } of taken) stock.hide(sequence, row, nowMs + wanted.visibilityTimeoutMs);
  return taken;
}

/** Walks what is ready from the head, dropping what has expired and moving what was received too often. */
class Gathering {
  readonly found: Taken[] = [];
  changed = false;
  readonly #stock: Stock;
  readonly #limit: number;
  readonly #served = new Map<string, number>();

  constructor(stock: Stock, limit: number) {
    this.#stock = stock;
    this.#limit = limit;
  }

  run(): void {
    const { tx, shelf, queue } = this.#stock;
    const loose = available.scan(tx, [shelf]);
    let message = loose.next();
    let group = offered.first(tx, [shelf]);
    while (this.found.length < this.#limit) {
      const order = group?.key[1];
      if (message.done !== true && (order === undefined || message.value.key[1] < order)) {
        this.#consider(message.value.key[1], message.value.value);
        message = loose.next();
      } else if (group === undefined || order === undefined) return;
      else {
        if (queue.fifo) this.#considerGroup(group.value);
        else this.#considerFair(group.value);
        group = offered.first(tx, [shelf], { after: [order] });
      }
    }
  }

  /** FIFO: as many of the group as there is room for, in order, up to the first that is out of reach. */
  #considerGroup(group: string): void {
    const { tx, shelf } = this.#stock;
    for (const { key } of groupMessages.scan(tx, [shelf, group])) {
      if (this.found.length >= this.#limit || !this.#consider(key[2])) return;
    }
  }

  /**
   * Standard queues serve a group one message at a time and then put it behind the others, where this walk meets it
   * again: a noisy group waits for the quiet ones.
   */
  #considerFair(group: string): void {
    const { tx, shelf } = this.#stock;
    const after = this.#served.get(group);
    const next = groupMessages.first(tx, [shelf, group], after === undefined ? {} : { after: [after] })
      ?.key[2];
    if (next === undefined) return;
    this.#served.set(group, next);
    this.#consider(next);
    this.#stock.withdrawGroup(group);
    this.#stock.offerGroup(group);
  }

  /** False when the message is out of reach, and so all behind it in its FIFO group. */
  #consider(sequence: number, row = this.#stock.message(sequence)): boolean {
    if (row === undefined || row.place !== "ready") return false;
    if (this.#stock.isExpired(row)) {
      this.#stock.remove(sequence, row);
      this.changed = true;
    } else if (moveToDeadLetters(this.#stock, sequence, row)) this.changed = true;
    else this.found.push({ sequence, row });
    return true;
  }
}
