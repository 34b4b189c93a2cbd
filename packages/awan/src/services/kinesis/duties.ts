/**
 * What happens by itself: a stream's transitions, records and shards that grow too old, and what is left of deleted
 * streams. Transitions take no time: they are due at once, in a transaction of their own.
 */
import type { Call } from "../../host/call.ts";
import type { Duty } from "../../host/service.ts";
import {
  consumers,
  consumerTags,
  heads,
  policies,
  records,
  shards,
  type StreamRow,
  streams,
  streamTables,
  subscriptions,
} from "./keys.ts";
import { retentionMs, rowsPerRun } from "./limits.ts";
import { Resharding } from "./shard.ts";
import { type Located, streamArn, updateStream } from "./stream.ts";

/** What is done to the shards before a stream is ACTIVE again. */
export type Change =
  | { readonly kind: "none" }
  | { readonly kind: "split"; readonly shard: number; readonly hash: string }
  | { readonly kind: "merge"; readonly shard: number; readonly adjacent: number }
  | { readonly kind: "scale"; readonly count: number };

/** Puts the stream into `status` until what follows from it has been done. */
export function begin(
  located: Located,
  status: "CREATING" | "UPDATING" | "DELETING",
  change: Change = { kind: "none" },
): void {
  const { call, stream } = located;
  updateStream(located, { status });
  call.schedule("kinesis.settle", [stream.name], call.nowMs, change);
}

/** Ends a transition: key `[stream name]`, payload the change. */
const settle: Duty = (call, key, payload) => {
  const [name] = key as [string];
  const stream = streams.get(call.tx, [name]);
  if (stream !== undefined) finish({ call, stream }, payload as Change);
};

function finish(located: Located, change: Change): void {
  const { stream } = located;
  if (stream.status === "DELETING") remove(located);
  else if (stream.status !== "ACTIVE") {
    updateStream(located, { ...reshard(located, change), status: "ACTIVE" });
  }
}

/** Ends a transition in the transaction that began it: for deployments, whose next step finds the stream ready. */
export function settleNow(call: Call, name: string): void {
  const stream = streams.get(call.tx, [name]);
  if (stream !== undefined) finish({ call, stream }, { kind: "none" });
}

function reshard(located: Located, change: Change): Partial<StreamRow> {
  const resharding = new Resharding(located);
  if (change.kind === "split") resharding.split(change.shard, change.hash);
  else if (change.kind === "merge") resharding.merge(change.shard, change.adjacent);
  else if (change.kind === "scale") resharding.scale(change.count);
  else return {};
  return resharding.result;
}

function remove({ call, stream }: Located): void {
  const arn = streamArn(call, stream.name);
  for (const { key, value } of consumers.scan(call.tx, [stream.id])) {
    forgetConsumer(call, consumerArn(arn, key[1], value.createdAtMs));
  }
  policies.delete(call.tx, [arn]);
  streams.delete(call.tx, [stream.name]);
  call.schedule("kinesis.sweep", [stream.id], call.nowMs);
}

export const consumerArn = (arn: string, name: string, createdAtMs: number): string =>
  `${arn}/consumer/${name}:${Math.floor(createdAtMs / 1000)}`;

export function forgetConsumer(call: Call, arn: string): void {
  consumerTags.delete(call.tx, [arn]);
  policies.delete(call.tx, [arn]);
}

/** Removes the rows of a deleted stream: key `[stream number]`. */
const sweep: Duty = (call, key) => {
  let left = rowsPerRun;
  for (const rows of streamTables) {
    for (const { key: row } of rows.scan(call.tx, key)) {
      if (left === 0) {
        call.schedule("kinesis.sweep", key, call.nowMs);
        return;
      }
      rows.delete(call.tx, row as never);
      left -= 1;
    }
  }
};

/** Drops what is older than the retention period, at last a closed shard itself: key `[stream number, shard]`. */
const expire: Duty = (call, key, payload) => {
  const [id, shard] = key as [number, number];
  const stream = streams.get(call.tx, [payload as string]);
  const row = shards.get(call.tx, [id, shard]);
  if (stream?.id !== id || row === undefined) return;
  const goneAfterMs = retentionMs(stream.retentionHours);
  let left = rowsPerRun;
  for (const { key: record, value } of records.scan(call.tx, [id, shard])) {
    const goneAtMs = value.atMs + goneAfterMs;
    if (goneAtMs > call.nowMs || left === 0) {
      call.schedule("kinesis.expire", key, Math.max(goneAtMs, call.nowMs), payload);
      return;
    }
    records.delete(call.tx, record);
    left -= 1;
  }
  const head = heads.get(call.tx, [id, shard]);
  if (row.closedAtMs === null) {
    if (head !== undefined) {
      heads.set(call.tx, [id, shard], { next: head.next, lastAtMs: head.lastAtMs, expiring: false });
    }
    return;
  }
  const goneAtMs = row.closedAtMs + goneAfterMs;
  if (goneAtMs > call.nowMs) call.schedule("kinesis.expire", key, goneAtMs, payload);
  else {
    shards.delete(call.tx, [id, shard]);
    heads.delete(call.tx, [id, shard]);
  }
};

/** Looks at every shard again, because the retention period has become shorter. */
export function expireAgain({ call, stream }: Located): void {
  for (const { key } of shards.scan(call.tx, [stream.id])) {
    call.schedule("kinesis.expire", key, call.nowMs, stream.name);
  }
}

/** Ends a consumer's transition: key `[stream name, consumer name]`. */
const settleConsumer: Duty = (call, key) => {
  const [streamName, name] = key as [string, string];
  const stream = streams.get(call.tx, [streamName]);
  if (stream !== undefined) finishConsumer({ call, stream }, name);
};

export function finishConsumer({ call, stream }: Located, name: string): void {
  const row = consumers.get(call.tx, [stream.id, name]);
  if (row?.status === "CREATING") {
    consumers.set(call.tx, [stream.id, name], { createdAtMs: row.createdAtMs, status: "ACTIVE" });
  } else if (row?.status === "DELETING") {
    consumers.delete(call.tx, [stream.id, name]);
    for (const { key } of subscriptions.scan(call.tx, [stream.id, name])) subscriptions.delete(call.tx, key);
    forgetConsumer(call, consumerArn(streamArn(call, stream.name), name, row.createdAtMs));
  }
}

export const duties: Readonly<Record<string, Duty>> = { settle, sweep, expire, settleConsumer };
