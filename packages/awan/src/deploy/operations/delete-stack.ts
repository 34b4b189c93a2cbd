/** DeleteStack: deleting what does not exist succeeds, what is protected or imported from is refused. */
import type { Call } from "../../host/call.ts";
import { validationError } from "../errors.ts";
import { progress, stackNames, templates, work } from "../keys.ts";
import { setStackStatus } from "../stack/events.ts";
import { liveStack } from "../stack/lookup.ts";
import { exportInUse } from "../stack/outputs.ts";
import { startWork } from "../stack/work.ts";
import type { In } from "./client.ts";

export function deleteStack(call: Call, input: In<"DeleteStack">): void {
  const stack = liveStack(call, input.StackName ?? "");
  if (stack === undefined) return;
  if (stack.terminationProtection) {
    throw validationError(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
  }
  const retain = input.RetainResources ?? [];
  if (retain.length > 0 && stack.status !== "DELETE_FAILED") {
    throw validationError(
      "RetainResources can only be specified when the stack is in the DELETE_FAILED state.",
    );
  }
  if (stack.status === "DELETE_IN_PROGRESS") return;
  if (work.has(call.tx, [stack.id]) && stack.status.startsWith("UPDATE")) {
    throw validationError(`Stack [${stack.id}] cannot be deleted while in status ${stack.status}`);
  }
  if (stack.status === "REVIEW_IN_PROGRESS") {
    stackNames.delete(call.tx, [stack.name]);
    setStackStatus(call, stack, "DELETE_COMPLETE", null, { deletedAtMs: call.nowMs });
    return;
  }
  const used = exportInUse(call, stack);
  if (used !== undefined) {
    setStackStatus(call, stack, "DELETE_IN_PROGRESS", "User Initiated");
    setStackStatus(
      call,
      { ...stack, status: "DELETE_IN_PROGRESS" },
      "DELETE_FAILED",
      `Delete canceled. Cannot delete export ${used.name} as it is in use by ${used.user}.`,
    );
    return;
  }
  for (const { key } of progress.scan(call.tx, [stack.id])) progress.delete(call.tx, key);
  templates.delete(call.tx, [stack.id, "target"]);
  setStackStatus(call, stack, "DELETE_IN_PROGRESS", "User Initiated", {
    clientRequestToken: input.ClientRequestToken ?? null,
  });
  startWork(call, stack.id, {
    kind: "delete",
    phase: "delete",
    settings: stack,
    retain,
    forceDelete: input.DeletionMode === "FORCE_DELETE_STACK",
  });
}
