/** Subscribe, ConfirmSubscription, Unsubscribe and the operations that look at subscriptions or change them. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { invalidParameter, invalidParameterText } from "../errors.ts";
import {
  confirmationTokens,
  type SubscriptionRow,
  subscriptions,
  subscriptionsByEndpoint,
  subscriptionTopics,
  type Texts,
  type TopicRow,
  topics,
} from "../keys.ts";
import { listPageSize } from "../limits.ts";
import { pageAfter, pageToken } from "../paging.ts";
import { startReplay, stopReplay } from "../replay.ts";
import type { Sns } from "../sdk.ts";
import {
  addSubscription,
  ask,
  checkEndpoint,
  needsConfirmation,
  newToken,
  removeSubscription,
} from "../subscribe.ts";
import {
  checkSubscriptionAttribute,
  normalised,
  shownSubscriptionAttributes,
} from "../subscription-attributes.ts";
import {
  changeCounts,
  checkedArn,
  findSubscription,
  type FoundTopic,
  subscriptionArn,
  subscriptionAt,
  topicArn,
  topicAt,
} from "../topic.ts";

export function subscribe(caller: Call, input: Input<Sns, "Subscribe">): Output<Sns, "Subscribe"> {
  const { call, topic } = topicAt(caller, input.TopicArn);
  const protocol = (input.Protocol as string | undefined) ?? "";
  const endpoint = checkEndpoint(call, topic, protocol, input.Endpoint);
  const given = (input.Attributes ?? {}) as Texts;
  const prefix = "Attributes Reason: ";
  for (const [name, value] of Object.entries(given)) {
    checkSubscriptionAttribute(name, value, { topic, protocol, endpoint, all: given, prefix });
  }
  const attributes = normalised(given);
  const existingId = subscriptionsByEndpoint.get(call.tx, [topic.topicId, protocol, endpoint]);
  const existing =
    existingId === undefined ? undefined : subscriptions.get(call.tx, [topic.topicId, existingId]);
  if (existing !== undefined) return subscribeAgain(call, existing, given, input.ReturnSubscriptionArn);
  const pending = needsConfirmation(protocol);
  const subscription: SubscriptionRow = {
    id: call.random.uuid(),
    topicName: topic.name,
    topicId: topic.topicId,
    protocol,
    endpoint,
    owner: caller.accountId,
    principalArn: principalArn(caller),
    attributes,
    pending,
    token: pending ? newToken(call) : null,
    authenticated: !pending,
    authenticateOnUnsubscribe: false,
  };
  addSubscription(call, topic, subscription);
  if (attributes["ReplayPolicy"] !== undefined) startReplay(call, subscription);
  return { SubscriptionArn: shownArn(call, subscription, input.ReturnSubscriptionArn) };
}

/** Made-up access keys act as root here; AWS would show the user whose key it is. */
function principalArn({ principal, partition }: Call): string {
  if (principal.kind !== "root") return principal.arn;
  return `arn:${partition}:iam::${principal.accountId}:user/${principal.accessKeyId ?? "root"}`;
}

const shownArn = (call: Call, subscription: SubscriptionRow, always: boolean | undefined): string =>
  subscription.pending && always !== true ? "pending confirmation" : subscriptionArn(call, subscription);

function subscribeAgain(
  call: Call,
  existing: SubscriptionRow,
  given: Texts,
  always: boolean | undefined,
): Output<Sns, "Subscribe"> {
  const shown = shownSubscriptionAttributes(call, existing);
  for (const [name, value] of Object.entries(given)) {
    const kept =
      existing.attributes[name] ?? shown[name] ?? (name === "FilterPolicyScope" ? "MessageAttributes" : "");
    if (kept.toLowerCase() !== value.toLowerCase()) {
      throw invalidParameter("Attributes Reason: Subscription already exists with different attributes");
    }
  }
  return { SubscriptionArn: shownArn(call, existing, always) };
}

/** The token alone says which subscription it is; the topic's ARN only where to look. */
export function confirmSubscription(
  caller: Call,
  input: Input<Sns, "ConfirmSubscription">,
): Output<Sns, "ConfirmSubscription"> {
  const token = input.Token as string | undefined;
  if (token === undefined || !/^[0-9a-f]+$/.test(token)) throw invalidParameterText("Invalid token");
  const call = callOfTopic(caller, input.TopicArn);
  const named = confirmationTokens.get(call.tx, [token]);
  if (named === undefined) {
    throw invalidParameter(confirmationTokens.has(caller.tx, [token]) ? "Topic" : "Token");
  }
  const subscription = subscriptions.get(call.tx, [...named]);
  if (subscription === undefined) throw invalidParameter("Token");
  if (subscription.pending) {
    const authenticated = input.AuthenticateOnUnsubscribe === "true";
    subscriptions.set(call.tx, [...named], {
      ...subscription,
      pending: false,
      authenticated,
      authenticateOnUnsubscribe: authenticated,
    });
    changeCounts(call, subscription.topicId, { pending: -1, confirmed: 1 });
  }
  return { SubscriptionArn: subscriptionArn(call, subscription) };
}

