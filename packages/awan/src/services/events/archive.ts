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

/** Keeps an event in every archive of its bus that wants it. */
export function archive(call: Call, bus: string, event: BusEvent): void {
  for (const { key } of archivesByBus.scan(call.tx, [bus])) {
    const row = archives.get(call.tx, [key[1]]);
    if (row !== undefined && (row.pattern === null || fits(row.pattern, event))) keep(call, row, event);
  }
}

export const countsOf = (call: Call, row: ArchiveRow): ArchiveCountsRow =>
  archiveCounts.get(call.tx, [row.number]) ?? { events: 0, bytes: 0, nextSequence: 0 };

function keep(call: Call, row: ArchiveRow, event: BusEvent): void {
  const { events, bytes, nextSequence } = countsOf(call, row);
  const size = Buffer.byteLength(JSON.stringify(event), "utf8");
  archivedEvents.set(call.tx, [row.number, call.nowMs, nextSequence], { event, bytes: size });
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
