/** What all of API Gateway's records have in common: ids, pages, dropped empty members, changes that keep what is not named. */
import type { Call } from "../../host/call.ts";
import type { TuplePart } from "../../store/tuple.ts";
import type { Row, Table } from "../../store/table.ts";
import { badRequest } from "./errors.ts";
import { pageSizeDefault, pageSizeMax } from "./limits.ts";

const idAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

/** API Gateway's identifiers: 10 characters for APIs, 7 for their parts; never starting with a digit 0. */
export const newId = (call: Call, length = 7): string => call.random.text(length, idAlphabet);

/** The object without members that are undefined. */
export function compact<Type extends object>(value: Type): Type {
  const result: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) if (member !== undefined) result[name] = member;
  return result as Type;
}

/** `row` with the members of `input` that are set, those named in `skip` left out. */
export function changed<Type extends object>(row: Type, input: object, skip: readonly string[]): Type {
  const result: Record<string, unknown> = { ...(row as Record<string, unknown>) };
  for (const [name, member] of Object.entries(input)) {
    if (member !== undefined && !skip.includes(name)) result[name] = member;
  }
  return result as Type;
}

export interface PageInput {
  readonly MaxResults?: string | undefined;
  readonly NextToken?: string | undefined;
}

/** One page of a table; the token is the last key's last part. */
export function page<Key extends readonly TuplePart[], Value>(
  call: Call,
  table: Table<Key, Value>,
  prefix: readonly TuplePart[],
  input: PageInput,
): { readonly items: readonly Value[]; readonly nextToken: string | undefined } {
  const limit = pageSize(input.MaxResults);
  const after = input.NextToken === undefined ? undefined : [tokenText(input.NextToken)];
  const items: Value[] = [];
  let last: Row<Key, Value> | undefined;
  for (const row of table.scan(call.tx, prefix, after === undefined ? {} : { after })) {
    if (items.length === limit)
      return { items, nextToken: Buffer.from(String(last?.key.at(-1))).toString("base64url") };
    items.push(row.value);
    last = row;
  }
  return { items, nextToken: undefined };
}

function pageSize(text: string | undefined): number {
  if (text === undefined) return pageSizeDefault;
  const size = Number(text);
  if (!Number.isInteger(size) || size < 1)
    throw badRequest("Invalid value specified for the maxResults parameter");
  return Math.min(size, pageSizeMax);
}

function tokenText(token: string): string {
  const text = Buffer.from(token, "base64url").toString();
  if (text === "") throw badRequest("Invalid nextToken specified");
  return text;
}

/** Removes every row under `prefix`. */
export function deleteAll<Key extends readonly TuplePart[], Value>(
  call: Call,
  table: Table<Key, Value>,
  prefix: readonly TuplePart[],
): void {
  for (const row of table.scan(call.tx, prefix)) table.delete(call.tx, row.key);
}

/** A scalar as text, anything else as JSON; nothing is empty text. */
export function asText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  return typeof value === "object" ? JSON.stringify(value) : `${value as number | boolean | bigint}`;
}