function callOfTopic(caller: Call, arn: string | undefined): Call {
  if (arn === undefined || arn.split(":").length < 6) throw invalidParameter("Topic");
  const parts = checkedArn("Topic", arn);
  return caller.in({ accountId: parts.accountId, region: parts.region });
}

export function unsubscribe(caller: Call, input: Input<Sns, "Unsubscribe">): void {
  const found = findSubscription(caller, input.SubscriptionArn);
  if (found === undefined) return;
  const { call, subscription } = found;
  if (subscription.pending) {
    throw invalidParameter(
      "SubscriptionArn Reason: This subscription must be confirmed before it can be unsubscribed",
    );
  }
  const topic = topics.get(call.tx, [subscription.topicName]);
  stopReplay(call, subscription);
  removeSubscription(call, subscription);
  const isHttp = subscription.protocol === "http" || subscription.protocol === "https";
  if (topic !== undefined && isHttp)
    ask(call, topic, { ...subscription, token: null }, "UnsubscribeConfirmation");
}

export function getSubscriptionAttributes(
  caller: Call,
  input: Input<Sns, "GetSubscriptionAttributes">,
): Output<Sns, "GetSubscriptionAttributes"> {
  const { call, subscription } = subscriptionAt(caller, input.SubscriptionArn);
  return { Attributes: shownSubscriptionAttributes(call, subscription) };
}

export function setSubscriptionAttributes(
  caller: Call,
  input: Input<Sns, "SetSubscriptionAttributes">,
): void {
  const { call, subscription } = subscriptionAt(caller, input.SubscriptionArn);
  const name = (input.AttributeName as string | undefined) ?? "";
  const value = input.AttributeValue ?? "";
  const topic = topics.get(call.tx, [subscription.topicName]);
  const all = { ...subscription.attributes, [name]: value };
  checkSubscriptionAttribute(name, value, {
    topic,
    protocol: subscription.protocol,
    endpoint: subscription.endpoint,
    all,
    prefix: "",
  });
  const changed: SubscriptionRow = { ...subscription, attributes: normalised(all) };
  subscriptions.set(call.tx, [subscription.topicId, subscription.id], changed);
  if (name === "ReplayPolicy") {
    if (value === "") stopReplay(call, changed);
    else startReplay(call, changed);
  }
}

interface Listed {
  readonly SubscriptionArn: string;
  readonly Owner: string;
  readonly Protocol: string;
  readonly Endpoint: string;
  readonly TopicArn: string;
}

function listed(call: Call, subscription: SubscriptionRow): Listed {
  return {
    SubscriptionArn: subscription.pending ? "PendingConfirmation" : subscriptionArn(call, subscription),
    Owner: subscription.owner,
    Protocol: subscription.protocol,
    Endpoint: subscription.endpoint,
    TopicArn: topicArn(call, subscription.topicName),
  };
}

export function listSubscriptions(
  call: Call,
  input: Input<Sns, "ListSubscriptions">,
): Output<Sns, "ListSubscriptions"> {
  const after = pageAfter(input.NextToken);
  const found: Listed[] = [];
  let last: string | undefined;
  const rows = subscriptionTopics.scan(call.tx, [], after === undefined ? {} : { after: [after] });
  for (const { key, value: topicId } of rows) {
    if (found.length === listPageSize) return { Subscriptions: found, NextToken: pageToken(last) };
    const subscription = subscriptions.get(call.tx, [topicId, key[0]]);
    if (subscription !== undefined) found.push(listed(call, subscription));
    last = key[0];
  }
  return { Subscriptions: found };
}

export function listSubscriptionsByTopic(
  caller: Call,
  input: Input<Sns, "ListSubscriptionsByTopic">,
): Output<Sns, "ListSubscriptionsByTopic"> {
  const { call, topic }: FoundTopic = topicAt(caller, input.TopicArn);
  const { page, last } = pageOf(call, topic, pageAfter(input.NextToken));
  return { Subscriptions: page, NextToken: last === undefined ? undefined : pageToken(last) };
}

function pageOf(
  call: Call,
  topic: TopicRow,
  after: string | undefined,
): { readonly page: Listed[]; readonly last: string | undefined } {
  const page: Listed[] = [];
  let last: string | undefined;
  const rows = subscriptions.scan(call.tx, [topic.topicId], after === undefined ? {} : { after: [after] });
  for (const { value } of rows) {
    if (page.length === listPageSize) return { page, last };
    page.push(listed(call, value));
    last = value.id;
  }
  return { page, last: undefined };
}
