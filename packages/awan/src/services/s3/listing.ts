/**
 * Walking keys with a prefix and a delimiter. A common prefix is answered once and then jumped over: the walk starts
 * again behind it, so a page costs what it shows and not what is stored.
 */
import { invalidArgument } from "./errors.ts";
import { limits } from "./limits.ts";

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly commonPrefixes: readonly string[];
  /** Set when there is more: where the page ended. */
  readonly next: Position | undefined;
}

/** Behind a key, behind every key with a prefix, or at a key. */
export type Position =
  | { readonly after: string }
  | { readonly afterPrefix: string }
  | { readonly from: string };

export interface Seek {
  readonly from?: readonly [string];
  readonly after?: readonly [string];
  readonly before?: readonly [string];
}

export interface Walk<Item> {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  readonly itemsMax: number;
  readonly start: Position | undefined;
  /** A marker inside a common prefix counts that prefix as shown already (ListObjects). */
  readonly shownPrefixOf: string | undefined;
  /** Rows in key order from where `seek` says. */
  readonly rows: (seek: Seek) => Iterable<{ readonly key: string; readonly item: Item }>;
}

/** The least text greater than every text that starts with `prefix`, in the order of UTF-8; undefined if there is none. */
export function afterEvery(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) as number);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last === 0x10ffff) continue;
    return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
  }
  return undefined;
}

/** The bounds of a walk that continues at `position` and stays within `prefix`; undefined when nothing can follow. */
function seekFrom(position: Position | undefined, prefix: string): Seek | undefined {
  const before = prefix === "" ? undefined : afterEvery(prefix);
  const end = before === undefined ? {} : { before: [before] as const };
  if (position === undefined) return { from: [prefix], ...end };
  if ("afterPrefix" in position) {
    const from = afterEvery(position.afterPrefix);
    return from === undefined ? undefined : { from: [greater(from, prefix)], ...end };
  }
  if ("from" in position) return { from: [greater(position.from, prefix)], ...end };
  return compareKeys(position.after, prefix) < 0
    ? { from: [prefix], ...end }
    : { after: [position.after], ...end };
}

const greater = (a: string, b: string): string => (compareKeys(a, b) < 0 ? b : a);

/** The order of keys: that of their UTF-8 bytes. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));
}

export function walk<Item>({
  prefix,
  delimiter,
  itemsMax,
  start,
  shownPrefixOf,
  rows,
}: Walk<Item>): Page<Item> {
  const items: Item[] = [];
  const commonPrefixes: string[] = [];
  let position = start;
  let seek = itemsMax === 0 ? undefined : seekFrom(start, prefix);
  while (seek !== undefined) {
    let jump: string | undefined;
    for (const { key, item } of rows(seek)) {
      if (!key.startsWith(prefix)) break;
      const common = commonPrefixOf(key, prefix, delimiter);
      const shown = common !== undefined && shownPrefixOf !== undefined && shownPrefixOf.startsWith(common);
      if (!shown && items.length + commonPrefixes.length >= itemsMax) {
        return { items, commonPrefixes, next: position };
      }
      if (common !== undefined) {
        if (!shown) commonPrefixes.push(common);
        jump = common;
        break;
      }
      items.push(item);
      position = { after: key };
    }
    if (jump === undefined) break;
    position = { afterPrefix: jump };
    seek = seekFrom(position, prefix);
  }
  return { items, commonPrefixes, next: undefined };
}

function commonPrefixOf(key: string, prefix: string, delimiter: string | undefined): string | undefined {
  if (delimiter === undefined || delimiter === "") return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at === -1 ? undefined : key.slice(0, at + delimiter.length);
}

/** Keys in answers as `encoding-type=url` asks: percent-encoded but for slashes. */
export function keyEncoder(encodingType: string | undefined): (key: string) => string {
  if (encodingType === undefined) return (key) => key;
  if (encodingType !== "url")
    throw invalidArgument("encoding-type", encodingType, "Invalid Encoding Method specified in Request");
  return (key) =>
    encodeURIComponent(key)
      .replaceAll("%2F", "/")
      .replaceAll(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** How many to answer: what was asked, at most a thousand. */
export function pageSize(asked: number | undefined, name: string, max: number = limits.listKeysMax): number {
  if (asked === undefined) return max;
  if (!Number.isInteger(asked))
    throw invalidArgument(name, String(asked), `Provided ${name} not an integer or within integer range`);
  if (asked < 0)
    throw invalidArgument(
      name,
      String(asked),
      `Argument ${name === "max-keys" ? "maxKeys" : name} must be an integer between 0 and 2147483647`,
    );
  return Math.min(asked, max);
}

/** A continuation token: opaque to the caller, a position to us. */
export function tokenOf(position: Position): string {
  const text =
    "after" in position
      ? `k${position.after}`
      : "afterPrefix" in position
        ? `p${position.afterPrefix}`
        : `f${position.from}`;
  return Buffer.from(text, "utf8").toString("base64");
}

export function positionOfToken(token: string): Position {
  const text = Buffer.from(token, "base64").toString("utf8");
  const rest = text.slice(1);
  if (Buffer.from(text, "utf8").toString("base64") === token) {
    if (text.startsWith("k")) return { after: rest };
    if (text.startsWith("p")) return { afterPrefix: rest };
    if (text.startsWith("f")) return { from: rest };
  }
  throw invalidArgument("continuation-token", undefined, "The continuation token provided is incorrect");
}
