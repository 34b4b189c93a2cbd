/**
 * One resource of a stack operation: made, changed, replaced or deleted. A service's provider runs in one transaction
 * with the rows that record it, so that a crash leaves either both or neither.
 */
import { AwsError } from "../../kernel/errors.ts";
import type { Call } from "../../host/call.ts";
import type { ResourceState } from "../../host/resource.ts";
import { resourceFailure } from "../errors.ts";
import { type Answer, mapAnswer } from "../../host/service.ts";
import {
  leftovers,
  progress,
  type ProgressRow,
  type ResourceRow,
  resources,
  type StackRow,
} from "../keys.ts";
import { type Handler, type NativeRequest, shapeOf } from "../resources/native.ts";
import { dynamicReferences, replaceDynamicReferences } from "../template/dynamic-references.ts";
import type { Dict } from "../template/value.ts";
import { coercing } from "./coerce.ts";
import { setResourceStatus } from "./events.ts";
import { failureReason } from "./failure-reason.ts";
import { fetchReference } from "./fetch-reference.ts";
import { type Intent, intend, verb } from "./intent.ts";
import { handlerOf, nativeRequest, requestFor, type Run, stackOf, transaction } from "./run-state.ts";
import { recordFailure } from "./record-failure.ts";
import { awaitSignals, creationPolicyOf } from "./signals.ts";
import { denial } from "./stack-policy.ts";
import { interruption, isStopping } from "./waiting.ts";

/** Brings one resource to what the plan wants. False when it failed; the failure is then on record. */
export async function applyResource(run: Run, logicalId: string): Promise<boolean> {
  try {
    const state = await provision(run, logicalId);
    if (state === undefined) return false;
    run.states.set(logicalId, state);
    return true;
  } catch (error) {
    if (!(error instanceof AwsError) || isStopping(error)) throw error;
    run.failed.push(logicalId);
    await transaction(run, (call) => {
      recordFailure(call, run, logicalId, failureReason(call, error));
    });
    return false;
  }
}

/** Undefined when the operation was interrupted before the resource was touched. */
async function provision(run: Run, logicalId: string): Promise<ResourceRow | undefined> {
  for (;;) {
    const step = await transaction(run, (call) => tryStep(call, run, logicalId));
    if ("interrupted" in step) return undefined;
    if ("fail" in step) throw step.fail;
    if ("native" in step) return await provisionNative(run, step.native);
    if ("made" in step) return await completeWhenSignaled(run, step.intent, step.made);
    if ("done" in step) return step.done;
    for (const reference of step.fetch) {
      run.fetched.set(reference.text, await fetchReference(run.shell, run.scope, reference));
    }
  }
}

type Step =
  | { readonly interrupted: true }
  | { readonly done: ResourceRow }
  | { readonly fail: AwsError }
  | { readonly native: Intent }
  | { readonly made: ResourceState; readonly intent: Intent }
  | { readonly fetch: ReturnType<typeof missingReferences> };

const missingReferences = (run: Run, value: unknown) =>
  [...dynamicReferences(value)].filter(({ text }) => !run.fetched.has(text));

function tryStep(call: Call, run: Run, logicalId: string): Answer<Step> {
  if (interruption(call, run.stackId, run.work) !== undefined) return { interrupted: true };
  const stack = stackOf(call, run.stackId);
  const intent = intend(call, run, logicalId, run.work.imports);
  const missing = missingReferences(run, [intent.target.properties, intent.before?.properties]);
  if (missing.length > 0) return { fetch: missing };
  const { action, before, target } = intent;
  if (action === "keep") {
    resources.set(call.tx, [run.stackId, logicalId], target);
    progress.set(call.tx, [run.stackId, "apply", logicalId], { action: "keep", before });
    return { done: target };
  }
  const refused = refusal(run, stack, intent);
  if (refused !== undefined) return { fail: refused };
  const handler = handlerOf(run, target.type);
  const startedBefore = startedIn(call, run, intent);
  progress.set(call.tx, [run.stackId, "apply", logicalId], { action: "failed", before });
  if (startedBefore !== undefined) return { native: { ...intent, startedBefore } };
  const started = setResourceStatus(call, stack, target, `${verb(action, stack)}_IN_PROGRESS`, {
    reason: action === "replace" ? replacementReason : null,
  });
  const required = (shapeOf(handler).required ?? []).filter((name) => target.properties[name] === undefined);
  if (required.length > 0) {
    return { fail: missingRequired(logicalId, required) };
  }
  if (handler.kind === "native") return { native: { ...intent, target: started } };
  const answer = call.tx.draft.attempt(() => perform(call, run, stack, intent, handler));
  if (answer instanceof AwsError) return { fail: answer };
  const waits = action === "create" && creationPolicyOf(run.plan.resources[logicalId]) !== undefined;
  return mapAnswer(
    answer,
    (later, state): Step => {
      if (!waits) return { done: complete(later, run, intent, state) };
      initiated(later, run, intent, state.physicalId, state.attributes);
      return { made: state, intent };
    },
    call,
  );
}

/** What the stack's policy, or the one for the time of this update, says against the change. */
function refusal(run: Run, stack: StackRow, { action, target }: Intent): AwsError | undefined {
  if (run.work.kind !== "update" || (action !== "update" && action !== "replace")) return undefined;
  const policy = run.work.policyDuring ?? stack.policyBody;
  const reason = denial(policy, action === "replace" ? "Update:Replace" : "Update:Modify", target);
  return reason === undefined ? undefined : resourceFailure(reason);
}

