/** `AWS::LanguageExtensions`: loops, lengths and JSON text, unrolled before anything else sees the template. */
import { type Dict, isDict, isIntrinsic, scalarText, soleKey, validationError } from "./value.ts";

interface LoopScope {
  readonly template: Dict;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, string>>;
}

const prefix = "Transform AWS::LanguageExtensions failed with: ";

export function extendLanguage(
  template: Dict,
  parameters: Readonly<Record<string, unknown>>,
  place: { readonly accountId: string; readonly region: string },
): Dict {
  const known = {
    "AWS::AccountId": place.accountId,
    "AWS::Region": place.region,
    "AWS::Partition": "aws",
    ...parameters,
  };
  const scope: LoopScope = { template, parameters: known, variables: {} };
  return expand(template, scope) as Dict;
}

function expand(value: unknown, scope: LoopScope): unknown {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map((item) => expand(item, scope));
  if (!isDict(value)) return value;
  const key = soleKey(value);
  if (key === "Ref" && typeof value["Ref"] === "string" && Object.hasOwn(scope.variables, value["Ref"])) {
    return scope.variables[value["Ref"]];
  }
  if (key === "Fn::Sub") return { "Fn::Sub": expandSub(value["Fn::Sub"], scope) };
  if (key === "Fn::Length") {
    const list = resolve(expand(value["Fn::Length"], scope), scope);
    return Array.isArray(list) ? list.length : value;
  }
  const result: Dict = {};
  for (const [name, member] of Object.entries(value)) {
    if (name.startsWith("Fn::ForEach")) Object.assign(result, unroll(name, member, scope));
    else result[substitute(name, scope)] = expand(member, scope);
  }
  return computed(result);
}

/** What can be computed now is, as AWS's processed templates show it. */
function computed(value: Dict): unknown {
  const key = soleKey(value);
  const args = key === undefined ? undefined : value[key];
  if (key === "Fn::Join" && Array.isArray(args) && typeof args[0] === "string" && Array.isArray(args[1])) {
    const parts = args[1].map(scalarText);
    return parts.includes(undefined) ? value : parts.join(args[0]);
  }
  return key === "Fn::ToJsonString" && !hasFunctions(args) ? JSON.stringify(args) : value;
}

function hasFunctions(value: unknown): boolean {
  if (isIntrinsic(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasFunctions);
}

/** `${Variable}` and `&{Variable}` (alphanumerics only) replaced by the loop's value. */
function substitute(text: string, { variables }: LoopScope): string {
  return text.replaceAll(/([$&])\{(\w+)\}/g, (all, kind: string, name: string) => {
    const value = variables[name];
    if (value === undefined) return all;
    return kind === "&" ? value.replaceAll(/[^A-Za-z0-9]/g, "") : value;
  });
}

function expandSub(args: unknown, scope: LoopScope): unknown {
  if (typeof args === "string") return substitute(args, scope);
  if (Array.isArray(args) && typeof args[0] === "string") {
    return [substitute(args[0], scope), ...args.slice(1).map((item) => expand(item, scope))];
  }
  return expand(args, scope);
}

function unroll(name: string, args: unknown, scope: LoopScope): Dict {
  if (!Array.isArray(args) || args.length !== 3 || typeof args[0] !== "string" || !isDict(args[2])) {
    throw validationError(`${prefix}Fn::ForEach layout is incorrect`);
  }
  const [variable, collection, body] = args as [string, unknown, Dict];
  const items = Array.isArray(collection)
    ? collection.flatMap((item) => resolve(expand(item, scope), scope))
    : resolve(expand(collection, scope), scope);
  if (!Array.isArray(items)) {
    throw validationError(`${prefix}Fn::ForEach could not be resolved: ${name}`);
  }
  const result: Dict = {};
  for (const item of items) {
    const text = scalarText(item);
    if (text === undefined)
      throw validationError(`${prefix}Fn::ForEach collection must be a list of strings: ${name}`);
    const inner: LoopScope = { ...scope, variables: { ...scope.variables, [variable]: text } };
    for (const [key, member] of Object.entries(body)) {
      const made = key.startsWith("Fn::ForEach")
        ? unroll(key, member, inner)
        : { [substitute(key, inner)]: expand(member, inner) };
      for (const [id, each] of Object.entries(made)) {
        if (Object.hasOwn(result, id))
          throw validationError(`${prefix}Duplicate key found in Fn::ForEach: ${id}`);
        result[id] = substituteAll(each, inner);
      }
    }
  }
  return result;
}

/** Inside a loop's body the variable may also stand in plain strings. */
function substituteAll(value: unknown, scope: LoopScope): unknown {
  if (typeof value === "string") return substitute(value, scope);
  if (Array.isArray(value)) return value.map((item) => substituteAll(item, scope));
  if (!isDict(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, substituteAll(member, scope)]),
  );
}

/** What can be known before deployment: parameters, mappings, splits. */
function resolve(value: unknown, scope: LoopScope): unknown {
  if (!isDict(value)) return value;
  const key = soleKey(value);
  const args: unknown = key === undefined ? undefined : value[key];
  if (key === "Ref" && typeof args === "string") return scope.parameters[args] ?? value;
  if (key === "Fn::Split" && Array.isArray(args)) {
    const text = resolve(args[1], scope);
    return typeof text === "string" ? text.split(String(args[0])) : value;
  }
  if (key === "Fn::FindInMap" && Array.isArray(args)) {
    const [map, first, second] = args.slice(0, 3).map((item) => String(resolve(item, scope)));
    const mappings = scope.template["Mappings"];
    const top = isDict(mappings) ? mappings[map as string] : undefined;
    const level = isDict(top) ? top[first as string] : undefined;
    return isDict(level) ? (level[second as string] ?? value) : value;
  }
  return value;
}
