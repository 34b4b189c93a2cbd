/** Capacity units, and the `ConsumedCapacity` and `ItemCollectionMetrics` of answers. */
import type { ConsumedCapacity } from "@aws-sdk/client-dynamodb";
import { limits } from "./limits.ts";
import type { TableRow } from "./schema.ts";

/** Half a unit per started 4 KB; twice that for a consistent read, four times in a transaction. */
export function readUnits(sizeBytes: number, consistent: boolean): number {
  return Math.max(1, Math.ceil(sizeBytes / limits.readUnitBytes)) * (consistent ? 1 : 0.5);
}

export function writeUnits(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / limits.writeUnitBytes));
}

/** Units by index name; the table's own under the empty name. */
export type Units = Map<string, number>;

export function addUnits(units: Units, name: string, more: number): void {
  if (more > 0) units.set(name, (units.get(name) ?? 0) + more);
}

/** `kind` is given in transactions, whose answers tell reads from writes. */
export function consumedCapacity(
  table: TableRow,
  units: Units,
  mode: string | undefined,
  kind?: "Read" | "Write",
): ConsumedCapacity | undefined {
  if (mode !== "INDEXES" && mode !== "TOTAL") return undefined;
  let total = 0;
  for (const amount of units.values()) total += amount;
  const of = (amount: number): { CapacityUnits: number } => ({
    CapacityUnits: amount,
    ...(kind === undefined ? {} : { [`${kind}CapacityUnits`]: amount }),
  });
  const consumed: ConsumedCapacity = { TableName: table.name, ...of(total) };
  if (mode === "TOTAL") return consumed;
  consumed.Table = of(units.get("") ?? 0);
  for (const index of table.indexes) {
    const amount = units.get(index.name);
    if (amount === undefined) continue;
    if (index.kind === "global") (consumed.GlobalSecondaryIndexes ??= {})[index.name] = of(amount);
    else (consumed.LocalSecondaryIndexes ??= {})[index.name] = of(amount);
  }
  return consumed;
}
