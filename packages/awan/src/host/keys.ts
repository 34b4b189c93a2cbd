/**
 * The host's own rows: what is due, what is to be dispatched, which residents are kept. They live outside every account
 * and region (an empty account id and region), so one scan finds them all.
 */
import { table } from "../store/table.ts";
import { type Draft, type Transaction } from "../store/transaction.ts";
import { packTuple } from "../store/tuple.ts";
import type { Dispatch, Scope } from "./call.ts";

/** A duty's row in the order of time. `key` is the packed key it was scheduled with. */
export const dueRows = table<
  [atMs: number, accountId: string, region: string, duty: string, key: string],
  { readonly payload: unknown }
>("host", "due");

/** When each scheduled duty is due, so that scheduling it again replaces it. */
export const dueTimes = table<[accountId: string, region: string, duty: string, key: string], number>(
  "host",
  "due-time",
);

export interface OutboxRow extends Dispatch {
  readonly scope: Scope;
  readonly traceId: string;
  readonly parentId: string;
  readonly principalArn: string;
  readonly writtenAtMs: number;
  readonly attempts: number;
}

/** Dispatches not yet completed. */
export const outbox = table<[id: string], OutboxRow>("host", "outbox");

export const residentRows = table<[accountId: string, region: string, resident: string, key: string], true>(
  "host",
  "resident",
);

const prefixes = new Map<string, string>();

/** Packed account and region, with which every key of the scope starts. */
export function scopePrefix({ accountId, region }: Scope): string {
  const name = `${accountId}/${region}`;
  let prefix = prefixes.get(name);
  if (prefix === undefined) {
    prefix = packTuple([accountId, region]);
    if (prefixes.size < 4096) prefixes.set(name, prefix);
  }
  return prefix;
}

const hostPrefix = scopePrefix({ accountId: "", region: "" });

/** The transaction as the host's own tables see it. */
export const hostTransaction = (draft: Draft): Transaction => ({ prefix: hostPrefix, draft });
