/** Tagging by stream name (the old API) and by ARN of a stream or consumer (the new one). */
import type { Call } from "../../../host/call.ts";
import { findConsumer, isConsumerArn } from "../consumer.ts";
import { resourceNotFound } from "../errors.ts";
import { consumerTags } from "../keys.ts";
import { listTagsMax } from "../limits.ts";
import type { In, Out } from "../sdk.ts";
import { type Located, requireStream, updateStream } from "../stream.ts";
import { checkTags, checkTagTexts, listTags, type Tags, withoutTags } from "../tags.ts";

export function addTagsToStream(call: Call, input: In<"AddTagsToStream">): void {
  const located = requireStream(call, input);
  add(located, input.Tags);
}

function add(located: Located, tags: Tags): void {
  const { call, stream } = located;
  updateStream(located, { tags: checkTags(call, stream.name, { before: stream.tags, tags }) });
}

export function removeTagsFromStream(call: Call, input: In<"RemoveTagsFromStream">): void {
  const located = requireStream(call, input);
  remove(located, input.TagKeys ?? []);
}

function remove(located: Located, keys: readonly string[]): void {
  const { call, stream } = located;
  checkTagTexts(call, stream.name, "remove tags from", keys);
  updateStream(located, { tags: withoutTags(stream.tags, keys) });
}

export function listTagsForStream(call: Call, input: In<"ListTagsForStream">): Out<"ListTagsForStream"> {
  const { stream } = requireStream(call, input);
  const start = input.ExclusiveStartTagKey;
  const rest = listTags(stream.tags).filter(({ Key }) => start === undefined || Key > start);
  const limit = input.Limit ?? listTagsMax;
  return { Tags: rest.slice(0, limit), HasMoreTags: rest.length > limit };
}

/** What carries tags of a consumer: the call of its account, and its ARN. */
function requireConsumerCall(call: Call, arn: string): Call {
  const found = findConsumer(call, arn);
  if (found === undefined)
    throw resourceNotFound(`Consumer ${arn} under account ${call.accountId} not found.`);
  return found.located.call;
}

export function tagResource(call: Call, input: In<"TagResource">): void {
  const arn = input.ResourceARN;
  if (!isConsumerArn(arn)) {
    add(requireStream(call, { StreamARN: arn }), input.Tags);
    return;
  }
  const there = requireConsumerCall(call, arn);
  const before = consumerTags.get(there.tx, [arn]) ?? {};
  consumerTags.set(there.tx, [arn], checkTags(there, arn, { before, tags: input.Tags }));
}

export function untagResource(call: Call, input: In<"UntagResource">): void {
  const arn = input.ResourceARN;
  if (!isConsumerArn(arn)) {
    remove(requireStream(call, { StreamARN: arn }), input.TagKeys ?? []);
    return;
  }
  const there = requireConsumerCall(call, arn);
  const before = consumerTags.get(there.tx, [arn]) ?? {};
  consumerTags.set(there.tx, [arn], withoutTags(before, input.TagKeys ?? []));
}

export function listTagsForResource(
  call: Call,
  input: In<"ListTagsForResource">,
): Out<"ListTagsForResource"> {
  const arn = input.ResourceARN;
  if (!isConsumerArn(arn)) return { Tags: listTags(requireStream(call, { StreamARN: arn }).stream.tags) };
  return { Tags: listTags(consumerTags.get(requireConsumerCall(call, arn).tx, [arn]) ?? {}) };
}
