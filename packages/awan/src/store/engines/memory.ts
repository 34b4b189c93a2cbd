/**
 * Rows in a copy-on-write B-tree: for tests and `--ephemeral`. Forking clones the tree in O(1); the two sides then
 * share every node neither of them changes.
 */
import sortedBtree from "sorted-btree";
import type { Engine, Range, Writes } from "../engine.ts";

// sorted-btree is CommonJS: the import is its `exports`, and the class their member `default`.
const BTree = sortedBtree.default;
export type Tree<Value> = InstanceType<typeof BTree<string, Value>>;

const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** An empty tree ordered by code unit, which is byte order for packed keys. */
export function newTree<Value>(): Tree<Value> {
  return new BTree<string, Value>(undefined, byCode);
}

/** Rows of a tree within a range, in order or backwards. */
export function* treeRows<Value>(
  tree: Tree<Value>,
  range: Range,
  reverse: boolean,
): Generator<readonly [string, Value], void> {
  if (reverse) {
    for (const [key, value] of tree.entriesReversed(range.to)) {
      if (key >= range.to) continue;
      if (key < range.from) return;
      yield [key, value];
    }
    return;
  }
  for (const [key, value] of tree.entries(range.from)) {
    if (key >= range.to) return;
    yield [key, value];
  }
}

export interface MemoryEngineOptions {
  /** Freezes every value written, so that a service that changes a stored row fails at once. For tests. */
  readonly freeze?: boolean;
}

export class MemoryEngine implements Engine {
  readonly #tree: Tree<unknown>;
  readonly #freeze: boolean;
  #commits = 0;

  constructor(options: MemoryEngineOptions = {}, tree: Tree<unknown> = newTree<unknown>()) {
    this.#tree = tree;
    this.#freeze = options.freeze ?? false;
  }

  get(key: string): unknown {
    return this.#tree.get(key);
  }

  scan(range: Range, reverse: boolean): Iterable<readonly [string, unknown]> {
    return treeRows(this.#tree, range, reverse);
  }

  commit(writes: Writes): number {
    for (const [key, write] of writes) {
      if (write === null) this.#tree.delete(key);
      else this.#tree.set(key, this.#freeze ? deepFreeze(write.value) : write.value);
    }
    this.#commits += 1;
    return this.#commits;
  }

  durable(): undefined {
    return undefined;
  }

  takeNewestRead(): number {
    return 0;
  }

  fork(): MemoryEngine {
    return new MemoryEngine({ freeze: this.#freeze }, this.#tree.clone());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Every key of every engine is less than this. */
export const everyRow: Range = { from: "", to: "\uffff" };

/** The rows of any engine as they are now, in memory: a fork in O(1) where there is one, else a copy. */
export function copyRows(engine: Engine): Engine {
  if (engine.fork !== undefined) return engine.fork();
  const copy = new MemoryEngine();
  const rows = new Map<string, { readonly value: unknown }>();
  for (const [key, value] of engine.scan(everyRow, false)) rows.set(key, { value });
  copy.commit(rows);
  return copy;
}

function deepFreeze(value: unknown): unknown {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value))
    return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}
