/** StartMessageMoveTask, CancelMessageMoveTask and ListMessageMoveTasks. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { parsedObject } from "../attributes.ts";
import { queueByArn } from "../dead-letter.ts";
import { invalidParameter, invalidParameterValue, resourceNotFound } from "../errors.ts";
import { deadLetterSources, type MoveTaskRow, moveTasks } from "../keys.ts";
import { moveRatePerSecondMax, moveTasksListedMax } from "../limits.ts";
import { taskHandle, taskKey } from "../move-task.ts";
import type { Found } from "../queue.ts";
import type { Sqs } from "../sdk.ts";
import { Stock } from "../stock.ts";
import { required } from "../validation.ts";

const missingQueue = (parameter: string): Error =>
  resourceNotFound(`The resource that you specified for the ${parameter} parameter doesn't exist.`);

function queueOf(call: Call, parameter: string, arn: string): Found {
  const found = queueByArn(call, arn);
  if (found === undefined) throw missingQueue(parameter);
  return found;
}

export function startMessageMoveTask(
  caller: Call,
  input: Input<Sqs, "StartMessageMoveTask">,
): Output<Sqs, "StartMessageMoveTask"> {
  const sourceArn = required("SourceArn", input.SourceArn as string | undefined);
  const { call, queue } = queueOf(caller, "SourceArn", sourceArn);
  const destinationArn = input.DestinationArn ?? null;
  if (destinationArn !== null) queueOf(caller, "DestinationArn", destinationArn);
  const rate = input.MaxNumberOfMessagesPerSecond;
  if (rate !== undefined && (rate < 1 || rate > moveRatePerSecondMax)) {
    throw invalidParameter(
      "MaxNumberOfMessagesPerSecond",
      rate,
      `Must be between 1 and ${moveRatePerSecondMax}, if provided.`,
    );
  }
  if (deadLetterSources.first(call.tx, [sourceArn]) === undefined) {
    throw invalidParameterValue("Source queue must be configured as a Dead Letter Queue.");
  }
  const before = tasksOf(call, queue.name);
  if (before.some(({ status }) => status === "RUNNING")) {
    throw invalidParameterValue(
      "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
    );
  }
  const stock = new Stock(call, queue);
  stock.wake();
  const { visible } = stock.counts;
  stock.save();
  const task: MoveTaskRow = {
    taskId: call.random.uuid(),
    sourceArn,
    destinationArn,
    ratePerSecond: rate ?? null,
    // Tasks are listed by it: time need not have moved between two.
    startedAtMs: Math.max(call.nowMs, (before[0]?.startedAtMs ?? 0) + 1),
    status: "RUNNING",
    moved: 0,
    toMove: visible,
    failureReason: null,
  };
  moveTasks.set(call.tx, taskKey(task), task);
  call.schedule("sqs.move", taskKey(task), call.nowMs);
  return { TaskHandle: taskHandle(task) };
}

export function cancelMessageMoveTask(
  caller: Call,
  input: Input<Sqs, "CancelMessageMoveTask">,
): Output<Sqs, "CancelMessageMoveTask"> {
  const handle = required("TaskHandle", input.TaskHandle as string | undefined);
  const parsed = parsedObject(Buffer.from(handle, "base64").toString("utf8"));
  const { taskId, sourceArn } = parsed ?? {};
  if (typeof taskId !== "string" || typeof sourceArn !== "string") {
    throw invalidParameterValue("Value for parameter TaskHandle is invalid.");
  }
  const { call, queue } = queueOf(caller, "SourceArn", sourceArn);
  const task = tasksOf(call, queue.name).find((each) => each.taskId === taskId);
  if (task === undefined) throw resourceNotFound("Task does not exist.");
  if (task.status !== "RUNNING") {
    throw invalidParameterValue("Only active tasks can be cancelled.");
  }
  moveTasks.set(call.tx, taskKey(task), { ...task, status: "CANCELLED" });
  call.unschedule("sqs.move", taskKey(task));
  return { ApproximateNumberOfMessagesMoved: task.moved };
}

export function listMessageMoveTasks(
  caller: Call,
  input: Input<Sqs, "ListMessageMoveTasks">,
): Output<Sqs, "ListMessageMoveTasks"> {
  const { call, queue } = queueOf(
    caller,
    "SourceArn",
    required("SourceArn", input.SourceArn as string | undefined),
  );
  const limit = input.MaxResults ?? 1;
  if (limit < 1 || limit > moveTasksListedMax) {
    throw invalidParameter("MaxResults", limit, `Must be between 1 and ${moveTasksListedMax}, if provided.`);
  }
  return {
    Results: tasksOf(call, queue.name, limit).map((task) => ({
      TaskHandle: task.status === "RUNNING" ? taskHandle(task) : undefined,
      Status: task.status,
      SourceArn: task.sourceArn,
      DestinationArn: task.destinationArn ?? undefined,
      MaxNumberOfMessagesPerSecond: task.ratePerSecond ?? undefined,
      ApproximateNumberOfMessagesMoved: task.moved,
      ApproximateNumberOfMessagesToMove: task.toMove,
      FailureReason: task.failureReason ?? undefined,
      StartedTimestamp: task.startedAtMs,
    })),
  };
}

/** The queue's tasks, newest first. */
function tasksOf(call: Call, queueName: string, limit = moveTasksListedMax): MoveTaskRow[] {
  const tasks: MoveTaskRow[] = [];
  for (const { value } of moveTasks.scan(call.tx, [queueName], { reverse: true })) {
    if (tasks.length === limit) break;
    tasks.push(value);
  }
  return tasks;
}
