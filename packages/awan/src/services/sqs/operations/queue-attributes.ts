/** GetQueueAttributes and SetQueueAttributes. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import {
  attributeNames,
  type Attributes,
  changedAttributes,
  checkedAttributes,
  settingsOf,
} from "../attributes.ts";
import { oldestSentAtMs } from "../duties.ts";
import { invalidAttributeValue, unknownAttribute } from "../errors.ts";
import type { QueueRow } from "../keys.ts";
import { queueArn, queueAt, saveQueue } from "../queue.ts";
import { checkRedrive } from "../redrive.ts";
import type { Sqs } from "../sdk.ts";
import { Stock } from "../stock.ts";
import { required } from "../validation.ts";
import { checkThroughput } from "./create-queue.ts";

export function getQueueAttributes(
  caller: Call,
  input: Input<Sqs, "GetQueueAttributes">,
): Output<Sqs, "GetQueueAttributes"> {
  const { call, queue } = queueAt(caller, required("QueueUrl", input.QueueUrl as string | undefined));
  const asked: readonly string[] = input.AttributeNames ?? [];
  for (const name of asked) if (name !== "All" && !attributeNames.has(name)) throw unknownAttribute(name);
  if (asked.length === 0) return {};
  const all = attributesOf(call, queue);
  if (asked.includes("All")) return { Attributes: all };
  const some = Object.fromEntries(Object.entries(all).filter(([name]) => asked.includes(name)));
  return Object.keys(some).length === 0 ? {} : { Attributes: some };
}

/** Every attribute of the queue with its counters as of now. */
export function attributesOf(call: Call, queue: QueueRow): Attributes {
  const stock = new Stock(call, queue);
  stock.wake(Number.POSITIVE_INFINITY);
  const { visible, inFlight, delayed } = stock.counts;
  stock.save();
  return {
    ...queue.attributes,
    QueueArn: queueArn(call, queue.name),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: String(Math.floor(queue.createdAtMs / 1_000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAtMs / 1_000)),
  };
}

export function setQueueAttributes(caller: Call, input: Input<Sqs, "SetQueueAttributes">): void {
  const { call, queue } = queueAt(caller, required("QueueUrl", input.QueueUrl as string | undefined));
  changeAttributes(call, queue, input.Attributes ?? {});
}

/** Sets attributes as SetQueueAttributes does; what is not named stays. */
export function changeAttributes(call: Call, queue: QueueRow, given: Attributes): void {
  const change = checkedAttributes(given, queue.fifo);
  if (change["FifoQueue"] === "false") {
    throw invalidAttributeValue("FifoQueue", "Modifying queue type is not supported.");
  }
  const attributes = changedAttributes(queue.attributes, change);
  checkThroughput(attributes);
  const redrive = change["RedrivePolicy"];
  if (redrive !== undefined && redrive !== "") checkRedrive(call, queue, redrive);
  const changed: QueueRow = {
    ...queue,
    attributes,
    settings: settingsOf(attributes),
    modifiedAtMs: call.nowMs,
  };
  saveQueue(call, changed, queue);
  if (changed.settings.retentionMs !== queue.settings.retentionMs) rescheduleExpiry(call, changed);
}

function rescheduleExpiry(call: Call, queue: QueueRow): void {
  const stock = new Stock(call, queue);
  const oldest = oldestSentAtMs(stock);
  if (oldest === undefined) return;
  stock.counts.expiryAtMs = null;
  stock.expireBy(oldest + queue.settings.retentionMs);
  stock.save();
}
