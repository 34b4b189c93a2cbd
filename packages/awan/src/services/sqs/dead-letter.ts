/** Dead letters: moved when they are asked for once more than the redrive policy allows, in the same transaction. */
import { parseArn } from "../../kernel/arn.ts";
import type { Call } from "../../host/call.ts";
import { type MessageRow, type QueueRow, queues } from "./keys.ts";
import { queueArn } from "./queue.ts";
import { Stock } from "./stock.ts";

/** The queue an ARN names and the call in its account and region; undefined when there is none. */
export function queueByArn(
  call: Call,
  arn: string,
): { readonly call: Call; readonly queue: QueueRow } | undefined {
  const parts = parseArn(arn);
  if (parts === undefined || parts.service !== "sqs") return undefined;
  const there = call.in({ accountId: parts.accountId, region: parts.region });
  const queue = queues.get(there.tx, [parts.resource]);
  return queue === undefined ? undefined : { call: there, queue };
}

/** True when the message was received often enough to be moved, and was. Without its target it stays where it is. */
export function moveToDeadLetters(stock: Stock, sequence: number, row: MessageRow): boolean {
  const policy = stock.queue.settings.deadLetter;
  if (policy === null || row.receiveCount - row.receiveCountBefore < policy.receiveCountMax) return false;
  const target = queueByArn(stock.call, policy.targetArn);
  if (target === undefined || target.queue.fifo !== stock.queue.fifo) return false;
  moveMessage(stock, { sequence, row }, target, queueArn(stock.call, stock.queue.name));
  stock.call.note("sqs.dead-letter", {
    queue: stock.queue.name,
    messageId: row.id,
    target: policy.targetArn,
  });
  return true;
}

/**
 * Moves one message to another queue. It keeps its id, age and receive count; on FIFO queues its age begins anew (SQS
 * Developer Guide, "Using dead-letter queues").
 */
export function moveMessage(
  from: Stock,
  { sequence, row }: { readonly sequence: number; readonly row: MessageRow },
  to: { readonly call: Call; readonly queue: QueueRow },
  sourceArn: string | null,
): void {
  const body = from.body(sequence);
  from.remove(sequence, row);
  const target = new Stock(to.call, to.queue);
  const { place: _place, visibleAtMs: _visibleAtMs, ...kept } = row;
  target.put(
    {
      ...kept,
      sentAtMs: to.queue.fifo ? to.call.nowMs : row.sentAtMs,
      aged: !to.queue.fifo,
      receiveCountBefore: row.receiveCount,
      sourceArn,
    },
    body,
    0,
  );
  target.save();
}
