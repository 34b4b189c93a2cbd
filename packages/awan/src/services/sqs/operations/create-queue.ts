/** CreateQueue: idempotent when what is asked for agrees with what is there. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../../../model/operations.ts";
import {
  type Attributes,
  changedAttributes,
  checkedAttributes,
  defaultAttributes,
  parsedObject,
  settingsOf,
} from "../attributes.ts";
import { invalidAttributeValue, invalidParameterValue } from "../errors.ts";
import { deletedQueues, type QueueRow, queues } from "../keys.ts";
import { nameReuseMs, tagsMax } from "../limits.ts";
import { newShelf, queueUrl, saveQueue } from "../queue.ts";
import { checkRedrive } from "../redrive.ts";
import type { Sqs } from "../sdk.ts";
import { checkQueueName, required } from "../validation.ts";

export function createQueue(call: Call, input: Input<Sqs, "CreateQueue">): Output<Sqs, "CreateQueue"> {
  const name = required("QueueName", input.QueueName as string | undefined);
  const given = (input.Attributes ?? {}) as Attributes;
  const fifo = given["FifoQueue"]?.toLowerCase() === "true";
  checkQueueName(name, fifo);
  const attributes = checkedAttributes(given, fifo);
  const existing = queues.get(call.tx, [name]);
  if (existing !== undefined) {
    checkAgreement(existing, attributes);
    return { QueueUrl: queueUrl(call, name) };
  }
  checkDeletedRecently(call, name);
  const tags = input.tags ?? {};
  if (Object.keys(tags).length > tagsMax)
    throw invalidParameterValue(`Too many tags added for queue ${name}.`);
  const kept = changedAttributes(defaultAttributes(fifo), attributes);
  checkThroughput(kept);
  const queue: QueueRow = {
    name,
    shelf: newShelf(call),
    fifo,
    createdAtMs: call.nowMs,
    modifiedAtMs: call.nowMs,
    attributes: kept,
    settings: settingsOf(kept),
    deduplicationPerGroup: kept["DeduplicationScope"] === "messageGroup",
    tags,
    purgedAtMs: null,
  };
  if (kept["RedrivePolicy"] !== undefined) checkRedrive(call, queue, kept["RedrivePolicy"]);
  saveQueue(call, queue);
  return { QueueUrl: queueUrl(call, name) };
}

export function checkThroughput(attributes: Attributes): void {
  if (
    attributes["FifoThroughputLimit"] === "perMessageGroupId" &&
    attributes["DeduplicationScope"] !== "messageGroup"
  ) {
    throw invalidAttributeValue(
      "FifoThroughputLimit",
      "The perMessageGroupId value is allowed only when the value for DeduplicationScope is messageGroup.",
    );
  }
}

function checkAgreement(existing: QueueRow, given: Attributes): void {
  for (const [name, value] of Object.entries(given)) {
    const kept = existing.attributes[name] ?? "";
    if (kept === value || sameDocument(kept, value)) continue;
    throw new AwsError(
      "QueueNameExists",
      `A queue already exists with the same name and a different value for attribute ${name}`,
    );
  }
}

function sameDocument(a: string, b: string): boolean {
  const [left, right] = [parsedObject(a), parsedObject(b)];
  return left !== undefined && right !== undefined && JSON.stringify(left) === JSON.stringify(right);
}

function checkDeletedRecently(call: Call, name: string): void {
  const deletedAtMs = deletedQueues.get(call.tx, [name]);
  if (deletedAtMs === undefined) return;
  if (call.nowMs < deletedAtMs + nameReuseMs) {
    throw new AwsError(
      "QueueDeletedRecently",
      "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
    );
  }
  deletedQueues.delete(call.tx, [name]);
}
