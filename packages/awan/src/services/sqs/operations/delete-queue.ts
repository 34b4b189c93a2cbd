/** DeleteQueue and PurgeQueue: one write each, however much is stored; a duty sweeps up behind them. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input } from "../../../model/operations.ts";
import { queues, shelves } from "../keys.ts";
import { purgeIntervalMs } from "../limits.ts";
import { deleteQueue as remove, discardShelf, newShelf, queueAt } from "../queue.ts";
import type { Sqs } from "../sdk.ts";
import { required } from "../validation.ts";

export function deleteQueue(call: Call, input: Input<Sqs, "DeleteQueue">): void {
  const found = queueAt(call, required("QueueUrl", input.QueueUrl as string | undefined));
  remove(found.call, found.queue);
}

export function purgeQueue(caller: Call, input: Input<Sqs, "PurgeQueue">): void {
  const { call, queue } = queueAt(caller, required("QueueUrl", input.QueueUrl as string | undefined));
  if (queue.purgedAtMs !== null && call.nowMs < queue.purgedAtMs + purgeIntervalMs) {
    throw new AwsError(
      "PurgeQueueInProgress",
      `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`,
    );
  }
  const shelf = newShelf(call);
  const before = shelves.get(call.tx, [queue.shelf]);
  call.unschedule("sqs.expire", [queue.name]);
  queues.set(call.tx, [queue.name], { ...queue, shelf, purgedAtMs: call.nowMs });
  // Sequence numbers go on growing.
  const next = before?.next ?? 1;
  shelves.set(call.tx, [shelf], { visible: 0, delayed: 0, inFlight: 0, next, expiryAtMs: null });
  discardShelf(call, queue.shelf);
}
