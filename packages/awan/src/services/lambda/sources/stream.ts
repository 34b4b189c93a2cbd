/**
 * A stream as an event source: a resident reads each shard in order into lanes and keeps one batch a lane under way.
 * A failed batch is tried again before anything behind it, until it succeeds, is split, or is given up.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
import type { Call } from "../../../host/call.ts";
import type { Resident } from "../../../host/service.ts";
import { passes } from "../filter.ts";
import {
  type LaneRow,
  lanes,
  mappings,
  type MappingRow,
  type PendingRecord,
  type ShardRow,
  shards,
  type StreamSettings,
} from "../keys.ts";
import { startBatch } from "./stream-batch.ts";
import { sourceOf } from "./stream-source.ts";

const readLimitMax = 1000;
/** A run makes way for others then. */
const readsPerRun = 50;
const payloadBytesMax = 5_500_000;

const emptyLane: LaneRow = { pending: [], openedAtMs: 0, batch: null, next: [], window: null };

/** The resident `lambda.poll-stream`. */
export const pollStream: Resident = (call, key) => {
  const [uuid] = key as [string];
  const mapping = mappings.get(call.tx, [uuid]);
  if (mapping?.stream == null || !mapping.enabled) return undefined;
  const source = sourceOf(mapping.kind);
  if (!source.exists(call, mapping.sourceArn)) return undefined;
  let nextMs: number | undefined;
  const unfinished = new Set<string>();
  for (const { shardId, parents } of source.shards(call, mapping.sourceArn)) {
    const row = shards.get(call.tx, [uuid, shardId]) ?? { after: null, ended: false };
    // A child's records come after its parent's: not before the parent is done with.
    if (parents.some((parent) => unfinished.has(parent))) {
      unfinished.add(shardId);
      continue;
    }
    const poll = new ShardPoll({ call, uuid, mapping, stream: mapping.stream, shardId }, row);
    const atMs = poll.run();
    if (!poll.isDone()) unfinished.add(shardId);
    if (atMs !== undefined && (nextMs === undefined || atMs < nextMs)) nextMs = atMs;
  }
  return nextMs;
};

export interface ShardPlace {
  readonly call: Call;
  readonly uuid: string;
  readonly mapping: MappingRow;
  readonly stream: StreamSettings;
  readonly shardId: string;
}

class ShardPoll {
  readonly #place: ShardPlace;
  #row: ShardRow;

  constructor(place: ShardPlace, row: ShardRow) {
    this.#place = place;
    this.#row = row;
  }

  isDone(): boolean {
    return (
      this.#row.ended &&
      this.#lanes().every(({ pending, batch, next }) => pending.length + next.length === 0 && batch === null)
    );
  }

