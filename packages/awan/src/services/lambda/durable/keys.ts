/** Durable executions: one row each, and one for every operation a checkpoint has named. */
import type { ErrorObject, OperationUpdate } from "@aws-sdk/client-lambda";
import { table } from "../../../store/table.ts";

export type ExecutionState = "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "STOPPED";

export interface ExecutionRow {
  readonly executionName: string;
  readonly functionName: string;
  /** Version number, `$LATEST` or alias: what was invoked. */
  readonly qualifier: string;
  readonly input: string;
  readonly status: ExecutionState;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly result: string | null;
  readonly error: ErrorObject | null;
  /** A run of the function is under way. */
  readonly isRunning: boolean;
  /** Something it may wait for came while it ran: it is run again when the run ends. */
  readonly isWoken: boolean;
  /** Grows with every checkpoint; part of the token that the next one must bring. */
  readonly checkpoint: number;
  /** Grows with every change of an operation. */
  readonly sequence: number;
  /** Events of its history so far. */
  readonly events: number;
  /** Runs in a row that ended outside the handler's hands. */
  readonly crashes: number;
  /** The operation of another execution that waits for this one. */
  readonly parent: { readonly executionId: string; readonly operationId: string } | null;
}

export type OperationState =
  | "STARTED"
  | "PENDING"
  | "READY"
  | "SUCCEEDED"
  | "FAILED"
  | "CANCELLED"
  | "TIMED_OUT"
  | "STOPPED";

export interface OperationRow {
  /** What the update that began it said. */
  readonly type: NonNullable<OperationUpdate["Type"]>;
  readonly subType: string | null;
  readonly name: string | null;
  readonly parentId: string | null;
  readonly status: OperationState;
  /** Place in the order of beginnings. */
  readonly order: number;
  /** The execution's sequence when it last changed. */
  readonly changed: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** How many attempts have ended. */
  readonly attempt: number;
  /** When a wait ends or a step is tried again. */
  readonly dueAtMs: number | null;
  readonly result: string | null;
  readonly error: ErrorObject | null;
  readonly replayChildren: boolean;
  readonly callbackId: string | null;
  readonly heartbeatMs: number | null;
  /** When a callback is too late, whatever its heartbeats. */
  readonly deadlineMs: number | null;
  readonly waitSeconds: number | null;
}

/** Times are milliseconds in members that end in `Timestamp`. */
export interface HistoryEventRow {
  readonly eventType: string;
  readonly atMs: number;
  readonly operationId: string | null;
  readonly name: string | null;
  readonly subType: string | null;
  readonly parentId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export const executions = table<[executionId: string], ExecutionRow>("lambda", "durableExecution");
export const operationRows = table<[executionId: string, operationId: string], OperationRow>(
  "lambda",
  "durableOperation",
);
export const historyEvents = table<[executionId: string, eventId: number], HistoryEventRow>(
  "lambda",
  "durableHistory",
);
/** Names are used once per function. */
export const executionNames = table<[functionName: string, executionName: string], string>(
  "lambda",
  "durableName",
);
export const callbacks = table<
  [callbackId: string],
  { readonly executionId: string; readonly operationId: string }
>("lambda", "durableCallback");
