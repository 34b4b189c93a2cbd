/**
 * Eventually consistent reads that lag, for tables that ask for it with the tag `awan:consistency` = `eventual`: what was
 * changed within the last second is read, by the seed's chance, as it was before. Without the tag no read ever lags.
 */
import type { Call } from "../../host/call.ts";
import type { TuplePart } from "../../store/tuple.ts";
import { entryParts, keyParts, sameKey } from "./item-key.ts";
import type { ItemRow } from "./item-row.ts";
import { history } from "./keys.ts";
import { lagMs } from "./limits.ts";
import type { IndexRow, TableRow } from "./schema.ts";
import { entryOf } from "./index-entry.ts";

export const consistencyTag = "awan:consistency";

/** What one read sees of the item whose row is `now`; undefined when it sees none. */
export function seenItem(
  call: Call,
  table: TableRow,
  own: readonly TuplePart[],
  now: ItemRow | undefined,
): ItemRow | undefined {
  if (table.lagging !== true) return now;
  const after = call.nowMs - lagMs;
  for (const { value } of history.scan(call.tx, [table.storage, ...own], { from: [after + 1] })) {
    return call.random.float() < 0.5 ? (value ?? undefined) : now;
  }
  return now;
}

/** The same for a row of a table or index that a page comes upon. What a stale read would find elsewhere is not looked for. */
export function seenRow(
  call: Call,
  table: TableRow,
  index: IndexRow | undefined,
  row: ItemRow,
): ItemRow | undefined {
  if (table.lagging !== true) return row;
  const own = keyParts(table, row.item);
  const seen = seenItem(call, table, own, row);
  if (index === undefined || seen === undefined || seen === row) return seen;
  const before = entryParts(index, seen.item, own);
  const stays = before !== undefined && sameKey(before, entryParts(index, row.item, own) ?? []);
  return stays ? entryOf(table, index, seen) : undefined;
}
