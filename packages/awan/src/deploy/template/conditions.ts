/** The Conditions section: names to booleans, evaluated in the order they need each other. */
import { evaluate, type Scope } from "./functions.ts";
import { references } from "./references.ts";
import { type Dict, validationError } from "./value.ts";

/** @throws AwsError ValidationError for circles and for conditions that are no condition functions. */
export function evaluateConditions(
  conditions: Dict,
  scope: Omit<Scope, "conditions">,
): Record<string, boolean> {
  const done: Record<string, boolean> = {};
  const open = new Set<string>();
  const visit = (name: string): void => {
    if (Object.hasOwn(done, name)) return;
    if (open.has(name)) {
      throw validationError(`Template error: Found circular condition dependency: ${[...open].join(" -> ")}`);
    }
    open.add(name);
    for (const { kind, name: needed } of references(conditions[name])) {
      if (kind === "Condition" && Object.hasOwn(conditions, needed)) visit(needed);
    }
    open.delete(name);
    done[name] = Boolean(evaluate(conditions[name], { ...scope, conditions: done }));
  };
  for (const name of Object.keys(conditions)) visit(name);
  return done;
}
