/**
 * Lanes: a record is added to one, and when the lane is full or its first record old enough it becomes a batch, which an
 * effect takes away. No timer exists: the age of a lane is a duty.
 */
import type { Call } from "../../host/call.ts";
import type { Duty } from "../../host/service.ts";
import {
  batches,
  type BufferingHints,
  counters,
  lanes,
  type RecordRow,
  records,
  type Sink,
  type StreamRow,
  streams,
} from "./keys.ts";
import {
  mebibyte,
  retryDelaysMs,
  s3RetryDelaysMs,
  s3RetryMs,
  transformMebibytesDefault,
  transformRetriesDefault,
  transformSecondsDefault,
} from "./limits.ts";
import { parameter, transformer } from "./processors.ts";
import type { Located } from "./stream.ts";

/** A record that belongs to no partition. */
export const wholeLane = "";

/** How long and how much a sink gathers. */
function hintsOf(stream: StreamRow, sink: Sink): BufferingHints {
  const { destination } = stream;
  if (sink === "transform") {
    const processor = transformer(destination.processing);
    return {
      SizeInMBs: Number(parameter(processor, "BufferSizeInMBs") ?? transformMebibytesDefault),
      IntervalInSeconds: Number(parameter(processor, "BufferIntervalInSeconds") ?? transformSecondsDefault),
    };
  }
  if (destination.kind === "http")
    return sink === "main" ? destination.hints : destination.target.BufferingHints;
  return (sink === "backup" ? destination.backup : null)?.BufferingHints ?? destination.target.BufferingHints;
}

export function add(located: Located, sink: Sink, lane: string, record: RecordRow): number {
  const { call, stream } = located;
  const number = nextNumber(call, stream.id);
  records.set(call.tx, [stream.id, sink, lane, number], record);
  const before = lanes.get(call.tx, [stream.id, sink, lane]);
  const bytes = (before?.bytes ?? 0) + record.data.byteLength;
  const hints = hintsOf(stream, sink);
  lanes.set(call.tx, [stream.id, sink, lane], { from: before?.from ?? number, bytes });
  if (bytes >= hints.SizeInMBs * mebibyte) flushLane(located, sink, lane);
  else if (before === undefined) {
    const dueAtMs = call.nowMs + hints.IntervalInSeconds * 1000;
    call.schedule("firehose.flush", [stream.id, sink, lane], dueAtMs, stream.name);
  }
  return number;
}

function nextNumber(call: Call, id: number): number {
  const number = (counters.get(call.tx, [id]) ?? 0) + 1;
  counters.set(call.tx, [id], number);
  return number;
}

/** Makes what waits in a lane a batch and sends for it. */
function flushLane({ call, stream }: Located, sink: Sink, lane: string): void {
  const row = lanes.get(call.tx, [stream.id, sink, lane]);
  const first = row === undefined ? undefined : records.get(call.tx, [stream.id, sink, lane, row.from]);
  if (row === undefined || first === undefined) return;
  lanes.delete(call.tx, [stream.id, sink, lane]);
  call.unschedule("firehose.flush", [stream.id, sink, lane]);
  const batch = nextNumber(call, stream.id);
  batches.set(call.tx, [stream.id, batch], {
    sink,
    lane,
    from: row.from,
    to: batch,
    atMs: first.atMs,
    madeAtMs: call.nowMs,
    uuid: call.random.uuid(),
    random: call.random.text(11),
  });
  const isTransform = sink === "transform";
  call.dispatch({
    effect: isTransform ? "firehose.transform" : "firehose.deliver",
    request: { name: stream.name, id: stream.id, batch },
    completion: isTransform ? "firehose.transformed" : "firehose.delivered",
    context: { name: stream.name, id: stream.id, batch },
    ...patienceOf(stream, sink),
  });
}

/** How often and how long a batch is tried again. */
function patienceOf(
  { destination }: StreamRow,
  sink: Sink,
): { readonly retryDelaysMs: readonly number[]; readonly ageMsMax?: number } {
  if (sink === "transform") {
    const retries = parameter(transformer(destination.processing), "NumberOfRetries");
    return { retryDelaysMs: Array.from({ length: Number(retries ?? transformRetriesDefault) }, () => 1000) };
  }
  if (sink === "main" && destination.kind === "http") {
    return { retryDelaysMs: retryDelaysMs(destination.retrySeconds) };
  }
  return { retryDelaysMs: s3RetryDelaysMs, ageMsMax: s3RetryMs };
}

/** A lane's first record has waited long enough: key `[stream number, sink, lane]`, payload the stream's name. */
export const flush: Duty = (call, key, payload) => {
  const [id, sink, lane] = key as [number, Sink, string];
  const stream = streams.get(call.tx, [payload as string]);
  if (stream?.id === id) flushLane({ call, stream }, sink, lane);
};

export interface BatchName {
  readonly name: string;
  readonly id: number;
  readonly batch: number;
}

/** The rows of a batch; undefined when it, or its stream, is gone. */
export function readBatch(call: Call, { batch, id, name }: BatchName) {
  const stream = streams.get(call.tx, [name]);
  const row = batches.get(call.tx, [id, batch]);
  if (stream?.id !== id || row === undefined) return undefined;
  const range = { from: [row.from], before: [row.to] };
  const content = Array.from(records.scan(call.tx, [id, row.sink, row.lane], range), ({ key, value }) => ({
    number: key[3],
    record: value,
  }));
  return { stream, row, content };
}

/** Forgets a batch that is done with, and its records. */
export function forgetBatch(call: Call, { batch, id }: BatchName): void {
  const row = batches.get(call.tx, [id, batch]);
  if (row === undefined) return;
  const range = { from: [row.from], before: [row.to] };
  for (const { key } of records.scan(call.tx, [id, row.sink, row.lane], range)) records.delete(call.tx, key);
  batches.delete(call.tx, [id, batch]);
}
