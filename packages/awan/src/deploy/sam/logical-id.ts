/** Logical ids that change with what they name: a prefix and ten digits of a SHA-1. */
import { createHash } from "node:crypto";

export const shortHash = (text: string): string =>
  createHash("sha1").update(text, "utf8").digest("hex").slice(0, 10);

export const longHash = (text: string): string => createHash("sha1").update(text, "utf8").digest("hex");

/** `prefix` alone when there is nothing to hash. */
export function hashedId(prefix: string, data: unknown): string {
  if (data === undefined || data === null || data === "" || isEmpty(data)) return prefix;
  return prefix + shortHash(typeof data === "string" ? data : stableJson(data));
}

const isEmpty = (data: unknown): boolean =>
  typeof data === "object" && data !== null && Object.keys(data).length === 0;

/** Compact JSON with sorted keys and everything beyond ASCII escaped, as Python writes it. */
export function stableJson(value: unknown): string {
  if (value === undefined) return "null";
  if (Array.isArray(value)) return `[${value.map(stableJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${members.map(([key, member]) => `${escapeAscii(JSON.stringify(key))}:${stableJson(member)}`).join(",")}}`;
  }
  return escapeAscii(JSON.stringify(value));
}

export const escapeAscii = (json: string): string =>
  json.replaceAll(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
