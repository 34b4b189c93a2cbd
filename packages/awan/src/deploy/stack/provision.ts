/**
 * One resource of a stack operation: made, changed, replaced or deleted. A service's provider runs in one transaction
 * with the rows that record it, so that a crash leaves either both or neither.
 */
import { AwsError } from "../../kernel/errors.ts";
import type { Call, Scope } from "../../host/call.ts";
import type { ResourceState } from "../../host/resource.ts";
import { resourceFailure } from "../errors.ts";
import { type Answer, type EffectContext, mapAnswer, type Shell } from "../../host/service.ts";
import {
  leftovers,
  progress,
  type ProgressRow,
  type ResourceRow,
  resources,
  type StackRow,
  stacks,
} from "../keys.ts";
import type { Catalog } from "../resources/catalog.ts";
import { type Handler, propertyKind, shapeOf } from "../resources/native.ts";
import { dynamicReferences, replaceDynamicReferences } from "../template/dynamic-references.ts";
import { evaluate, hasUnknown } from "../template/functions.ts";
import { deepEqual, type Dict, isDict, validationError } from "../template/value.ts";
import { coercing } from "./coerce.ts";
import { setResourceStatus } from "./events.ts";
import { failureReason } from "./failure-reason.ts";
import { fetchReference } from "./fetch-reference.ts";
import { generateName } from "./naming.ts";
import { type Plan, policyOf, resourceScope } from "./plan.ts";

/** What every step of one stack operation shares. */
export interface Run {
  readonly context: EffectContext;
  readonly shell: Shell;
  readonly scope: Scope;
  readonly stackId: string;
  readonly catalog: Catalog;
  readonly plan: Plan;
  /** Resources as they are now, for `Ref` and `Fn::GetAtt`. */
  readonly states: Map<string, ResourceRow>;
  /** Values of dynamic references, fetched once per operation. */
  readonly fetched: Map<string, string>;
  readonly abort: AbortController;
  readonly failed: string[];
}

export const transaction = <Output>(run: Run, body: (call: Call) => Answer<Output>): Promise<Output> =>
  run.shell.run({ name: "cloudformation.provision", ...run.scope, trace: run.context.trace }, body);

/** The stack's row; it exists as long as an operation is under way. */
export function stackOf(call: Call, stackId: string): StackRow {
  const stack = stacks.get(call.tx, [stackId]);
  if (stack === undefined) throw validationError(`Stack with id ${stackId} does not exist`);
  return stack;
}

export interface Intent {
  readonly action: "create" | "update" | "replace" | "keep" | "import";
  readonly before: ResourceRow | null;
  /** The resource as it is to be; physical id and attributes still the old ones. */
  readonly target: ResourceRow;
}

export const verb = (action: Intent["action"], stack: StackRow): "CREATE" | "UPDATE" | "IMPORT" =>
  action === "import"
    ? "IMPORT"
    : action === "create" || stack.status === "CREATE_IN_PROGRESS"
      ? "CREATE"
      : "UPDATE";

/** Decides from the rows and the evaluated properties what is to be done. */
export function intend(
  call: Call,
  run: Run,
  logicalId: string,
  imports: Readonly<Record<string, string>>,
): Intent {
  const definition = run.plan.resources[logicalId];
  if (definition === undefined) throw validationError(`Resource ${logicalId} does not exist`);
  // After a crash the row already has the new properties: what was before is in `progress`.
  const started = progress.get(call.tx, [run.stackId, "apply", logicalId]);
  const before =
    started === undefined ? (resources.get(call.tx, [run.stackId, logicalId]) ?? null) : started.before;
  const exists = before !== null && before.physicalId !== "" ? before : null;
  const scope = resourceScope(call, run.plan, (name) => run.states.get(name));
  const properties = evaluate(definition.properties, scope);
  if (!isDict(properties) || hasUnknown(properties)) {
    throw validationError(`Properties of ${logicalId} refer to a resource that does not exist`);
  }
  const target: ResourceRow = {
    logicalId,
    type: definition.type,
    physicalId: exists?.physicalId ?? imports[logicalId] ?? "",
    attributes: exists?.attributes ?? {},
    properties,
    status: exists?.status ?? "CREATE_IN_PROGRESS",
    statusReason: null,
    updatedAtMs: exists?.updatedAtMs ?? call.nowMs,
    dependsOn: [...(run.plan.graph.get(logicalId) ?? [])],
    deletionPolicy: policyOf(definition.deletionPolicy, scope, "Delete"),
    updateReplacePolicy: policyOf(definition.updateReplacePolicy, scope, "Delete"),
    metadata: definition.metadata ?? null,
  };
  if (exists === null)
    return { action: Object.hasOwn(imports, logicalId) ? "import" : "create", before, target };
  const changed = changedProperties(exists.properties, properties);
  if (changed.length === 0 && !exists.status.endsWith("_FAILED"))
    return { action: "keep", before: exists, target };
  const handler = handlerOf(run, definition.type);
  const replaced = changed.some((name) => propertyKind(handler, name) === "replace");
  return { action: replaced ? "replace" : "update", before: exists, target };
}

export const changedProperties = (before: Dict, after: Dict): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !deepEqual(before[name], after[name]),
  );

