/** TagResource, UntagResource and ListTagsForResource. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { topics } from "../keys.ts";
import type { Sns } from "../sdk.ts";
import { type FoundTopic, findTopic } from "../topic.ts";
import { checkTags } from "./topics.ts";

function resourceAt(call: Call, arn: string | undefined): FoundTopic {
  const found = findTopic(call, arn, "ResourceArn");
  if (found === undefined) throw new AwsError("ResourceNotFoundException", "Resource does not exist");
  return found;
}

export function tagResource(caller: Call, input: Input<Sns, "TagResource">): void {
  const { call, topic } = resourceAt(caller, input.ResourceArn);
  const given = (input.Tags ?? []).map(({ Key, Value }) => ({ Key: Key ?? "", Value: Value ?? "" }));
  checkTags(given);
  const replaced = new Map(given.map(({ Key, Value }) => [Key, Value]));
  const kept = topic.tags.map(({ Key, Value }) => ({ Key, Value: replaced.get(Key) ?? Value }));
  const added = given.filter(({ Key }) => !topic.tags.some((tag) => tag.Key === Key));
  const tags = [...kept, ...added];
  checkTags(tags);
  topics.set(call.tx, [topic.name], { ...topic, tags });
}

export function untagResource(caller: Call, input: Input<Sns, "UntagResource">): void {
  const { call, topic } = resourceAt(caller, input.ResourceArn);
  const keys = new Set(input.TagKeys);
  topics.set(call.tx, [topic.name], { ...topic, tags: topic.tags.filter(({ Key }) => !keys.has(Key)) });
}

export function listTagsForResource(
  caller: Call,
  input: Input<Sns, "ListTagsForResource">,
): Output<Sns, "ListTagsForResource"> {
  const { topic } = resourceAt(caller, input.ResourceArn);
  return { Tags: [...topic.tags] };
}
