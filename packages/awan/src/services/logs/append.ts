/** Writing events: the one path every log line takes, whether put by a client or by a function's runtime. */
import type { Call } from "../../host/call.ts";
import { batches, events, type GroupRow, sequences, type StreamRow, streams, streamsByTime } from "./keys.ts";
import { eventOverheadBytes } from "./limits.ts";
import type { LogLine } from "./port.ts";
import { scheduleRetention } from "./retention.ts";
import { deliver } from "./subscriptions.ts";

export const sizeBytesOf = (message: string): number => Buffer.byteLength(message) + eventOverheadBytes;

export interface Target {
  readonly groupName: string;
  readonly group: GroupRow;
  readonly streamName: string;
  readonly stream: StreamRow;
}

export function append(call: Call, target: Target, lines: readonly LogLine[]): void {
  if (lines.length === 0) return;
  const { groupName, streamName, stream } = target;
  const firstSequence = sequences.get(call.tx, [groupName]) ?? 1;
  let sizeBytes = 0;
  let firstAtMs = stream.firstEventAtMs ?? Infinity;
  let lastAtMs = stream.lastEventAtMs ?? 0;
  for (const [index, { timestampMs, message }] of lines.entries()) {
    events.set(call.tx, [groupName, streamName, timestampMs, firstSequence + index], {
      message,
      ingestedAtMs: call.nowMs,
    });
    sizeBytes += sizeBytesOf(message);
    firstAtMs = Math.min(firstAtMs, timestampMs);
    lastAtMs = Math.max(lastAtMs, timestampMs);
  }
  sequences.set(call.tx, [groupName], firstSequence + lines.length);
  batches.set(call.tx, [groupName, firstSequence], {
    streamName,
    ingestedAtMs: call.nowMs,
    timestampsMs: lines.map(({ timestampMs }) => timestampMs),
  });
  if (lastAtMs !== (stream.lastEventAtMs ?? 0)) {
    streamsByTime.delete(call.tx, [groupName, stream.lastEventAtMs ?? 0, streamName]);
    streamsByTime.set(call.tx, [groupName, lastAtMs, streamName], null);
  }
  streams.set(call.tx, [groupName, streamName], {
    ...stream,
    firstEventAtMs: firstAtMs,
    lastEventAtMs: lastAtMs,
    lastIngestedAtMs: call.nowMs,
    storedBytes: stream.storedBytes + sizeBytes,
  });
  scheduleRetention(call, groupName, target.group, firstAtMs);
  deliver(call, { groupName, streamName, firstSequence, lines });
}
