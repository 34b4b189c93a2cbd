/** CreateTopic, DeleteTopic, ListTopics, GetTopicAttributes and SetTopicAttributes. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { AwsError, notImplemented } from "../../../kernel/errors.ts";
import { archivePolicyChanged, isArchived } from "../archive.ts";
import { invalidParameter } from "../errors.ts";
import { type Texts, topicNumbers, type TopicRow, topics } from "../keys.ts";
import { confirmationMs, listPageSize, tagsMax } from "../limits.ts";
import type { Sns } from "../sdk.ts";
import { checkedArn, findTopic, topicArn, topicAt } from "../topic.ts";
import { checkedTopicAttribute, checkedTopicAttributes, shownTopicAttributes } from "../topic-attributes.ts";
import { pageAfter, pageToken } from "../paging.ts";

type Tags = TopicRow["tags"];

export function createTopic(call: Call, input: Input<Sns, "CreateTopic">): Output<Sns, "CreateTopic"> {
  const name = input.Name as string | undefined;
  if (input.DataProtectionPolicy !== undefined) throw notImplemented("sns: data protection policies");
  const given = (input.Attributes ?? {}) as Texts;
  const fifo = given["FifoTopic"]?.toLowerCase() === "true";
  checkName(name, fifo);
  const attributes = checkedTopicAttributes(given, fifo);
  const tags = (input.Tags ?? []) as Tags;
  checkTags(tags);
  const existing = topics.get(call.tx, [name]);
  if (existing === undefined) {
    const topicId = (topicNumbers.get(call.tx, []) ?? 0) + 1;
    topicNumbers.set(call.tx, [], topicId);
    const topic: TopicRow = { name, topicId, fifo, attributes, tags };
    topics.set(call.tx, [name], topic);
    archivePolicyChanged(call, topic);
  } else checkAgreement(call, existing, attributes, tags);
  return { TopicArn: topicArn(call, name) };
}

function checkName(name: string | undefined, fifo: boolean): asserts name is string {
  const pattern = fifo ? /^[\w-]{1,251}\.fifo$/ : /^[\w-]{1,256}$/;
  if (name === undefined || !pattern.test(name)) throw invalidParameter("Topic Name");
}

export function checkTags(tags: Tags): void {
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
    throw invalidParameter("Duplicated keys are not allowed.");
  }
  if (tags.length > tagsMax)
    throw new AwsError(
      "TagLimitExceededException",
      "Could not complete request: tag quota of per resource exceeded",
    );
}

function checkAgreement(call: Call, existing: TopicRow, attributes: Texts, tags: Tags): void {
  const shown = shownTopicAttributes(call, existing);
  for (const [name, value] of Object.entries(attributes)) {
    const kept = existing.attributes[name] ?? shown[name] ?? (name === "FifoTopic" ? "false" : undefined);
    if (value !== kept) {
      throw invalidParameter("Attributes Reason: Topic already exists with different attributes");
    }
  }
  const same = tags.every(({ Key, Value }) =>
    existing.tags.some((tag) => tag.Key === Key && tag.Value === Value),
  );
  if (!same) throw invalidParameter("Tags Reason: Topic already exists with different tags");
}

/** Deleting what is gone succeeds. Subscriptions stay known for a while, delivered to no more. */
export function deleteTopic(caller: Call, input: Input<Sns, "DeleteTopic">): void {
  if (checkedArn("TopicArn", input.TopicArn).region !== caller.region) throw invalidParameter("TopicArn");
  const found = findTopic(caller, input.TopicArn);
  if (found === undefined) return;
  const { call, topic } = found;
  if (isArchived(topic))
    throw new AwsError("InvalidStateException", "A topic with an active ArchivePolicy cannot be deleted.");
  topics.delete(call.tx, [topic.name]);
  call.schedule("sns.sweep", [topic.topicId], call.nowMs + confirmationMs);
}

export function listTopics(call: Call, input: Input<Sns, "ListTopics">): Output<Sns, "ListTopics"> {
  const after = pageAfter(input.NextToken);
  const found: { TopicArn: string }[] = [];
  let last: string | undefined;
  for (const { value } of topics.scan(call.tx, [], after === undefined ? {} : { after: [after] })) {
    if (found.length === listPageSize) return { Topics: found, NextToken: pageToken(last) };
    found.push({ TopicArn: topicArn(call, value.name) });
    last = value.name;
  }
  return { Topics: found };
}

export function getTopicAttributes(
  caller: Call,
  input: Input<Sns, "GetTopicAttributes">,
): Output<Sns, "GetTopicAttributes"> {
  const { call, topic } = topicAt(caller, input.TopicArn);
  return { Attributes: shownTopicAttributes(call, topic) };
}

export function setTopicAttributes(caller: Call, input: Input<Sns, "SetTopicAttributes">): void {
  const { call, topic } = topicAt(caller, input.TopicArn);
  const name = input.AttributeName as string | undefined;
  if (name === undefined || name === "FifoTopic") throw invalidParameter("AttributeName");
  const value = checkedTopicAttribute(name, input.AttributeValue ?? "", topic.fifo);
  const { [name]: _before, ...others } = topic.attributes;
  // An empty value takes back what has a default; a name may be empty.
  const attributes = value === "" && name !== "DisplayName" ? others : { ...others, [name]: value };
  const changed: TopicRow = { ...topic, attributes };
  topics.set(call.tx, [topic.name], changed);
  if (name === "ArchivePolicy") archivePolicyChanged(call, changed);
}
