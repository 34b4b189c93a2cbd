/**
 * A typed slice of the key space. Each service declares its tables in `keys.ts`; the labels on the key's parts are the
 * schema's documentation.
 */
import type { Transaction } from "./transaction.ts";
import { afterPrefix, packTuple, type TuplePart, unpackTuple } from "./tuple.ts";

export interface ScanOptions {
  /** Start at this key (parts after the prefix), inclusive. */
  readonly from?: readonly TuplePart[];
  /** Start after this key, and after every key it is a prefix of. */
  readonly after?: readonly TuplePart[];
  /** Stop before this key. */
  readonly before?: readonly TuplePart[];
  /** Stop after this key and every key it is a prefix of. */
  readonly upTo?: readonly TuplePart[];
  readonly reverse?: boolean;
}

export interface Row<Key, Value> {
  readonly key: Key;
  readonly value: Value;
}

export interface Table<Key extends readonly TuplePart[], Value> {
  readonly name: string;
  get(tx: Transaction, key: Key): Value | undefined;
  has(tx: Transaction, key: Key): boolean;
  /** Writes a row. The value is plain data (msgpack: objects, arrays, strings, numbers, bigint, bytes) and must not be changed afterwards. */
  set(tx: Transaction, key: Key, value: Value): void;
  delete(tx: Transaction, key: Key): void;
  /** Rows whose key starts with `prefix`, in key order; walk only as far as needed. Bounds are relative to the prefix. */
  scan(
    tx: Transaction,
    prefix: readonly TuplePart[],
    options?: ScanOptions,
  ): Generator<Row<Key, Value>, void>;
  /** The first row of a scan. */
  first(tx: Transaction, prefix: readonly TuplePart[], options?: ScanOptions): Row<Key, Value> | undefined;
}

/** Declares the table `name` of a service: its rows' keys are `(account, region, service, name, ...Key)`. */
export function table<Key extends readonly TuplePart[], Value>(
  service: string,
  name: string,
): Table<Key, Value> {
  const own = packTuple([service, name]);
  // One concatenation a key, onto a flat string: longer chains of them cost memory as long as the key is stored.
  let scope = "";
  let scopedOwn = own;
  const pack = (tx: Transaction, parts: readonly TuplePart[]): string => {
    if (tx.prefix !== scope) {
      scope = tx.prefix;
      scopedOwn = [scope, own].join("");
    }
    return scopedOwn + packTuple(parts);
  };

  function* scan(
    tx: Transaction,
    prefix: readonly TuplePart[],
    options: ScanOptions = {},
  ): Generator<Row<Key, Value>, void> {
    const base = pack(tx, prefix);
    const { from, after, before, upTo } = options;
    const range = {
      from: after !== undefined ? afterPrefix(base + packTuple(after)) : base + packTuple(from ?? []),
      to:
        upTo !== undefined
          ? afterPrefix(base + packTuple(upTo))
          : before !== undefined
            ? base + packTuple(before)
            : afterPrefix(base),
    };
    const keyStart = tx.prefix.length + own.length;
    for (const [packed, value] of tx.draft.scan(range, options.reverse)) {
      yield new LazyRow<Key, Value>(packed, keyStart, value as Value);
    }
  }

  return {
    name: `${service}.${name}`,
    get: (tx, key) => tx.draft.get(pack(tx, key)) as Value | undefined,
    has: (tx, key) => tx.draft.get(pack(tx, key)) !== undefined,
    set: (tx, key, value) => tx.draft.set(pack(tx, key), value),
    delete: (tx, key) => tx.draft.delete(pack(tx, key)),
    scan,
    first: (tx, prefix, options) => {
      for (const row of scan(tx, prefix, options)) return row;
      return undefined;
    },
  };
}

/** Most scans need only the value: the key is unpacked when it is asked for. */
class LazyRow<Key extends readonly TuplePart[], Value> implements Row<Key, Value> {
  readonly value: Value;
  readonly #packed: string;
  readonly #keyStart: number;

  constructor(packed: string, keyStart: number, value: Value) {
    this.value = value;
    this.#packed = packed;
    this.#keyStart = keyStart;
  }

  get key(): Key {
    // The first two parts are the service's and the table's names, already skipped by keyStart.
    return unpackTuple(this.#packed, this.#keyStart) as readonly TuplePart[] as Key;
  }
}
