/** A stack's history: every change of status of the stack and of its resources is a row here. */
import type { Call } from "../../host/call.ts";
import { notify } from "./notify.ts";
import {
  drifts,
  type EventRow,
  events,
  type ResourceRow,
  resources,
  type StackRow,
  stacks,
} from "../keys.ts";

interface Happened extends Omit<EventRow, "id" | "atMs"> {
  readonly stack: StackRow;
  /** A resource's events are named for what they say and when. */
  readonly named: boolean;
}

function append(call: Call, happened: Happened): void {
  const { stack, logicalId, status } = happened;
  const last = events.first(call.tx, [stack.id], { reverse: true });
  const number = last === undefined ? 0 : last.key[1] + 1;
  // Clients order events by their time alone, so no two of a stack have the same.
  const atMs = last === undefined ? call.nowMs : Math.max(call.nowMs, last.value.atMs + 1);
  const row: EventRow = {
    id: happened.named ? `${logicalId}-${status}-${new Date(atMs).toISOString()}` : call.random.uuid(),
    logicalId,
    physicalId: happened.physicalId,
    type: happened.type,
    status,
    reason: happened.reason,
    properties: happened.properties,
    atMs,
    clientRequestToken: happened.clientRequestToken,
  };
  events.set(call.tx, [stack.id, number], row);
  notify(call, stack, row);
}

/** Gives the stack a new status and records it as an event. */
export function setStackStatus(
  call: Call,
  stack: StackRow,
  status: string,
  reason: string | null = null,
  change: Partial<StackRow> = {},
): StackRow {
  const next: StackRow = { ...stack, ...change, status, statusReason: reason };
  stacks.set(call.tx, [stack.id], next);
  append(call, {
    stack: next,
    named: false,
    logicalId: stack.name,
    physicalId: stack.id,
    type: "AWS::CloudFormation::Stack",
    status,
    reason,
    properties: null,
    clientRequestToken: next.clientRequestToken,
  });
  call.note("cloudformation.stack", { stack: stack.name, status, reason });
  return next;
}

/** Records a resource's status; `store` is false for old physical resources whose row is no longer the stack's. */
export function setResourceStatus(
  call: Call,
  stack: StackRow,
  resource: ResourceRow,
  status: string,
  options: { readonly reason?: string | null; readonly store?: boolean } = {},
): ResourceRow {
  const reason = options.reason ?? null;
  const next: ResourceRow = { ...resource, status, statusReason: reason, updatedAtMs: call.nowMs };
  if (options.store !== false) {
    resources.set(call.tx, [stack.id, resource.logicalId], next);
    // What was found out about it is no longer so.
    drifts.delete(call.tx, [stack.id, resource.logicalId]);
  }
  append(call, {
    stack,
    named: true,
    logicalId: resource.logicalId,
    physicalId: resource.physicalId,
    type: resource.type,
    status,
    reason,
    properties: JSON.stringify(resource.properties),
    clientRequestToken: stack.clientRequestToken,
  });
  return next;
}