  /** Returns when to look again without being woken. */
  run(): number | undefined {
    for (let reads = 1; ; reads += 1) {
      const readSome = this.#read();
      let nextMs: number | undefined;
      for (let lane = 0; lane < this.#place.stream.ParallelizationFactor; lane += 1) {
        const decision = decide(this.#place, this.#lane(lane));
        if (decision.kind === "start") {
          startBatch(this.#place, lane, decision.lane, decision.records, decision.isFinal);
        } else if (decision.atMs !== undefined) nextMs = Math.min(nextMs ?? Infinity, decision.atMs);
      }
      // Reading ends when a lane is full or nothing more is there, not before: a filter may let none of a page through.
      if (!readSome) return nextMs;
      if (reads === readsPerRun) return this.#place.call.nowMs;
    }
  }

  #lane(lane: number): LaneRow {
    return lanes.get(this.#place.call.tx, [this.#place.uuid, this.#place.shardId, lane]) ?? emptyLane;
  }

  #lanes(): LaneRow[] {
    return Array.from({ length: this.#place.stream.ParallelizationFactor }, (_, lane) => this.#lane(lane));
  }

  /** Fills the lanes up to a batch each. Whether there was anything. */
  #read(): boolean {
    const { call, uuid, mapping, shardId, stream } = this.#place;
    if (this.#row.ended) return false;
    const rows = this.#lanes();
    if (rows.some(({ pending }) => pending.length >= mapping.BatchSize)) return false;
    const factor = stream.ParallelizationFactor;
    const room = mapping.BatchSize * factor - rows.reduce((sum, { pending }) => sum + pending.length, 0);
    const limit = Math.max(1, Math.min(readLimitMax, room));
    const { records, closed } = sourceOf(mapping.kind).read(call, mapping, {
      shardId,
      after: this.#row.after,
      limit,
    });
    const last = records.at(-1);
    if (last === undefined && !closed) return false;
    this.#row = { after: last?.sequence ?? this.#row.after, ended: closed };
    shards.set(call.tx, [uuid, shardId], this.#row);
    const added = new Map<number, PendingRecord[]>();
    for (const record of records) {
      if (mapping.filters.length > 0 && !passes(mapping.filters, record.filterable)) continue;
      const { sequence, atMs, bytes, event, partition } = record;
      const lane = factor === 1 ? 0 : hash(partition) % factor;
      const list = added.get(lane) ?? [];
      list.push({ sequence, atMs, event, bytes });
      added.set(lane, list);
    }
    for (const [lane, list] of added) {
      const before = this.#lane(lane);
      lanes.set(call.tx, [uuid, shardId, lane], {
        ...before,
        pending: [...before.pending, ...list],
        openedAtMs: before.pending.length === 0 ? call.nowMs : before.openedAtMs,
      });
    }
    return last !== undefined;
  }
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}

type Decision =
  | { readonly kind: "wait"; readonly atMs: number | undefined }
  | {
      readonly kind: "start";
      readonly lane: LaneRow;
      readonly records: readonly PendingRecord[];
      readonly isFinal: boolean;
    };

/** What an idle lane does next. */
function decide(place: ShardPlace, lane: LaneRow): Decision {
  if (lane.batch !== null) return { kind: "wait", atMs: undefined };
  const [retry, ...next] = lane.next;
  if (retry !== undefined) return { kind: "start", lane: { ...lane, next }, records: retry, isFinal: false };
  if (place.stream.TumblingWindowInSeconds > 0) return decideWindow(place, lane);
  return takeBatch(place, lane, lane.pending);
}

function takeBatch({ call, mapping }: ShardPlace, lane: LaneRow, usable: readonly PendingRecord[]): Decision {
  if (usable.length === 0) return { kind: "wait", atMs: undefined };
  const records = usable.slice(0, countWithin(usable, mapping.BatchSize));
  const dueAtMs = lane.openedAtMs + mapping.MaximumBatchingWindowInSeconds * 1000;
  const full = records.length >= mapping.BatchSize || records.length < usable.length;
  if (!full && dueAtMs > call.nowMs) return { kind: "wait", atMs: dueAtMs };
  return {
    kind: "start",
    lane: { ...lane, pending: lane.pending.slice(records.length), openedAtMs: call.nowMs },
    records,
    isFinal: false,
  };
}

/** As many records as fit in an invocation. */
function countWithin(records: readonly PendingRecord[], countMax: number): number {
  let bytes = 0;
  let count = 0;
  for (const record of records) {
    bytes += record.bytes;
    if (count > 0 && bytes > payloadBytesMax) break;
    count += 1;
    if (count === countMax) break;
  }
  return count;
}

/** Records of one tumbling window at a time; when it is over, an empty batch that says so. */
function decideWindow(place: ShardPlace, lane: LaneRow): Decision {
  const { call, stream } = place;
  const lengthMs = stream.TumblingWindowInSeconds * 1000;
  const [first] = lane.pending;
  if (lane.window === null && first === undefined) return { kind: "wait", atMs: undefined };
  const window = lane.window ?? {
    startMs: Math.floor((first as PendingRecord).atMs / lengthMs) * lengthMs,
    state: {},
  };
  const endMs = window.startMs + lengthMs;
  const open: LaneRow = { ...lane, window };
  const later = lane.pending.findIndex(({ atMs }) => atMs >= endMs);
  const inside = later === -1 ? lane.pending : lane.pending.slice(0, later);
  if (inside.length > 0) {
    const decision = takeBatch(place, open, inside);
    return decision.kind === "wait"
      ? { kind: "wait", atMs: Math.min(endMs, decision.atMs ?? endMs) }
      : decision;
  }
  if (later === -1 && call.nowMs < endMs) return { kind: "wait", atMs: endMs };
  return { kind: "start", lane: open, records: [], isFinal: true };
}
