/** Log streams: create, list, delete. */
import type { LogStream } from "@aws-sdk/client-cloudwatch-logs";
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../client.ts";
import { alreadyExists, invalidParameter } from "../errors.ts";
import { findGroup, makeStream, namedGroup, removeStream, streamArn } from "../group.ts";
import { type StreamRow, streams, streamsByTime } from "../keys.ts";
import { describeLimitMax } from "../limits.ts";

export function createLogStream(call: Call, input: Input<"CreateLogStream">): void {
  findGroup(call, input.logGroupName);
  if (streams.has(call.tx, [input.logGroupName, input.logStreamName])) throw alreadyExists("log stream");
  makeStream(call, input.logGroupName, input.logStreamName);
}

export function deleteLogStream(call: Call, input: Input<"DeleteLogStream">): void {
  findGroup(call, input.logGroupName);
  removeStream(call, input.logGroupName, input.logStreamName);
}

function describe(call: Call, groupName: string, streamName: string, row: StreamRow): LogStream {
  return {
    logStreamName: streamName,
    creationTime: row.createdAtMs,
    ...(row.firstEventAtMs === null ? {} : { firstEventTimestamp: row.firstEventAtMs }),
    ...(row.lastEventAtMs === null ? {} : { lastEventTimestamp: row.lastEventAtMs }),
    ...(row.lastIngestedAtMs === null
      ? {}
      : {
          lastIngestionTime: row.lastIngestedAtMs,
          uploadSequenceToken: String(row.lastIngestedAtMs).padStart(56, "49039859"),
        }),
    arn: streamArn(call, groupName, streamName),
    // AWS reports 0 for every stream since 2019 (DescribeLogStreams' documentation).
    storedBytes: 0,
  };
}

export function describeLogStreams(
  call: Call,
  input: Input<"DescribeLogStreams">,
): Output<"DescribeLogStreams"> {
  if (input.logGroupName !== undefined && input.logGroupIdentifier !== undefined) {
    throw new AwsError(
      "ValidationException",
      "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
    );
  }
  const groupName = namedGroup(input);
  const byTime = input.orderBy === "LastEventTime";
  if (byTime && input.logStreamNamePrefix !== undefined) {
    throw invalidParameter("Cannot order by LastEventTime with a logStreamNamePrefix.");
  }
  findGroup(call, groupName);
  const limit = input.limit ?? describeLimitMax;
  const found: LogStream[] = [];
  const names = byTime ? namesByTime(call, groupName, input) : namesInOrder(call, groupName, input);
  let last: readonly (string | number)[] = [];
  for (const { name, at } of names) {
    if (found.length === limit) return { logStreams: found, nextToken: tokenOf(last) };
    found.push(describe(call, groupName, name, streams.get(call.tx, [groupName, name]) as StreamRow));
    last = at;
  }
  return { logStreams: found };
}

interface Named {
  readonly name: string;
  /** Where the listing goes on after this one. */
  readonly at: readonly (string | number)[];
}

const tokenOf = (at: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(at)).toString("base64url");

function positionOf(token: string | undefined): (string | number)[] | undefined {
  if (token === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(token, "base64url").toString()) as (string | number)[];
  } catch {
    throw invalidParameter("The specified nextToken is invalid.");
  }
}

type ListInput = Pick<Input<"DescribeLogStreams">, "descending" | "nextToken" | "logStreamNamePrefix">;

function* namesInOrder(call: Call, groupName: string, input: ListInput): Generator<Named> {
  const prefix = input.logStreamNamePrefix ?? "";
  const at = positionOf(input.nextToken);
  const reverse = input.descending === true;
  const options = reverse
    ? { reverse, ...(at === undefined ? {} : { before: at }), ...(prefix === "" ? {} : { from: [prefix] }) }
    : at === undefined
      ? prefix === ""
        ? {}
        : { from: [prefix] }
      : { after: at };
  for (const { key } of streams.scan(call.tx, [groupName], options)) {
    if (key[1].startsWith(prefix)) yield { name: key[1], at: [key[1]] };
    else if (!reverse) return;
  }
}

function* namesByTime(call: Call, groupName: string, input: ListInput): Generator<Named> {
  const at = positionOf(input.nextToken);
  const reverse = input.descending === true;
  const options = at === undefined ? { reverse } : reverse ? { reverse, before: at } : { after: at };
  for (const { key } of streamsByTime.scan(call.tx, [groupName], options)) {
    yield { name: key[2], at: [key[1], key[2]] };
  }
}
