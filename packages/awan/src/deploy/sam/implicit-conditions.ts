/** A shared API exists when any of its users does: the conditions of all of them, joined. */
import type { Dict } from "../template/value.ts";
import type { Sam } from "./sam.ts";

const orMax = 10;

/** The name of a condition that holds when one of `conditions` does; undefined when some user has none. */
export function joinConditions(
  sam: Sam,
  apiId: string,
  conditions: readonly (string | undefined)[],
): string | undefined {
  if (conditions.length === 0 || conditions.includes(undefined)) return undefined;
  const names = [...new Set(conditions as readonly string[])].toSorted();
  if (names.length === 1) return names[0];
  const name = `${apiId}Condition`;
  addOr(sam.conditions, name, names);
  return name;
}

/** `Fn::Or` takes ten at most: more become a tree. */
export function addOr(conditions: Dict, name: string, names: readonly string[]): void {
  if (names.length <= orMax) {
    conditions[name] = { "Fn::Or": names.map((each) => ({ Condition: each })) };
    return;
  }
  const parts: string[] = [];
  for (let at = 0; at < names.length; at += orMax) {
    const part = names.slice(at, at + orMax);
    if (part.length === 1) {
      parts.push(part[0] as string);
      continue;
    }
    const partName = `${name}${parts.length}`;
    conditions[partName] = { "Fn::Or": part.map((each) => ({ Condition: each })) };
    parts.push(partName);
  }
  conditions[name] = { "Fn::Or": parts.map((each) => ({ Condition: each })) };
}
