/** Shards: their names, which one takes a record, and splitting and merging them. */
import type { Shard } from "@aws-sdk/client-kinesis";
import type { Call } from "../../host/call.ts";
import { invariant } from "../../kernel/errors.ts";
import { shardDoesNotExist, shardNotFound } from "./errors.ts";
import { decimalOf, equalRanges, hashAfter, hashBefore, hexOf, lastHash } from "./hash-key.ts";
import { heads, type OpenShard, type ShardRow, shards, type StreamRow } from "./keys.ts";
import { endingSequence, formatSequence } from "./sequence.ts";
import type { Located } from "./stream.ts";

export const shardName = (shard: number): string => `shardId-${String(shard).padStart(12, "0")}`;

const seconds = (timeMs: number): number => Math.floor(timeMs / 1000);

/** The number a shard's name spells: AWS takes `shardId-000000000003`, `shardId-3` and `3`. */
export function shardNumber(name: string): number | undefined {
  const digits = name.split("-")[1] ?? name;
  const shard = /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
  return shard <= 0x7fff_ffff ? shard : undefined;
}

export interface FoundShard {
  readonly shard: number;
  readonly row: ShardRow;
}

/** The shard of that name; `refuse` words what is said of one that could be, and is not. */
export function requireShard(
  { call, stream }: Located,
  name: string,
  refuse: (call: Call, stream: string, shard: string) => Error = shardDoesNotExist,
): FoundShard {
  const shard = shardNumber(name);
  if (shard === undefined) throw shardNotFound(call, stream.name, name);
  const row = shards.get(call.tx, [stream.id, shard]);
  if (row === undefined) throw refuse(call, stream.name, shardName(shard));
  return { shard, row };
}

/** The open shard that takes what has this hash. */
export function openShardOf(open: readonly OpenShard[], hash: string): number {
  let low = 0;
  let high = open.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((open[middle] as OpenShard).to < hash) low = middle + 1;
    else high = middle;
  }
  const found = open[low];
  invariant(found !== undefined, "a stream without an open shard");
  return found.shard;
}

export function describeShard({ shard, row }: FoundShard): Shard {
  const made = { shard, createdSeconds: row.createdSeconds };
  return {
    ShardId: shardName(shard),
    ...(row.parent === null ? {} : { ParentShardId: shardName(row.parent) }),
    ...(row.adjacentParent === null ? {} : { AdjacentParentShardId: shardName(row.adjacentParent) }),
    HashKeyRange: { StartingHashKey: decimalOf(row.from), EndingHashKey: decimalOf(row.to) },
    SequenceNumberRange: {
      StartingSequenceNumber: formatSequence({ ...made, count: 0, seconds: row.createdSeconds }),
      ...(row.closedAtMs === null
        ? {}
        : {
            EndingSequenceNumber: endingSequence({
              ...made,
              seconds: Math.max(row.createdSeconds, seconds(row.closedAtMs)),
            }),
          }),
    },
  };
}

/** The shards a new stream of `count` shards begins with. */
export function firstShards(call: Call, id: number, count: number): Pick<StreamRow, "open" | "nextShard"> {
  const open: OpenShard[] = [];
  let from = hexOf(0n);
  for (const [shard, to] of equalRanges(count).entries()) {
    shards.set(call.tx, [id, shard], newShard(call, { from, to, parents: [] }));
    open.push({ shard, to });
    if (to !== lastHash) from = hashAfter(to);
  }
  return { open, nextShard: count };
}

interface NewShard {
  readonly from: string;
  readonly to: string;
  readonly parents: readonly FoundShard[];
}

function newShard(call: Call, { from, to, parents }: NewShard): ShardRow {
  // The numbers of a shard come after all of its parents'.
  const after = Math.max(0, ...parents.map(({ row }) => row.createdSeconds + 1));
  return {
    parent: parents[0]?.shard ?? null,
    adjacentParent: parents[1]?.shard ?? null,
    from,
    to,
    createdAtMs: call.nowMs,
    createdSeconds: Math.max(seconds(call.nowMs), after),
    closedAtMs: null,
  };
}

/** Changes of the shards of one stream, written as they happen; `result` is what becomes of the stream's row. */
export class Resharding {
  readonly #call: Call;
  readonly #id: number;
  readonly #name: string;
  #open: OpenShard[];
  #next: number;

  constructor({ call, stream }: Located) {
    this.#call = call;
    this.#id = stream.id;
    this.#name = stream.name;
    this.#open = [...stream.open];
    this.#next = stream.nextShard;
  }

  get result(): Pick<StreamRow, "open" | "nextShard"> {
    return { open: this.#open, nextShard: this.#next };
  }

  /** The second child begins at `hash`. */
  split(shard: number, hash: string): void {
    const parent = this.#close(shard);
    const at = this.#open.findIndex((each) => each.shard === shard);
    const { from, to } = parent.row;
    const first = this.#add({ from, to: hashBefore(hash), parents: [parent] });
    const second = this.#add({ from: hash, to, parents: [parent] });
    this.#open.splice(at, 1, first, second);
  }

  merge(shard: number, adjacent: number): void {
    const parents = [this.#close(shard), this.#close(adjacent)];
    const [from = ""] = parents.map(({ row }) => row.from).toSorted();
    const to = parents.map(({ row }) => row.to).toSorted()[1] ?? "";
    const at = this.#open.findIndex((each) => each.shard === shard || each.shard === adjacent);
    this.#open.splice(at, 2, this.#add({ from, to, parents }));
  }

  /** Splits at every border of `count` equal ranges, then merges what lies within each. */
  scale(count: number): void {
    const borders = equalRanges(count);
    for (const to of borders) {
      const at = this.#open.findIndex((each) => each.to >= to);
      const across = this.#open[at];
      if (across !== undefined && across.to !== to) this.split(across.shard, hashAfter(to));
    }
    for (const [at, to] of borders.entries()) {
      for (let first = this.#open[at]; first !== undefined && first.to < to; first = this.#open[at]) {
        const second = this.#open[at + 1];
        invariant(second !== undefined, "shards do not cover all hashes");
        this.merge(first.shard, second.shard);
      }
    }
  }

  #close(shard: number): FoundShard {
    const row = shards.get(this.#call.tx, [this.#id, shard]);
    invariant(row !== undefined && row.closedAtMs === null, "an open shard without a row");
    const closed: ShardRow = { ...row, closedAtMs: this.#call.nowMs };
    shards.set(this.#call.tx, [this.#id, shard], closed);
    const head = heads.get(this.#call.tx, [this.#id, shard]);
    // A shard that holds nothing has no duty yet that would remove it one day.
    if (head?.expiring !== true)
      this.#call.schedule("kinesis.expire", [this.#id, shard], this.#call.nowMs, this.#name);
    return { shard, row: closed };
  }

  #add(shard: NewShard): OpenShard {
    const number = this.#next;
    this.#next += 1;
    shards.set(this.#call.tx, [this.#id, number], newShard(this.#call, shard));
    return { shard: number, to: shard.to };
  }
}
