/** A state machine's definition as text: intrinsic functions in it become substitutions, the rest is JSON as Python indents it. */
import { type Dict, isDict, isIntrinsic } from "../../template/value.ts";
import { jsonString } from "../logical-id.ts";

const isDynamicReference = (value: unknown): boolean =>
  typeof value === "string" && /^{{resolve:([a-z-]+):(.+)}}$/.test(value);

/** The definition with `${definition_substitution_1}` and so on in the place of what CloudFormation must fill in. */
export function extractSubstitutions(definition: unknown): { document: unknown; values: Dict } {
  const values: Dict = {};
  const document = extract(definition, values);
  return { document, values };
}

function extract(value: unknown, values: Dict): unknown {
  const member = (each: unknown): unknown => {
    if (!isIntrinsic(each) && !isDynamicReference(each)) return extract(each, values);
    const name = `definition_substitution_${Object.keys(values).length + 1}`;
    values[name] = each;
    return `\${${name}}`;
  };
  if (Array.isArray(value)) return value.map(member);
  if (!isDict(value)) return value;
  return Object.fromEntries(sortedKeys(value).map((key) => [key, member(value[key])]));
}

const sortedKeys = (value: Dict): string[] =>
  Object.keys(value).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));

export function indentedJson(value: unknown, indent = ""): string {
  const inner = `${indent}    `;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map((item) => inner + indentedJson(item, inner)).join(",\n")}\n${indent}]`;
  }
  if (isDict(value)) {
    const keys = sortedKeys(value);
    if (keys.length === 0) return "{}";
    const members = keys.map((key) => `${inner}${jsonString(key)}: ${indentedJson(value[key], inner)}`);
    return `{\n${members.join(",\n")}\n${indent}}`;
  }
  return typeof value === "string" ? jsonString(value) : JSON.stringify(value ?? null);
}
