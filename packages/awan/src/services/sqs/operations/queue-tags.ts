/** TagQueue, UntagQueue and ListQueueTags. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { invalidParameterValue, missingParameter } from "../errors.ts";
import { queues } from "../keys.ts";
import { tagsMax } from "../limits.ts";
import { queueAt } from "../queue.ts";
import type { Sqs } from "../sdk.ts";
import { required } from "../validation.ts";

export function tagQueue(caller: Call, input: Input<Sqs, "TagQueue">): void {
  const { call, queue } = queueAt(caller, required("QueueUrl", input.QueueUrl as string | undefined));
  const given = input.Tags as Readonly<Record<string, string>> | undefined;
  if (given === undefined || Object.keys(given).length === 0) throw missingParameter("Tags");
  const tags = { ...queue.tags, ...given };
  if (Object.keys(tags).length > tagsMax)
    throw invalidParameterValue(`Too many tags added for queue ${queue.name}.`);
  queues.set(call.tx, [queue.name], { ...queue, tags });
}

export function untagQueue(caller: Call, input: Input<Sqs, "UntagQueue">): void {
  const { call, queue } = queueAt(caller, required("QueueUrl", input.QueueUrl as string | undefined));
  const keys = new Set((input.TagKeys as readonly string[] | undefined) ?? []);
  if (keys.size === 0) {
    throw invalidParameterValue("Tag keys must be between 1 and 128 characters in length.");
  }
  const tags = Object.fromEntries(Object.entries(queue.tags).filter(([key]) => !keys.has(key)));
  queues.set(call.tx, [queue.name], { ...queue, tags });
}

export function listQueueTags(
  caller: Call,
  input: Input<Sqs, "ListQueueTags">,
): Output<Sqs, "ListQueueTags"> {
  const { queue } = queueAt(caller, required("QueueUrl", input.QueueUrl as string | undefined));
  return Object.keys(queue.tags).length === 0 ? {} : { Tags: queue.tags };
}
