/** Finding topics and subscriptions by ARN, with AWS's refusals of what is none. */
import type { Call } from "../../host/call.ts";
import { type Arn, formatArn, parseArn } from "../../kernel/arn.ts";
import { invalidParameter, subscriptionDoesNotExist, topicDoesNotExist } from "./errors.ts";
import {
  type SubscriptionRow,
  subscriptions,
  subscriptionTopics,
  topicCounts,
  type TopicCountsRow,
  type TopicRow,
  topics,
} from "./keys.ts";

export interface FoundTopic {
  /** The call in the topic's account and region. */
  readonly call: Call;
  readonly topic: TopicRow;
}

export interface FoundSubscription {
  readonly call: Call;
  readonly subscription: SubscriptionRow;
}

export const topicArn = (call: Call, name: string): string =>
  formatArn({
    partition: call.partition,
    service: "sns",
    region: call.region,
    accountId: call.accountId,
    resource: name,
  });

export const subscriptionArn = (call: Call, { topicName, id }: SubscriptionRow): string =>
  `${topicArn(call, topicName)}:${id}`;

/** The ARN's parts, or AWS's complaint about `parameter`. */
export function checkedArn(parameter: string, arn: string | undefined): Arn {
  if (arn === undefined) throw invalidParameter(`${parameter} Reason: no value for required parameter`);
  const elements = arn.split(":").length;
  if (elements < 6) {
    throw invalidParameter(`${parameter} Reason: An ARN must have at least 6 elements, not ${elements}`);
  }
  const parts = parseArn(arn);
  if (parts === undefined || parts.service !== "sns") throw invalidParameter(parameter);
  return parts;
}

export function findTopic(
  caller: Call,
  arn: string | undefined,
  parameter = "TopicArn",
): FoundTopic | undefined {
  const parts = checkedArn(parameter, arn);
  const call = caller.in({ accountId: parts.accountId, region: parts.region });
  const topic = topics.get(call.tx, [parts.resource]);
  return topic === undefined ? undefined : { call, topic };
}

/** The topic of an ARN. AWS knows only topics of the region that is called. */
export function topicAt(caller: Call, arn: string | undefined, parameter = "TopicArn"): FoundTopic {
  if (checkedArn(parameter, arn).region !== caller.region) throw invalidParameter(parameter);
  const found = findTopic(caller, arn, parameter);
  if (found === undefined) throw topicDoesNotExist();
  return found;
}

/** The subscription of an ARN, or undefined when its id is not known (any more). */
export function findSubscription(caller: Call, arn: string | undefined): FoundSubscription | undefined {
  const parts = checkedArn("SubscriptionArn", arn);
  const [name = "", id] = parts.resource.split(":");
  if (id === undefined) throw invalidParameter("SubscriptionId");
  const call = caller.in({ accountId: parts.accountId, region: parts.region });
  const topicId = subscriptionTopics.get(call.tx, [id]);
  const subscription = topicId === undefined ? undefined : subscriptions.get(call.tx, [topicId, id]);
  return subscription?.topicName === name ? { call, subscription } : undefined;
}

export function subscriptionAt(caller: Call, arn: string | undefined): FoundSubscription {
  const found = findSubscription(caller, arn);
  if (found === undefined) throw subscriptionDoesNotExist();
  return found;
}

export const noCounts: TopicCountsRow = { confirmed: 0, pending: 0, deleted: 0, nextSequence: 1 };

export function countsOf(call: Call, topicId: number): TopicCountsRow {
  return topicCounts.get(call.tx, [topicId]) ?? noCounts;
}

export function changeCounts(
  call: Call,
  topicId: number,
  change: Partial<Omit<TopicCountsRow, "nextSequence">>,
): void {
  const counts = countsOf(call, topicId);
  topicCounts.set(call.tx, [topicId], {
    ...counts,
    confirmed: counts.confirmed + (change.confirmed ?? 0),
    pending: counts.pending + (change.pending ?? 0),
    deleted: counts.deleted + (change.deleted ?? 0),
  });
}
