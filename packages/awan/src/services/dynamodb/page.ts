/**
 * A page of a Query or Scan: rows of a table or an index from where the last page ended, until the limit or 1 MB, then
 * filtered and projected.
 */
import { type Condition, evaluateCondition } from "../../engines/dynamo-expression/condition.ts";
import type { Item } from "../../engines/dynamo-expression/value.ts";
import type { Call } from "../../host/call.ts";
import type { ScanOptions } from "../../store/table.ts";
import type { TuplePart } from "../../store/tuple.ts";
import { addUnits, readUnits, type Units } from "./capacity.ts";
import { items } from "./keys.ts";
import { PageSize } from "./page-size.ts";
import type { ItemRow } from "./item-row.ts";
import { type IndexRow, keyNames, type TableRow } from "./schema.ts";
import { seenRow } from "./staleness.ts";
import { metered } from "./throughput.ts";
import { readItem } from "./write.ts";

export interface PageRequest {
  readonly table: TableRow;
  readonly index: IndexRow | undefined;
  readonly prefix: readonly TuplePart[];
  readonly range: ScanOptions;
  readonly filter: Condition | undefined;
  /** An index entry lacks something that is wanted: the table's own item is read too. */
  readonly fetch: boolean;
  readonly countOnly: boolean;
  readonly limit: number | undefined;
  readonly consistent: boolean;
}

export interface Page {
  /** What was found; nothing of it is read before it is asked for. */
  readonly rows: readonly ItemRow[];
  readonly count: number;
  readonly scannedCount: number;
  readonly lastKey: Item | undefined;
  readonly units: Units;
}

export function readPage(call: Call, request: PageRequest): Page {
  const { table, index } = request;
  return metered(call, { table, kind: "read", index }, undefined, (units) => {
    const page = walkPage(call, request);
    if (units !== undefined) for (const [name, amount] of page.units) addUnits(units, name, amount);
    return page;
  });
}

function walkPage(call: Call, request: PageRequest): Page {
  const { table, index, filter } = request;
  const rows: ItemRow[] = [];
  let count = 0;
  let scanned = 0;
  let sizeBytes = 0;
  let fetchedUnits = 0;
  let last: ItemRow | undefined;
  let more = false;
  const pageSize = new PageSize(table.range?.name);
  for (const { value: stored } of items.scan(
    call.tx,
    [table.storage, index?.id ?? 0, ...request.prefix],
    request.range,
  )) {
    const row = request.consistent ? stored : seenRow(call, table, index, stored);
    if (row === undefined) continue;
    scanned += 1;
    sizeBytes += row.sizeBytes;
    last = row;
    const whole = request.fetch ? fetchItem(call, table, row) : row;
    if (request.fetch) fetchedUnits += readUnits(whole.sizeBytes, request.consistent);
    if (filter === undefined || evaluateCondition(filter, whole.item)) {
      count += 1;
      if (!request.countOnly) rows.push(whole);
    }
    if (pageSize.add(row) || scanned === request.limit) {
      more = true;
      break;
    }
  }
  const units: Units = new Map();
  addUnits(units, index?.name ?? "", readUnits(sizeBytes, request.consistent));
  addUnits(units, "", fetchedUnits);
  return {
    rows,
    count,
    scannedCount: scanned,
    lastKey: more && last !== undefined ? startKeyOf(table, index, last.item) : undefined,
    units,
  };
}

function fetchItem(call: Call, table: TableRow, row: ItemRow): ItemRow {
  return readItem(call, table, row.item) ?? row;
}

/** Where the next page goes on: the keys of the table and of the index. */
function startKeyOf(table: TableRow, index: IndexRow | undefined, item: Item): Item {
  const key: Record<string, Item[string]> = {};
  for (const name of keyNames(table, index)) key[name] = item[name] as Item[string];
  return key;
}
