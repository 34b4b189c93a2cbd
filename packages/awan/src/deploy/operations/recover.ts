/** Stacks that stopped half-way: cancelled, rolled back by hand, or helped through a failed rollback. */
import type { Call } from "../../host/call.ts";
import { validationError } from "../errors.ts";
import { resources, templates, work } from "../keys.ts";
import { outputsPerTemplateMax, stacksPerRegionMax } from "../limits.ts";
import { setStackStatus } from "../stack/events.ts";
import { liveStack } from "../stack/lookup.ts";
import { startWork } from "../stack/work.ts";
import type { In, Out } from "./client.ts";

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
  const skip = input.ResourcesToSkip ?? [];
  refuseSkips(call, stack.id, skip);
  setStackStatus(call, stack, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated", {
    clientRequestToken: input.ClientRequestToken ?? null,
  });
  startWork(call, stack.id, { kind: "update", phase: "rollback", settings: stack, skip });
}

/** Only what failed can be skipped; a resource of a nested stack is `nestedStackName.logicalId`. */
function refuseSkips(call: Call, stackId: string, skip: readonly string[]): void {
  const bad = skip.filter((name) => {
    const row = resources.get(call.tx, [stackId, name.split(".")[0] ?? ""]);
    return !name.includes(".") && row?.status !== "UPDATE_FAILED";
  });
  if (bad.length > 0) {
    throw validationError(
      `ResourcesToSkip contains resources that are not in the UPDATE_FAILED state: [${bad.join(", ")}]`,
    );
  }
}

export function rollbackStack(call: Call, input: In<"RollbackStack">): Out<"RollbackStack"> {
  const stack = liveStack(call, input.StackName ?? "");
  if (stack === undefined) throw missing(input.StackName);
  if (stack.status !== "CREATE_FAILED" && stack.status !== "UPDATE_FAILED") {
    throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be rolled back.`);
  }
  const creating = stack.status === "CREATE_FAILED";
  templates.delete(call.tx, [stack.id, "target"]);
  setStackStatus(
    call,
    stack,
    creating ? "ROLLBACK_IN_PROGRESS" : "UPDATE_ROLLBACK_IN_PROGRESS",
    "User Initiated",
  );
  startWork(call, stack.id, { kind: creating ? "create" : "update", phase: "rollback", settings: stack });
  return { StackId: stack.id };
}

export function describeAccountLimits(): Out<"DescribeAccountLimits"> {
  return {
    AccountLimits: [
      { Name: "StackLimit", Value: stacksPerRegionMax },
      { Name: "StackOutputsLimit", Value: outputsPerTemplateMax },
      { Name: "ConcurrentResourcesLimit", Value: 2500 },
    ],
  };
}
