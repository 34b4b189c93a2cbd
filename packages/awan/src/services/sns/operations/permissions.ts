/** AddPermission and RemovePermission: statements in the topic's policy, found by their label. */
import type { Call } from "../../../host/call.ts";
import type { Input } from "../../../model/operations.ts";
import { invalidParameter } from "../errors.ts";
import { topics } from "../keys.ts";
import type { Sns } from "../sdk.ts";
import { topicArn, topicAt } from "../topic.ts";
import { shownTopicAttributes } from "../topic-attributes.ts";

interface Policy {
  readonly Statement: readonly { readonly Sid?: string }[];
}

const actions = new Set([
  "GetTopicAttributes",
  "SetTopicAttributes",
  "AddPermission",
  "RemovePermission",
  "DeleteTopic",
  "Subscribe",
  "ListSubscriptionsByTopic",
  "Publish",
  "Receive",
]);

const oneOrMany = (items: readonly string[]): string | readonly string[] =>
  items.length === 1 ? (items[0] as string) : items;

export function addPermission(caller: Call, input: Input<Sns, "AddPermission">): void {
  const { call, topic } = topicAt(caller, input.TopicArn);
  const policy = JSON.parse(shownTopicAttributes(call, topic)["Policy"] as string) as Policy;
  const { Label: label, ActionName: names, AWSAccountId: accounts } = input;
  if (policy.Statement.some(({ Sid }) => Sid === label)) throw invalidParameter("Statement already exists");
  if (names.some((name) => !actions.has(name))) {
    throw invalidParameter("Policy statement action out of service scope!");
  }
  const statement = {
    Sid: label,
    Effect: "Allow",
    Principal: { AWS: oneOrMany(accounts.map((account) => `arn:${call.partition}:iam::${account}:root`)) },
    Action: oneOrMany(names.map((name) => `SNS:${name}`)),
    Resource: topicArn(call, topic.name),
  };
  const Policy = JSON.stringify({ ...policy, Statement: [...policy.Statement, statement] });
  topics.set(call.tx, [topic.name], { ...topic, attributes: { ...topic.attributes, Policy } });
}

export function removePermission(caller: Call, input: Input<Sns, "RemovePermission">): void {
  const { call, topic } = topicAt(caller, input.TopicArn);
  const policy = JSON.parse(shownTopicAttributes(call, topic)["Policy"] as string) as Policy;
  const Statement = policy.Statement.filter(({ Sid }) => Sid !== input.Label);
  const Policy = JSON.stringify({ ...policy, Statement });
  topics.set(call.tx, [topic.name], { ...topic, attributes: { ...topic.attributes, Policy } });
}
