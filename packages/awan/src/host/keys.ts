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

class KnownScope implements Scope {
  readonly accountId: string;
  readonly region: string;
  /** Not to be seen where scopes are written down. */
  readonly #prefix: string;

  constructor(accountId: string, region: string) {
    this.accountId = accountId;
    this.region = region;
    this.#prefix = packTuple([accountId, region]);
  }

  get prefix(): string {
    return this.#prefix;
  }
}

/** By region, then account: every call asks. */
const scopes = new Map<string, Map<string, KnownScope>>();
const accountsMax = 4_096;

/** The one object for a scope; calls and spans share it. */
export function knownScope(accountId: string, region: string): KnownScope {
  const known = scopes.get(region)?.get(accountId);
  if (known !== undefined) return known;
  const made = new KnownScope(accountId, region);
  const accounts = scopes.get(region) ?? new Map<string, KnownScope>();
  if (accounts.size < accountsMax && scopes.size < 256) scopes.set(region, accounts.set(accountId, made));
  return made;
}

/** Packed account and region, with which every key of the scope starts. */
export const scopePrefix = (scope: Scope): string =>
  scope instanceof KnownScope ? scope.prefix : knownScope(scope.accountId, scope.region).prefix;

const hostPrefix = scopePrefix({ accountId: "", region: "" });

/** The transaction as the host's own tables see it. */
export const hostTransaction = (draft: Draft): Transaction => ({ prefix: hostPrefix, draft });
