/** Attributes of subscriptions: which there are, what they take, and how they are shown. */
import { FilterPolicyProblem, checkJson } from "../../engines/filter-policy/filter-policy.ts";
import type { Call } from "../../host/call.ts";
import { parseArn } from "../../kernel/arn.ts";
import { isArchived } from "./archive.ts";
import {
  deliveryPolicyProblem,
  effectiveSubscriptionPolicy,
  shownSubscriptionPolicy,
} from "./delivery-policy.ts";
import { invalidParameter } from "./errors.ts";
import { filterPolicyProblem, scopeOf } from "./filter.ts";
import { type SubscriptionRow, type Texts, type TopicRow, topics } from "./keys.ts";
import { subscriptionArn, topicArn } from "./topic.ts";

const settable = new Set([
  "DeliveryPolicy",
  "FilterPolicy",
  "FilterPolicyScope",
  "RawMessageDelivery",
  "RedrivePolicy",
  "ReplayPolicy",
  "SubscriptionRoleArn",
]);

const isHttp = (protocol: string): boolean => protocol === "http" || protocol === "https";

interface Context {
  readonly topic: TopicRow | undefined;
  readonly protocol: string;
  readonly endpoint: string;
  /** The attributes it will have: a filter policy is read in their scope. */
  readonly all: Texts;
  /** How AWS begins a refusal: `Attributes Reason: ` where several are given. */
  readonly prefix: string;
}

/** Throws what AWS says of an attribute that is not acceptable. */
export function checkSubscriptionAttribute(name: string, value: string, context: Context): void {
  const { prefix } = context;
  if (!settable.has(name))
    throw invalidParameter(prefix === "" ? "AttributeName" : `${prefix}Unknown attribute: ${name}`);
  switch (name) {
    case "RawMessageDelivery":
      if (!/^(true|false)$/i.test(value)) {
        throw invalidParameter(
          `${prefix}RawMessageDelivery: Invalid value [${value}]. Must be true or false.`,
        );
      }
      break;
    case "FilterPolicyScope":
      if (value !== "MessageAttributes" && value !== "MessageBody") {
        throw invalidParameter(
          `${prefix}FilterPolicyScope: Invalid value [${value}]. Please use either MessageBody or MessageAttributes`,
        );
      }
      break;
    case "FilterPolicy":
      checkFilterPolicy(value, context);
      break;
    case "RedrivePolicy":
      checkRedrivePolicy(value, context);
      break;
    case "DeliveryPolicy":
      checkDeliveryPolicy(value, context);
      break;
    case "ReplayPolicy":
      checkReplayPolicy(value, context);
      break;
    default:
  }
}

function checkFilterPolicy(value: string, { all, prefix }: Context): void {
  if (value === "" || value === "{}") return;
  const problem = filterPolicyProblem(value, scopeOf(all));
  if (problem !== undefined) {
    throw invalidParameter(problem.startsWith("FilterPolicy") ? `${prefix}${problem}` : problem);
  }
}

const isTimestamp = (value: unknown): boolean =>
  typeof value === "string" && !Number.isNaN(Date.parse(value));

function checkReplayPolicy(value: string, { topic, prefix }: Context): void {
  if (value === "") return;
  checkJsonText(value, "ReplayPolicy", prefix);
  const { PointType, StartingPoint, EndingPoint } = JSON.parse(value) as Readonly<Record<string, unknown>>;
  const invalid = (reason: string): Error => invalidParameter(`${prefix}ReplayPolicy: ${reason}`);
  if (PointType !== "Timestamp") throw invalid("PointType must be Timestamp");
  if (!isTimestamp(StartingPoint)) throw invalid("StartingPoint must be a timestamp");
  if (EndingPoint !== undefined && !isTimestamp(EndingPoint))
    throw invalid("EndingPoint must be a timestamp");
  if (topic !== undefined && !isArchived(topic)) throw invalid("the topic has no ArchivePolicy");
}

function checkDeliveryPolicy(value: string, { protocol, prefix }: Context): void {
  if (value === "") return;
  if (!isHttp(protocol))
    throw invalidParameter(`${prefix}Delivery policy is not supported for the protocol: ${protocol}`);
  checkJsonText(value, "DeliveryPolicy", prefix);
  const problem = deliveryPolicyProblem(value, "subscription");
  if (problem !== undefined) throw invalidParameter(`${prefix}DeliveryPolicy: ${problem}`);
}

function checkRedrivePolicy(value: string, { topic, endpoint, prefix }: Context): void {
  if (value === "") return;
  checkJsonText(value, "RedrivePolicy", prefix);
  const { deadLetterTargetArn: arn } = JSON.parse(value) as { deadLetterTargetArn?: unknown };
  const parts = typeof arn === "string" ? parseArn(arn) : undefined;
  if (parts === undefined || parts.service !== "sqs") {
    throw invalidParameter(`${prefix}RedrivePolicy: deadLetterTargetArn is an invalid arn`);
  }
  if (topic?.fifo === true && endpoint.endsWith(".fifo") && !parts.resource.endsWith(".fifo")) {
    throw invalidParameter(
      `${prefix}RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.`,
    );
  }
}

function checkJsonText(value: string, name: string, prefix: string): void {
  try {
    checkJson(value, name);
  } catch (error) {
    if (error instanceof FilterPolicyProblem) throw invalidParameter(`${prefix}${error.message}`);
    throw error;
  }
}

/** Values as they are kept: booleans in lower case; a filter policy without a scope has that of attributes. */
export function normalised(attributes: Texts): Texts {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value === "" || (name === "FilterPolicy" && value === "{}")) continue;
    kept[name] = name === "RawMessageDelivery" ? value.toLowerCase() : value;
  }
  if (kept["FilterPolicy"] !== undefined) kept["FilterPolicyScope"] ??= "MessageAttributes";
  return kept;
}

/** GetSubscriptionAttributes' answer. */
export function shownSubscriptionAttributes(
  call: Call,
  subscription: SubscriptionRow,
): Record<string, string> {
  const { DeliveryPolicy: delivery, FilterPolicyScope: scope, ...attributes } = subscription.attributes;
  const topic = topics.get(call.tx, [subscription.topicName]);
  const shown: Record<string, string> = {
    SubscriptionArn: subscriptionArn(call, subscription),
    TopicArn: topicArn(call, subscription.topicName),
    Protocol: subscription.protocol,
    Endpoint: subscription.endpoint,
    Owner: subscription.owner,
    PendingConfirmation: String(subscription.pending),
    ConfirmationWasAuthenticated: String(subscription.authenticated),
    RawMessageDelivery: "false",
    SubscriptionPrincipal: subscription.principalArn,
    ...attributes,
  };
  // A scope without a policy is kept and not shown.
  if (scope !== undefined && attributes["FilterPolicy"] !== undefined) shown["FilterPolicyScope"] = scope;
  if (isHttp(subscription.protocol)) {
    const effective = effectiveSubscriptionPolicy(topic?.attributes ?? {}, delivery);
    shown["EffectiveDeliveryPolicy"] = effective;
    if (delivery !== undefined) shown["DeliveryPolicy"] = shownSubscriptionPolicy(delivery);
  }
  return shown;
}
