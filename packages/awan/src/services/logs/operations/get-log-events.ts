/** GetLogEvents: one stream, forwards or backwards; at either end the token stays the same. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../client.ts";
import { invalidParameter } from "../errors.ts";
import { findGroup, findStream, namedGroup } from "../group.ts";
import { events } from "../keys.ts";
import { pageEventsMax, pageSizeBytesMax } from "../limits.ts";
import { formatPosition, parsePosition, type Position } from "../position.ts";

interface Found extends Position {
  readonly message: string;
  readonly ingestedAtMs: number;
}

interface Token {
  readonly forward: boolean;
  readonly position: Position;
}

function parseToken(text: string | undefined): Token | undefined {
  if (text === undefined) return undefined;
  const parts = /^([fb])\/(\d{56})\/s$/.exec(text);
  const position = parts === null ? undefined : parsePosition(parts[2] as string);
  if (position === undefined) throw invalidParameter("The specified nextToken is invalid.");
  return { forward: parts?.[1] === "f", position };
}

export function getLogEvents(call: Call, input: Input<"GetLogEvents">): Output<"GetLogEvents"> {
  const groupName = namedGroup(input);
  const streamName = input.logStreamName;
  findGroup(call, groupName);
  findStream(call, groupName, streamName);
  const token = parseToken(input.nextToken);
  const forward = token === undefined ? input.startFromHead === true : token.forward;
  const found = read(call, { groupName, streamName, forward, token, input });
  const first = found[0] ?? token?.position ?? { timestampMs: input.startTime ?? 0, sequence: 0 };
  const last = found.at(-1) ?? token?.position ?? { timestampMs: input.startTime ?? 0, sequence: 0 };
  return {
    events: found.map((event) => ({
      timestamp: event.timestampMs,
      message: event.message,
      ingestionTime: event.ingestedAtMs,
    })),
    nextForwardToken: `f/${formatPosition(last)}/s`,
    nextBackwardToken: `b/${formatPosition(first)}/s`,
  };
}

interface Reading {
  readonly groupName: string;
  readonly streamName: string;
  readonly forward: boolean;
  readonly token: Token | undefined;
  readonly input: Input<"GetLogEvents">;
}

/** The page's events in the order of time. */
function read(call: Call, reading: Reading): Found[] {
  const { forward, token, input } = reading;
  const at = token?.position;
  const startMs = input.startTime ?? 0;
  const after =
    at !== undefined && forward && at.timestampMs >= startMs ? [at.timestampMs, at.sequence] : undefined;
  const end = input.endTime === undefined ? undefined : [input.endTime];
  const before = at !== undefined && !forward ? earlier([at.timestampMs, at.sequence], end) : end;
  const rows = events.scan(call.tx, [reading.groupName, reading.streamName], {
    ...(after === undefined ? { from: [startMs] } : { after }),
    ...(before === undefined ? {} : { before }),
    reverse: !forward,
  });
  const limit = input.limit ?? pageEventsMax;
  const found: Found[] = [];
  let sizeBytes = 0;
  for (const { key, value } of rows) {
    sizeBytes += Buffer.byteLength(value.message);
    if (found.length === limit || (sizeBytes > pageSizeBytesMax && found.length > 0)) break;
    found.push({ timestampMs: key[2], sequence: key[3], ...value });
  }
  return forward ? found : found.toReversed();
}

function earlier(one: number[], other: number[] | undefined): number[] {
  return other === undefined || (one[0] as number) < (other[0] as number) ? one : other;
}
