/**
 * The rows of DynamoDB. A table's items and index entries lie under a number of its own (`storage`), so that a deleted
 * table's rows can be cleared away later while its name is already in use again. Partition keys go in as a hash:
 * LMDB's keys are shorter than DynamoDB's may be, and the hash gives Scan its scattered order and its segments.
 */
import { table } from "../../store/table.ts";
import type { TuplePart } from "../../store/tuple.ts";
import type { ItemRow, TableRow } from "./schema.ts";

const service = "dynamodb";

export const tables = table<[name: string], TableRow>(service, "table");

/** The last `storage` number given out. */
export const storages = table<[], number>(service, "storage");

/**
 * `(storage, index, partition's hash, sort key…)`. `index` 0 is the table itself; for index entries the table's own key
 * follows the index key.
 */
export const items = table<readonly TuplePart[], ItemRow>(service, "item");

export interface CountRow {
  readonly items: number;
  readonly sizeBytes: number;
}

/** How much lies under an index; changed with every write that changes it. */
export const counts = table<[storage: number, index: number], CountRow>(service, "count");

export interface TokenRow {
  /** SHA-256 of the request, to refuse the token for another one. */
  readonly digest: string;
}

/** ClientRequestTokens of the last ten minutes. */
export const tokens = table<[token: string], TokenRow>(service, "token");

/** Anything else that belongs to a resource: tags, policies, backup settings; by the resource's ARN and what it is. */
export const settings = table<[arn: string, kind: string], unknown>(service, "setting");
