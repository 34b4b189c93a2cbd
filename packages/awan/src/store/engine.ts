/**
 * What keeps rows: an ordered map from packed tuples to values, changed by whole commits only. Reads are synchronous;
 * a commit is visible at once and durable a little later (`durable`). Every engine passes `engine-contract.ts`.
 */

/** What a key is to become; null deletes it. Values are plain data and are never changed after they were written. */
export type Writes = ReadonlyMap<string, { readonly value: unknown } | null>;

export interface Range {
  /** First key. */
  readonly from: string;
  /** First key that is no longer part of the range. */
  readonly to: string;
}

export interface Engine {
  get(key: string): unknown;
  /** Rows of the range in key order, or backwards. The engine may not be written while the result is walked. */
  scan(range: Range, reverse: boolean): Iterable<readonly [key: string, value: unknown]>;
  /** Applies `writes` whole. Returns the commit's number, for `durable`. */
  commit(writes: Writes): number;
  /** Resolves when the commit of that number, and all before it, survive a crash; undefined when they already do. */
  durable(commit: number): Promise<void> | undefined;
  /** The newest commit that any `get` or `scan` since the last call returned a row of, if it is not yet durable. */
  takeNewestRead(): number;
  /** A copy that shares what neither side changes. Only the memory engine has it. */
  fork?(): Engine;
  close(): Promise<void>;
}
