/** Logical ids that change with what they name: a prefix and ten digits of a SHA-1. */
import { createHash } from "node:crypto";
import { given } from "./python/text.ts";
import { withoutMark } from "./python/byte-string.ts";

export const sha1 = (text: string): string => createHash("sha1").update(text, "utf8").digest("hex");

/** Ten digits for `data`, none when it is empty. */
export function digest(data: unknown): string {
  if (!given(data)) return "";
  return sha1(typeof data === "string" ? withoutMark(data) : stableJson(data)).slice(0, 10);
}

export const hashedId = (prefix: string, data: unknown): string => prefix + digest(data);

/** `prefix`, `middle` and a suffix that may stand in an id; otherwise its digest. */
export function suffixedId(prefix: string, middle: string, suffix: unknown): string {
  const text = typeof suffix === "string" ? withoutMark(suffix) : "";
  return isAlphanumeric(text) ? prefix + middle + text : hashedId(prefix + middle, text);
}

export const isAlphanumeric = (text: string): boolean => /^[\p{L}\p{N}]+$/u.test(text);

/** Compact JSON with sorted keys and everything beyond ASCII escaped, as Python writes it. */
export function stableJson(value: unknown): string {
  if (value === undefined || value === null) return "null";
  if (Array.isArray(value)) return `[${value.map(stableJson).join(",")}]`;
  if (typeof value === "object") {
    const members = Object.entries(value).map(([key, member]) => [withoutMark(key), member] as const);
    return `{${members
      .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, member]) => `${jsonString(key)}:${stableJson(member)}`)
      .join(",")}}`;
  }
  return typeof value === "string" ? jsonString(withoutMark(value)) : JSON.stringify(value);
}

export const jsonString = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
