/**
 * One serialisable transaction: reads see the engine and the transaction's own writes; nothing else can run meanwhile,
 * because operations are synchronous. It remembers what it read, so that a parked operation is woken exactly by a
 * commit that touches that.
 */
import { AwsError } from "../kernel/errors.ts";
import type { Engine, Range } from "./engine.ts";

type Write = { readonly value: unknown } | null;

/** What services see: keys are complete but for the scope (account, region), which `prefix` adds. */
export interface Transaction {
  /** Packed account and region; every key of the scope starts with it. */
  readonly prefix: string;
  readonly draft: Draft;
}

export class Draft {
  readonly writes = new Map<string, Write>();
  readonly #keysRead: string[] = [];
  readonly #walks: Walked[] = [];
  readonly #engine: Engine;
  /** Keys of `writes` in order; built by the first scan and kept up from then on. */
  #sorted: string[] | undefined;
  #undo: [key: string, before: Write | undefined][] | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Everything read so far, as ranges. */
  reads(): Range[] {
    return [...this.#keysRead.map((key) => ({ from: key, to: `${key}\0` })), ...this.#walks.map(rangeOf)];
  }

  get(key: string): unknown {
    const write = this.writes.get(key);
    if (write !== undefined) return write?.value;
    this.#keysRead.push(key);
    return this.#engine.get(key);
  }

  set(key: string, value: unknown): void {
    this.#write(key, { value });
  }

  delete(key: string): void {
    this.#write(key, null);
  }

  /**
   * Rows of `[from, to)` in key order (or backwards), own writes included. Rows may be written and deleted while the
   * result is walked. What counts as read ends where the walk ends.
   */
  *scan(range: Range, reverse = false): Generator<readonly [key: string, value: unknown], void> {
    const walked: Walked = { range, reverse, last: undefined, isWhole: false };
    this.#walks.push(walked);
    let at: string | undefined;
    const stored = this.#engine.scan(range, reverse)[Symbol.iterator]();
    let row = stored.next();
    try {
      for (;;) {
        const own = this.#ownNext(range, at, reverse);
        const storedKey = row.done === true ? undefined : row.value[0];
        const takeOwn =
          own !== undefined && (storedKey === undefined || (reverse ? own >= storedKey : own <= storedKey));
        const key = takeOwn ? own : storedKey;
        if (key === undefined) {
          walked.isWhole = true;
          return;
        }
        const storedValue = row.done === true ? undefined : row.value[1];
        if (storedKey === key) row = stored.next();
        at = key;
        walked.last = key;
        const write = this.writes.get(key);
        if (write === null) continue;
        yield [key, write === undefined ? storedValue : write.value];
      }
    } finally {
      stored.return?.();
    }
  }

  /** Runs `body`; when it throws an answer, only its own writes are undone and the error goes on. */
  savepoint<Result>(body: () => Result): Result {
    const outer = this.#undo;
    const undo: [string, Write | undefined][] = [];
    this.#undo = undo;
    try {
      const result = body();
      if (outer !== undefined) outer.push(...undo);
      return result;
    } catch (error) {
      this.#undo = undefined;
      for (const [key, before] of undo.toReversed()) {
        if (before === undefined) this.#forget(key);
        else this.writes.set(key, before);
      }
      throw error;
    } finally {
      this.#undo = outer;
    }
  }

  /** As `savepoint`, but an answer (`AwsError`) is returned instead of thrown: batch operations keep what succeeded. */
  attempt<Result>(body: () => Result): Result | AwsError {
    try {
      return this.savepoint(body);
    } catch (error) {
      if (error instanceof AwsError) return error;
      throw error;
    }
  }

  #write(key: string, write: Write): void {
    const before = this.writes.get(key);
    this.#undo?.push([key, before]);
    this.writes.set(key, write);
    if (before === undefined && this.#sorted !== undefined) {
      this.#sorted.splice(lowerBound(this.#sorted, key), 0, key);
    }
  }

  #forget(key: string): void {
    this.writes.delete(key);
    if (this.#sorted !== undefined) this.#sorted.splice(lowerBound(this.#sorted, key), 1);
  }

  #ownNext(range: Range, at: string | undefined, reverse: boolean): string | undefined {
    if (this.writes.size === 0) return undefined;
    const sorted = (this.#sorted ??= [...this.writes.keys()].toSorted(byCode));
    if (reverse) {
      const key = sorted[lowerBound(sorted, at ?? range.to) - 1];
      return key !== undefined && key >= range.from ? key : undefined;
    }
    const key = sorted[at === undefined ? lowerBound(sorted, range.from) : lowerBound(sorted, `${at}\0`)];
    return key !== undefined && key < range.to ? key : undefined;
  }
}

/** How far a scan was walked. */
interface Walked {
  readonly range: Range;
  readonly reverse: boolean;
  last: string | undefined;
  isWhole: boolean;
}

function rangeOf({ range, reverse, last, isWhole }: Walked): Range {
  if (isWhole) return range;
  const { from, to } = range;
  if (last === undefined) return reverse ? { from: to, to } : { from, to: from };
  return reverse ? { from: last, to } : { from, to: `${last}\0` };
}

const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The index of the first element that is not less than `key`. */
function lowerBound(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
