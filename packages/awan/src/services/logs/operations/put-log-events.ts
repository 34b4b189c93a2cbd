/** PutLogEvents: a batch in order of time, within 24 hours and one megabyte; what is too old or too new is left out. */
import type { Call } from "../../../host/call.ts";
import { append, sizeBytesOf } from "../append.ts";
import type { Input, Output } from "../client.ts";
import { invalidParameter } from "../errors.ts";
import { findGroup, findStream } from "../group.ts";
import {
  batchSizeBytesMax,
  batchSpanMsMax,
  eventAgeMsMax,
  eventFutureMsMax,
  eventSizeBytesMax,
} from "../limits.ts";

const dayMs = 24 * 60 * 60 * 1000;

type LogEvents = Input<"PutLogEvents">["logEvents"];

export function putLogEvents(call: Call, input: Input<"PutLogEvents">): Output<"PutLogEvents"> {
  const { logGroupName: groupName, logStreamName: streamName } = input;
  const group = findGroup(call, groupName);
  const stream = findStream(call, groupName, streamName);
  checkBatch(input.logEvents);
  const lines = input.logEvents.map((event) => ({
    timestampMs: event.timestamp as number,
    message: event.message as string,
  }));
  const times = lines.map(({ timestampMs }) => timestampMs);
  const expired =
    group.retentionDays === null ? 0 : firstNotBefore(times, call.nowMs - group.retentionDays * dayMs);
  const tooOld = firstNotBefore(times, call.nowMs - eventAgeMsMax);
  const tooNew = firstNotBefore(times, call.nowMs + eventFutureMsMax + 1);
  append(call, { groupName, group, streamName, stream }, lines.slice(Math.max(expired, tooOld), tooNew));
  const rejected = {
    ...(tooNew < lines.length ? { tooNewLogEventStartIndex: tooNew } : {}),
    ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
    ...(expired > tooOld ? { expiredLogEventEndIndex: expired } : {}),
  };
  return {
    nextSequenceToken: String(call.nowMs).padStart(56, "49039859"),
    ...(Object.keys(rejected).length > 0 ? { rejectedLogEventsInfo: rejected } : {}),
  };
}

function firstNotBefore(times: readonly number[], atMs: number): number {
  const index = times.findIndex((time) => time >= atMs);
  return index === -1 ? times.length : index;
}

function checkBatch(events: LogEvents): void {
  let sizeBytes = 0;
  let before = -Infinity;
  for (const event of events) {
    const timestampMs = event.timestamp as number;
    if (timestampMs < before) {
      throw invalidParameter("Log events in a single PutLogEvents request must be in chronological order.");
    }
    before = timestampMs;
    const eventSizeBytes = sizeBytesOf(event.message as string);
    if (eventSizeBytes > eventSizeBytesMax) {
      throw invalidParameter(
        `Log event too large: ${eventSizeBytes} bytes exceeds limit of ${eventSizeBytesMax}`,
      );
    }
    sizeBytes += eventSizeBytes;
  }
  if (sizeBytes > batchSizeBytesMax) {
    throw invalidParameter(`Upload too large: ${sizeBytes} bytes exceeds limit of ${batchSizeBytesMax}`);
  }
  const first = events[0]?.timestamp ?? 0;
  if (before - first > batchSpanMsMax) {
    throw invalidParameter(
      "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
    );
  }
}
