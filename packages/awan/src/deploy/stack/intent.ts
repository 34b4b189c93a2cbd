/** What is to become of one resource, told from its row and its evaluated definition. */
import type { Call } from "../../host/call.ts";
import { progress, type ResourceRow, resources, type StackRow } from "../keys.ts";
import { propertyKind } from "../resources/native.ts";
import { evaluate, hasUnknown } from "../template/functions.ts";
import { deepEqual, type Dict, isDict, validationError } from "../template/value.ts";
import { metadataOf } from "./metadata.ts";
import { policyOf, resourceScope } from "./plan.ts";
import { handlerOf, type Run } from "./run-state.ts";

export interface Intent {
  readonly action: "create" | "update" | "replace" | "keep" | "import";
  readonly before: ResourceRow | null;
  /** The resource as it is to be; physical id and attributes still the old ones. */
  readonly target: ResourceRow;
  /** What an attempt that a crash ended had made already. */
  readonly startedBefore?: string;
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
    metadata: metadataOf(definition.metadata, scope),
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
