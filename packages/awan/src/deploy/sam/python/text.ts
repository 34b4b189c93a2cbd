/** How Python prints values: in the hash of a REST API's deployment and, here and there, in what the translator refuses. */
import { isDict } from "../../template/value.ts";
import { isByteString, isDecimal, withoutMark } from "./byte-string.ts";
import { keysOf } from "./dictionary.ts";

/** `repr(value)`, of strings in Python 2.7's way: unmarked ones are unicode. */
export function printed(value: unknown): string {
  return print(value, (text) => (isByteString(text) ? quoted(withoutMark(text)) : `u${unicodeText(text)}`));
}

/** As texts show a value of the template: every string as Python 3 has it. */
export const shown = (value: unknown): string =>
  typeof value === "string" ? withoutMark(value) : print(value, (text) => quoted(withoutMark(text)));

function print(value: unknown, string: (text: string) => string): string {
  if (value === undefined || value === null) return "None";
  if (typeof value === "string") return isDecimal(value) ? withoutMark(value) : string(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map((item) => print(item, string)).join(", ")}]`;
  if (!isDict(value)) return JSON.stringify(value);
  return `{${keysOf(value)
    .map((key) => `${string(key)}: ${print(value[key], string)}`)
    .join(", ")}}`;
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, "0");

/** A string literal as Python 3 writes it. */
export function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === "\\" || character === quote) out += `\\${character}`;
    else out += escapedControl(character) ?? (isPrintable(character) ? character : escaped(code));
  }
  return quote + out + quote;
}

/** The translator's own emulation of a unicode literal: escapes first, then quotes, then one of two backslashes. */
function unicodeText(text: string): string {
  let ascii = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === "\\") ascii += "\\\\";
    else ascii += escapedControl(character) ?? (code >= 0x20 && code < 0x7f ? character : escaped(code));
  }
  return quoted(ascii).replaceAll("\\\\", "\\");
}

const escapedControl = (character: string): string | undefined =>
  character === "\n" ? "\\n" : character === "\r" ? "\\r" : character === "\t" ? "\\t" : undefined;

const escaped = (code: number): string =>
  code < 0x100 ? `\\x${hex(code, 2)}` : code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;

const isPrintable = (character: string): boolean => character === " " || !/[\p{C}\p{Z}]/u.test(character);

/** The name of a value's type, as error texts of Python have it. */
export function typeName(value: unknown, isPython2 = false): string {
  if (value === undefined || value === null) return "NoneType";
  if (typeof value === "string") return isPython2 ? "Py27UniStr" : "str";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  return Array.isArray(value) ? "list" : "dict";
}

/** Whether Python's `if value` holds: nothing empty, nothing zero. */
export function given(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  return !isDict(value) || Object.keys(value).length > 0;
}
