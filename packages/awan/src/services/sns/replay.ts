/**
 * Archive and replay of FIFO topics: a subscription with a ReplayPolicy gets what the topic archived between two times,
 * in order, a few messages at a time.
 */
import type { Call } from "../../host/call.ts";
import type { TuplePart } from "../../store/tuple.ts";
import { oldestReplayedMs } from "./archive.ts";
import { deliver } from "./deliver.ts";
import { Envelopes } from "./envelope.ts";
import { passesFilter } from "./filter.ts";
import { archive, type PublishedMessage, type SubscriptionRow, subscriptions, topics } from "./keys.ts";
import { rowsPerSweep } from "./limits.ts";

interface Position {
  readonly fromMs: number;
  readonly fromSequence: number;
  readonly untilMs: number;
}

const keyOf = ({ topicId, id }: SubscriptionRow): [number, string] => [topicId, id];

export function startReplay(call: Call, subscription: SubscriptionRow): void {
  const policy = JSON.parse(subscription.attributes["ReplayPolicy"] ?? "{}") as {
    StartingPoint?: string;
    EndingPoint?: string;
  };
  const position: Position = {
    fromMs: Date.parse(policy.StartingPoint ?? "") || 0,
    fromSequence: 0,
    untilMs: policy.EndingPoint === undefined ? call.nowMs : Date.parse(policy.EndingPoint),
  };
  setStatus(call, subscription, "In progress");
  call.schedule("sns.replay", keyOf(subscription), call.nowMs, position);
}

export function stopReplay(call: Call, subscription: SubscriptionRow): void {
  call.unschedule("sns.replay", keyOf(subscription));
}

function setStatus(call: Call, subscription: SubscriptionRow, status: string): void {
  const attributes = { ...subscription.attributes, ReplayStatus: status };
  subscriptions.set(call.tx, keyOf(subscription), { ...subscription, attributes });
}

/** The duty: delivers the next archived messages and comes back for the rest. */
export function replay(call: Call, key: readonly TuplePart[], payload: unknown): void {
  const subscription = subscriptions.get(call.tx, key as [number, string]);
  const topic = subscription === undefined ? undefined : topics.get(call.tx, [subscription.topicName]);
  if (subscription === undefined || topic?.topicId !== subscription.topicId) return;
  const { fromMs, fromSequence, untilMs } = payload as Position;
  const oldestMs = Math.max(fromMs, oldestReplayedMs(call, topic));
  let rows = 0;
  for (const { key: at, value } of archive.scan(call.tx, [topic.topicId], {
    from: [oldestMs, fromSequence],
  })) {
    if (at[1] > untilMs) break;
    if (rows === rowsPerSweep) {
      call.schedule("sns.replay", key, call.nowMs, {
        fromMs: at[1],
        fromSequence: at[2],
        untilMs,
      } satisfies Position);
      return;
    }
    rows += 1;
    // A replayed message must not be taken for the repeat it is: queues forget ids after five minutes, replays do not.
    const message: PublishedMessage = {
      ...value,
      deduplicationId: `${value.sequenceNumber}-${subscription.id}`,
      isReplayed: true,
    };
    if (!passesFilter(subscription.attributes, message)) continue;
    deliver(call, { topic, subscription, message, envelopes: new Envelopes(call, topic, message) });
  }
  setStatus(call, subscription, "Completed");
}
