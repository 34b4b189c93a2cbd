/**
 * Whether a message passes a filter policy. A policy names keys; each key's value (any of them, when it is a list) must
 * meet one of its conditions, and all keys must be met.
 */
import { cidrHolds } from "./cidr.ts";
import type { Condition, FilterPolicy, FilterRule, NumericBound, Scalar } from "./policy.ts";

/** A message attribute as SNS carries it. */
export interface FilteredAttribute {
  readonly DataType: string;
  readonly StringValue?: string | undefined;
}

/** Policy of scope MessageAttributes. Binary attributes are not looked at. */
export function matchesAttributes(
  policy: FilterPolicy,
  attributes: Readonly<Record<string, FilteredAttribute>>,
): boolean {
  const values = new Map<string, readonly unknown[]>();
  for (const [name, attribute] of Object.entries(attributes)) {
    const found = attributeValues(attribute);
    if (found !== undefined) values.set(name, found);
  }
  return holds(policy, (key, rule) => "any" in rule && anyMeets(rule.any, values.get(key)));
}

/** Policy of scope MessageBody; a message that is no JSON object passes no policy. */
export function matchesBody(policy: FilterPolicy, message: string): boolean {
  let body: unknown;
  try {
    body = JSON.parse(message);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
  return isObject(body) && matchesObject(policy, body);
}

function matchesObject(policy: FilterPolicy, object: Readonly<Record<string, unknown>>): boolean {
  return holds(policy, (key, rule) => {
    const found = valuesAt(object, key);
    if ("any" in rule) return anyMeets(rule.any, found.length === 0 ? undefined : (valuesOf(found) ?? []));
    const parts = partsBelow(object, key);
    if (parts !== undefined) found.push(parts);
    return found.length === 0 ? matchesObject(rule.nested, {}) : matchesNested(rule.nested, found);
  });
}

/** AWS joins names with dots on both sides: the key `a.b` means `a.b`, and `b` inside of `a`. */
function valuesAt(value: unknown, key: string): unknown[] {
  if (Array.isArray(value)) return value.flatMap((each) => valuesAt(each, key));
  if (!isObject(value)) return [];
  const found = Object.hasOwn(value, key) ? [value[key]] : [];
  for (let dot = key.indexOf("."); dot > 0; dot = key.indexOf(".", dot + 1)) {
    const head = key.slice(0, dot);
    if (Object.hasOwn(value, head)) found.push(...valuesAt(value[head], key.slice(dot + 1)));
  }
  return found;
}

/** What a message spells `key.rest`, as if it were inside of `key`. */
function partsBelow(object: Readonly<Record<string, unknown>>, key: string): object | undefined {
  const parts = Object.entries(object).filter(([name]) => name.startsWith(`${key}.`));
  if (parts.length === 0) return undefined;
  return Object.fromEntries(parts.map(([name, value]) => [name.slice(key.length + 1), value]));
}

/** A list is passed by any of its objects that meets the whole nested policy. */
function matchesNested(policy: FilterPolicy, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((each) => matchesNested(policy, each));
  return isObject(value) && matchesObject(policy, value);
}

function holds(policy: FilterPolicy, isMet: (key: string, rule: FilterRule) => boolean): boolean {
  return (
    policy.entries.every(([key, rule]) => isMet(key, rule)) &&
    policy.alternatives.every((alternatives) => alternatives.some((alternative) => holds(alternative, isMet)))
  );
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The leaves of a value; undefined when there is none. */
function valuesOf(value: unknown): readonly unknown[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return isObject(value) ? [] : [value];
  return value.flatMap((each) => valuesOf(each) ?? []);
}

function attributeValues({
  DataType: type,
  StringValue: text,
}: FilteredAttribute): readonly unknown[] | undefined {
  if (text === undefined) return undefined;
  if (type === "String.Array") {
    try {
      const list: unknown = JSON.parse(text);
      return Array.isArray(list) ? (list as unknown[]) : [list];
    } catch (error) {
      if (error instanceof SyntaxError) return [text];
      throw error;
    }
  }
  return type === "Number" || type.startsWith("Number.") ? [Number(text)] : [text];
}

function anyMeets(conditions: readonly Condition[], values: readonly unknown[] | undefined): boolean {
  return conditions.some((condition) =>
    condition.kind === "exists"
      ? condition.exists === (values !== undefined)
      : (values ?? []).some((value) => meets(condition, value)),
  );
}

function meets(condition: Exclude<Condition, { kind: "exists" }>, value: unknown): boolean {
  switch (condition.kind) {
    case "equals":
      return same(condition.value, value);
    case "prefix":
      return typeof value === "string" && value.startsWith(condition.text);
    case "suffix":
      return typeof value === "string" && value.endsWith(condition.text);
    case "equals-ignore-case":
      return typeof value === "string" && value.toLowerCase() === condition.text.toLowerCase();
    case "numeric":
      return typeof value === "number" && condition.ranges.every((bound) => within(bound, value));
    case "cidr":
      return typeof value === "string" && cidrHolds(condition.cidr, value);
    case "anything-but":
      return !condition.values.some((each) => same(each, value));
    default:
      return typeof value === "string" && !condition.texts.some((text) => value.startsWith(text));
  }
}

/** Numbers are compared to six digits after the point: AWS documents five, and looks at one more. */
const digits = (value: number): number => Math.trunc(value * 1_000_000);

function same(a: Scalar, b: unknown): boolean {
  return typeof a === "number" && typeof b === "number" ? digits(a) === digits(b) : a === b;
}

function within({ operator, value: bound }: NumericBound, value: number): boolean {
  switch (operator) {
    case "=":
      return same(bound, value);
    case "<":
      return value < bound;
    case "<=":
      return value <= bound;
    case ">":
      return value > bound;
    default:
      return value >= bound;
  }
}
