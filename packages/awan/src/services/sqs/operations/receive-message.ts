/** ReceiveMessage: answers with what is there, or waits (parks) until something may be. */
import type { Call } from "../../../host/call.ts";
import { Park, Perform } from "../../../host/service.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { invalidParameter } from "../errors.ts";
import type { QueueRow } from "../keys.ts";
import { receiveCountPerCallMax, visibilityTimeoutMsMax, waitSecondsMax } from "../limits.ts";
import { queueAt } from "../queue.ts";
import { receive } from "../receive.ts";
import type { Sqs } from "../sdk.ts";
import { Stock } from "../stock.ts";
import { required } from "../validation.ts";
import { type AskedNames, messageOutput } from "../wire-message.ts";

type Received = Output<Sqs, "ReceiveMessage">;

export function receiveMessage(
  caller: Call,
  input: Input<Sqs, "ReceiveMessage">,
): Received | Park | Perform<Received> {
  const { call, queue } = queueAt(caller, required("QueueUrl", input.QueueUrl as string | undefined));
  const limit = input.MaxNumberOfMessages ?? 1;
  if (limit < 1 || limit > receiveCountPerCallMax) {
    throw invalidParameter(
      "MaxNumberOfMessages",
      limit,
      `Must be between 1 and ${receiveCountPerCallMax}, if provided.`,
    );
  }
  const deadlineMs = call.startedAtMs + waitMs(queue, input.WaitTimeSeconds);
  const stock = new Stock(call, queue);
  const visibilityTimeoutMs =
    checkedVisibilityMs(input.VisibilityTimeout) ?? queue.settings.visibilityTimeoutMs;
  const attemptId = queue.fifo ? input.ReceiveRequestAttemptId : undefined;
  const { taken, changed, full } = receive(stock, { limit, visibilityTimeoutMs, attemptId });
  if (taken.length === 0 && call.nowMs < deadlineMs) {
    const nextMs = stock.nextVisibleAtMs() ?? deadlineMs;
    // A parked run's writes are dropped. What expired or became a dead letter must not wait for the poll's end, and
    // where more became visible than one run moves, the next must go on from there.
    if (changed || nextMs <= call.nowMs) {
      stock.save();
      return new Perform<Received>("sqs.commit", null, (later) => receiveMessage(later, input));
    }
    return new Park(Math.min(deadlineMs, nextMs));
  }
  if (full && taken.length === 0 && !queue.fifo) {
    throw new AwsError("OverLimit", "The maximum number of in flight messages is reached.");
  }
  stock.save();
  const asked = askedNames(input);
  return {
    Messages: taken.length === 0 ? undefined : taken.map((message) => messageOutput(stock, message, asked)),
  };
}

function waitMs(queue: QueueRow, seconds: number | undefined): number {
  if (seconds === undefined) return queue.settings.waitMs;
  if (seconds < 0 || seconds > waitSecondsMax) {
    throw invalidParameter("WaitTimeSeconds", seconds, `Must be >= 0 and <= ${waitSecondsMax}, if provided.`);
  }
  return seconds * 1_000;
}

export function checkedVisibilityMs(seconds: number | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  if (seconds < 0 || seconds * 1_000 > visibilityTimeoutMsMax) {
    throw invalidParameter("VisibilityTimeout", seconds, "Must be between 0 and 43200, if provided.");
  }
  return seconds * 1_000;
}

function askedNames(input: Input<Sqs, "ReceiveMessage">): AskedNames {
  return {
    system: [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])],
    attributes: input.MessageAttributeNames ?? [],
  };
}
