/** Tagging delivery streams. */
import type { Call } from "../../../host/call.ts";
import { streams } from "../keys.ts";
import { listTagsMax } from "../limits.ts";
import type { In, Out } from "../sdk.ts";
import { requireStream } from "../stream.ts";
import { checkTags, tagsOf } from "../tags.ts";

export function tagDeliveryStream(call: Call, input: In<"TagDeliveryStream">): void {
  const { stream } = requireStream(call, input.DeliveryStreamName);
  const tags = checkTags(stream.tags, tagsOf(input.Tags));
  streams.set(call.tx, [stream.name], { ...stream, tags });
}

export function untagDeliveryStream(call: Call, input: In<"UntagDeliveryStream">): void {
  const { stream } = requireStream(call, input.DeliveryStreamName);
  const gone = input.TagKeys ?? [];
  const tags = Object.fromEntries(Object.entries(stream.tags).filter(([key]) => !gone.includes(key)));
  streams.set(call.tx, [stream.name], { ...stream, tags });
}

export function listTagsForDeliveryStream(
  call: Call,
  input: In<"ListTagsForDeliveryStream">,
): Out<"ListTagsForDeliveryStream"> {
  const { stream } = requireStream(call, input.DeliveryStreamName);
  const limit = input.Limit ?? listTagsMax;
  const all = Object.entries(stream.tags).map(([Key, Value]) => ({ Key, Value }));
  const start = all.findIndex(({ Key }) => Key === input.ExclusiveStartTagKey) + 1;
  return { Tags: all.slice(start, start + limit), HasMoreTags: start + limit < all.length };
}
