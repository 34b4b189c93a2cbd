/**
 * Durable executions: a function that is run again and again over what it has checkpointed, until it ends. Between runs
 * an execution is rows and a due time; a wait of a year costs nothing.
 * https://docs.aws.amazon.com/lambda/latest/dg/durable-functions.html
 */
import type { ErrorObject } from "@aws-sdk/client-lambda";
import type { Call } from "../../../host/call.ts";
import type { Completion, Duty, EffectContext, Outcome } from "../../../host/service.ts";
import { invariant } from "../../../kernel/errors.ts";
import { invalidParameter } from "../errors.ts";
import { resolveTarget } from "../function.ts";
import type { Invoker } from "../invoke.ts";
import { functionArn } from "../names.ts";
import type { InvokeResult } from "../port.ts";
import { describeOperation } from "./describe.ts";
import { errorOf, record, recordEnd, resultOf } from "./history.ts";
import {
  executionNames,
  executions,
  type ExecutionRow,
  type ExecutionState,
  type OperationRow,
  operationRows,
} from "./keys.ts";

/** Five failed runs in a row end an execution; AWS's own testing library waits as long in between. */
const crashDelaysMs = [5000, 5000, 5000, 5000];

export const executionArn = (call: Call, id: string, row: ExecutionRow): string =>
  `${functionArn(call, row.functionName, row.qualifier)}/durable-execution/${row.executionName}/${id}`;

/** The id at the end of an execution's ARN. */
export const idOfArn = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);

const tokenOf = (id: string, row: ExecutionRow): string =>
  Buffer.from(`${id}:${row.checkpoint}`, "utf8").toString("base64");

export interface Start {
  readonly functionName: string;
  readonly qualifier: string;
  readonly executionName: string | undefined;
  readonly input: string;
  readonly timeoutSeconds: number | undefined;
  readonly parent: ExecutionRow["parent"];
}

/** Begins an execution, or finds the one of that name. Returns its id. */
export function startExecution(call: Call, start: Start): string {
  const named = start.executionName;
  if (named !== undefined) {
    const known = executionNames.get(call.tx, [start.functionName, named]);
    if (known !== undefined) return known;
  }
  const id = call.random.uuid();
  const executionName = named ?? call.random.uuid();
  executionNames.set(call.tx, [start.functionName, executionName], id);
  executions.set(call.tx, [id], {
    executionName,
    functionName: start.functionName,
    qualifier: start.qualifier,
    input: start.input,
    status: "RUNNING",
    startedAtMs: call.nowMs,
    endedAtMs: null,
    result: null,
    error: null,
    isRunning: false,
    isWoken: false,
    checkpoint: 0,
    sequence: 0,
    events: 0,
    crashes: 0,
    parent: start.parent,
  });
  record(call, id, "ExecutionStarted", {
    Input: { Payload: start.input, Truncated: false },
    ...(start.timeoutSeconds === undefined ? {} : { ExecutionTimeout: start.timeoutSeconds }),
  });
  if (start.timeoutSeconds !== undefined) {
    call.schedule("lambda.durable-timeout", [id], call.nowMs + start.timeoutSeconds * 1000);
  }
  call.note("lambda.durable-started", { execution: id, function: start.functionName });
  resume(call, id);
  return id;
}

/** Runs the function unless it runs already; then once more after that. */
export function resume(call: Call, id: string, delayMs = 0): void {
  const row = executions.get(call.tx, [id]);
  if (row === undefined || row.status !== "RUNNING") return;
  if (row.isRunning) {
    executions.set(call.tx, [id], { ...row, isWoken: true });
    return;
  }
  executions.set(call.tx, [id], { ...row, isRunning: true, isWoken: false, checkpoint: row.checkpoint + 1 });
  const requestId = call.random.uuid();
  call.dispatch({
    effect: "lambda.run-durable",
    request: { id, requestId },
    completion: "lambda.durable-ran",
    context: { id, requestId, startedAtMs: call.nowMs + delayMs },
    notBeforeMs: call.nowMs + delayMs,
    // Throttled or not runnable just now.
    retryDelaysMs: [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000],
  });
}

/** The effect `lambda.run-durable`. */
export const runDurable =
  (invoker: Invoker) =>
  async (
    context: EffectContext,
    { id, requestId }: { readonly id: string; readonly requestId: string },
  ): Promise<InvokeResult | undefined> => {
    const { shell, scope, trace } = context;
    const run = await shell.run({ name: "lambda.read-execution", ...scope, trace }, (call: Call) => {
      const row = executions.get(call.tx, [id]);
      if (row === undefined || row.status !== "RUNNING") return { isOver: true } as const;
      const event = {
        DurableExecutionArn: executionArn(call, id, row),
        CheckpointToken: tokenOf(id, row),
        InitialExecutionState: { Operations: operationsOf(call, id, row), NextMarker: "" },
      };
      const target = resolveTarget(call, { name: row.functionName, qualifier: row.qualifier });
      return { isOver: false, event, target } as const;
    });
    if (run.isOver) return undefined;
    const payload = Buffer.from(JSON.stringify(run.event, millisecondTimes), "utf8");
    return invoker.run(context, { target: run.target, payload, requestId });
  };

