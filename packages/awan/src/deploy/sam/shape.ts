/**
 * What properties a SAM resource or event may have, and of which kinds: written as text, `Name: kind|kind`. `!` before the
 * kind: required; `pass`: anything, left to CloudFormation; `=`: checked even when it is an intrinsic function.
 */
import { type Dict, isDict } from "../template/value.ts";
import { InvalidResource } from "./errors.ts";
import { entriesOf } from "./python/dictionary.ts";

interface PropertyKind {
  readonly required: boolean;
  readonly intrinsics: boolean;
  readonly holds: (value: unknown) => boolean;
  /** What the refusal says it should be, when it is of one kind only. */
  readonly expected: string | undefined;
}

export type Shape = ReadonlyMap<string, PropertyKind>;

type Test = (value: unknown) => boolean;

const simple: Readonly<Record<string, Test>> = {
  any: () => true,
  string: (value) => typeof value === "string",
  map: isDict,
  list: Array.isArray,
  integer: (value) => typeof value === "boolean" || (typeof value === "number" && Number.isInteger(value)),
  boolean: (value) => typeof value === "boolean",
};

export function shape(text: string): Shape {
  const kinds = new Map<string, PropertyKind>();
  for (const line of text.split(/[;\n]/)) {
    const [name, kind] = line.split(/:\s+/, 2);
    if (name !== undefined && kind !== undefined) kinds.set(name.trim(), kindOf(kind.trim()));
  }
  return kinds;
}

function kindOf(text: string): PropertyKind {
  const required = text.startsWith("!");
  const rest = required ? text.slice(1) : text;
  const checked = rest.startsWith("=");
  const name = checked ? rest.slice(1) : rest;
  if (name === "pass") return { required, intrinsics: false, holds: () => true, expected: undefined };
  const values = /^'.*'$/.test(name) ? name.split("|").map((value) => value.slice(1, -1)) : undefined;
  if (values !== undefined) {
    const holds: Test = (value) => typeof value === "string" && values.includes(value);
    return { required, intrinsics: !checked, holds, expected: oneOfStrings(values) };
  }
  return { required, intrinsics: !checked, holds: testOf(name), expected: expectedOf(name) };
}

const expectedOf = (name: string): string | undefined =>
  name === "map" || name === "string" ? `a ${name}` : undefined;

const oneOfStrings = (values: readonly string[]): string =>
  values.length === 2
    ? `a one of the strings: '${values[0]}' or '${values[1]}'`
    : `a one of the strings: ${values.map((value) => `'${value}'`).join(", ")}`;

/** `a|b`, `[a|b]` for a list, `{a|b}` for a map of such values. */
function testOf(name: string): Test {
  const list = /^\[(.*)\]$/.exec(name)?.[1];
  if (list !== undefined) {
    const item = testOf(list);
    return (value) => Array.isArray(value) && value.every(item);
  }
  const map = /^\{(.*)\}$/.exec(name)?.[1];
  if (map !== undefined) {
    const member = testOf(map);
    return (value) => isDict(value) && Object.values(value).every(member);
  }
  const tests = splitAlternatives(name).map(
    (each) => (each === name ? (simple[each] ?? simple["any"]) : testOf(each)) as Test,
  );
  return (value) => tests.some((test) => test(value));
}

/** At `|` outside brackets. */
function splitAlternatives(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const character of text) {
    if ("[{".includes(character)) depth += 1;
    if ("]}".includes(character)) depth -= 1;
    if (character === "|" && depth === 0) {
      parts.push(part);
      part = "";
    } else part += character;
  }
  return [...parts, part];
}

/** Refuses properties the type does not have. */
export function checkNames(
  logicalId: string,
  type: string,
  { properties, of }: { properties: Dict; of: Shape },
): void {
  for (const [name] of entriesOf(properties)) {
    if (!of.has(name)) {
      throw new InvalidResource(logicalId, `property ${name} not defined for resource of type ${type}`);
    }
  }
}

/** Refuses what is missing or of a wrong kind, in the order of the shape. */
export function checkKinds(logicalId: string, properties: Dict, of: Shape): void {
  for (const [name, kind] of of) {
    const value = properties[name];
    if (kind.intrinsics && isDict(value) && Object.keys(value).length === 1) continue;
    if (value === undefined || value === null) {
      if (kind.required) throw new InvalidResource(logicalId, `Missing required property '${name}'.`);
    } else if (!kind.holds(value)) {
      throw new InvalidResource(
        logicalId,
        kind.expected === undefined
          ? `Type of property '${name}' is invalid.`
          : `Property '${name}' should be ${kind.expected}.`,
      );
    }
  }
}

export function checkProperties(
  logicalId: string,
  type: string,
  parts: { properties: Dict; of: Shape },
): void {
  checkNames(logicalId, type, parts);
  checkKinds(logicalId, parts.properties, parts.of);
}
