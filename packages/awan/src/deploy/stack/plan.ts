/** A template made concrete for one stack: which resources it has, in which order, and what functions see. */
import type { Call } from "../../host/call.ts";
import { type ResourceRow, stackExports, type StackSettings } from "../keys.ts";
import { evaluateConditions } from "../template/conditions.ts";
import { evaluate, type Scope, unknownValue } from "../template/functions.ts";
import { dependencyGraph, refuseCircles } from "../template/graph.ts";
import { parameterValue } from "../template/parameters.ts";
import { references } from "../template/references.ts";
import { pseudoParameters } from "../template/pseudo.ts";
import type { ResourceDefinition, Template } from "../template/template.ts";
import { scalarText, validationError } from "../template/value.ts";

export interface Plan {
  readonly template: Template;
  readonly conditions: Readonly<Record<string, boolean>>;
  /** Resources whose condition holds. */
  readonly resources: Readonly<Record<string, ResourceDefinition>>;
  readonly graph: ReadonlyMap<string, ReadonlySet<string>>;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** @throws AwsError ValidationError for conditions that cannot be evaluated and for circles. */
export function makePlan(
  call: Call,
  template: Template,
  stack: { readonly id: string; readonly name: string },
  settings: StackSettings,
): Plan {
  const parameters: Record<string, unknown> = {
    ...Object.fromEntries(settings.parameters.map((row) => [row.key, parameterValue(row)])),
    ...pseudoParameters({
      accountId: call.accountId,
      region: call.region,
      partition: call.partition,
      name: stack.name,
      id: stack.id,
      notificationArns: settings.notificationArns,
    }),
  };
  const base = baseScope(call, template, parameters);
  const conditions = evaluateConditions(template.conditions, base);
  const resources = Object.fromEntries(
    Object.entries(template.resources).filter(
      ([, { condition }]) => condition === undefined || conditions[condition] === true,
    ),
  );
  refuseOutputsOfNothing(template, resources, conditions);
  const graph = dependencyGraph(resources, conditions);
  refuseCircles(graph);
  return { template, conditions, resources, graph, parameters };
}

/** An output may not tell of a resource whose condition does not hold here. */
function refuseOutputsOfNothing(
  template: Template,
  resources: Plan["resources"],
  conditions: Plan["conditions"],
): void {
  const missing = new Set<string>();
  for (const { condition, value } of Object.values(template.outputs)) {
    if (condition !== undefined && conditions[condition] !== true) continue;
    for (const { kind, name } of references(value, conditions)) {
      const left = Object.hasOwn(template.resources, name) && !Object.hasOwn(resources, name);
      if (kind !== "Condition" && left) missing.add(name);
    }
  }
  if (missing.size > 0) {
    throw validationError(
      `Unresolved resource dependencies [${[...missing].join(", ")}] in the Outputs block of the template`,
    );
  }
}

function baseScope(
  call: Call,
  template: Template,
  parameters: Readonly<Record<string, unknown>>,
): Omit<Scope, "conditions"> {
  return {
    parameters,
    mappings: template.mappings,
    ref: () => undefined,
    attribute: () => undefined,
    importValue: (name) => {
      const row = stackExports.get(call.tx, [name]);
      if (row === undefined) throw validationError(`No export named ${name} found.`);
      return row.value;
    },
    availabilityZones: (region) => ["a", "b", "c"].map((zone) => `${region}${zone}`),
  };
}

/**
 * What functions see while `plan` is carried out. `state` gives the resource as it is now, `"unknown"` when it is
 * about to be made or replaced.
 */
export function resourceScope(
  call: Call,
  plan: Plan,
  state: (logicalId: string) => ResourceRow | "unknown" | undefined,
): Scope {
  const lookUp = (logicalId: string): ResourceRow | typeof unknownValue | undefined => {
    if (!Object.hasOwn(plan.resources, logicalId)) return undefined;
    const row = state(logicalId);
    return row === undefined || row === "unknown" ? unknownValue : row;
  };
  return {
    ...baseScope(call, plan.template, plan.parameters),
    conditions: plan.conditions,
    ref: (logicalId) => {
      const row = lookUp(logicalId);
      return row === undefined || row === unknownValue ? row : row.physicalId;
    },
    attribute: (logicalId, attribute) => {
      const row = lookUp(logicalId);
      if (row === undefined || row === unknownValue) return row;
      const value = attributeOf(row, attribute);
      if (value === undefined) {
        throw validationError(
          `Requested attribute ${attribute} must be a readonly property in schema for ${row.type}`,
        );
      }
      return value;
    },
  };
}

function attributeOf(row: ResourceRow, attribute: string): unknown {
  if (Object.hasOwn(row.attributes, attribute)) return row.attributes[attribute];
  let value: unknown = row.attributes;
  for (const part of attribute.split(".")) {
    value =
      typeof value === "object" && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  }
  return value;
}

/** A policy attribute (`DeletionPolicy`, `UpdateReplacePolicy`), which may be a function of parameters. */
export function policyOf(value: unknown, scope: Scope, fallback: string): string {
  return value === undefined ? fallback : (scalarText(evaluate(value, scope)) ?? fallback);
}
