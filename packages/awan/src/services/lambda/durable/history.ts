/**
 * The history of a durable execution, as AWS numbers it: what was checkpointed, what timers and callers brought, and every
 * run of the function. One row an event, written when it happens.
 */
import type { ErrorObject, Event } from "@aws-sdk/client-lambda";
import type { Call } from "../../../host/call.ts";
import { executions, historyEvents, type HistoryEventRow, type OperationRow } from "./keys.ts";

/** Kinds of operations by their names in events. */
const titles: Readonly<Record<string, string>> = {
  STEP: "Step",
  WAIT: "Wait",
  CALLBACK: "Callback",
  CONTEXT: "Context",
  CHAINED_INVOKE: "ChainedInvoke",
};

const outcomes: Readonly<Record<string, string>> = {
  SUCCEEDED: "Succeeded",
  FAILED: "Failed",
  TIMED_OUT: "TimedOut",
  CANCELLED: "Cancelled",
  STOPPED: "Stopped",
};

/** Adds an event: `details` go into the member named after its type. */
export function record(
  call: Call,
  id: string,
  eventType: string,
  details: HistoryEventRow["details"],
  operation?: { readonly id: string; readonly row: OperationRow },
): void {
  const execution = executions.get(call.tx, [id]);
  if (execution === undefined) return;
  const eventId = execution.events + 1;
  executions.set(call.tx, [id], { ...execution, events: eventId });
  historyEvents.set(call.tx, [id, eventId], {
    eventType,
    atMs: call.nowMs,
    operationId: operation?.id ?? null,
    name: operation?.row.name ?? null,
    subType: operation?.row.subType ?? null,
    parentId: operation?.row.parentId ?? null,
    details,
  });
}

/** An operation has begun, or a step is tried again. */
export function recordStart(
  call: Call,
  id: string,
  operation: { readonly id: string; readonly row: OperationRow },
  details: HistoryEventRow["details"] = {},
): void {
  record(call, id, `${titles[operation.row.type]}Started`, details, operation);
}

/** An operation has ended, or an attempt of a step. */
export function recordEnd(
  call: Call,
  id: string,
  operation: { readonly id: string; readonly row: OperationRow },
  nextAttemptDelaySeconds?: number,
): void {
  const { row } = operation;
  const isAttempt = nextAttemptDelaySeconds !== undefined;
  const outcome = isAttempt ? (row.error === null ? "Succeeded" : "Failed") : outcomes[row.status];
  const ended = outcome === "Succeeded" ? { Result: resultOf(row.result) } : { Error: errorOf(row.error) };
  const details: Record<string, unknown> = row.type === "WAIT" ? waited(row) : ended;
  if (row.type === "STEP") {
    details["RetryDetails"] = {
      CurrentAttempt: row.attempt,
      ...(isAttempt ? { NextAttemptDelaySeconds: nextAttemptDelaySeconds } : {}),
    };
  }
  record(call, id, `${titles[row.type]}${outcome}`, details, operation);
}

const waited = (row: OperationRow): Record<string, unknown> =>
  row.waitSeconds === null ? {} : { Duration: row.waitSeconds };

export const resultOf = (payload: string | null): object => ({
  ...(payload === null ? {} : { Payload: payload }),
  Truncated: false,
});

export const errorOf = (error: ErrorObject | null): object => ({
  ...(error === null ? {} : { Payload: error }),
  Truncated: false,
});

/** An event as the API shows it. */
export function describeEvent(eventId: number, row: HistoryEventRow, withData: boolean): Event {
  const { eventType, operationId, name, subType, parentId } = row;
  const details = Object.fromEntries(
    Object.entries(row.details).map(([member, value]) => [member, shown(member, value, withData)]),
  );
  return {
    EventType: eventType as NonNullable<Event["EventType"]>,
    EventId: eventId,
    EventTimestamp: new Date(row.atMs),
    ...(operationId === null ? {} : { Id: operationId }),
    ...(name === null ? {} : { Name: name }),
    ...(subType === null ? {} : { SubType: subType }),
    ...(parentId === null ? {} : { ParentId: parentId }),
    [`${eventType}Details`]: details,
  };
}

function shown(member: string, value: unknown, withData: boolean): unknown {
  if (member.endsWith("Timestamp")) return new Date(value as number);
  const isData = member === "Result" || member === "Error" || member === "Input";
  return isData && !withData ? {} : value;
}
