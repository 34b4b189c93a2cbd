/** CheckpointDurableExecution: what the running function tells about its operations, applied in order. */
import type { OperationUpdate } from "@aws-sdk/client-lambda";
import type { Call } from "../../../host/call.ts";
import type { Completion } from "../../../host/service.ts";
import { invalidParameter } from "../errors.ts";
import { qualifierExists, requireVersion } from "../function.ts";
import { functionArn, parseFunctionName } from "../names.ts";
import type { InvokeResult } from "../port.ts";
import type { In, Out } from "../sdk.ts";
import { describeOperation } from "./describe.ts";
import { recordEnd, recordStart } from "./history.ts";
import {
  change,
  endOperation,
  finish,
  operationsOf,
  requireToken,
  resume,
  startExecution,
  tokenOf,
} from "./execution.ts";
import { callbacks, executions, type OperationRow, operationRows } from "./keys.ts";

export function checkpointDurableExecution(
  call: Call,
  input: In<"CheckpointDurableExecution">,
): Out<"CheckpointDurableExecution"> {
  const { id, row } = requireToken(call, input.DurableExecutionArn, input.CheckpointToken);
  const known = row.sequence;
  for (const update of input.Updates ?? []) apply(call, id, update);
  const after = executions.get(call.tx, [id]) ?? row;
  const next = { ...after, checkpoint: after.checkpoint + 1, isWoken: false };
  executions.set(call.tx, [id], next);
  // What timers and callbacks changed between two checkpoints counts as told with the second.
  const told = row.isWoken ? 0 : known;
  const changed = [...operationRows.scan(call.tx, [id])].filter(({ value }) => value.changed > told);
  return {
    CheckpointToken: tokenOf(id, next),
    NewExecutionState: { Operations: changed.map(({ key, value }) => describeOperation(key[1], value)) },
  };
}

export function getDurableExecutionState(
  call: Call,
  input: In<"GetDurableExecutionState">,
): Out<"GetDurableExecutionState"> {
  const { id, row } = requireToken(call, input.DurableExecutionArn, input.CheckpointToken);
  return { Operations: operationsOf(call, id, row) as Out<"GetDurableExecutionState">["Operations"] };
}

function apply(call: Call, id: string, update: OperationUpdate): void {
  const operationId = update.Id ?? "";
  if (update.Type === "EXECUTION") {
    const row = executions.get(call.tx, [id]);
    if (update.Action === "SUCCEED" && row !== undefined) {
      executions.set(call.tx, [id], { ...row, result: update.Payload ?? null });
    } else finish(call, id, "FAILED", { error: update.Error ?? {} });
    return;
  }
  const before = operationRows.get(call.tx, [id, operationId]);
  if (before === undefined) begin(call, id, update);
  else if (before.endedAtMs !== null) throw invalidParameter(`Operation ${operationId} has ended already.`);
  advance(call, id, operationId, update);
}

function begin(call: Call, id: string, update: OperationUpdate): void {
  const execution = executions.get(call.tx, [id]);
  if (execution === undefined) return;
  const row: OperationRow = {
    type: update.Type ?? "STEP",
    subType: update.SubType ?? null,
    name: update.Name ?? null,
    parentId: update.ParentId ?? null,
    status: "STARTED",
    order: execution.sequence + 1,
    changed: execution.sequence + 1,
    startedAtMs: call.nowMs,
    endedAtMs: null,
    attempt: 0,
    dueAtMs: null,
    result: null,
    error: null,
    replayChildren: update.ContextOptions?.ReplayChildren ?? false,
    callbackId: null,
    heartbeatMs: null,
    deadlineMs: null,
    waitSeconds: update.WaitOptions?.WaitSeconds ?? null,
  };
  operationRows.set(call.tx, [id, update.Id ?? ""], row);
  executions.set(call.tx, [id], { ...execution, sequence: execution.sequence + 1 });
}

function advance(call: Call, id: string, operationId: string, update: OperationUpdate): void {
  const attempt = (operationRows.get(call.tx, [id, operationId])?.attempt ?? 0) + 1;
  const ended = { endedAtMs: call.nowMs, dueAtMs: null, attempt };
  switch (update.Action) {
    case "START":
      started(call, id, operationId, update);
      return;
    case "SUCCEED": {
      const replayChildren = update.ContextOptions?.ReplayChildren ?? false;
      endOperation(call, id, operationId, {
        ...ended,
        status: "SUCCEEDED",
        result: update.Payload ?? null,
        replayChildren,
      });
      return;
    }
    case "FAIL":
      endOperation(call, id, operationId, { ...ended, status: "FAILED", error: update.Error ?? {} });
      return;
    case "RETRY": {
      const delaySeconds = update.StepOptions?.NextAttemptDelaySeconds ?? 1;
      const dueAtMs = call.nowMs + delaySeconds * 1000;
      change(call, id, operationId, {
        status: "PENDING",
        attempt,
        dueAtMs,
        error: update.Error ?? null,
        result: update.Payload ?? null,
      });
      const row = operationRows.get(call.tx, [id, operationId]);
      if (row !== undefined) recordEnd(call, id, { id: operationId, row }, delaySeconds);
      call.schedule("lambda.durable-due", [id, operationId], dueAtMs);
      return;
    }
    case "CANCEL":
      call.unschedule("lambda.durable-due", [id, operationId]);
      endOperation(call, id, operationId, { ...ended, status: "CANCELLED" });
      return;
    default:
      throw invalidParameter(`Unknown action of operation ${operationId}.`);
  }
}

