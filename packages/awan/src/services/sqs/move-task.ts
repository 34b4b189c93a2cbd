/**
 * Message move tasks (redrive): a duty moves a few messages, counts them and comes back, at the asked rate or at once.
 * Moved messages are new messages: new id, new age, receive count zero (SQS Developer Guide, "dead-letter queue redrive").
 */
import { parseArn } from "../../kernel/arn.ts";
import type { Call } from "../../host/call.ts";
import type { TuplePart } from "../../store/tuple.ts";
import { queueByArn } from "./dead-letter.ts";
import { type MoveTaskRow, moveTasks, queues } from "./keys.ts";
import type { Found } from "./queue.ts";
import { receive, type Taken } from "./receive.ts";
import { Stock } from "./stock.ts";

/** Messages one run of an unthrottled task moves. */
const movedPerRun = 100;

export type TaskKey = [sourceQueue: string, startedAtMs: number, taskId: string];

export function taskKey(task: MoveTaskRow): TaskKey {
  return [parseArn(task.sourceArn)?.resource ?? "", task.startedAtMs, task.taskId];
}

/** The handle of a running task: base64 of a small JSON document, as AWS's is. */
export function taskHandle(task: MoveTaskRow): string {
  return Buffer.from(JSON.stringify({ taskId: task.taskId, sourceArn: task.sourceArn })).toString("base64");
}

export function runMoveTask(call: Call, key: readonly TuplePart[]): void {
  const task = moveTasks.get(call.tx, key as TaskKey);
  if (task?.status !== "RUNNING") return;
  const source = queues.get(call.tx, [key[0] as string]);
  if (source === undefined) {
    finish(call, task, "FAILED", "AWS.SimpleQueueService.NonExistentQueue");
    return;
  }
  const left = task.toMove - task.moved;
  const limit = Math.min(task.ratePerSecond === null ? movedPerRun : 1, left);
  const stock = new Stock(call, source);
  const { taken } = receive(stock, { limit, visibilityTimeoutMs: 1_000 });
  let moved = task.moved;
  for (const message of taken) {
    const to = destinationOf(call, task, message);
    if (typeof to === "string") {
      for (const rest of taken.slice(moved - task.moved)) putBack(stock, rest);
      stock.save();
      finish(call, { ...task, moved }, "FAILED", to);
      return;
    }
    moveAsNew(stock, message, to);
    moved += 1;
  }
  stock.save();
  if (taken.length === 0 || moved >= task.toMove) {
    finish(call, { ...task, moved }, "COMPLETED", null);
    return;
  }
  moveTasks.set(call.tx, key as TaskKey, { ...task, moved });
  const delayMs = task.ratePerSecond === null ? 0 : Math.ceil(1_000 / task.ratePerSecond);
  call.schedule("sqs.move", key, call.nowMs + delayMs);
}

/** Where a message goes: the task's destination, else the queue it became a dead letter of; text says why nowhere. */
function destinationOf(call: Call, task: MoveTaskRow, { row }: Taken): Found | string {
  const arn = task.destinationArn ?? row.sourceArn;
  if (arn === null) return "CouldNotDetermineMessageSource";
  return queueByArn(call, arn) ?? "AWS.SimpleQueueService.NonExistentQueue";
}

function moveAsNew(from: Stock, { sequence }: Taken, to: Found): void {
  const row = from.message(sequence);
  if (row === undefined) return;
  const body = from.body(sequence);
  from.remove(sequence, row);
  const target = new Stock(to.call, to.queue);
  target.put(
    {
      id: from.call.random.uuid(),
      sentAtMs: to.call.nowMs,
      aged: false,
      receiveCount: 0,
      receiveCountBefore: 0,
      firstReceivedAtMs: null,
      receivedAtMs: null,
      groupId: row.groupId,
      deduplicationId: row.deduplicationId,
      sourceArn: null,
    },
    body,
    0,
  );
  target.save();
}

/** A message the task looked at and left. */
function putBack(stock: Stock, { sequence, row }: Taken): void {
  const held = stock.message(sequence);
  if (held === undefined) return;
  stock.hide(sequence, { ...held, receiveCount: row.receiveCount - 1 }, stock.call.nowMs);
}

function finish(
  call: Call,
  task: MoveTaskRow,
  status: "COMPLETED" | "FAILED",
  failureReason: string | null,
): void {
  moveTasks.set(call.tx, taskKey(task), { ...task, status, failureReason });
}
