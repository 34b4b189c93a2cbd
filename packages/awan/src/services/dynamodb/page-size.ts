/**
 * How much of a page's megabyte an item takes. DynamoDB counts its own storage form there, not the documented item
 * size: a byte per attribute name, lengths, and a header with the sort key per 3 KB. The page that passes the megabyte
 * with an item still holds that item. (Found by others' measurements on AWS; within a few bytes.)
 */
import { valueSizeBytes } from "../../engines/dynamo-expression/size.ts";
import type { AttributeValue, Item } from "../../engines/dynamo-expression/value.ts";
import { limits } from "./limits.ts";
import type { ItemRow } from "./item-row.ts";

const headerSizeBytes = 18;
const chunkSizeBytes = 3072;

export class PageSize {
  readonly #rangeName: string | undefined;
  /** Rows not yet measured: most pages never come near the limit. */
  #pending: ItemRow[] = [];
  #boundBytes = 0;
  #exactBytes = 0;

  constructor(rangeName: string | undefined) {
    this.#rangeName = rangeName;
  }

  /** Whether the page is full with this row. */
  add(row: ItemRow): boolean {
    this.#pending.push(row);
    this.#boundBytes += 2 * row.sizeBytes + limits.rangeKeySizeBytesMax + chunkSizeBytes;
    if (this.#exactBytes + this.#boundBytes < limits.pageSizeBytesMax) return false;
    for (const { item } of this.#pending) this.#exactBytes += storedItemBytes(item, this.#rangeName);
    this.#pending = [];
    this.#boundBytes = 0;
    return this.#exactBytes >= limits.pageSizeBytesMax;
  }
}

function storedItemBytes(item: Item, rangeName: string | undefined): number {
  let size = 0;
  let rangeSize = 0;
  for (const name in item) {
    const value = item[name] as AttributeValue;
    if (name === rangeName) rangeSize = valueSizeBytes(value);
    else size += 1 + storedValueBytes(value);
  }
  return 2 + size + (1 + Math.floor((1 + size) / chunkSizeBytes)) * (headerSizeBytes + rangeSize);
}

function storedValueBytes(value: AttributeValue): number {
  const { L: list, M: map } = value;
  if (list !== undefined) return list.reduce((size, element) => size + 1 + storedValueBytes(element), 3);
  if (map !== undefined)
    return Object.values(map).reduce((size, member) => size + 2 + storedValueBytes(member), 3);
  const size = valueSizeBytes(value);
  if (value.S !== undefined) return size + (size < 128 ? 1 : size < 16_384 ? 2 : 3);
  if (value.N !== undefined || value.B !== undefined) return size + 1;
  if (value.NULL !== undefined) return 0;
  if (value.BOOL !== undefined) return 1;
  return size + 1 + (value.SS ?? value.NS ?? value.BS ?? []).length;
}
