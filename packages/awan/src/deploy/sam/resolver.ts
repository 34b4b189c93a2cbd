/** Resolution of intrinsic functions as far as a transform can: parameters, mappings, and what was made for a resource. */
import { type Dict, isDict, soleKey } from "../template/value.ts";
import { invalidDocument } from "./errors.ts";
import { withoutMark } from "./python/byte-string.ts";
import { keysOf } from "./python/dictionary.ts";
import { shown } from "./python/text.ts";

type Resolve = (value: unknown) => unknown;

/** Every function in `value`, outermost first; objects and lists are changed in place. */
function traverse(value: unknown, resolve: Resolve): unknown {
  const resolved = resolve(value);
  if (Array.isArray(resolved)) {
    for (const [index, item] of resolved.entries()) resolved[index] = traverse(item, resolve);
  } else if (isDict(resolved)) {
    for (const key of keysOf(resolved)) resolved[key] = traverse(resolved[key], resolve);
  }
  return resolved;
}

const variablePattern = /\$\{([A-Za-z0-9.]+|AWS::[A-Z][A-Za-z]*)\}/g;

/** The text of `Fn::Sub` with variables replaced; what is not text cannot be put into it. */
function substitute(text: string, replacement: (all: string, name: string) => unknown): string {
  let result = text;
  for (const [all, name = ""] of text.matchAll(variablePattern)) {
    const value = replacement(all, name);
    if (typeof value !== "string") {
      throw invalidDocument(
        `Invalid Fn::Sub variable value ${shown(value)}. Fn::Sub expects all variables to be strings.`,
      );
    }
    result = result.replace(all, () => withoutMark(value));
  }
  return result;
}

function substituteIn(value: Dict, replacement: (all: string, name: string) => unknown): Dict {
  const args = value["Fn::Sub"];
  if (typeof args === "string") value["Fn::Sub"] = substitute(args, replacement);
  else if (Array.isArray(args) && typeof args[0] === "string") args[0] = substitute(args[0], replacement);
  return value;
}

export type Values = Readonly<Record<string, unknown>>;

/** The value of a parameter; what CloudFormation has not resolved itself yet stays as it is. */
function valueOf(values: Values, name: string, otherwise: unknown): unknown {
  if (!Object.hasOwn(values, name)) return otherwise;
  const value = values[name];
  return typeof value === "string" && value.startsWith("{{IntrinsicFunction:") ? otherwise : value;
}

/** `value` with references to parameters replaced, in `Ref` and in the text of `Fn::Sub`; in place where it can be. */
export function resolveParameters(values: Values, value: unknown): unknown {
  if (Object.keys(values).length === 0) return value;
  return traverse(value, (each) => {
    const key = soleKey(each);
    if (!isDict(each)) return each;
    if (key === "Ref") {
      const name = each["Ref"];
      return typeof name === "string" ? valueOf(values, name, each) : each;
    }
    return key === "Fn::Sub" ? substituteIn(each, (all, name) => valueOf(values, name, all)) : each;
  });
}

export function resolveMappings(mappings: unknown, value: unknown): unknown {
  if (!isDict(mappings)) {
    throw invalidDocument("'Mappings' or 'Parameters' is either null or not a valid dictionary.");
  }
  if (Object.keys(mappings).length === 0) return value;
  return traverse(value, (each) => findInMap(mappings, each));
}

