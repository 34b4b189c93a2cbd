/** Copies of a table as of one moment, made piece by piece: backups and restored tables. */
import type { Call } from "../../host/call.ts";
import type { Duty } from "../../host/service.ts";
import type { TuplePart } from "../../store/tuple.ts";
import { statesAt } from "./history.ts";
import { backups, type CopyRow, copies, counts, items, tables } from "./keys.ts";
import { nextStorage } from "./stream.ts";
import { writeItem } from "./write.ts";

const rowsPerRun = 500;

/** Starts a copy; what the source table changes from now on is remembered until it is done. */
export function startCopy(call: Call, copy: CopyRow): void {
  const id = nextStorage(call);
  copies.set(call.tx, [id], copy);
  countCopies(call, copy, 1);
  call.schedule("dynamodb.copy", [id], call.nowMs, { after: null });
}

function countCopies(call: Call, { sourceTable, sourceStorage }: CopyRow, more: number): void {
  const table = sourceTable === null ? undefined : tables.get(call.tx, [sourceTable]);
  if (table === undefined || table.storage !== sourceStorage) return;
  tables.set(call.tx, [table.name], { ...table, copies: table.copies + more });
  if (table.copies + more === 0 && table.recovery === null) {
    call.schedule("dynamodb.forgetHistory", [table.storage], call.nowMs);
  }
}

/** One piece of a copy: key `[copy]`. */
export const copyPiece: Duty = (call, key, payload) => {
  const [id] = key as [number];
  const copy = copies.get(call.tx, [id]);
  if (copy === undefined) return;
  let left = rowsPerRun;
  let { after } = payload as { after: readonly TuplePart[] | null };
  for (const { own, row } of statesAt(call, copy.sourceStorage, copy.atMs, after)) {
    if (left === 0) {
      call.schedule("dynamodb.copy", key, call.nowMs, { after });
      return;
    }
    left -= 1;
    after = own;
    if (row === undefined) continue;
    if (copy.target.kind === "backup") {
      items.set(call.tx, [copy.target.storage, 0, ...own], row);
      const count = counts.get(call.tx, [copy.target.storage, 0]);
      counts.set(call.tx, [copy.target.storage, 0], {
        items: (count?.items ?? 0) + 1,
        sizeBytes: (count?.sizeBytes ?? 0) + row.sizeBytes,
      });
    } else {
      const table = tables.get(call.tx, [copy.target.name]);
      if (table === undefined || table.storage !== copy.target.storage) break;
      writeItem(call, { table, before: undefined, after: row.item });
    }
  }
  finish(call, id, copy);
};

function finish(call: Call, id: number, copy: CopyRow): void {
  copies.delete(call.tx, [id]);
  countCopies(call, copy, -1);
  if (copy.target.kind === "backup") {
    const backup = backups.get(call.tx, [copy.target.arn]);
    if (backup !== undefined) backups.set(call.tx, [copy.target.arn], { ...backup, status: "AVAILABLE" });
    else call.schedule("dynamodb.sweep", [copy.target.storage], call.nowMs);
    return;
  }
  const table = tables.get(call.tx, [copy.target.name]);
  if (table !== undefined && table.storage === copy.target.storage) {
    tables.set(call.tx, [table.name], { ...table, restoring: false });
  }
}
