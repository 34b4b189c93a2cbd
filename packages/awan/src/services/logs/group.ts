/** Groups and streams: names, ARNs, finding, making and removing them. */
import type { Call } from "../../host/call.ts";
import { formatArn } from "../../kernel/arn.ts";
import { cancelRetention } from "./retention.ts";
import { groupNotFound, invalidParameter, streamNotFound } from "./errors.ts";
import {
  batches,
  events,
  type GroupRow,
  groups,
  metricFilters,
  sequences,
  type StreamRow,
  streams,
  streamsByTime,
  subscriptionFilters,
} from "./keys.ts";

/** `arn:aws:logs:us-east-1:000000000000:log-group:NAME`, without the `:*` some operations add. */
export const groupArn = (call: Call, groupName: string): string =>
  formatArn({
    service: "logs",
    region: call.region,
    accountId: call.accountId,
    resource: `log-group:${groupName}`,
  });

export const streamArn = (call: Call, groupName: string, streamName: string): string =>
  `${groupArn(call, groupName)}:log-stream:${streamName}`;

const arnPattern = /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)(?::\*)?$/;

/** The group's name out of a name or an ARN. */
export function groupNameOf(identifier: string): string {
  if (!identifier.startsWith("arn:")) return identifier;
  const name = arnPattern.exec(identifier)?.[1];
  if (name === undefined) throw invalidParameter("The specified log group identifier is not valid.");
  return name;
}

/** Operations take a name or an identifier, and exactly one of them. */
export function namedGroup(input: {
  readonly logGroupName?: string | undefined;
  readonly logGroupIdentifier?: string | undefined;
}): string {
  const { logGroupName, logGroupIdentifier } = input;
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    throw invalidParameter("LogGroup name and LogGroup ARN are mutually exclusive parameters.");
  }
  if (logGroupName === undefined && logGroupIdentifier === undefined) {
    throw invalidParameter("Must specify either logGroupName or logGroupIdentifier.");
  }
  return logGroupName ?? groupNameOf(logGroupIdentifier as string);
}

export function findGroup(call: Call, groupName: string): GroupRow {
  const row = groups.get(call.tx, [groupName]);
  if (row === undefined) throw groupNotFound();
  return row;
}

export function findStream(call: Call, groupName: string, streamName: string): StreamRow {
  const row = streams.get(call.tx, [groupName, streamName]);
  if (row === undefined) throw streamNotFound();
  return row;
}

export function makeGroup(call: Call, groupName: string, settings: Partial<GroupRow> = {}): void {
  groups.set(call.tx, [groupName], {
    createdAtMs: call.nowMs,
    retentionDays: null,
    kmsKeyId: null,
    logGroupClass: "STANDARD",
    deletionProtected: false,
    tags: {},
    ...settings,
  });
}

export function makeStream(call: Call, groupName: string, streamName: string): StreamRow {
  const row: StreamRow = {
    createdAtMs: call.nowMs,
    firstEventAtMs: null,
    lastEventAtMs: null,
    lastIngestedAtMs: null,
    storedBytes: 0,
  };
  streams.set(call.tx, [groupName, streamName], row);
  streamsByTime.set(call.tx, [groupName, 0, streamName], null);
  return row;
}

export function removeStream(call: Call, groupName: string, streamName: string): void {
  const row = findStream(call, groupName, streamName);
  for (const { key } of events.scan(call.tx, [groupName, streamName])) events.delete(call.tx, key);
  streams.delete(call.tx, [groupName, streamName]);
  streamsByTime.delete(call.tx, [groupName, row.lastEventAtMs ?? 0, streamName]);
}

export function removeGroup(call: Call, groupName: string): void {
  for (const table of [
    streams,
    streamsByTime,
    events,
    batches,
    metricFilters,
    subscriptionFilters,
  ] as const) {
    for (const { key } of table.scan(call.tx, [groupName])) table.delete(call.tx, key as never);
  }
  sequences.delete(call.tx, [groupName]);
  groups.delete(call.tx, [groupName]);
  cancelRetention(call, groupName);
}
