/** FIFO deduplication: for five minutes a message with a known id is acknowledged and not delivered. */
import { deduplicationExpiries, type DeduplicationRow, deduplications } from "./keys.ts";
import { deduplicationMs } from "./limits.ts";
import type { Stock } from "./stock.ts";

/** Old ids are forgotten as new ones come, a few at a time: more than one, so that they never pile up. */
const forgottenPerSend = 4;

const scopeOf = (stock: Stock, groupId: string): string => (stock.queue.deduplicationPerGroup ? groupId : "");

export function duplicateOf(
  stock: Stock,
  groupId: string,
  deduplicationId: string,
): DeduplicationRow | undefined {
  const row = deduplications.get(stock.tx, [stock.shelf, scopeOf(stock, groupId), deduplicationId]);
  return row !== undefined && row.expiresAtMs > stock.call.nowMs ? row : undefined;
}

export function remember(
  stock: Stock,
  message: {
    readonly groupId: string;
    readonly deduplicationId: string;
    readonly messageId: string;
    readonly sequence: number;
  },
): void {
  const { tx, shelf, call } = stock;
  const { messageId, sequence, deduplicationId } = message;
  const scope = scopeOf(stock, message.groupId);
  const expiresAtMs = call.nowMs + deduplicationMs;
  deduplications.set(tx, [shelf, scope, deduplicationId], { messageId, sequence, expiresAtMs });
  stock.remembered.push([scope, deduplicationId]);
}

/** Notes what the transaction remembered, once and in one row, and forgets what is old. */
export function keepRemembered(stock: Stock): void {
  const { tx, shelf, call, remembered, counts } = stock;
  if (remembered.length === 0) return;
  forget(stock, remembered.length);
  // `next` grew with every message remembered: no two transactions of one time share it.
  deduplicationExpiries.set(tx, [shelf, call.nowMs + deduplicationMs, counts.next], remembered);
}

function forget(stock: Stock, remembered: number): void {
  const { tx, shelf, call } = stock;
  let left = forgottenPerSend * remembered;
  for (const { key, value } of deduplicationExpiries.scan(tx, [shelf], { upTo: [call.nowMs] })) {
    for (const [scope, id] of value) {
      const row = deduplications.get(tx, [shelf, scope, id]);
      if (row !== undefined && row.expiresAtMs <= call.nowMs) deduplications.delete(tx, [shelf, scope, id]);
      left -= 1;
    }
    deduplicationExpiries.delete(tx, key);
    if (left <= 0) return;
  }
}
