/** The order of things: what a resource waits for, and the refusal of circles. */
import { references } from "./references.ts";
import type { ResourceDefinition } from "./template.ts";
import { validationError } from "./value.ts";

/** For each resource, the resources it needs first: `DependsOn` and what its properties refer to. */
export function dependencyGraph(
  resources: Readonly<Record<string, ResourceDefinition>>,
  conditions: Readonly<Record<string, boolean>>,
): Map<string, ReadonlySet<string>> {
  const graph = new Map<string, ReadonlySet<string>>();
  for (const [logicalId, resource] of Object.entries(resources)) {
    const needs = new Set<string>();
    for (const name of resource.dependsOn) if (Object.hasOwn(resources, name)) needs.add(name);
    for (const { kind, name } of references(resource.properties, conditions)) {
      if (kind !== "Condition" && Object.hasOwn(resources, name)) needs.add(name);
    }
    graph.set(logicalId, needs);
  }
  return graph;
}

/** @throws AwsError ValidationError "Circular dependency between resources: […]" */
export function refuseCircles(graph: ReadonlyMap<string, ReadonlySet<string>>): void {
  const left = new Map([...graph].map(([name, needs]) => [name, new Set(needs)] as const));
  for (;;) {
    const free = [...left].filter(([, needs]) => needs.size === 0).map(([name]) => name);
    if (free.length === 0) break;
    for (const name of free) left.delete(name);
    for (const needs of left.values()) for (const name of free) needs.delete(name);
  }
  if (left.size === 0) return;
  // What only leads to a circle, without being on one, is left out as AWS leaves it out.
  const circle = [...left.keys()].filter((name) => reaches(left, name, name));
  throw validationError(`Circular dependency between resources: [${circle.join(", ")}]`);
}

function reaches(graph: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): boolean {
  const seen = new Set<string>();
  const open = [...(graph.get(from) ?? [])];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === to) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...(graph.get(name) ?? []));
  }
  return false;
}
