/** Conditions and policies of those behind an implicit API: it exists when any of them does, and stays when any stays. */
import { type Dict } from "../../template/value.ts";
import { combinedConditions } from "../intrinsics.ts";
import { byteString, withoutMark } from "../python/byte-string.ts";
import type { ImplicitApiKind } from "./implicit-api.ts";

interface Use {
  readonly apiId: string;
  readonly path: string;
  readonly method: string;
  readonly owner: Dict;
}

export class ImplicitConditions {
  /** By API, path and method: the condition of whoever came last. */
  readonly #conditions = new Map<string, Map<string, Map<string, string | undefined>>>();
  readonly #owners = new Map<string, Dict[]>();

  add({ apiId, path, method, owner }: Use): void {
    const paths = getOrMake(
      this.#conditions,
      apiId,
      () => new Map<string, Map<string, string | undefined>>(),
    );
    const condition = owner["Condition"];
    getOrMake(paths, withoutMark(path), () => new Map<string, string | undefined>()).set(
      method,
      typeof condition === "string" ? condition : undefined,
    );
    getOrMake(this.#owners, apiId, () => [] as Dict[]).push(owner);
  }

  /** The implicit API's attributes. */
  addToApi(template: Dict, { logicalId, conditionName }: ImplicitApiKind): void {
    const api = (template["Resources"] as Record<string, Dict>)[logicalId] as Dict;
    const paths = this.#conditions.get(logicalId);
    if (paths === undefined) return;
    const condition = combined(
      template,
      [...paths.values()].flatMap((methods) => [...methods.values()]),
      conditionName,
    );
    if (condition !== undefined) api["Condition"] = condition;
    const owners = this.#owners.get(logicalId) ?? [];
    for (const [attribute, values] of [
      ["DeletionPolicy", ["Retain", "Delete"]],
      ["UpdateReplacePolicy", ["Retain", "Snapshot", "Delete"]],
    ] as const) {
      const strictest = values.find((value) => owners.some((owner) => owner[attribute] === value));
      if (strictest !== undefined) api[attribute] = strictest;
    }
  }

  /** The condition of a path, when all its methods have one. */
  ofPath(template: Dict, apiId: string, path: string): string | undefined {
    const methods = this.#conditions.get(apiId)?.get(withoutMark(path));
    if (methods === undefined) return undefined;
    const part = withoutMark(path).replaceAll("/", "SLASH").replaceAll("{", "OB").replaceAll("}", "CB");
    const name = `${apiId}${part}PathCondition`;
    const condition = combined(template, [...methods.values()], name);
    return condition === name ? byteString(name) : condition;
  }
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const there = map.get(key);
  if (there !== undefined) return there;
  const made = make();
  map.set(key, made);
  return made;
}

/** One condition for all, added to the template when it must be made. */
function combined(
  template: Dict,
  conditions: readonly (string | undefined)[],
  name: string,
): string | undefined {
  const distinct = [...new Set(conditions)];
  if (distinct.length === 0 || distinct.includes(undefined)) return undefined;
  if (distinct.length === 1) return distinct[0];
  template["Conditions"] ??= {};
  Object.assign(template["Conditions"] as Dict, combinedConditions((distinct as string[]).toSorted(), name));
  return name;
}
