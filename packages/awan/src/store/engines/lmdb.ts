/**
 * Rows on disk, in LMDB. A commit goes to an in-memory overlay at once and to disk with all others of its moment in
 * one LMDB transaction (group commit, synced); until then reads merge the overlay. The disk file is memory-mapped and
 * read synchronously.
 */
import { type Database, open, type RootDatabase } from "lmdb";
import type { Engine, Range, Writes } from "../engine.ts";
import { OrderedMap } from "../ordered-map.ts";
import { everyRow } from "./memory.ts";
import { decodeRow, encodeRow } from "./row-format.ts";

interface Pending {
  /** null: deleted. */
  readonly write: { readonly value: unknown } | null;
  readonly commit: number;
}

/** Commits that go to disk together, and whoever waits for that. */
interface Group {
  readonly rows: OrderedMap<Pending>;
  newest: number;
  readonly done: Promise<void>;
  readonly finish: (error?: Error) => void;
}

/** LMDB is slow with values over its page's fraction on a churned file: larger ones are cut into chunks. */
const chunkSizeBytes = 2000;
const inline = 0;
const chunked = 1;

export class LmdbEngine implements Engine {
  readonly #root: RootDatabase<Buffer, Buffer>;
  readonly #rows: Database<Buffer, Buffer>;
  readonly #chunks: Database<Buffer, Buffer>;
  #filling: Group = newGroup();
  #flushing: Group | undefined;
  #commits = 0;
  #durableCommit = 0;
  #newestRead = 0;
  #flushScheduled = false;
  #failure: Error | undefined;

