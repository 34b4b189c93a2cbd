/** What an update would do, worked out without doing it: for change sets, and to notice that there is nothing to do. */
import type { Call } from "../../host/call.ts";
import type { ChangeDetail, ChangeRow, ResourceRow } from "../keys.ts";
import type { Catalog } from "../resources/catalog.ts";
import { type Handler, propertyKind } from "../resources/native.ts";
import { evaluate, hasUnknown } from "../template/functions.ts";
import type { ResourceDefinition } from "../template/template.ts";
import { deepEqual, type Dict, isDict } from "../template/value.ts";
import { type Changed, detailsOf, show } from "./change-details.ts";
import { metadataOf } from "./metadata.ts";
import { type Plan, policyOf, resourceScope } from "./plan.ts";

export interface ChangeQuestion {
  readonly plan: Plan;
  readonly rows: ReadonlyMap<string, ResourceRow>;
  readonly catalog: Catalog;
  readonly imports: Readonly<Record<string, string>>;
  /** The parameters the stack has now, by name. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Whether the stack's own tags change, which every resource that has tags passes on. */
  readonly tagsChanged: boolean;
}

export function computeChanges(call: Call, question: ChangeQuestion): ChangeRow[] {
  const { plan, rows } = question;
  const replaced = new Set<string>();
  const changes: ChangeRow[] = [];
  for (const logicalId of inOrder(plan.graph)) {
    const definition = plan.resources[logicalId] as ResourceDefinition;
    const change = computeChange(call, question, logicalId, definition, replaced);
    if (change === undefined) continue;
    if (change.replacement === "True" || change.action === "Add") replaced.add(logicalId);
    changes.push(change);
  }
  for (const [logicalId, row] of rows) {
    if (Object.hasOwn(plan.resources, logicalId)) continue;
    changes.push({
      ...unchanged,
      action: "Remove",
      policyAction: row.deletionPolicy === "Retain" ? "Retain" : "Delete",
      logicalId,
      physicalId: row.physicalId,
      type: row.type,
      before: contextOf(row.properties, row.metadata),
    });
  }
  return changes.toSorted((a, b) => (a.logicalId < b.logicalId ? -1 : 1));
}

const unchanged = {
  policyAction: null,
  physicalId: null,
  replacement: null,
  scope: [],
  details: [],
  before: null,
  after: null,
} as const;

function computeChange(
  call: Call,
  question: ChangeQuestion,
  logicalId: string,
  definition: ResourceDefinition,
  replaced: ReadonlySet<string>,
): ChangeRow | undefined {
  const { plan, rows, catalog, imports, tagsChanged } = question;
  const row = rows.get(logicalId);
  const scope = resourceScope(call, plan, (name) => (replaced.has(name) ? "unknown" : rows.get(name)));
  const evaluated = evaluate(definition.properties, scope);
  const properties = isDict(evaluated) ? evaluated : {};
  const after = contextOf(properties, definition.metadata ?? null);
  const common = { ...unchanged, logicalId, type: definition.type, after };
  if (row === undefined || row.physicalId === "") {
    return Object.hasOwn(imports, logicalId)
      ? { ...common, action: "Import", physicalId: imports[logicalId] ?? null }
      : { ...common, action: "Add" };
  }
  const handler = catalog.get(definition.type);
  const metadata = metadataOf(definition.metadata, scope);
  const changed = changedIn(row, definition, { properties, metadata, handler });
  const details = detailsOf(question, changed);
  const policies = policyChanges(row, definition, scope);
  if (
    tagsChanged &&
    details.length === 0 &&
    handler !== undefined &&
    propertyKind(handler, "Tags") !== undefined
  ) {
    details.push({ ...policyDetail("Tags", null, null), attribute: "Tags" });
  }
  if (details.length === 0 && policies.length === 0) return undefined;
  const all = [...details, ...policies];
  const replacement = details.some(({ requiresRecreation }) => requiresRecreation === "Always")
    ? "True"
    : details.some(({ requiresRecreation }) => requiresRecreation === "Conditionally")
      ? "Conditional"
      : "False";
  return {
    ...common,
    action: "Modify",
    policyAction:
      replacement === "False"
        ? null
        : replacementPolicy(row.updateReplacePolicy, replacement === "Conditional"),
    physicalId: row.physicalId,
    replacement,
    scope: [...new Set(all.map(({ attribute }) => attribute))].toSorted(),
    details: all,
    before: contextOf(row.properties, row.metadata),
  };
}

interface Evaluated {
  readonly properties: Dict;
  readonly metadata: Dict | null;
  readonly handler: Handler | undefined;
}

/** What of the resource will not be as it is. */
function changedIn(
  row: ResourceRow,
  definition: ResourceDefinition,
  { properties, metadata, handler }: Evaluated,
): Changed[] {
  const changed: Changed[] = [];
  for (const name of new Set([...Object.keys(row.properties), ...Object.keys(properties)])) {
    if (!hasUnknown(properties[name]) && deepEqual(row.properties[name], properties[name])) continue;
    changed.push({
      name,
      attribute: "Properties",
      replaces: handler !== undefined && propertyKind(handler, name) === "replace",
      definition: definition.properties[name],
      before: row.properties[name],
      after: properties[name],
    });
  }
  if (!deepEqual(row.metadata, metadata)) {
    changed.push({
      name: null,
      attribute: "Metadata",
      replaces: false,
      definition: definition.metadata,
      before: row.metadata ?? undefined,
      after: metadata ?? undefined,
    });
  }
  return changed;
}

const replacementPolicy = (policy: string, conditional: boolean): string =>
  policy === "Retain"
    ? conditional
      ? "ReplaceAndRetain"
      : "ReplaceAndRetain"
    : policy === "Snapshot"
      ? "ReplaceAndSnapshot"
      : "ReplaceAndDelete";

function policyChanges(
  row: ResourceRow,
  definition: ResourceDefinition,
  scope: ReturnType<typeof resourceScope>,
): ChangeDetail[] {
  const details: ChangeDetail[] = [];
  const deletion = policyOf(definition.deletionPolicy, scope, "Delete");
  if (deletion !== row.deletionPolicy)
    details.push(policyDetail("DeletionPolicy", row.deletionPolicy, deletion));
  const replace = policyOf(definition.updateReplacePolicy, scope, "Delete");
  if (replace !== row.updateReplacePolicy) {
    details.push(policyDetail("UpdateReplacePolicy", row.updateReplacePolicy, replace));
  }
  return details;
}

const policyDetail = (attribute: string, before: string | null, after: string | null): ChangeDetail => ({
  attribute,
  name: null,
  requiresRecreation: "Never",
  evaluation: "Static",
  source: "DirectModification",
  causingEntity: null,
  before,
  after,
});

function contextOf(properties: Dict, metadata: Dict | null): string {
  return JSON.stringify({
    Properties: show(properties),
    ...(metadata === null ? {} : { Metadata: metadata }),
  });
}

/** The graph's nodes, each after those it needs. */
export function inOrder(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const done = new Set<string>();
  const visit = (node: string): void => {
    if (done.has(node)) return;
    done.add(node);
    for (const need of graph.get(node) ?? []) visit(need);
    order.push(node);
  };
  const order: string[] = [];
  for (const node of graph.keys()) visit(node);
  return order;
}
