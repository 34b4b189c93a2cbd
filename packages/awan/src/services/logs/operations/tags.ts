/** Tag operations, by name (the older three) and by ARN. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../client.ts";
import { findGroup, groupNameOf } from "../group.ts";
import { addTags, removeTags } from "../tags.ts";

export function tagLogGroup(call: Call, input: Input<"TagLogGroup">): void {
  addTags(call, input.logGroupName, input.tags);
}

export function untagLogGroup(call: Call, input: Input<"UntagLogGroup">): void {
  removeTags(call, input.logGroupName, input.tags);
}

export function listTagsLogGroup(call: Call, input: Input<"ListTagsLogGroup">): Output<"ListTagsLogGroup"> {
  return { tags: { ...findGroup(call, input.logGroupName).tags } };
}

export function tagResource(call: Call, input: Input<"TagResource">): void {
  addTags(call, groupNameOf(input.resourceArn), input.tags);
}

export function untagResource(call: Call, input: Input<"UntagResource">): void {
  removeTags(call, groupNameOf(input.resourceArn), input.tagKeys);
}

export function listTagsForResource(
  call: Call,
  input: Input<"ListTagsForResource">,
): Output<"ListTagsForResource"> {
  return { tags: { ...findGroup(call, groupNameOf(input.resourceArn)).tags } };
}
