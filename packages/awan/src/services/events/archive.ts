/** Events that archives keep, and their end: each archive has a number of its own that names its rows. */
import type { Call } from "../../host/call.ts";
import type { Duty } from "../../host/service.ts";
import {
  archiveCounts,
  archivedEvents,
  archives,
  archivesByBus,
  type ArchiveCountsRow,
  type ArchiveRow,
  type BusEvent,
} from "./keys.ts";
import { limits } from "./limits.ts";
import { fits } from "./pattern.ts";

const dayMs = 86_400_000;

/** An event, and how long its detail was as it was put. */
interface Kept {
  readonly event: BusEvent;
  readonly detailBytes?: number;
}

/** Keeps an event in every archive of its bus that wants it. */
export function archive(call: Call, bus: string, kept: Kept): void {
  for (const { key } of archivesByBus.scan(call.tx, [bus])) {
    const row = archives.get(call.tx, [key[1]]);
    if (row !== undefined && (row.pattern === null || fits(row.pattern, kept.event))) keep(call, row, kept);
  }
}

export const countsOf = (call: Call, row: ArchiveRow): ArchiveCountsRow =>
  archiveCounts.get(call.tx, [row.number]) ?? { events: 0, bytes: 0, nextSequence: 0 };

const bytesOf = (text: string): number => Buffer.byteLength(text, "utf8");

/** As AWS counts it: the entry's texts and its time. */
function sizeOf({ event, detailBytes }: Kept): number {
  const texts = [event.source, event["detail-type"], event.time, ...event.resources];
  const detail = detailBytes ?? bytesOf(JSON.stringify(event.detail));
  return texts.reduce((sum, text) => sum + bytesOf(text), detail);
}

function keep(call: Call, row: ArchiveRow, kept: Kept): void {
  const { events, bytes, nextSequence } = countsOf(call, row);
  const size = sizeOf(kept);
  archivedEvents.set(call.tx, [row.number, call.nowMs, nextSequence], { event: kept.event, bytes: size });
  archiveCounts.set(call.tx, [row.number], {
    events: events + 1,
    bytes: bytes + size,
    nextSequence: nextSequence + 1,
  });
  if (events === 0 && row.retentionDays > 0) scheduleForget(call, row, call.nowMs);
}

export function scheduleForget(call: Call, row: ArchiveRow, oldestAtMs: number): void {
  if (row.retentionDays === 0) call.unschedule("events.forget", [row.number]);
  else {
    const atMs = Math.max(oldestAtMs + row.retentionDays * dayMs, call.nowMs);
    call.schedule("events.forget", [row.number], atMs, row.name);
  }
}

/** Drops what is older than the retention: key `[archive number]`, payload its name, null for a deleted archive. */
export const forget: Duty = (call, key, payload) => {
  const [number] = key as [number];
  const row = typeof payload === "string" ? archives.get(call.tx, [payload]) : undefined;
  const isGone = row?.number !== number;
  if (!isGone && row.retentionDays === 0) return;
  const keepAfterMs = isGone ? Infinity : call.nowMs - row.retentionDays * dayMs;
  let left: number = limits.rowsPerRun;
  let { events, bytes, nextSequence } = archiveCounts.get(call.tx, [number]) ?? {
    events: 0,
    bytes: 0,
    nextSequence: 0,
  };
  let oldestAtMs: number | undefined;
  for (const { key: at, value } of archivedEvents.scan(call.tx, [number])) {
    if (at[1] > keepAfterMs || left === 0) {
      oldestAtMs = at[1];
      break;
    }
    archivedEvents.delete(call.tx, at);
    left -= 1;
    events -= 1;
    bytes -= value.bytes;
  }
  if (isGone) {
    if (oldestAtMs === undefined) archiveCounts.delete(call.tx, [number]);
    else call.schedule("events.forget", key, call.nowMs, null);
    return;
  }
  archiveCounts.set(call.tx, [number], { events, bytes, nextSequence });
  if (oldestAtMs !== undefined) scheduleForget(call, row, oldestAtMs);
};
