/** Looking into a queue without taking anything out of it: what the console and tests show. */
import type { Call } from "../../host/call.ts";
import { available, messages, type QueueRow } from "./keys.ts";
import type { SqsPeeked } from "./port.ts";
import { Stock } from "./stock.ts";

/** Every message of the queue, oldest first. */
export function peekQueue(call: Call, queue: QueueRow): readonly SqsPeeked[] {
  const stock = new Stock(call, queue);
  const found: SqsPeeked[] = [];
  const rows = [...available.scan(call.tx, [queue.shelf]), ...messages.scan(call.tx, [queue.shelf])];
  for (const { key, value: row } of rows.toSorted((a, b) => a.key[1] - b.key[1])) {
    if (stock.isExpired(row)) continue;
    const { body, attributes } = stock.body(key[1], row);
    // One whose time has come is ready, although no receive has moved it yet.
    const place = row.visibleAtMs <= call.nowMs ? "ready" : row.place;
    found.push({ messageId: row.id, body, place, receiveCount: row.receiveCount, attributes });
  }
  return found;
}
