/** Logical ids of a stack and the names they stand for in requests, events and spans. */
import type { Naming } from "../host/faults.ts";

const lastPart = (physical: string): string => physical.split(/[:/]/).at(-1) ?? physical;

/** `resources` are physical ids (names, URLs, ARNs) by logical id. */
export function namingOf(resources: Readonly<Record<string, string>>): Naming {
  const logicalOf = new Map<string, string>();
  const ownerOf = new Map<string, string>();
  for (const [logical, physical] of Object.entries(resources)) {
    logicalOf.set(physical, logical);
    // A log group ends in its function's name, which is the function's.
    const short = lastPart(physical);
    if (short !== physical && ownerOf.get(short) !== physical && logicalOf.has(short)) continue;
    ownerOf.set(short, physical);
    logicalOf.set(short, logical);
  }
  return {
    aliases(target) {
      const physical = resources[target];
      return physical === undefined ? [] : [physical, lastPart(physical)];
    },
    logical: (name) => logicalOf.get(name) ?? name,
  };
}
