/**
 * Rows in memory: for tests and `--ephemeral`. Forking copies the ordered map in O(1); the two sides then share all that
 * neither of them changes.
 */
import type { Engine, Range, Writes } from "../engine.ts";
import { OrderedMap } from "../ordered-map.ts";

export interface MemoryEngineOptions {
  /** Freezes every value written, so that a service that changes a stored row fails at once. For tests. */
  readonly freeze?: boolean;
}

export class MemoryEngine implements Engine {
  readonly #rows: OrderedMap<unknown>;
  readonly #freeze: boolean;
  #commits = 0;

  constructor(options: MemoryEngineOptions = {}, rows = new OrderedMap<unknown>()) {
    this.#rows = rows;
    this.#freeze = options.freeze ?? false;
  }

  get(key: string): unknown {
    return this.#rows.get(key);
  }

  scan(range: Range, reverse: boolean): Iterable<readonly [string, unknown]> {
    return this.#rows.rows(range, reverse);
  }

  commit(writes: Writes): number {
    for (const [key, write] of writes) {
      if (write === null) this.#rows.delete(key);
      else this.#rows.set(key, this.#freeze ? deepFreeze(write.value) : write.value);
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
    return new MemoryEngine({ freeze: this.#freeze }, this.#rows.clone());
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
