/** Several streams read as one, in the order of time and arrival: each stream is read only as far as the reader walks. */
import type { Call } from "../../host/call.ts";
import { events } from "./keys.ts";
import type { Position } from "./position.ts";

export interface MergedEvent extends Position {
  readonly streamName: string;
  readonly message: string;
  readonly ingestedAtMs: number;
}

export interface MergeRange {
  readonly streamNames: readonly string[];
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs?: number | undefined;
  /** Only what comes after this position of the merged order. */
  readonly after?: Position | undefined;
}

const order = (a: Position, b: Position): number => a.timestampMs - b.timestampMs || a.sequence - b.sequence;

export function* mergeStreams(
  call: Call,
  groupName: string,
  range: MergeRange,
): Generator<MergedEvent, void> {
  // Heads of the streams, latest first: the next event is taken from the end.
  const heads: { readonly event: MergedEvent; readonly rest: Generator<MergedEvent, void> }[] = [];
  const advance = (rest: Generator<MergedEvent, void>): void => {
    const next = rest.next();
    if (next.done === true) return;
    let low = 0;
    let high = heads.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (order((heads[middle] as { event: MergedEvent }).event, next.value) > 0) low = middle + 1;
      else high = middle;
    }
    heads.splice(low, 0, { event: next.value, rest });
  };
  for (const streamName of new Set(range.streamNames))
    advance(readStream(call, { groupName, streamName, range }));
  for (let head = heads.pop(); head !== undefined; head = heads.pop()) {
    yield head.event;
    advance(head.rest);
  }
}

interface Reading {
  readonly groupName: string;
  readonly streamName: string;
  readonly range: MergeRange;
}

function* readStream(call: Call, { groupName, streamName, range }: Reading): Generator<MergedEvent, void> {
  const { startMs, endMs, after } = range;
  const useAfter = after !== undefined && after.timestampMs >= startMs;
  const rows = events.scan(call.tx, [groupName, streamName], {
    ...(useAfter ? { after: [after.timestampMs, after.sequence] } : { from: [startMs] }),
    ...(endMs === undefined ? {} : { upTo: [endMs] }),
  });
  for (const { key, value } of rows) yield { streamName, timestampMs: key[2], sequence: key[3], ...value };
}
