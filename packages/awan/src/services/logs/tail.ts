/** The service's port: appending for runtimes, and reading a group in the order of arrival. */
import type { Call } from "../../host/call.ts";
import { append } from "./append.ts";
import { findGroup, makeGroup, makeStream } from "./group.ts";
import { batches, type BatchRow, events, groups, streams } from "./keys.ts";
import type { LogsPort, TailedLine } from "./port.ts";

function appendLines(call: Call, request: Parameters<LogsPort["append"]>[1]): void {
  const { groupName, streamName, events: lines } = request;
  if (!groups.has(call.tx, [groupName])) makeGroup(call, groupName);
  const stream = streams.get(call.tx, [groupName, streamName]) ?? makeStream(call, groupName, streamName);
  append(call, { groupName, group: findGroup(call, groupName), streamName, stream }, lines);
}

function tail(call: Call, request: Parameters<LogsPort["tail"]>[1]): readonly TailedLine[] {
  const { groupName, afterSequence, afterMs, limit } = request;
  const lines: TailedLine[] = [];
  const first =
    afterSequence === undefined
      ? firstBatchAfter(call, groupName, afterMs)
      : batchOf(call, groupName, afterSequence + 1);
  for (const { key, value: batch } of batches.scan(call.tx, [groupName], { from: [first] })) {
    for (const line of batchLines(call, groupName, key[1], batch)) {
      if (afterSequence !== undefined && line.sequence <= afterSequence) continue;
      if (lines.length === limit) return lines;
      lines.push(line);
    }
  }
  return lines;
}

/** The first sequence of the batch that holds `sequence`, or would. */
function batchOf(call: Call, groupName: string, sequence: number): number {
  const row = batches.first(call.tx, [groupName], { upTo: [sequence], reverse: true });
  return row === undefined ? sequence : row.key[1];
}

/** The first batch ingested after `afterMs`; found from the end, because followers ask for what is recent. */
function firstBatchAfter(call: Call, groupName: string, afterMs: number | undefined): number {
  if (afterMs === undefined) return 0;
  for (const { key, value } of batches.scan(call.tx, [groupName], { reverse: true })) {
    if (value.ingestedAtMs <= afterMs) return key[1] + value.timestampsMs.length;
  }
  return 0;
}

function* batchLines(
  call: Call,
  groupName: string,
  firstSequence: number,
  batch: BatchRow,
): Generator<TailedLine> {
  for (const [index, timestampMs] of batch.timestampsMs.entries()) {
    const sequence = firstSequence + index;
    const row = events.get(call.tx, [groupName, batch.streamName, timestampMs, sequence]);
    if (row !== undefined) {
      yield {
        timestampMs,
        sequence,
        message: row.message,
        streamName: batch.streamName,
        ingestedAtMs: row.ingestedAtMs,
      };
    }
  }
}

export const port: LogsPort = { append: appendLines, tail };