  /** Opens or creates the database in `directory`. */
  constructor(directory: string) {
    this.#root = open<Buffer, Buffer>({
      path: directory,
      // Keys may be 4,026 bytes with pages of 8 KiB (1,978 with 4 KiB).
      pageSize: 8192,
      keyEncoding: "binary",
      encoding: "binary",
      maxDbs: 4,
      // Address space only. LMDB would begin small and keep each outgrown map, resident beside its successor.
      mapSize: 64 * 1024 ** 3,
      // A flush is acknowledged when it is on disk, not when it is visible.
      overlappingSync: false,
    });
    this.#rows = this.#root.openDB<Buffer, Buffer>({
      name: "rows",
      keyEncoding: "binary",
      encoding: "binary",
    });
    this.#chunks = this.#root.openDB<Buffer, Buffer>({
      name: "chunks",
      keyEncoding: "binary",
      encoding: "binary",
    });
  }

  get(key: string): unknown {
    const pending = this.#filling.rows.get(key) ?? this.#flushing?.rows.get(key);
    if (pending !== undefined) {
      if (pending.commit > this.#newestRead) this.#newestRead = pending.commit;
      return pending.write?.value;
    }
    const packed = toBytes(key);
    const stored = this.#rows.get(packed);
    return stored === undefined ? undefined : this.#decode(packed, stored);
  }

  *scan(range: Range, reverse: boolean): Generator<readonly [string, unknown], void> {
    const overlays = this.#flushing === undefined ? [this.#filling] : [this.#filling, this.#flushing];
    let merged: Iterable<readonly [string, Pending | Buffer]> = this.#storedRows(range, reverse);
    for (const group of overlays.toReversed()) {
      if (group.rows.size > 0) merged = newerFirst(group.rows.rows(range, reverse), merged, reverse);
    }
    for (const [key, row] of merged) {
      if (!("commit" in row)) yield [key, this.#decode(toBytes(key), row)];
      else {
        if (row.commit > this.#newestRead) this.#newestRead = row.commit;
        if (row.write !== null) yield [key, row.write.value];
      }
    }
  }

  commit(writes: Writes): number {
    if (this.#failure !== undefined) throw this.#failure;
    if (writes.size === 0) return this.#commits;
    this.#commits += 1;
    const group = this.#filling;
    group.newest = this.#commits;
    for (const [key, write] of writes) group.rows.set(key, { write, commit: this.#commits });
    this.#scheduleFlush();
    return this.#commits;
  }

  durable(commit: number): Promise<void> | undefined {
    if (commit <= this.#durableCommit) return undefined;
    return this.#flushing !== undefined && commit <= this.#flushing.newest
      ? this.#flushing.done
      : this.#filling.done;
  }

  takeNewestRead(): number {
    const newest = this.#newestRead;
    this.#newestRead = 0;
    return newest;
  }

  async close(): Promise<void> {
    while (this.#flushing !== undefined || this.#filling.rows.size > 0) {
      this.#scheduleFlush();
      await (this.#flushing ?? this.#filling).done;
    }
    await this.#root.close();
  }

  #scheduleFlush(): void {
    if (this.#flushScheduled || this.#flushing !== undefined) return;
    this.#flushScheduled = true;
    setImmediate(() => {
      this.#flushScheduled = false;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    const group = this.#filling;
    if (group.rows.size === 0 || this.#flushing !== undefined) return;
    this.#flushing = group;
    this.#filling = newGroup();
    try {
      await this.#root.batch(() => {
        for (const [key, pending] of group.rows.rows(everyRow)) this.#store(toBytes(key), pending.write);
      });
      await this.#root.flushed;
      this.#root.resetReadTxn();
      this.#durableCommit = group.newest;
      this.#flushing = undefined;
      group.finish();
    } catch (error) {
      // The disk refused (full, gone): nothing more may be acknowledged.
      this.#failure = new Error(`cannot write to the data directory: ${String(error)}`, { cause: error });
      group.finish(this.#failure);
      return;
    }
    if (this.#filling.rows.size > 0) this.#scheduleFlush();
  }

  #store(key: Buffer, write: Pending["write"]): void {
    const before = this.#rows.get(key);
    if (before !== undefined && before[0] === chunked) {
      for (let i = 0; i < before.readUInt32BE(1); i += 1) void this.#chunks.remove(chunkKey(key, i));
    }
    if (write === null) {
      if (before !== undefined) void this.#rows.remove(key);
      return;
    }
    const bytes = encodeRow(write.value);
    if (bytes.length <= chunkSizeBytes) {
      void this.#rows.put(key, Buffer.concat([Buffer.of(inline), bytes]));
      return;
    }
    const count = Math.ceil(bytes.length / chunkSizeBytes);
    for (let i = 0; i < count; i += 1) {
      void this.#chunks.put(chunkKey(key, i), bytes.subarray(i * chunkSizeBytes, (i + 1) * chunkSizeBytes));
    }
    const head = Buffer.alloc(5);
    head[0] = chunked;
    head.writeUInt32BE(count, 1);
    void this.#rows.put(key, head);
  }

  #decode(key: Buffer, stored: Buffer): unknown {
    if (stored[0] === inline) return decodeRow(stored.subarray(1));
    const parts: Buffer[] = [];
    for (let i = 0; i < stored.readUInt32BE(1); i += 1)
      parts.push(this.#chunks.get(chunkKey(key, i)) as Buffer);
    return decodeRow(Buffer.concat(parts));
  }

  *#storedRows(range: Range, reverse: boolean): Generator<readonly [string, Buffer], void> {
    const from = toBytes(range.from);
    const to = toBytes(range.to);
    // LMDB's reverse ranges start inclusively: the row at `to` itself is left out here.
    const bounds = reverse
      ? { start: to, end: from, reverse: true, inclusiveEnd: true }
      : { start: from, end: to };
    for (const { key, value } of this.#rows.getRange(bounds)) {
      const text = key.toString("latin1");
      if (reverse && text >= range.to) continue;
      yield [text, value];
    }
  }
}

const toBytes = (key: string): Buffer => Buffer.from(key, "latin1");

function chunkKey(key: Buffer, index: number): Buffer {
  const packed = Buffer.alloc(key.length + 4);
  key.copy(packed);
  packed.writeUInt32BE(index, key.length);
  return packed;
}

function newGroup(): Group {
  let finish: Group["finish"] | undefined;
  const done = new Promise<void>((resolve, reject) => {
    finish = (error) => (error === undefined ? resolve() : reject(error));
  });
  // Whoever waits sees the failure; a group nobody waits for must not end the process.
  done.catch(() => {});
  return { rows: new OrderedMap<Pending>(), newest: 0, done, finish: finish! };
}

/** Merges two ordered walks; of equal keys only the newer side's row is kept. */
function* newerFirst<Newer, Older>(
  newer: Iterable<readonly [string, Newer]>,
  older: Iterable<readonly [string, Older]>,
  reverse: boolean,
): Generator<readonly [string, Newer | Older], void> {
  const olderRows = older[Symbol.iterator]();
  let old = olderRows.next();
  try {
    for (const row of newer) {
      while (old.done !== true && (reverse ? old.value[0] > row[0] : old.value[0] < row[0])) {
        yield old.value;
        old = olderRows.next();
      }
      if (old.done !== true && old.value[0] === row[0]) old = olderRows.next();
      yield row;
    }
    while (old.done !== true) {
      yield old.value;
      old = olderRows.next();
    }
  } finally {
    olderRows.return?.();
  }
}
