/** What IAM's entities have in common: scope, ids, ARNs, tags, pages. */
import type { Tag } from "@aws-sdk/client-iam";
import type { Call } from "../../host/call.ts";
import type { TuplePart } from "../../store/tuple.ts";
import type { Table } from "../../store/table.ts";
import { invalidInput, validationError } from "./errors.ts";
import type { Tags } from "./keys.ts";
import { pageItemsDefault, tagsMax } from "./limits.ts";

/** IAM knows no regions. */
export const globally = (call: Call): Call => call.in({ region: "aws-global" });

const idAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export const newId = (call: Call, prefix: "AROA" | "AIDA" | "AGPA" | "ANPA" | "AIPA" | "ASCA"): string =>
  prefix + call.random.text(17, idAlphabet);

/** `arn:aws:iam::000000000000:role/path/name`. */
export const iamArn = (call: Call, kind: string, path: string, name: string): string =>
  `arn:${call.partition}:iam::${call.accountId}:${kind}${path}${name}`;

export function checkPath(path: string): void {
  if (path !== "/" && !/^\/[\u0021-\u007E]*\/$/.test(path)) {
    throw validationError(
      `The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.`,
    );
  }
}

/** IAM documents come back percent-encoded after RFC 3986. */
export const encodeDocument = (document: string): string =>
  encodeURIComponent(document).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

export const tagList = (tags: Tags): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export function tagsFrom(list: readonly Tag[] | undefined, before: Tags = {}): Tags {
  const seen = new Set<string>();
  const tags: Record<string, string> = { ...before };
  for (const { Key, Value } of list ?? []) {
    const name = Key as string;
    if (seen.has(name.toLowerCase())) {
      throw invalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    }
    seen.add(name.toLowerCase());
    if (name.toLowerCase().startsWith("aws:"))
      throw invalidInput("Tag keys starting with 'aws:' are reserved for system use");
    const known = Object.keys(tags).find((each) => each.toLowerCase() === name.toLowerCase());
    if (known !== undefined) delete tags[known];
    tags[name] = Value ?? "";
  }
  if (Object.keys(tags).length > tagsMax)
    throw invalidInput(`Failed to tag: the number of tags exceeds the limit of ${tagsMax}.`);
  return tags;
}

export const withoutTags = (tags: Tags, names: readonly string[]): Tags =>
  Object.fromEntries(Object.entries(tags).filter(([name]) => !names.includes(name)));

export interface PageInput {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface Page<Item> {
  readonly items: Item[];
  readonly IsTruncated: boolean;
  readonly Marker?: string;
}

/** One page of rows; `pick` may leave rows out by answering undefined. */
export function page<Key extends readonly TuplePart[], Value, Item>(
  call: Call,
  source: {
    readonly table: Table<Key, Value>;
    readonly prefix?: readonly TuplePart[];
    readonly input: PageInput;
  },
  pick: (key: Key, value: Value) => Item | undefined,
): Page<Item> {
  const { table, prefix = [], input } = source;
  const limit = input.MaxItems ?? pageItemsDefault;
  const after = input.Marker === undefined ? undefined : parseMarker(input.Marker);
  const items: Item[] = [];
  let last: readonly TuplePart[] = [];
  for (const row of table.scan(call.tx, prefix, after === undefined ? {} : { after })) {
    const item = pick(row.key, row.value);
    if (item === undefined) continue;
    if (items.length === limit) return { items, IsTruncated: true, Marker: markerOf(last) };
    items.push(item);
    last = row.key.slice(prefix.length);
  }
  return { items, IsTruncated: false };
}

const markerOf = (key: readonly TuplePart[]): string => Buffer.from(JSON.stringify(key)).toString("base64");

function parseMarker(marker: string): TuplePart[] {
  try {
    return JSON.parse(Buffer.from(marker, "base64").toString()) as TuplePart[];
  } catch {
    throw validationError("Invalid Marker.");
  }
}
