/**
 * The one way an item changes: its row, its index entries, the counts, the stream's record and the expiry's duty, all
 * in the caller's transaction.
 */
import type { Call } from "../../host/call.ts";
import { equalItems, type Item } from "../../engines/dynamo-expression/value.ts";
import type { TuplePart } from "../../store/tuple.ts";
import { addUnits, readUnits, type Units, writeUnits } from "./capacity.ts";
import { deliverToDestinations } from "./destinations.ts";
import { entryParts, fitsIndexKey, keyOf, keyParts, sameKey } from "./item-key.ts";
import { entryOf } from "./index-entry.ts";
import type { Change } from "./change.ts";
import { counts, items, tables } from "./keys.ts";
import { scheduleExpiry } from "./expiry.ts";
import { isRemembered, rememberChange } from "./history.ts";
import { ItemRow } from "./item-row.ts";
import { hashKeys, type IndexRow, rangeKeys, type TableRow } from "./schema.ts";
import { seenItem } from "./staleness.ts";
import { recordChange } from "./stream.ts";

/** The item's row, by its key attributes. */
export function readItem(call: Call, table: TableRow, key: Item): ItemRow | undefined {
  return items.get(call.tx, [table.storage, 0, ...keyParts(table, key)]);
}

/** As `readItem`, counting what the read costs. */
export function readCounted(
  call: Call,
  table: TableRow,
  { key, isConsistent }: { readonly key: Item; readonly isConsistent: boolean },
  units: Units | undefined,
): ItemRow | undefined {
  const stored = readItem(call, table, key);
  const row = isConsistent ? stored : seenItem(call, table, keyParts(table, key), stored);
  if (units !== undefined) addUnits(units, "", readUnits(row?.sizeBytes ?? 0, isConsistent));
  return row;
}

/** Applies the change; `units`, when given, collects what it costs. */
export function writeItem(call: Call, change: Change, units?: Units): void {
  const { table, before, after } = change;
  const either = after ?? before?.item;
  if (either === undefined) {
    if (units !== undefined) addUnits(units, "", 1);
    return;
  }
  const own = keyParts(table, either);
  const row = after === undefined ? undefined : ItemRow.of(after);
  const key = [table.storage, 0, ...own];
  if (row === undefined) items.delete(call.tx, key);
  else items.set(call.tx, key, row);
  count(call, table, 0, before, row);
  if (units !== undefined)
    addUnits(units, "", writeUnits(Math.max(before?.sizeBytes ?? 0, row?.sizeBytes ?? 0)));
  for (const index of table.indexes) {
    if (index.status !== "DELETING") writeEntry(call, change, index, own, row, units);
  }
  if (table.timeToLive !== null) scheduleExpiry(call, table, own, before?.item, after);
  if (isRemembered(table)) rememberChange(call, change);
  if (table.stream?.enabled !== true && table.destinations.length === 0 && table.replicas.length === 0)
    return;
  if (before !== undefined && after !== undefined && equalItems(before.item, after)) return;
  if (table.stream?.enabled === true) recordChange(call, change);
  if (table.destinations.length > 0) deliverToDestinations(call, change);
  if (table.replicas.length > 0 && change.replicated !== true) replicate(call, change);
}

function writeEntry(
  call: Call,
  { table, before }: Change,
  index: IndexRow,
  own: readonly TuplePart[],
  row: ItemRow | undefined,
  units: Units | undefined,
): void {
  const oldKey = before === undefined ? undefined : entryParts(index, before.item, own);
  const newKey = row === undefined ? undefined : entryParts(index, row.item, own);
  if (oldKey === undefined && newKey === undefined) return;
  const old = before === undefined || oldKey === undefined ? undefined : entryOf(table, index, before);
  const entry = row === undefined || newKey === undefined ? undefined : entryOf(table, index, row);
  const moved = oldKey !== undefined && (newKey === undefined || !sameKey(oldKey, newKey));
  if (!moved && old !== undefined && entry !== undefined && equalItems(old.item, entry.item)) return;
  if (moved) items.delete(call.tx, [table.storage, index.id, ...oldKey]);
  if (newKey !== undefined && entry !== undefined)
    items.set(call.tx, [table.storage, index.id, ...newKey], entry);
  count(call, table, index.id, old, entry);
  if (units === undefined) return;
  if (moved && entry !== undefined) {
    addUnits(units, index.name, writeUnits(old?.sizeBytes ?? 0) + writeUnits(entry.sizeBytes));
  } else addUnits(units, index.name, writeUnits(Math.max(old?.sizeBytes ?? 0, entry?.sizeBytes ?? 0)));
}

/** Keeps an index's count up; writes only what changed. */
export function count(
  call: Call,
  table: TableRow,
  index: number,
  before: ItemRow | undefined,
  after: ItemRow | undefined,
): void {
  const moreItems = (after === undefined ? 0 : 1) - (before === undefined ? 0 : 1);
  const moreBytes = (after?.sizeBytes ?? 0) - (before?.sizeBytes ?? 0);
  if (moreItems === 0 && moreBytes === 0) return;
  const key: [number, number] = [table.storage, index];
  const now = counts.get(call.tx, key);
  counts.set(call.tx, key, {
    items: (now?.items ?? 0) + moreItems,
    sizeBytes: (now?.sizeBytes ?? 0) + moreBytes,
  });
}

/** Puts one item's entry into an index that is being built. */
export function backfillEntry(call: Call, table: TableRow, index: IndexRow, row: ItemRow): void {
  // AWS leaves out items whose attribute cannot be the index's key: another type, empty, too long.
  if (!hashKeys(index).every((attribute) => fitsIndexKey(row.item[attribute.name], attribute, true))) return;
  if (!rangeKeys(index).every((attribute) => fitsIndexKey(row.item[attribute.name], attribute, false)))
    return;
  const parts = entryParts(index, row.item, keyParts(table, row.item));
  if (parts === undefined) return;
  const key = [table.storage, index.id, ...parts];
  const entry = entryOf(table, index, row);
  count(call, table, index.id, items.get(call.tx, key), entry);
  items.set(call.tx, key, entry);
}

/** Global tables: the change is made in every other replica too; regions are scopes of one store. */
function replicate(call: Call, { table, before, after, userIdentity }: Change): void {
  const key = keyOf(table, after ?? before?.item ?? {});
  for (const region of table.replicas) {
    const there = call.in({ region });
    const replica = tables.get(there.tx, [table.name]);
    if (replica === undefined) continue;
    writeItem(there, {
      table: replica,
      before: readItem(there, replica, key),
      after,
      replicated: true,
      ...(userIdentity === undefined ? {} : { userIdentity }),
    });
  }
}
