/**
 * The part of jq that metadata extraction is written in: an object of paths, each perhaps piped through `strftime` or
 * `tostring`: `{customer: .customer.id, year: .at | strftime("%Y")}`. Anything else is refused by name.
 */
import { notImplemented } from "../../kernel/errors.ts";
import { remembered } from "../../kernel/remembered.ts";

type Step = (value: unknown) => unknown;

export interface MetadataQuery {
  /** The partition keys of a parsed record; a key whose value is missing is left out. */
  (record: unknown): Record<string, string>;
}

export const compileQuery = remembered(compile, 200);

function compile(text: string): MetadataQuery {
  const body = /^\s*\{([\s\S]*)\}\s*$/.exec(text)?.[1];
  if (body === undefined) throw unsupported(text);
  const fields = splitOutside(body, ",").map((field) => compileField(field, text));
  return (record) => {
    const keys: Record<string, string> = {};
    for (const { name, steps } of fields) {
      let value = record;
      for (const step of steps) value = step(value);
      if (value !== undefined && value !== null) keys[name] = textOf(value);
    }
    return keys;
  };
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const unsupported = (text: string): Error =>
  notImplemented(`firehose: the metadata extraction query ${text}`);

function compileField(field: string, text: string): { readonly name: string; readonly steps: Step[] } {
  const [head = "", ...rest] = splitOutside(field, ":");
  const name = /^\s*"?([\w-]+)"?\s*$/.exec(head)?.[1];
  if (name === undefined) throw unsupported(text);
  const expression = rest.length === 0 ? `.${name}` : rest.join(":");
  const steps = splitOutside(expression, "|").map((part) => compileStep(part.trim(), text));
  return { name, steps };
}

function compileStep(part: string, text: string): Step {
  const unwrapped = /^\(([\s\S]*)\)$/.exec(part)?.[1];
  if (unwrapped !== undefined) return compileStep(unwrapped.trim(), text);
  if (part === "tostring") return (value) => (value === undefined ? undefined : textOf(value));
  const format = /^strftime\("([^"]*)"\)$/.exec(part)?.[1];
  if (format !== undefined)
    return (value) => (typeof value === "number" ? strftime(value, format) : undefined);
  if (!part.startsWith(".")) throw unsupported(text);
  return pathStep(part, text);
}

/** `.a.b[0]."c d"` */
function pathStep(path: string, text: string): Step {
  const names: (string | number)[] = [];
  let rest = path;
  while (rest !== "" && rest !== ".") {
    const match = /^(?:\.?\[(\d+)\]|\.?\["([^"]*)"\]|\."([^"]*)"|\.([A-Za-z_]\w*))\??/.exec(rest);
    if (match === null) throw unsupported(text);
    const [whole, index, bracketed, quoted, plain] = match;
    names.push(index === undefined ? (bracketed ?? quoted ?? plain ?? "") : Number(index));
    rest = rest.slice(whole.length);
  }
  return (value) => {
    let at = value;
    for (const name of names) {
      if (at === null || typeof at !== "object") return undefined;
      at = Object.hasOwn(at, name) ? (at as Record<string | number, unknown>)[name] : undefined;
    }
    return at;
  };
}

/** Splits at a separator that is inside neither quotes nor brackets. */
function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let isQuoted = false;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if ("([{".includes(char)) depth += 1;
    else if (")]}".includes(char)) depth -= 1;
    else if (char === separator && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/** Seconds since 1970, in UTC. */
function strftime(seconds: number, format: string): string {
  const iso = new Date(seconds * 1000).toISOString();
  const parts: Readonly<Record<string, string>> = {
    Y: iso.slice(0, 4),
    m: iso.slice(5, 7),
    d: iso.slice(8, 10),
    H: iso.slice(11, 13),
    M: iso.slice(14, 16),
    S: iso.slice(17, 19),
    F: iso.slice(0, 10),
    T: iso.slice(11, 19),
    "%": "%",
  };
  return format.replaceAll(/%([A-Za-z%])/g, (whole, letter: string) => parts[letter] ?? whole);
}
