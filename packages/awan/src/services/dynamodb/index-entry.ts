/** The rows of indexes: what they keep of an item. */
import type { Item } from "../../engines/dynamo-expression/value.ts";
import { ItemRow } from "./item-row.ts";
import { type IndexRow, keyNames, type TableRow } from "./schema.ts";

/** What an index keeps of an item. */
export function entryOf(table: TableRow, index: IndexRow, row: ItemRow): ItemRow {
  if (index.projection === "ALL") return row;
  const item: Record<string, Item[string]> = {};
  const wanted = index.projection === "INCLUDE" ? index.nonKeyAttributes : [];
  for (const name of [...keyNames(table, index), ...wanted]) {
    const value = Object.hasOwn(row.item, name) ? row.item[name] : undefined;
    if (value !== undefined) item[name] = value;
  }
  return ItemRow.of(item);
}
