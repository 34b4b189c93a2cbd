/** Stacks that stopped half-way: cancelled, rolled back by hand, or helped through a failed rollback. */
import type { Call } from "../../host/call.ts";
import { validationError } from "../errors.ts";
import { templates, work } from "../keys.ts";
import { setStackStatus } from "../stack/events.ts";
import { liveStack } from "../stack/lookup.ts";
import type { In, Out } from "./client.ts";
import { startRun } from "./create-stack.ts";

const missing = (name: string | undefined) => validationError(`Stack [${name}] does not exist`);

export function cancelUpdateStack(call: Call, input: In<"CancelUpdateStack">): void {
  const stack = liveStack(call, input.StackName ?? "");
  if (stack === undefined) throw missing(input.StackName);
  const row = work.get(call.tx, [stack.id]);
  if (stack.status !== "UPDATE_IN_PROGRESS" || row === undefined) {
    throw validationError("CancelUpdateStack cannot be called from current stack status");
  }
  work.set(call.tx, [stack.id], { ...row, cancelled: true });
}

export function continueUpdateRollback(call: Call, input: In<"ContinueUpdateRollback">): void {
  const stack = liveStack(call, input.StackName ?? "");
  if (stack === undefined) throw missing(input.StackName);
  if (stack.status !== "UPDATE_ROLLBACK_FAILED") {
    throw validationError(
      `Stack:${stack.id} is in ${stack.status} state and can not be rolled back. `.trimEnd(),
    );
  }
  work.set(call.tx, [stack.id], {
    kind: "update",
    phase: "rollback",
    settings: stack,
    onFailure: "ROLLBACK",
    retain: [],
    forceDelete: false,
    skip: input.ResourcesToSkip ?? [],
    cancelled: false,
    failed: [],
    imports: {},
  });
  setStackStatus(call, stack, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated");
  startRun(call, stack.id);
}

export function rollbackStack(call: Call, input: In<"RollbackStack">): Out<"RollbackStack"> {
  const stack = liveStack(call, input.StackName ?? "");
  if (stack === undefined) throw missing(input.StackName);
  if (stack.status !== "CREATE_FAILED" && stack.status !== "UPDATE_FAILED") {
    throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be rolled back.`);
  }
  const creating = stack.status === "CREATE_FAILED";
  templates.delete(call.tx, [stack.id, "target"]);
  work.set(call.tx, [stack.id], {
    kind: creating ? "create" : "update",
    phase: "rollback",
    settings: stack,
    onFailure: "ROLLBACK",
    retain: [],
    forceDelete: false,
    skip: [],
    cancelled: false,
    failed: [],
    imports: {},
  });
  setStackStatus(
    call,
    stack,
    creating ? "ROLLBACK_IN_PROGRESS" : "UPDATE_ROLLBACK_IN_PROGRESS",
    "User Initiated",
  );
  startRun(call, stack.id);
  return { StackId: stack.id };
}

/** Custom resources and wait conditions may also be answered through the API, by instances that cannot reach a URL. */
export function describeAccountLimits(): Out<"DescribeAccountLimits"> {
  return {
    AccountLimits: [
      { Name: "StackLimit", Value: 2000 },
      { Name: "StackOutputsLimit", Value: 200 },
      { Name: "ConcurrentResourcesLimit", Value: 2500 },
    ],
  };
}
