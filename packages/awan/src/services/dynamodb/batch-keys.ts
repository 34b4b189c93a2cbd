/** Tells whether two keys of one table are the same item, for batches and transactions that may name each only once. */
import type { TuplePart } from "../../store/tuple.ts";
import { packTuple } from "../../store/tuple.ts";
import type { TableRow } from "./schema.ts";

export class DistinctKeys {
  readonly #seen = new Set<string>();

  /** False when the key was added before. */
  add(table: TableRow, parts: readonly TuplePart[]): boolean {
    const text = packTuple([table.arn, ...parts]);
    if (this.#seen.has(text)) return false;
    this.#seen.add(text);
    return true;
  }
}