function findInMap(mappings: Dict, value: unknown): unknown {
  if (!isDict(value) || soleKey(value) !== "Fn::FindInMap") return value;
  const args = value["Fn::FindInMap"];
  if (!Array.isArray(args) || args.length !== 3) {
    throw invalidDocument(
      `Invalid FindInMap value ${shown(args)}. FindInMap expects an array with 3 values.`,
    );
  }
  const [name, top, second] = args.map((each) => findInMap(mappings, each));
  if (typeof name !== "string" || typeof top !== "string" || typeof second !== "string") return value;
  const notTwoLevels = (): Error =>
    invalidDocument(`Cannot use Fn::FindInMap on Mapping '${name}' which is not a a two-level map.`);
  if (!Object.hasOwn(mappings, name)) return value;
  const map = mappings[name];
  if (!isDict(map)) throw notTwoLevels();
  if (!Object.hasOwn(map, top)) return value;
  const level = map[top];
  if (!isDict(level)) throw notTwoLevels();
  return Object.hasOwn(level, second) ? level[second] : value;
}

/** What `Ref: Resource.Property` and the like stand for: logical ids by owner and property. */
export type References = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** `Ref: Function.Version`, `Fn::GetAtt: [Function.Alias, x]` and the same in `Fn::Sub`. */
export function resolveReferences(references: References, value: unknown): unknown {
  if (references.size === 0) return value;
  const find = (owner: string, property: string): string | undefined => references.get(owner)?.get(property);
  return traverse(value, (each) => {
    const key = soleKey(each);
    if (!isDict(each)) return each;
    if (key === "Ref") {
      const text = each["Ref"];
      const dot = typeof text === "string" ? text.indexOf(".") : -1;
      if (typeof text !== "string" || dot < 1) return each;
      const target = find(text.slice(0, dot), text.slice(dot + 1));
      return target === undefined ? each : { Ref: target };
    }
    if (key === "Fn::Sub") {
      return substituteIn(each, (all, text) => {
        const [owner = "", property] = text.split(".");
        const target = property === undefined ? undefined : find(owner, property);
        return target === undefined ? all : all.replaceAll(`${owner}.${property}`, () => target);
      });
    }
    if (key === "Fn::GetAtt")
      resolveAttribute(each, ([owner = "", property = ""]) => [find(owner, property), 2]);
    return each;
  });
}

function resolveAttribute(
  value: Dict,
  find: (parts: readonly string[]) => readonly [string | undefined, number],
): void {
  const args = value["Fn::GetAtt"];
  if (!Array.isArray(args) || args.length < 2 || !args.every((arg) => typeof arg === "string")) return;
  const parts = args.join(".").split(".");
  const [target, count] = find(parts);
  if (target !== undefined) value["Fn::GetAtt"] = [target, ...parts.slice(count)];
}

/** References to resources whose logical ids the transform changed. */
export function resolveIds(ids: ReadonlyMap<string, string>, value: unknown): unknown {
  if (ids.size === 0) return value;
  return traverse(value, (each) => {
    const key = soleKey(each);
    if (!isDict(each)) return each;
    const name = each["Ref"];
    if (key === "Ref" && typeof name === "string") {
      const target = name.includes(".") ? undefined : ids.get(name);
      return target === undefined ? each : { Ref: target };
    }
    if (key === "Fn::Sub") {
      return substituteIn(each, (all, text) => {
        const [owner = ""] = text.split(".");
        const target = ids.get(owner);
        return target === undefined ? all : all.replaceAll(owner, () => target);
      });
    }
    if (key === "Fn::GetAtt") resolveAttribute(each, ([owner = ""]) => [ids.get(owner), 1]);
    return each;
  });
}

/** `DependsOn` anywhere, of resources whose logical ids changed. */
export function resolveDependsOn(ids: ReadonlyMap<string, string>, value: unknown): void {
  if (Array.isArray(value)) for (const item of value) resolveDependsOn(ids, item);
  if (!isDict(value)) return;
  const dependsOn = value["DependsOn"];
  if (typeof dependsOn === "string") value["DependsOn"] = ids.get(dependsOn) ?? dependsOn;
  if (Array.isArray(dependsOn)) {
    value["DependsOn"] = dependsOn.map((id: unknown) => (typeof id === "string" ? (ids.get(id) ?? id) : id));
  }
  for (const member of Object.values(value)) resolveDependsOn(ids, member);
}
