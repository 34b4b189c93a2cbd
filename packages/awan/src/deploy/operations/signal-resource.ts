/** SignalResource: what runs on a resource reports that it is ready, or that it is not. */
import type { Call } from "../../host/call.ts";
import { validationError } from "../errors.ts";
import { resources } from "../keys.ts";
import { liveStack } from "../stack/lookup.ts";
import { receiveSignal } from "../stack/signals.ts";
import type { In } from "./client.ts";

export function signalResource(call: Call, input: In<"SignalResource">): void {
  const stack = liveStack(call, input.StackName ?? "");
  if (stack === undefined) throw validationError(`Stack '${input.StackName}' does not exist`);
  if (!stack.status.endsWith("_IN_PROGRESS")) {
    throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be signaled.`);
  }
  const logicalId = input.LogicalResourceId ?? "";
  const row = resources.get(call.tx, [stack.id, logicalId]);
  if (row === undefined)
    throw validationError(`Resource ${logicalId} does not exist for stack ${stack.name}`);
  if (!row.status.endsWith("_IN_PROGRESS")) {
    throw validationError(`Resource ${logicalId} is in ${row.status} state and can not be signaled.`);
  }
  receiveSignal(call, stack.id, logicalId, {
    uniqueId: input.UniqueId ?? "",
    status: input.Status ?? "SUCCESS",
  });
}
