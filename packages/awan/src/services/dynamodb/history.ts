/**
 * What items were before each change, kept while point-in-time recovery is on or a copy is under way: with it, the table
 * as it was at any millisecond can be walked, however it changes meanwhile.
 */
import type { Call } from "../../host/call.ts";
import { packTuple, type TuplePart } from "../../store/tuple.ts";
import type { Change } from "./change.ts";
import { keyParts } from "./item-key.ts";
import { history, historyTimes, items, tables } from "./keys.ts";
import { lagMs } from "./limits.ts";
import type { ItemRow } from "./item-row.ts";
import type { TableRow } from "./schema.ts";

export const isRemembered = (table: TableRow): boolean =>
  table.recovery !== null || table.copies > 0 || table.lagging === true;

export function rememberChange(call: Call, { table, before, after }: Change): void {
  const item = after ?? before?.item;
  if (item === undefined) return;
  const own = keyParts(table, item);
  const key = [table.storage, ...own, call.nowMs];
  // Of several changes within a millisecond the first tells what was before it.
  if (history.has(call.tx, key)) return;
  history.set(call.tx, key, before ?? null);
  if (table.recovery === null) {
    if (table.lagging === true && table.copies === 0)
      call.schedule("dynamodb.forgetChange", key, call.nowMs + lagMs);
    return;
  }
  historyTimes.set(call.tx, [table.storage, call.nowMs, ...own], 1);
  if (!table.recovery.trimming) {
    const row = tables.get(call.tx, [table.name]);
    if (row?.recovery != null) {
      tables.set(call.tx, [table.name], { ...row, recovery: { ...row.recovery, trimming: true } });
    }
    call.schedule(
      "dynamodb.trimHistory",
      [table.name, table.storage],
      call.nowMs + daysMs(table.recovery.days),
    );
  }
}

export const daysMs = (days: number): number => days * 86_400_000;

export interface State {
  readonly own: readonly TuplePart[];
  /** Undefined when the item was not there. */
  readonly row: ItemRow | undefined;
}

/** The items of `storage` as they were at the end of `atMs` (now, without it), in key order, after a key. */
export function* statesAt(
  call: Call,
  storage: number,
  atMs: number | null,
  after: readonly TuplePart[] | null,
): Generator<State, void> {
  const range = after === null ? {} : { after };
  const present = items.scan(call.tx, [storage, 0], range);
  const past = atMs === null ? [][Symbol.iterator]() : history.scan(call.tx, [storage], range);
  let row = present.next();
  let change = past.next();
  while (row.done !== true || change.done !== true) {
    const rowOwn = row.done === true ? undefined : row.value.key.slice(2);
    const changeOwn = change.done === true ? undefined : change.value.key.slice(1, -1);
    const order = compare(rowOwn, changeOwn);
    const own = (order <= 0 ? rowOwn : changeOwn) ?? [];
    let state: ItemRow | undefined;
    if (order <= 0 && row.done !== true) {
      state = row.value.value;
      row = present.next();
    }
    let isDecided = false;
    while (change.done !== true && compare(own, change.value.key.slice(1, -1)) === 0) {
      if (!isDecided && Number(change.value.key.at(-1)) > (atMs ?? Infinity)) {
        state = change.value.value ?? undefined;
        isDecided = true;
      }
      change = past.next();
    }
    yield { own, row: state };
  }
}

/** Order of row keys; an exhausted side comes last. */
function compare(a: readonly TuplePart[] | undefined, b: readonly TuplePart[] | undefined): number {
  if (a === undefined) return b === undefined ? 0 : 1;
  if (b === undefined) return -1;
  const x = packTuple(a);
  const y = packTuple(b);
  return x < y ? -1 : x > y ? 1 : 0;
}
