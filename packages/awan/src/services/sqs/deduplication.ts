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
  forget(stock);
  deduplications.set(tx, [shelf, scope, deduplicationId], { messageId, sequence, expiresAtMs });
  deduplicationExpiries.set(tx, [shelf, expiresAtMs, sequence], [scope, deduplicationId]);
}

function forget(stock: Stock): void {
  const { tx, shelf, call } = stock;
  let left = forgottenPerSend;
  for (const { key, value } of deduplicationExpiries.scan(tx, [shelf], { upTo: [call.nowMs] })) {
    const row = deduplications.get(tx, [shelf, ...value]);
    if (row !== undefined && row.expiresAtMs <= call.nowMs) deduplications.delete(tx, [shelf, ...value]);
    deduplicationExpiries.delete(tx, key);
    left -= 1;
    if (left === 0) return;
  }
}
