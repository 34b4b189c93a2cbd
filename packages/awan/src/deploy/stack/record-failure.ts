/** A resource that failed: its event, and the row of progress from which a rollback knows what to do about it. */
import type { Call } from "../../host/call.ts";
import { progress, type ResourceRow, resources } from "../keys.ts";
import { setResourceStatus } from "./events.ts";
import { type Run, stackOf } from "./run-state.ts";

export function recordFailure(call: Call, run: Run, logicalId: string, reason: string): void {
  const stack = stackOf(call, run.stackId);
  const row = resources.get(call.tx, [run.stackId, logicalId]);
  const creating = row === undefined || row.physicalId === "" || row.status.startsWith("CREATE_IN");
  const target: ResourceRow = row ?? {
    logicalId,
    type: run.plan.resources[logicalId]?.type ?? "",
    physicalId: "",
    attributes: {},
    properties: {},
    status: "CREATE_IN_PROGRESS",
    statusReason: null,
    updatedAtMs: call.nowMs,
    dependsOn: [...(run.plan.graph.get(logicalId) ?? [])],
    deletionPolicy: "Delete",
    updateReplacePolicy: "Delete",
    metadata: null,
  };
  if (!progress.has(call.tx, [run.stackId, "apply", logicalId])) {
    progress.set(call.tx, [run.stackId, "apply", logicalId], {
      action: "failed",
      before: creating ? null : target,
    });
  }
  if (row === undefined) setResourceStatus(call, stack, target, "CREATE_IN_PROGRESS");
  const verb = run.work.kind === "import" ? "IMPORT" : creating ? "CREATE" : "UPDATE";
  setResourceStatus(call, stack, target, `${verb}_FAILED`, { reason });
}
