/**
 * The archive of a FIFO topic with an ArchivePolicy: what was published, for as many days as the policy says. One duty a
 * topic, at the expiry of the oldest message; without a policy nothing is kept.
 */
import type { Call } from "../../host/call.ts";
import type { TuplePart } from "../../store/tuple.ts";
import { archive, archiveTopics, type PublishedMessage, type TopicRow, topics } from "./keys.ts";
import { archiveDaysMax, rowsPerSweep } from "./limits.ts";

const dayMs = 86_400_000;

/** How long the topic keeps messages; undefined when it keeps none. An empty object deactivates the policy. */
function retentionMs({ attributes }: TopicRow): number | undefined {
  const policy = JSON.parse(attributes["ArchivePolicy"] || "{}") as { MessageRetentionPeriod?: unknown };
  if (Object.keys(policy).length === 0) return undefined;
  return Number(policy.MessageRetentionPeriod ?? archiveDaysMax) * dayMs;
}

export const isArchived = (topic: TopicRow): boolean => retentionMs(topic) !== undefined;

export function keepInArchive(
  call: Call,
  topic: TopicRow,
  message: PublishedMessage,
  sequence: number,
): void {
  const keptMs = retentionMs(topic);
  if (keptMs === undefined) return;
  const { topicId } = topic;
  if (archive.first(call.tx, [topicId]) === undefined)
    call.schedule("sns.forget", [topicId], call.nowMs + keptMs);
  archive.set(call.tx, [topicId, call.nowMs, sequence], message);
}

/** Messages published before this are no longer replayed. */
export const oldestReplayedMs = (call: Call, topic: TopicRow): number =>
  call.nowMs - (retentionMs(topic) ?? 0);

/** What GetTopicAttributes shows as BeginningArchiveTime. */
export function beginningArchiveTime(call: Call, topic: TopicRow): string | undefined {
  const beganAtMs = archiveTopics.get(call.tx, [topic.topicId])?.beganAtMs;
  if (beganAtMs === undefined || !isArchived(topic)) return undefined;
  return new Date(Math.max(beganAtMs, oldestReplayedMs(call, topic))).toISOString();
}

/** Called when a topic was made or its policy changed. */
export function archivePolicyChanged(call: Call, topic: TopicRow): void {
  const { topicId, name } = topic;
  if (!isArchived(topic)) {
    if (archiveTopics.has(call.tx, [topicId])) call.schedule("sns.forget", [topicId], call.nowMs);
    return;
  }
  if (!archiveTopics.has(call.tx, [topicId]))
    archiveTopics.set(call.tx, [topicId], { topicName: name, beganAtMs: call.nowMs });
  const oldest = archive.first(call.tx, [topicId])?.key[1];
  if (oldest !== undefined)
    call.schedule("sns.forget", [topicId], Math.max(call.nowMs, oldest + (retentionMs(topic) as number)));
}

/** The duty: removes what is too old, a little at a time, and comes back for the next. */
export function forget(call: Call, key: readonly TuplePart[]): void {
  const topicId = key[0] as number;
  const row = archiveTopics.get(call.tx, [topicId]);
  const topic = row === undefined ? undefined : topics.get(call.tx, [row.topicName]);
  // A topic deleted meanwhile: the sweep takes what it left.
  if (topic?.topicId !== topicId) return;
  const keptMs = retentionMs(topic) ?? 0;
  let rows = 0;
  for (const { key: at } of archive.scan(call.tx, [topicId])) {
    const atMs = at[1] + keptMs;
    if (atMs > call.nowMs || rows === rowsPerSweep) {
      call.schedule("sns.forget", key, Math.max(atMs, call.nowMs));
      return;
    }
    archive.delete(call.tx, at);
    rows += 1;
  }
  if (!isArchived(topic)) archiveTopics.delete(call.tx, [topicId]);
}