export const replacementReason =
  "Requested update requires the creation of a new physical resource; hence creating one.";

const missingRequired = (logicalId: string, names: readonly string[]): AwsError =>
  resourceFailure(
    `Properties validation failed for resource ${logicalId} with message:\n${names
      .map((name) => `#: required key [${name}] not found`)
      .join("\n")}`,
  );

function perform(
  call: Call,
  run: Run,
  stack: StackRow,
  { action, before, target }: Intent,
  handler: Handler & { kind: "provider" },
): Answer<ResourceState> {
  const { provider } = handler;
  const seen = coercing(call);
  const request = requestFor(call, run, stack, target.logicalId, target.properties);
  if (action === "import") {
    // What exists is taken over as it is; going through an update that changes nothing gives its attributes.
    const { physicalId } = target;
    return provider.update(seen, { ...request, physicalId, previousProperties: request.properties });
  }
  if (action === "create" || before === null) return provider.create(seen, request);
  if (action === "update") {
    const previousProperties = replaceDynamicReferences(before.properties, run.fetched) as Dict;
    return provider.update(seen, { ...request, physicalId: before.physicalId, previousProperties });
  }
  return mapAnswer(
    provider.create(seen, request),
    (_later, state) => {
      if (state.physicalId === before.physicalId) {
        throw resourceFailure(
          `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${state.physicalId} and update the stack again.`,
        );
      }
      return state;
    },
    call,
  );
}

const initiatedReason = "Resource creation Initiated";

/** Records that something was made for the resource, though it may not be complete. */
function initiated(
  call: Call,
  run: Run,
  intent: Intent,
  physicalId: string,
  attributes: Readonly<Record<string, unknown>> = {},
): void {
  const stack = stackOf(call, run.stackId);
  const made: ResourceRow = { ...intent.target, physicalId, attributes: { ...attributes } };
  setResourceStatus(call, stack, made, `${verb(intent.action, stack)}_IN_PROGRESS`, {
    reason: initiatedReason,
  });
}

/** What a creation that a crash ended had made already. */
function startedIn(call: Call, run: Run, { action, target }: Intent): string | undefined {
  if (action !== "create") return undefined;
  const row = resources.get(call.tx, [run.stackId, target.logicalId]);
  return row !== undefined && row.statusReason === initiatedReason && row.status.endsWith("_IN_PROGRESS")
    ? row.physicalId
    : undefined;
}

/** Records that the resource now is what it was to be. */
export function complete(call: Call, run: Run, intent: Intent, state: ResourceState): ResourceRow {
  const stack = stackOf(call, run.stackId);
  const { before, target } = intent;
  const replaced = before !== null && before.physicalId !== "" && before.physicalId !== state.physicalId;
  const made: ResourceRow = {
    ...target,
    physicalId: state.physicalId,
    attributes: { ...state.attributes },
  };
  const known = resources.get(call.tx, [run.stackId, target.logicalId]);
  const told = known?.statusReason === initiatedReason && known.physicalId === state.physicalId;
  if ((intent.action === "create" || replaced) && !told)
    initiated(call, run, intent, state.physicalId, state.attributes);
  const row = setResourceStatus(call, stack, made, `${verb(intent.action, stack)}_COMPLETE`);
  const action: ProgressRow["action"] = replaced ? "replace" : intent.action;
  progress.set(call.tx, [run.stackId, "apply", target.logicalId], { action, before });
  if (replaced) {
    const old: ResourceRow = { ...before, deletionPolicy: before.updateReplacePolicy };
    leftovers.set(call.tx, [run.stackId, target.logicalId, before.physicalId], old);
  }
  return row;
}

async function provisionNative(run: Run, intent: Intent): Promise<ResourceRow> {
  const handler = handlerOf(run, intent.target.type);
  const { before, target } = intent;
  if (handler.kind !== "native") {
    // A service's resource that was made before a crash and still waits for its signals.
    return await completeWhenSignaled(run, intent, {
      physicalId: intent.startedBefore ?? "",
      attributes:
        (await transaction(run, (call) => resources.get(call.tx, [run.stackId, target.logicalId])))
          ?.attributes ?? {},
    });
  }
  const request: NativeRequest = {
    ...(await nativeRequest(run, target)),
    startedBefore: intent.startedBefore,
    started: (physicalId) => transaction(run, (call) => initiated(call, run, intent, physicalId)),
  };
  const state =
    intent.action === "update" && before !== null
      ? await handler.native.update({
          ...request,
          physicalId: before.physicalId,
          previousProperties: replaceDynamicReferences(before.properties, run.fetched) as Dict,
        })
      : await handler.native.create(request);
  return await completeWhenSignaled(run, intent, state);
}

async function completeWhenSignaled(run: Run, intent: Intent, state: ResourceState): Promise<ResourceRow> {
  const policy =
    intent.action === "create" ? creationPolicyOf(run.plan.resources[intent.target.logicalId]) : undefined;
  if (policy !== undefined) await awaitSignals(run, intent.target.logicalId, policy);
  return await transaction(run, (call) => complete(call, run, intent, state));
}
