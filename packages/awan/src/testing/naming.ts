/** Logical ids of a stack and the names they stand for in requests, events and spans. */
import type { Naming } from "../host/faults.ts";

const lastPart = (physical: string): string => physical.split(/[:/]/).at(-1) ?? physical;

/** `resources` are physical ids (names, URLs, ARNs) by logical id. */
export function namingOf(resources: Readonly<Record<string, string>>): Naming {
  const logicalOf = new Map<string, string>();
  for (const [logical, physical] of Object.entries(resources)) {
    logicalOf.set(physical, logical);
    logicalOf.set(lastPart(physical), logical);
  }
  return {
    aliases(target) {
      const physical = resources[target];
      return physical === undefined ? [] : [physical, lastPart(physical)];
    },
    logical: (name) => logicalOf.get(name) ?? name,
  };
}
