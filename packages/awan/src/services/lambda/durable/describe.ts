/** Operations of a durable execution as the checkpoint API shows them. */
import type { Operation } from "@aws-sdk/client-lambda";
import type { OperationRow } from "./keys.ts";

export function describeOperation(id: string, row: OperationRow): Operation {
  const outcome = {
    ...(row.result === null ? {} : { Result: row.result }),
    ...(row.error === null ? {} : { Error: row.error }),
  };
  return {
    Id: id,
    Type: row.type,
    Status: row.status,
    StartTimestamp: new Date(row.startedAtMs),
    ...(row.endedAtMs === null ? {} : { EndTimestamp: new Date(row.endedAtMs) }),
    ...(row.name === null ? {} : { Name: row.name }),
    ...(row.subType === null ? {} : { SubType: row.subType }),
    ...(row.parentId === null ? {} : { ParentId: row.parentId }),
    ...details(row, outcome),
  };
}

function details(row: OperationRow, outcome: object): Partial<Operation> {
  const due = row.dueAtMs === null ? undefined : new Date(row.dueAtMs);
  switch (row.type) {
    case "STEP":
      return {
        StepDetails: {
          Attempt: row.attempt,
          ...(row.status === "PENDING" && due !== undefined ? { NextAttemptTimestamp: due } : {}),
          ...outcome,
        },
      };
    case "WAIT":
      return { WaitDetails: due === undefined ? {} : { ScheduledEndTimestamp: due } };
    case "CALLBACK":
      return {
        CallbackDetails: { ...(row.callbackId === null ? {} : { CallbackId: row.callbackId }), ...outcome },
      };
    case "CHAINED_INVOKE":
      return { ChainedInvokeDetails: outcome };
    case "CONTEXT":
      return { ContextDetails: { ...(row.replayChildren ? { ReplayChildren: true } : {}), ...outcome } };
    default:
      return {};
  }
}
