/**
 * The rows of DynamoDB. A table's items and index entries lie under a number of its own (`storage`), so that a deleted
 * table's rows can be cleared away later while its name is already in use again. Partition keys go in as a hash:
 * LMDB's keys are shorter than DynamoDB's may be, and the hash gives Scan its scattered order and its segments.
 */
import { table } from "../../store/table.ts";
import type { TuplePart } from "../../store/tuple.ts";
import { type ItemRow, itemTable } from "./item-row.ts";
import type { TableRow } from "./schema.ts";

const service = "dynamodb";

export const tables = table<[name: string], TableRow>(service, "table");

/** The last `storage` number given out. */
export const storages = table<[], number>(service, "storage");

/**
 * `(storage, index, partition's hash, sort key…)`. `index` 0 is the table itself; for index entries the table's own key
 * follows the index key.
 */
export const items = itemTable<ItemRow>(service, "item");

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

/** `(storage, partition's hash, sort key, when)`: the item before its first change of that millisecond, null for none. */
export const history = itemTable<ItemRow | null>(service, "history");

/** `(storage, when, partition's hash, sort key)`: the same by time, to forget what recovery no longer covers. */
export const historyTimes = table<readonly TuplePart[], 1>(service, "history-time");

export interface BackupRow {
  readonly arn: string;
  readonly name: string;
  readonly status: "CREATING" | "AVAILABLE";
  readonly type: "USER" | "SYSTEM";
  readonly createdAtMs: number;
  readonly sizeBytes: number;
  readonly items: number;
  /** The table as it was. */
  readonly table: TableRow;
  /** Where the copy lies. */
  readonly storage: number;
}

export const backups = table<[arn: string], BackupRow>(service, "backup");

export interface CopyRow {
  /** Whose changes must be remembered meanwhile; null when the source never changes. */
  readonly sourceTable: string | null;
  readonly sourceStorage: number;
  /** The moment that is copied; null when the source never changes. */
  readonly atMs: number | null;
  readonly target:
    | { readonly kind: "table"; readonly name: string; readonly storage: number }
    | { readonly kind: "backup"; readonly arn: string; readonly storage: number };
}

export const copies = table<[copy: number], CopyRow>(service, "copy");

export interface BucketRow {
  /** Capacity units left at `atMs`; below zero after an overdraft. */
  readonly tokens: number;
  readonly atMs: number;
}

export const buckets = table<[storage: number, kind: string], BucketRow>(service, "bucket");
