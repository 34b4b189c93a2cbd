/** What happens to queues as time passes: old messages go, and discarded shelves are emptied a little at a time. */
import type { Call } from "../../host/call.ts";
import type { TuplePart } from "../../store/tuple.ts";
import { aged, available, type MessageRow, messages, queues, shelfTables, shelves } from "./keys.ts";
import { rowsPerSweep } from "./limits.ts";
import { Stock } from "./stock.ts";

/** Removes the messages whose retention has ended, and comes back for the next. */
export function expire(call: Call, key: readonly TuplePart[]): void {
  const queue = queues.get(call.tx, [key[0] as string]);
  if (queue === undefined) return;
  const stock = new Stock(call, queue);
  stock.counts.expiryAtMs = null;
  const removed = removeExpired(stock);
  if (removed >= rowsPerSweep) stock.expireBy(call.nowMs);
  else {
    const oldest = oldestSentAtMs(stock);
    if (oldest !== undefined) stock.expireBy(oldest + queue.settings.retentionMs);
  }
  stock.save();
}

function removeExpired(stock: Stock): number {
  const { tx, shelf } = stock;
  let removed = 0;
  const drop = (sequence: number, row: MessageRow): boolean => {
    if (removed >= rowsPerSweep || !stock.isExpired(row)) return false;
    stock.remove(sequence, row);
    removed += 1;
    return true;
  };
  for (const table of [available, messages]) {
    for (const { key, value } of table.scan(tx, [shelf])) if (!drop(key[1], value)) break;
  }
  for (const { key } of aged.scan(tx, [shelf])) {
    const row = stock.message(key[2]);
    if (row === undefined || !drop(key[2], row)) break;
  }
  return removed;
}

/** No message of the queue was sent before this time. */
export function oldestSentAtMs(stock: Stock): number | undefined {
  const { tx, shelf } = stock;
  const heads = [
    available.first(tx, [shelf])?.value.sentAtMs,
    messages.first(tx, [shelf])?.value.sentAtMs,
    aged.first(tx, [shelf])?.key[1],
  ].filter((atMs) => atMs !== undefined);
  return heads.length === 0 ? undefined : Math.min(...heads);
}

/** Empties a shelf nobody uses any more. */
export function sweep(call: Call, key: readonly TuplePart[]): void {
  const shelf = key[0] as number;
  let rows = 0;
  for (const table of shelfTables) {
    for (const row of table.scan(call.tx, [shelf])) {
      table.delete(call.tx, row.key as never);
      rows += 1;
      if (rows >= rowsPerSweep) {
        call.schedule("sqs.sweep", [shelf], call.nowMs);
        return;
      }
    }
  }
  shelves.delete(call.tx, [shelf]);
}
