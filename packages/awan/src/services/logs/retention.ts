/** Retention: one scheduled row per group, due when its oldest event has grown too old; it deletes a bounded number of rows a run. */
import type { Call } from "../../host/call.ts";
import type { TuplePart } from "../../store/tuple.ts";
import { batches, events, type GroupRow, groups, retentionDue, type StreamRow, streams } from "./keys.ts";
import { eventOverheadBytes, retentionRowsPerRun } from "./limits.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** Marks when the group must next be looked at: the earliest time asked for since the last look counts. */
export function scheduleRetention(call: Call, groupName: string, group: GroupRow, oldestAtMs: number): void {
  if (group.retentionDays === null || oldestAtMs === Infinity) return;
  const dueAtMs = Math.max(call.nowMs, endOfDay(oldestAtMs + group.retentionDays * dayMs));
  const markedAtMs = retentionDue.get(call.tx, [groupName]);
  if (markedAtMs !== undefined && markedAtMs <= dueAtMs) return;
  retentionDue.set(call.tx, [groupName], dueAtMs);
  call.schedule("logs.retention", [groupName], dueAtMs);
}

export function cancelRetention(call: Call, groupName: string): void {
  retentionDue.delete(call.tx, [groupName]);
  call.unschedule("logs.retention", [groupName]);
}

/** Deletion may be late on AWS too; one look a day is enough for a busy group. */
const endOfDay = (atMs: number): number => Math.ceil((atMs + 1) / dayMs) * dayMs;

/** Deletes what is older than the group keeps, and comes again when more is due. */
export function expireEvents(call: Call, [groupName]: readonly TuplePart[]): void {
  const name = groupName as string;
  retentionDue.delete(call.tx, [name]);
  const group = groups.get(call.tx, [name]);
  if (group === undefined || group.retentionDays === null) return;
  const before = call.nowMs - group.retentionDays * dayMs;
  let left = retentionRowsPerRun;
  let oldestAtMs = Infinity;
  for (const { key, value: stream } of streams.scan(call.tx, [name])) {
    if (left === 0) break;
    const cut = cutStream(call, { groupName: name, streamName: key[1], stream, before, limit: left });
    left -= cut.deleted;
    oldestAtMs = Math.min(oldestAtMs, cut.oldestAtMs);
  }
  for (const { key, value: batch } of batches.scan(call.tx, [name])) {
    if (left === 0 || batch.ingestedAtMs >= before) break;
    batches.delete(call.tx, key);
    left -= 1;
  }
  if (left > 0) return scheduleRetention(call, name, group, oldestAtMs);
  retentionDue.set(call.tx, [name], call.nowMs);
  call.schedule("logs.retention", [name], call.nowMs);
}

interface Cut {
  readonly groupName: string;
  readonly streamName: string;
  readonly stream: StreamRow;
  readonly before: number;
  readonly limit: number;
}

function cutStream(call: Call, cut: Cut): { readonly deleted: number; readonly oldestAtMs: number } {
  const { groupName, streamName, stream, before, limit } = cut;
  if (stream.firstEventAtMs === null) return { deleted: 0, oldestAtMs: Infinity };
  if (stream.firstEventAtMs >= before) return { deleted: 0, oldestAtMs: stream.firstEventAtMs };
  let deleted = 0;
  let oldestAtMs: number | null = null;
  let bytes = 0;
  for (const { key, value } of events.scan(call.tx, [groupName, streamName])) {
    if (key[2] >= before || deleted === limit) {
      oldestAtMs = key[2];
      break;
    }
    events.delete(call.tx, key);
    bytes += Buffer.byteLength(value.message) + eventOverheadBytes;
    deleted += 1;
  }
  streams.set(call.tx, [groupName, streamName], {
    ...stream,
    firstEventAtMs: oldestAtMs,
    storedBytes: Math.max(0, stream.storedBytes - bytes),
  });
  return { deleted, oldestAtMs: oldestAtMs ?? Infinity };
}
