/** Looking into a queue without taking anything out of it: what the console and tests show. */
import type { Call } from "../../host/call.ts";
import { messages, type QueueRow } from "./keys.ts";
import type { SqsPeeked } from "./port.ts";
import { Stock } from "./stock.ts";

/** Every message of the queue, oldest first. */
export function peekQueue(call: Call, queue: QueueRow): readonly SqsPeeked[] {
  const stock = new Stock(call, queue);
  const found: SqsPeeked[] = [];
  for (const { key, value: row } of messages.scan(call.tx, [queue.shelf])) {
    if (stock.isExpired(row)) continue;
    const { body, attributes } = stock.body(key[1]);
    // One whose time has come is ready, although no receive has moved it yet.
    const place = row.visibleAtMs <= call.nowMs ? "ready" : row.place;
    found.push({ messageId: row.id, body, place, receiveCount: row.receiveCount, attributes });
  }
  return found;
}
