/**
 * Publishing to a topic: one transaction, however many subscribe. FIFO topics number their messages and know repeats
 * for five minutes; archived topics keep what they said.
 */
import { createHash } from "node:crypto";
import type { Call } from "../../host/call.ts";
import { keepInArchive } from "./archive.ts";
import { deliver } from "./deliver.ts";
import { Envelopes } from "./envelope.ts";
import { invalidParameter } from "./errors.ts";
import { passesFilter } from "./filter.ts";
import {
  deduplicationExpiries,
  deduplications,
  type PublishedMessage,
  subscriptions,
  topicCounts,
  type TopicRow,
} from "./keys.ts";
import { deduplicationMs, messageBytesMax } from "./limits.ts";
import {
  checkedAttributes,
  checkSubject,
  type GivenAttribute,
  parsedStructure,
  sizeOf,
} from "./message-check.ts";
import { countsOf } from "./topic.ts";

export interface Publication {
  readonly message: string | undefined;
  readonly subject?: string | undefined;
  readonly structure?: string | undefined;
  readonly attributes?: Readonly<Record<string, GivenAttribute>> | undefined;
  readonly attributesPath?: string;
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
  readonly traceHeader?: string | undefined;
}

export interface Published {
  readonly messageId: string;
  readonly sequenceNumber: string | null;
}

/** A publication that passed every check; what is missing is known when it is published. */
export type CheckedPublication = Omit<PublishedMessage, "messageId" | "sequenceNumber">;

/** `topic` undefined: straight to an endpoint or a phone. */
export function checkPublication(
  call: Call,
  topic: TopicRow | undefined,
  given: Publication,
): CheckedPublication {
  const { message, subject } = given;
  if (message === undefined || message === "") throw invalidParameter("Empty message");
  checkSubject(subject);
  const attributes = checkedAttributes(given.attributes, given.attributesPath);
  if (sizeOf(message, attributes) > messageBytesMax) throw invalidParameter("Message too long");
  const byProtocol = given.structure === "json" ? parsedStructure(message) : null;
  const ids = topic === undefined ? { groupId: null, deduplicationId: null } : fifoIds(topic, given, message);
  return {
    subject: subject ?? null,
    message,
    byProtocol,
    attributes,
    ...ids,
    publishedAtMs: call.nowMs,
    traceHeader: given.traceHeader ?? null,
  };
}

const idPattern = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;

function fifoIds(
  topic: TopicRow,
  { groupId, deduplicationId }: Publication,
  message: string,
): Pick<PublishedMessage, "groupId" | "deduplicationId"> {
  if (groupId !== undefined && !idPattern.test(groupId)) {
    throw invalidParameter(
      "MessageGroupId Reason: The request includes MessageGroupId parameter that is not valid",
    );
  }
  if (!topic.fifo) {
    if (deduplicationId === undefined) return { groupId: groupId ?? null, deduplicationId: null };
    throw invalidParameter(
      "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type",
    );
  }
  if (groupId === undefined)
    throw invalidParameter("The MessageGroupId parameter is required for FIFO topics");
  if (deduplicationId !== undefined) return { groupId, deduplicationId };
  if (topic.attributes["ContentBasedDeduplication"] !== "true") {
    throw invalidParameter(
      "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
  }
  return { groupId, deduplicationId: createHash("sha256").update(message).digest("hex") };
}

export function publish(call: Call, topic: TopicRow, checked: CheckedPublication): Published {
  const messageId = call.random.uuid();
  if (!topic.fifo) {
    fanOut(call, topic, { ...checked, messageId, sequenceNumber: null });
    return { messageId, sequenceNumber: null };
  }
  const repeated = repeatOf(call, topic, checked);
  if (repeated !== undefined) return repeated;
  const counts = countsOf(call, topic.topicId);
  const sequenceNumber = (10_734_182_965_317_428_000n + BigInt(counts.nextSequence) * 1_000n).toString();
  topicCounts.set(call.tx, [topic.topicId], { ...counts, nextSequence: counts.nextSequence + 1 });
  remember(call, topic, checked, { messageId, sequenceNumber });
  const message = { ...checked, messageId, sequenceNumber };
  keepInArchive(call, topic, message, counts.nextSequence);
  fanOut(call, topic, message);
  return { messageId, sequenceNumber };
}

/** Delivers to every confirmed subscription that the message passes the filter of. */
function fanOut(call: Call, topic: TopicRow, message: PublishedMessage): void {
  const envelopes = new Envelopes(call, topic, message);
  for (const { value: subscription } of subscriptions.scan(call.tx, [topic.topicId])) {
    if (subscription.pending || !passesFilter(subscription.attributes, message)) continue;
    deliver(call, { topic, subscription, message, envelopes });
  }
}

/** Repeats are known per group when the topic's throughput is per group (high throughput), else in the whole topic. */
const deduplicationScope = (topic: TopicRow, groupId: string | null): string =>
  topic.attributes["FifoThroughputScope"] === "MessageGroup" ? (groupId ?? "") : "";

function repeatOf(
  call: Call,
  topic: TopicRow,
  { groupId, deduplicationId }: CheckedPublication,
): Published | undefined {
  const scope = deduplicationScope(topic, groupId);
  const row = deduplications.get(call.tx, [topic.topicId, scope, deduplicationId ?? ""]);
  return row !== undefined && row.expiresAtMs > call.nowMs ? row : undefined;
}

function remember(
  call: Call,
  topic: TopicRow,
  { groupId, deduplicationId }: CheckedPublication,
  published: Published,
): void {
  const scope = deduplicationScope(topic, groupId);
  const { topicId } = topic;
  const expiresAtMs = call.nowMs + deduplicationMs;
  let left = 4;
  for (const { key, value } of deduplicationExpiries.scan(call.tx, [topicId], { upTo: [call.nowMs] })) {
    const row = deduplications.get(call.tx, [topicId, ...value]);
    if (row !== undefined && row.expiresAtMs <= call.nowMs)
      deduplications.delete(call.tx, [topicId, ...value]);
    deduplicationExpiries.delete(call.tx, key);
    left -= 1;
    if (left === 0) break;
  }
  const sequenceNumber = published.sequenceNumber as string;
  const id = deduplicationId as string;
  deduplications.set(call.tx, [topicId, scope, id], {
    messageId: published.messageId,
    sequenceNumber,
    expiresAtMs,
  });
  deduplicationExpiries.set(call.tx, [topicId, expiresAtMs, sequenceNumber], [scope, id]);
}