function started(call: Call, id: string, operationId: string, update: OperationUpdate): void {
  const due = (seconds: number | undefined): number | null =>
    seconds === undefined || seconds === 0 ? null : call.nowMs + seconds * 1000;
  const after = (dueAtMs: number | null): void => {
    if (dueAtMs !== null) call.schedule("lambda.durable-due", [id, operationId], dueAtMs);
  };
  const tellStart = (details: Record<string, unknown>): void => {
    const row = operationRows.get(call.tx, [id, operationId]);
    if (row !== undefined) recordStart(call, id, { id: operationId, row }, details);
  };
  switch (update.Type) {
    case "WAIT": {
      const dueAtMs = due(update.WaitOptions?.WaitSeconds);
      change(call, id, operationId, { status: "STARTED", dueAtMs });
      tellStart({
        Duration: update.WaitOptions?.WaitSeconds ?? 0,
        ScheduledEndTimestamp: dueAtMs ?? call.nowMs,
      });
      after(dueAtMs);
      return;
    }
    case "CALLBACK": {
      const callbackId = Buffer.from(`${id}:${operationId}:${call.random.hex(8)}`, "utf8").toString(
        "base64url",
      );
      const { TimeoutSeconds, HeartbeatTimeoutSeconds } = update.CallbackOptions ?? {};
      const deadlineMs = due(TimeoutSeconds);
      const limits = [deadlineMs, due(HeartbeatTimeoutSeconds)].filter((each) => each !== null);
      const dueAtMs = limits.length === 0 ? null : Math.min(...limits);
      const heartbeatMs =
        due(HeartbeatTimeoutSeconds) === null ? null : (HeartbeatTimeoutSeconds ?? 0) * 1000;
      callbacks.set(call.tx, [callbackId], { executionId: id, operationId });
      change(call, id, operationId, { status: "STARTED", callbackId, dueAtMs, heartbeatMs, deadlineMs });
      tellStart({
        CallbackId: callbackId,
        ...(TimeoutSeconds === undefined ? {} : { Timeout: TimeoutSeconds }),
        ...(HeartbeatTimeoutSeconds === undefined ? {} : { HeartbeatTimeout: HeartbeatTimeoutSeconds }),
      });
      after(dueAtMs);
      return;
    }
    case "CHAINED_INVOKE":
      change(call, id, operationId, { status: "STARTED" });
      tellStart({
        FunctionName: update.ChainedInvokeOptions?.FunctionName ?? "",
        Input: { Payload: update.Payload ?? "", Truncated: false },
      });
      chain(call, id, operationId, update);
      return;
    default:
      change(call, id, operationId, { status: "STARTED" });
      tellStart({});
  }
}

/** Calls another function: a durable one becomes an execution of its own, any other is run once. */
function chain(call: Call, id: string, operationId: string, update: OperationUpdate): void {
  const reference = parseFunctionName(call, update.ChainedInvokeOptions?.FunctionName ?? "");
  if (!qualifierExists(call, reference)) {
    const error = {
      ErrorType: "ResourceNotFoundException",
      ErrorMessage: `Function not found: ${functionArn(call, reference.name, reference.qualifier)}`,
    };
    endOperation(call, id, operationId, { status: "FAILED", endedAtMs: call.nowMs, error });
    resume(call, id);
    return;
  }
  const { DurableConfig } = requireVersion(call, reference).version.settings;
  if (DurableConfig !== undefined) {
    startExecution(call, {
      functionName: reference.name,
      qualifier: reference.qualifier ?? "$LATEST",
      executionName: undefined,
      input: update.Payload ?? "{}",
      timeoutSeconds: DurableConfig.ExecutionTimeout,
      parent: { executionId: id, operationId },
    });
    return;
  }
  call.dispatch({
    effect: "lambda.invoke",
    request: {
      functionArn: functionArn(call, reference.name, reference.qualifier),
      payload: Buffer.from(update.Payload ?? "{}", "utf8"),
      kind: "RequestResponse",
    },
    completion: "lambda.durable-chained",
    context: { id, operationId },
    retryDelaysMs: [1000, 5000, 30_000],
  });
}

/** The completion `lambda.durable-chained`. */
export const durableChained: Completion = (call, context, outcome) => {
  const { id, operationId } = context as { id: string; operationId: string };
  const ended = { endedAtMs: call.nowMs };
  if (!outcome.ok) {
    const error = { ErrorType: outcome.code, ErrorMessage: outcome.message };
    endOperation(call, id, operationId, { ...ended, status: "FAILED", error });
  } else {
    const { payload, functionError } = outcome.value as InvokeResult;
    const text = Buffer.from(payload).toString("utf8");
    if (functionError === undefined)
      endOperation(call, id, operationId, { ...ended, status: "SUCCEEDED", result: text });
    else {
      const { errorType, errorMessage, trace } = JSON.parse(text) as {
        errorType?: string;
        errorMessage?: string;
        trace?: string[];
      };
      const error = { ErrorType: errorType, ErrorMessage: errorMessage, StackTrace: trace };
      endOperation(call, id, operationId, { ...ended, status: "FAILED", error });
    }
  }
  resume(call, id);
};
