/** FilterLogEvents: the events of many streams of a group in the order of time, those that match a pattern. */
import type { FilteredLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../client.ts";
import { invalidParameter } from "../errors.ts";
import { findGroup, findStream, namedGroup } from "../group.ts";
import { streams, streamsByTime } from "../keys.ts";
import { pageEventsMax, pageSizeBytesMax } from "../limits.ts";
import { mergeStreams } from "../merge.ts";
import { patternOf } from "../pattern.ts";
import { formatPosition, parsePosition } from "../position.ts";

/** Events looked at by one call before it answers what it has and a token, as AWS does. */
const scannedMax = 50_000;

export function filterLogEvents(call: Call, input: Input<"FilterLogEvents">): Output<"FilterLogEvents"> {
  const groupName = namedGroup(input);
  if (input.logStreamNames !== undefined && input.logStreamNamePrefix !== undefined) {
    throw invalidParameter("logStreamNamePrefix and logStreamNames are mutually exclusive parameters.");
  }
  if (input.startTime !== undefined && input.endTime !== undefined && input.startTime > input.endTime) {
    throw invalidParameter("startTime must be less than or equal to endTime");
  }
  findGroup(call, groupName);
  const pattern = patternOf(input.filterPattern ?? "");
  const after = input.nextToken === undefined ? undefined : parsePosition(input.nextToken);
  if (input.nextToken !== undefined && after === undefined)
    throw invalidParameter("The specified nextToken is invalid.");
  const merged = mergeStreams(call, groupName, {
    streamNames: streamNames(call, groupName, input),
    startMs: input.startTime ?? 0,
    endMs: input.endTime,
    after,
  });
  const limit = input.limit ?? pageEventsMax;
  const found: FilteredLogEvent[] = [];
  let sizeBytes = 0;
  let scanned = 0;
  for (const event of merged) {
    scanned += 1;
    if (pattern.matches(event.message)) {
      sizeBytes += Buffer.byteLength(event.message);
      found.push({
        logStreamName: event.streamName,
        timestamp: event.timestampMs,
        message: event.message,
        ingestionTime: event.ingestedAtMs,
        eventId: formatPosition(event),
      });
    }
    if (found.length === limit || sizeBytes >= pageSizeBytesMax || scanned === scannedMax) {
      return { events: found, searchedLogStreams: [], nextToken: formatPosition(event) };
    }
  }
  return { events: found, searchedLogStreams: [] };
}

/** Streams that can hold events of the time asked for. */
function streamNames(call: Call, groupName: string, input: Input<"FilterLogEvents">): readonly string[] {
  if (input.logStreamNames !== undefined) {
    for (const name of input.logStreamNames) findStream(call, groupName, name);
    return input.logStreamNames;
  }
  const prefix = input.logStreamNamePrefix;
  const names: string[] = [];
  if (prefix !== undefined) {
    for (const { key } of streams.scan(call.tx, [groupName], { from: [prefix] })) {
      if (!key[1].startsWith(prefix)) break;
      names.push(key[1]);
    }
    return names;
  }
  for (const { key } of streamsByTime.scan(call.tx, [groupName], {
    from: [Math.max(1, input.startTime ?? 1)],
  })) {
    names.push(key[2]);
  }
  return names;
}