/** In the event of a run times are milliseconds. */
const millisecondTimes = (member: string, value: unknown): unknown =>
  member.endsWith("Timestamp") && typeof value === "string" ? Date.parse(value) : value;

/** The execution itself first, then its operations in the order of their beginnings. */
export function operationsOf(call: Call, id: string, row: ExecutionRow): object[] {
  const own = {
    Id: id,
    Type: "EXECUTION",
    Name: row.executionName,
    StartTimestamp: new Date(row.startedAtMs),
    Status: "STARTED",
    ExecutionDetails: { InputPayload: row.input },
  };
  const rows = [...operationRows.scan(call.tx, [id])].toSorted((a, b) => a.value.order - b.value.order);
  return [own, ...rows.map(({ key, value }) => describeOperation(key[1], value))];
}

/** The completion `lambda.durable-ran`. */
export const durableRan: Completion = (call, context, outcome) => {
  const { id, requestId, startedAtMs } = context as { id: string; requestId: string; startedAtMs: number };
  const row = executions.get(call.tx, [id]);
  if (row === undefined || row.status !== "RUNNING") return;
  executions.set(call.tx, [id], { ...row, isRunning: false });
  const failure = failureOf(outcome);
  record(call, id, "InvocationCompleted", {
    StartTimestamp: startedAtMs,
    EndTimestamp: call.nowMs,
    RequestId: requestId,
    ...(failure === undefined ? {} : { Error: errorOf(failure) }),
  });
  if (!outcome.ok) {
    finish(call, id, "FAILED", { error: { ErrorType: outcome.code, ErrorMessage: outcome.message } });
    return;
  }
  if (failure !== undefined) {
    crashed(call, id, failure);
    return;
  }
  executions.set(call.tx, [id], { ...requireRow(call, id), crashes: 0 });
  const answer = parse(outcome.value as InvokeResult | undefined);
  const {
    Status,
    Result,
    Error: error,
  } = answer as { Status?: string; Result?: string; Error?: ErrorObject };
  if (Status === "SUCCEEDED")
    finish(call, id, "SUCCEEDED", { result: Result === "" ? row.result : (Result ?? null) });
  else if (Status === "FAILED") finish(call, id, "FAILED", { error: error ?? {} });
  else if (Status === "PENDING") {
    if (row.isWoken || hasReady(call, id)) resume(call, id);
  } else {
    const ErrorMessage = "Invalid Status in invocation output.";
    finish(call, id, "FAILED", { error: { ErrorType: "InvalidResponse", ErrorMessage } });
  }
};

const requireRow = (call: Call, id: string): ExecutionRow => {
  const row = executions.get(call.tx, [id]);
  invariant(row !== undefined, `no durable execution ${id}`);
  return row;
};

/** How a run failed that did not answer: the handler threw, timed out or ended its process. */
function failureOf(outcome: Outcome): ErrorObject | undefined {
  if (!outcome.ok) return { ErrorType: outcome.code, ErrorMessage: outcome.message };
  const result = outcome.value as InvokeResult | undefined;
  if (result?.functionError === undefined) return undefined;
  const { errorType, errorMessage, trace } = parse(result) as {
    errorType?: string;
    errorMessage?: string;
    trace?: string[];
  };
  return { ErrorType: errorType ?? "Unhandled", ErrorMessage: errorMessage ?? "", StackTrace: trace ?? [] };
}

/** Such runs are tried again over what was checkpointed, a few times in a row. */
function crashed(call: Call, id: string, error: ErrorObject): void {
  const row = requireRow(call, id);
  const delayMs = crashDelaysMs[row.crashes];
  if (delayMs === undefined || error.ErrorType?.startsWith("Runtime.Import") === true) {
    finish(call, id, "FAILED", { error });
    return;
  }
  executions.set(call.tx, [id], { ...row, crashes: row.crashes + 1 });
  resume(call, id, delayMs);
}

