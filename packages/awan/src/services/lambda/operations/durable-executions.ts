/** What is outside a durable execution: reading, stopping and answering its callbacks. */
import type { ErrorObject } from "@aws-sdk/client-lambda";
import type { Call } from "../../../host/call.ts";
import { change, endOperation, executionArn, finish, idOfArn, resume } from "../durable/execution.ts";
import { callbacks, type ExecutionRow, executions, historyEvents, operationRows } from "../durable/keys.ts";
import { describeEvent } from "../durable/history.ts";
import { notFound } from "../errors.ts";
import { requireFunction } from "../function.ts";
import { functionArn, parseFunctionName } from "../names.ts";
import { pageOf } from "../paging.ts";
import type { In, Out } from "../sdk.ts";

function requireExecution(call: Call, arn: string): { readonly id: string; readonly row: ExecutionRow } {
  const id = idOfArn(arn);
  const row = executions.get(call.tx, [id]);
  if (row === undefined) throw notFound(`Durable execution not found: ${arn}`);
  return { id, row };
}

function brief(call: Call, id: string, row: ExecutionRow) {
  return {
    DurableExecutionArn: executionArn(call, id, row),
    DurableExecutionName: row.executionName,
    FunctionArn: functionArn(call, row.functionName, row.qualifier),
    Status: row.status,
    StartTimestamp: new Date(row.startedAtMs),
    ...(row.endedAtMs === null ? {} : { EndTimestamp: new Date(row.endedAtMs) }),
  };
}

export function getDurableExecution(
  call: Call,
  input: In<"GetDurableExecution">,
): Out<"GetDurableExecution"> {
  const { id, row } = requireExecution(call, input.DurableExecutionArn);
  return {
    ...brief(call, id, row),
    InputPayload: row.input,
    Version: row.qualifier,
    ...(row.result === null ? {} : { Result: row.result }),
    ...(row.error === null ? {} : { Error: row.error }),
  };
}

/** How many events a page has at most. */
const historyPage = 1000;

export function getDurableExecutionHistory(
  call: Call,
  input: In<"GetDurableExecutionHistory">,
): Out<"GetDurableExecutionHistory"> {
  const { id } = requireExecution(call, input.DurableExecutionArn);
  const rows = [...historyEvents.scan(call.tx, [id])];
  if (input.ReverseOrder === true) rows.reverse();
  const { items, next } = pageOf(rows, ({ key }) => String(key[1]), {
    marker: input.Marker,
    limit: Math.min(input.MaxItems === undefined || input.MaxItems === 0 ? 100 : input.MaxItems, historyPage),
  });
  const withData = input.IncludeExecutionData !== false;
  return {
    Events: items.map(({ key, value }) => describeEvent(key[1], value, withData)),
    ...(next === undefined ? {} : { NextMarker: next }),
  };
}

export function listDurableExecutionsByFunction(
  call: Call,
  input: In<"ListDurableExecutionsByFunction">,
): Out<"ListDurableExecutionsByFunction"> {
  const { name } = requireFunction(call, parseFunctionName(call, input.FunctionName, input.Qualifier));
  const rows = [...executions.scan(call.tx, [])]
    .filter(
      ({ value }) =>
        value.functionName === name &&
        (input.Qualifier === undefined || value.qualifier === input.Qualifier) &&
        (input.DurableExecutionName === undefined || value.executionName === input.DurableExecutionName) &&
        (input.Statuses === undefined || input.Statuses.includes(value.status)) &&
        (input.StartedAfter === undefined || value.startedAtMs > input.StartedAfter.getTime()) &&
        (input.StartedBefore === undefined || value.startedAtMs < input.StartedBefore.getTime()),
    )
    .toSorted((a, b) => (input.ReverseOrder === true ? -1 : 1) * (a.value.startedAtMs - b.value.startedAtMs));
  const { items, next } = pageOf(rows, ({ key }) => key[0], {
    marker: input.Marker,
    limit: input.MaxItems ?? 100,
  });
  return {
    DurableExecutions: items.map(({ key, value }) => brief(call, key[0], value)),
    ...(next === undefined ? {} : { NextMarker: next }),
  };
}

export function stopDurableExecution(
  call: Call,
  input: In<"StopDurableExecution">,
): Out<"StopDurableExecution"> {
  const { id, row } = requireExecution(call, input.DurableExecutionArn);
  finish(call, id, "STOPPED", input.Error === undefined ? {} : { error: input.Error });
  return { StopTimestamp: new Date(row.endedAtMs ?? call.nowMs) };
}

function endCallback(
  call: Call,
  callbackId: string,
  end: { readonly result?: string; readonly error?: ErrorObject },
): void {
  const { executionId, operationId } = requireCallback(call, callbackId);
  call.unschedule("lambda.durable-due", [executionId, operationId]);
  endOperation(call, executionId, operationId, {
    status: end.error === undefined ? "SUCCEEDED" : "FAILED",
    endedAtMs: call.nowMs,
    dueAtMs: null,
    result: end.result ?? null,
    error: end.error ?? null,
  });
  resume(call, executionId);
}

function requireCallback(call: Call, callbackId: string) {
  const found = callbacks.get(call.tx, [callbackId]);
  const row =
    found === undefined ? undefined : operationRows.get(call.tx, [found.executionId, found.operationId]);
  if (found === undefined || row === undefined || row.endedAtMs !== null) {
    throw notFound(`Callback not found or already completed: ${callbackId}`);
  }
  return { ...found, row };
}

export function sendDurableExecutionCallbackSuccess(
  call: Call,
  input: In<"SendDurableExecutionCallbackSuccess">,
): void {
  const result = input.Result === undefined ? {} : { result: Buffer.from(input.Result).toString("utf8") };
  endCallback(call, input.CallbackId, result);
}

export function sendDurableExecutionCallbackFailure(
  call: Call,
  input: In<"SendDurableExecutionCallbackFailure">,
): void {
  endCallback(call, input.CallbackId, { error: input.Error ?? {} });
}

export function sendDurableExecutionCallbackHeartbeat(
  call: Call,
  input: In<"SendDurableExecutionCallbackHeartbeat">,
): void {
  const { executionId, operationId, row } = requireCallback(call, input.CallbackId);
  if (row.heartbeatMs !== null) {
    const dueAtMs = Math.min(call.nowMs + row.heartbeatMs, row.deadlineMs ?? Infinity);
    change(call, executionId, operationId, { dueAtMs });
    call.schedule("lambda.durable-due", [executionId, operationId], dueAtMs);
  }
}
