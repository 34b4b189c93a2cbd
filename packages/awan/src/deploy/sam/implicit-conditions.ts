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
  let rest = [...names];
  let number = Math.max(0, Math.ceil((names.length - 1) / (orMax - 1)) - 1);
  while (rest.length > 1) {
    const part = number > 0 ? `${name}${number}` : name;
    number -= 1;
    conditions[part] = { "Fn::Or": rest.slice(0, orMax).map((each) => ({ Condition: each })) };
    rest = rest.slice(orMax);
    if (rest.length > 0) rest.push(part);
  }
}