function parse(result: InvokeResult | undefined): object {
  try {
    const value = JSON.parse(Buffer.from(result?.payload ?? []).toString("utf8")) as unknown;
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

const hasReady = (call: Call, id: string): boolean =>
  [...operationRows.scan(call.tx, [id])].some(({ value }) => value.status === "READY");

export interface End {
  readonly result?: string | null;
  readonly error?: ErrorObject;
}

/** Ends the execution and tells who waits for it. */
export function finish(call: Call, id: string, status: ExecutionState, end: End): void {
  const row = executions.get(call.tx, [id]);
  if (row === undefined || row.status !== "RUNNING") return;
  const ended = {
    ...row,
    status,
    endedAtMs: call.nowMs,
    isRunning: false,
    result: end.result ?? null,
    error: end.error ?? null,
  };
  executions.set(call.tx, [id], ended);
  call.unschedule("lambda.durable-timeout", [id]);
  for (const { key, value } of operationRows.scan(call.tx, [id])) {
    if (value.dueAtMs !== null) call.unschedule("lambda.durable-due", key);
  }
  recordExecutionEnd(call, id, ended);
  call.note("lambda.durable-ended", { execution: id, status });
  if (row.parent === null) return;
  const { executionId, operationId } = row.parent;
  endOperation(call, executionId, operationId, {
    status: status === "SUCCEEDED" ? "SUCCEEDED" : status === "RUNNING" ? "FAILED" : status,
    endedAtMs: call.nowMs,
    result: ended.result,
    error: ended.error,
  });
  resume(call, executionId);
}

function recordExecutionEnd(call: Call, id: string, ended: ExecutionRow): void {
  const { status, result, error } = ended;
  if (status === "SUCCEEDED") record(call, id, "ExecutionSucceeded", { Result: resultOf(result) });
  else if (status === "FAILED") record(call, id, "ExecutionFailed", { Error: errorOf(error) });
  else if (status === "TIMED_OUT") record(call, id, "ExecutionTimedOut", { Error: errorOf(error) });
  else record(call, id, "ExecutionStopped", { Error: errorOf(error) });
}

/** The duty `lambda.durable-timeout`. */
export const durableTimeout: Duty = (call, key) => {
  const [id] = key as [string];
  finish(call, id, "TIMED_OUT", {
    error: { ErrorType: "ExecutionTimeout", ErrorMessage: "The execution timed out." },
  });
};

/** Writes an operation, giving the change its number. */
export function change(call: Call, id: string, operationId: string, changes: Partial<OperationRow>): void {
  const execution = executions.get(call.tx, [id]);
  const before = operationRows.get(call.tx, [id, operationId]);
  if (execution === undefined || before === undefined) return;
  const sequence = execution.sequence + 1;
  executions.set(call.tx, [id], { ...execution, sequence });
  operationRows.set(call.tx, [id, operationId], { ...before, ...changes, changed: sequence });
}

/** As `change`, for a change that ends the operation: its history tells so. */
export function endOperation(
  call: Call,
  id: string,
  operationId: string,
  changes: Partial<OperationRow>,
): void {
  change(call, id, operationId, changes);
  const row = operationRows.get(call.tx, [id, operationId]);
  if (row !== undefined) recordEnd(call, id, { id: operationId, row });
}

/** The duty `lambda.durable-due`: a wait ends, a step may be tried again, a callback has come too late. */
export const durableDue: Duty = (call, key) => {
  const [id, operationId] = key as [string, string];
  const row = operationRows.get(call.tx, [id, operationId]);
  if (row === undefined || row.endedAtMs !== null) return;
  if (row.type === "WAIT")
    endOperation(call, id, operationId, { status: "SUCCEEDED", endedAtMs: call.nowMs });
  else if (row.type === "STEP") change(call, id, operationId, { status: "READY" });
  else if (row.type === "CALLBACK") {
    const isLate = row.deadlineMs !== null && row.deadlineMs <= call.nowMs;
    const error = isLate
      ? { ErrorType: "Callback.Timeout", ErrorMessage: "Callback timed out" }
      : { ErrorType: "Callback.Heartbeat", ErrorMessage: "Callback timed out on heartbeat" };
    endOperation(call, id, operationId, { status: "TIMED_OUT", endedAtMs: call.nowMs, error });
  }
  resume(call, id);
};

/** The execution a checkpoint token belongs to, if it is the newest. */
export function requireToken(
  call: Call,
  arn: string,
  token: string,
): { readonly id: string; readonly row: ExecutionRow } {
  const id = idOfArn(arn);
  const row = executions.get(call.tx, [id]);
  if (row === undefined || row.status !== "RUNNING" || tokenOf(id, row) !== token) {
    throw invalidParameter("Invalid checkpoint token");
  }
  return { id, row };
}

export { tokenOf };

/** Nothing to do outside: a step between a transaction that must be kept and one that waits. */
export const nothing = (): Promise<void> => Promise.resolve();
