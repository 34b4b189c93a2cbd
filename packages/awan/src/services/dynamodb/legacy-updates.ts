/** `AttributeUpdates`: PUT, ADD and DELETE per attribute, from before update expressions. */
import { checkAttributeName } from "../../engines/dynamo-expression/attribute-name.ts";
import { addNumbers } from "../../engines/dynamo-expression/number.ts";
import { addMembers, removeMembers } from "../../engines/dynamo-expression/set-arithmetic.ts";
import { normalizeValue } from "../../engines/dynamo-expression/validate-value.ts";
import { type AttributeValue, type Item, typeOf } from "../../engines/dynamo-expression/value.ts";
import { invalidParameter, validationError } from "./errors.ts";
import type { AttributeUpdate } from "./requests.ts";

export interface LegacyUpdate {
  readonly name: string;
  readonly action: "PUT" | "ADD" | "DELETE";
  readonly value: AttributeValue | undefined;
}

const sets: readonly string[] = ["SS", "NS", "BS"];
const addable: readonly string[] = ["N", "L", ...sets];

export function checkAttributeUpdates(
  updates: Readonly<Record<string, AttributeUpdate>> | undefined,
): readonly LegacyUpdate[] | undefined {
  if (updates === undefined) return undefined;
  return Object.entries(updates).map(([name, { Action = "PUT", Value }]) => {
    checkAttributeName(name);
    const value = Value === undefined ? undefined : normalizeValue(Value);
    const action = Action as LegacyUpdate["action"];
    if (value === undefined) {
      if (action !== "DELETE") {
        throw invalidParameter("Only DELETE action is allowed when no attribute value is specified");
      }
    } else if (action === "DELETE" && !sets.includes(typeOf(value))) {
      throw invalidParameter(`DELETE action with value is not supported for the type ${typeOf(value)}`);
    } else if (action === "ADD" && !addable.includes(typeOf(value))) {
      throw invalidParameter(`ADD action is not supported for the type ${typeOf(value)}`);
    }
    return { name, action, value };
  });
}

export function applyAttributeUpdates(updates: readonly LegacyUpdate[], item: Item): Item {
  const after: Record<string, AttributeValue> = { ...item };
  for (const { name, action, value } of updates) {
    const changed = applyOne(action, after[name], value);
    if (changed === undefined) delete after[name];
    else after[name] = changed;
  }
  return after;
}

function applyOne(
  action: LegacyUpdate["action"],
  existing: AttributeValue | undefined,
  value: AttributeValue | undefined,
): AttributeValue | undefined {
  if (action === "PUT" || value === undefined) return action === "PUT" ? value : undefined;
  if (existing === undefined) return action === "ADD" ? value : undefined;
  if (typeOf(existing) !== typeOf(value)) throw validationError("Type mismatch for attribute to update");
  if (action === "DELETE") return removeMembers(existing, value);
  if (value.N !== undefined) return { N: addNumbers(existing.N ?? "0", value.N) };
  if (value.L !== undefined) return { L: [...(existing.L ?? []), ...value.L] };
  return addMembers(existing, value);
}
