/**
 * Checks of nested properties for the types that are stricter than SAM used to be: a model says what members an object
 * has, and every deviation is listed with its path.
 */
import { type Dict, isDict } from "../template/value.ts";
import { shown } from "./python/text.ts";

/** What a value must be: anything, one of several, an object of known members, a list or map of such. */
export type Model =
  | "any"
  | "string"
  | "integer"
  | "number"
  | "boolean"
  | "map"
  | { readonly literals: readonly string[] }
  | { readonly members: Readonly<Record<string, Member>> }
  | { readonly list: Model }
  | { readonly mapOf: Model }
  | { readonly anyOf: readonly Model[] };

type Member = Model | { readonly required: Model };

export interface Deviation {
  readonly path: readonly (string | number)[];
  readonly kind: "missing" | "extra" | "type";
  /** For "type": what it should have been. */
  readonly wanted?: string;
}

export const required = (model: Model): Member => ({ required: model });

/** Deviations in the order of the model's members, then members it does not have. */
export function deviations(
  value: unknown,
  model: Model,
  path: readonly (string | number)[] = [],
): Deviation[] {
  if (typeof model === "string")
    return simple(value, model) ? [] : [{ path, kind: "type", wanted: words[model] ?? model }];
  if ("literals" in model) {
    return typeof value === "string" && model.literals.includes(value)
      ? []
      : [{ path, kind: "type", wanted: "literal" }];
  }
  if ("anyOf" in model) {
    const each = model.anyOf.map((alternative) => deviations(value, alternative, path));
    return each.some((list) => list.length === 0) ? [] : each.flat();
  }
  if ("list" in model) {
    if (!Array.isArray(value)) return [{ path, kind: "type", wanted: "list" }];
    return value.flatMap((item, index) => deviations(item, model.list, [...path, index]));
  }
  if (!isDict(value)) return [{ path, kind: "type", wanted: "dictionary" }];
  if ("mapOf" in model) {
    return Object.entries(value).flatMap(([key, member]) => deviations(member, model.mapOf, [...path, key]));
  }
  return members(value, model.members, path);
}

function members(
  value: Dict,
  model: Readonly<Record<string, Member>>,
  path: readonly (string | number)[],
): Deviation[] {
  const found = Object.entries(model).flatMap(([name, member]): Deviation[] => {
    const isRequired = typeof member !== "string" && "required" in member;
    const wanted = isRequired ? member.required : member;
    const own = value[name] ?? undefined;
    if (own === undefined) return isRequired ? [{ path: [...path, name], kind: "missing" }] : [];
    return deviations(own, wanted, [...path, name]);
  });
  const extra = Object.keys(value)
    .filter((name) => !Object.hasOwn(model, name))
    .map((name): Deviation => ({ path: [...path, name], kind: "extra" }));
  return [...found, ...extra];
}

const words: Readonly<Record<string, string>> = { map: "dictionary" };

/** What Python makes an empty dictionary of. */
const isEmptySequence = (value: unknown): boolean =>
  value === "" || (Array.isArray(value) && value.length === 0);

/** The value as the translator passes it on: an empty sequence as an object, scalars as the kind that is wanted. */
export function coerced(value: unknown, kind: "integer" | "number" | "strings"): unknown {
  if (isEmptySequence(value)) return {};
  if (isDict(value) || value === undefined || value === null) return value;
  if (kind !== "strings") return kind === "integer" ? Math.trunc(Number(value)) : Number(value);
  return Array.isArray(value) ? value.map((item: unknown) => coercedText(item)) : value;
}

function coercedText(value: unknown): unknown {
  if (isEmptySequence(value)) return {};
  return typeof value === "number" || typeof value === "boolean" ? shown(value) : value;
}

function simple(value: unknown, model: string): boolean {
  switch (model) {
    case "any":
      return true;
    case "string":
      return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    case "integer":
      return (
        typeof value === "number" ||
        typeof value === "boolean" ||
        (typeof value === "string" && /^\s*[-+]?\d+\s*$/.test(value))
      );
    case "number":
      return (
        typeof value === "number" ||
        (typeof value === "string" && value.trim() !== "" && !Number.isNaN(Number(value)))
      );
    case "boolean":
      return (
        typeof value === "boolean" ||
        value === 0 ||
        value === 1 ||
        (typeof value === "string" && /^(0|1|off|on|f|false|t|true|n|no|y|yes)$/i.test(value))
      );
    default:
      return isDict(value) || isEmptySequence(value);
  }
}

/** Each deviation in a sentence, several kinds of one value in one. */
export function sentences(list: readonly Deviation[]): string[] {
  const byPath = new Map<string, Deviation[]>();
  for (const each of list) {
    const path = each.path.join(".");
    byPath.set(path, [...(byPath.get(path) ?? []), each]);
  }
  return [...byPath].map(([path, each]) => {
    const kinds = [...new Set(each.flatMap(({ wanted }) => wanted ?? []))];
    const [first] = each;
    if (kinds.length > 1) return `Property '${path}' value must be ${kinds.join(" or ")}.`;
    if (first?.kind === "missing") return `Property '${path}' is required.`;
    if (first?.kind === "extra") return `Property '${path}' is an invalid property.`;
    return `Property '${path}' value is not a valid ${pydanticWord(kinds[0])}.`;
  });
}

const pydanticWord = (wanted: string | undefined): string =>
  ({ dictionary: "dict", string: "str", boolean: "boolean", number: "float" })[wanted ?? ""] ??
  wanted ??
  "value";
