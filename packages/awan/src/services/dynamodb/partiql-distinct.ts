/** A PartiQL transaction, too, may name each item only once. */
import type { Statement } from "../../engines/dynamo-expression/partiql.ts";
import { DistinctKeys } from "./batch-keys.ts";
import { validationError } from "./errors.ts";
import { keyParts } from "./item-key.ts";
import { keyedWhere } from "./partiql.ts";
import { keyNames, type TableRow } from "./schema.ts";

export function checkDistinctStatements(
  actions: readonly { readonly table: TableRow; readonly statement: Statement }[],
): void {
  const distinct = new DistinctKeys();
  for (const { table, statement } of actions) {
    const key = statement.kind === "insert" ? statement.item : keyedWhere(table, statement.where)?.key;
    if (key === undefined || keyNames(table).some((name) => key[name] === undefined)) continue;
    if (!distinct.add(table, keyParts(table, key))) {
      throw validationError("Transaction request cannot include multiple operations on one item");
    }
  }
}