export function handlerOf(run: Run, type: string): Handler {
  const handler = run.catalog.get(type);
  if (handler === undefined)
    throw validationError(`Template format error: Unrecognized resource types: [${type}]`);
  return handler;
}

/** Brings one resource to what the plan wants. False when it failed; the failure is then on record. */
export async function applyResource(
  run: Run,
  logicalId: string,
  imports: Readonly<Record<string, string>>,
): Promise<boolean> {
  try {
    const state = await provision(run, logicalId, imports);
    run.states.set(logicalId, state);
    return true;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    run.failed.push(logicalId);
    await transaction(run, (call) => {
      const stack = stackOf(call, run.stackId);
      recordFailure(call, run, stack, logicalId, failureReason(call, error));
    });
    return false;
  }
}

function recordFailure(call: Call, run: Run, stack: StackRow, logicalId: string, reason: string): void {
  const row = resources.get(call.tx, [run.stackId, logicalId]);
  const definition = run.plan.resources[logicalId];
  const creating = row === undefined || row.physicalId === "" || row.status.startsWith("CREATE_IN");
  const target: ResourceRow = row ?? {
    logicalId,
    type: definition?.type ?? "",
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
  setResourceStatus(call, stack, target, creating ? "CREATE_FAILED" : "UPDATE_FAILED", { reason });
}

async function provision(
  run: Run,
  logicalId: string,
  imports: Readonly<Record<string, string>>,
): Promise<ResourceRow> {
  for (;;) {
    const step = await transaction(run, (call) => tryStep(call, run, logicalId, imports));
    if ("done" in step) return step.done;
    if ("fail" in step) throw step.fail;
    if ("native" in step) return await provisionNative(run, step.native);
    for (const reference of step.fetch) {
      run.fetched.set(reference.text, await fetchReference(run.shell, run.scope, reference));
    }
  }
}

type Step =
  | { readonly done: ResourceRow }
  | { readonly fail: AwsError }
  | { readonly native: Intent }
  | { readonly fetch: ReturnType<typeof missingReferences> };

const missingReferences = (run: Run, value: unknown) =>
  [...dynamicReferences(value)].filter(({ text }) => !run.fetched.has(text));

function tryStep(
  call: Call,
  run: Run,
  logicalId: string,
  imports: Readonly<Record<string, string>>,
): Answer<Step> {
  const stack = stackOf(call, run.stackId);
  const intent = intend(call, run, logicalId, imports);
  const missing = missingReferences(run, [intent.target.properties, intent.before?.properties]);
  if (missing.length > 0) return { fetch: missing };
  const { action, before, target } = intent;
  if (action === "keep") {
    resources.set(call.tx, [run.stackId, logicalId], target);
    progress.set(call.tx, [run.stackId, "apply", logicalId], { action: "keep", before });
    return { done: target };
  }
  const handler = handlerOf(run, target.type);
  progress.set(call.tx, [run.stackId, "apply", logicalId], { action: "failed", before });
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
  return mapAnswer(answer, (later, state) => ({ done: complete(later, run, intent, state) }), call);
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
  if (action === "import") return { physicalId: target.physicalId, attributes: target.attributes };
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

export function requestFor(call: Call, run: Run, stack: StackRow, logicalId: string, properties: Dict) {
  return {
    logicalId,
    properties: replaceDynamicReferences(properties, run.fetched) as Dict,
    stack: { name: stack.name, id: stack.id, tags: stack.tags },
    generateName: (options: {
      readonly lengthMax: number;
      readonly lowerCase?: boolean;
      readonly suffix?: string;
    }) => generateName(call, stack.name, logicalId, options),
  };
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
  const word = verb(intent.action, stack);
  if (intent.action === "create" || replaced) {
    setResourceStatus(call, stack, made, `${word}_IN_PROGRESS`, { reason: "Resource creation Initiated" });
  }
  const row = setResourceStatus(call, stack, made, `${word}_COMPLETE`);
  const action: ProgressRow["action"] = replaced ? "replace" : intent.action;
  progress.set(call.tx, [run.stackId, "apply", target.logicalId], { action, before });
  if (replaced && before.updateReplacePolicy === "Delete") {
    leftovers.set(call.tx, [run.stackId, target.logicalId, before.physicalId], before);
  }
  return row;
}

async function provisionNative(run: Run, intent: Intent): Promise<ResourceRow> {
  const handler = handlerOf(run, intent.target.type);
  if (handler.kind !== "native")
    throw validationError(`${intent.target.type} is no resource of CloudFormation itself`);
  const stack = await transaction(run, (call) => stackOf(call, run.stackId));
  const { before, target } = intent;
  const request = {
    shell: run.shell,
    scope: run.scope,
    stack,
    logicalId: target.logicalId,
    type: target.type,
    properties: replaceDynamicReferences(target.properties, run.fetched) as Dict,
    signal: run.abort.signal,
  };
  const state =
    intent.action === "update" && before !== null
      ? await handler.native.update({
          ...request,
          physicalId: before.physicalId,
          previousProperties: replaceDynamicReferences(before.properties, run.fetched) as Dict,
        })
      : await handler.native.create(request);
  return await transaction(run, (call) => complete(call, run, intent, state));
}
