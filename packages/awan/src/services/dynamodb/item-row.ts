/**
 * An item as it is kept: JSON as it travels, with its size. One text is a twentieth of the objects an item is made of,
 * so a million of them are quick to find, to keep and to answer with; a row is read into an item when somebody looks
 * into it.
 */
import { itemSizeBytes } from "../../engines/dynamo-expression/size.ts";
import type { AttributeValue, Item } from "../../engines/dynamo-expression/value.ts";
import type { Transaction } from "../../store/transaction.ts";
import { type Row, type ScanOptions, table } from "../../store/table.ts";
import type { TuplePart } from "../../store/tuple.ts";
import { fromJson, jsonItem, type JsonItem } from "./json-item.ts";

/** What the store holds. */
interface StoredItem {
  readonly text: string;
  readonly sizeBytes: number;
}

export class ItemRow {
  readonly sizeBytes: number;
  #text: string | undefined;
  #item: Item | undefined;

  private constructor(sizeBytes: number, text: string | undefined, item: Item | undefined) {
    this.sizeBytes = sizeBytes;
    this.#text = text;
    this.#item = item;
  }

  static of(item: Item): ItemRow {
    return new ItemRow(itemSizeBytes(item), undefined, item);
  }

  static stored({ text, sizeBytes }: StoredItem): ItemRow {
    return new ItemRow(sizeBytes, text, undefined);
  }

  get item(): Item {
    return (this.#item ??= itemOfText(this.#text as string));
  }

  get text(): string {
    return (this.#text ??= textOfItem(this.#item as Item));
  }
}

export function textOfItem(item: Item): string {
  return JSON.stringify(holdsBytes(item) ? jsonItem(item) : item);
}

function itemOfText(text: string): Item {
  const json = JSON.parse(text) as JsonItem;
  return mayHoldBytes(text) ? fromJson(json) : (json as Item);
}

/** The output whose members `Item`, `Items` and `LastEvaluatedKey` are items, from its JSON. */
export function readOutput(text: string): Record<string, unknown> {
  const output = JSON.parse(text) as Record<string, unknown>;
  if (!mayHoldBytes(text)) return output;
  for (const name of ["Item", "LastEvaluatedKey"]) {
    if (output[name] !== undefined) output[name] = fromJson(output[name] as JsonItem);
  }
  if (output["Items"] !== undefined) output["Items"] = (output["Items"] as JsonItem[]).map(fromJson);
  return output;
}

/** Bytes are base64 in JSON; an attribute or a text may look like them, which only costs a look. */
const mayHoldBytes = (text: string): boolean => text.includes('"B":') || text.includes('"BS":');

function holdsBytes(item: Item): boolean {
  for (const name in item) if (valueHoldsBytes(item[name] as AttributeValue)) return true;
  return false;
}

function valueHoldsBytes(value: AttributeValue): boolean {
  if (value.S !== undefined || value.N !== undefined) return false;
  if (value.M !== undefined) return holdsBytes(value.M);
  if (value.L !== undefined) return value.L.some(valueHoldsBytes);
  return value.B !== undefined || value.BS !== undefined;
}

/** A table of items; `null` may stand for one that is not there. */
export interface ItemTable<Value extends ItemRow | null> {
  get(tx: Transaction, key: readonly TuplePart[]): Value | undefined;
  has(tx: Transaction, key: readonly TuplePart[]): boolean;
  set(tx: Transaction, key: readonly TuplePart[], value: Value): void;
  delete(tx: Transaction, key: readonly TuplePart[]): void;
  scan(
    tx: Transaction,
    prefix: readonly TuplePart[],
    options?: ScanOptions,
  ): Generator<Row<readonly TuplePart[], Value>, void>;
}

export function itemTable<Value extends ItemRow | null>(service: string, name: string): ItemTable<Value> {
  const rows = table<readonly TuplePart[], StoredItem | null>(service, name);
  const read = (stored: StoredItem | null): Value =>
    (stored === null ? null : ItemRow.stored(stored)) as Value;
  return {
    get: (tx, key) => {
      const stored = rows.get(tx, key);
      return stored === undefined ? undefined : read(stored);
    },
    has: (tx, key) => rows.has(tx, key),
    set: (tx, key, value) =>
      rows.set(tx, key, value === null ? null : { text: value.text, sizeBytes: value.sizeBytes }),
    delete: (tx, key) => rows.delete(tx, key),
    *scan(tx, prefix, options) {
      for (const row of rows.scan(tx, prefix, options)) yield new ReadRow(row, read(row.value));
    },
  };
}

class ReadRow<Value> implements Row<readonly TuplePart[], Value> {
  readonly value: Value;
  readonly #row: Row<readonly TuplePart[], unknown>;

  constructor(row: Row<readonly TuplePart[], unknown>, value: Value) {
    this.#row = row;
    this.value = value;
  }

  get key(): readonly TuplePart[] {
    return this.#row.key;
  }
}
