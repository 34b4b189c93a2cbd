/** Making, confirming and ending subscriptions. */
import type { Call } from "../../host/call.ts";
import { parseArn } from "../../kernel/arn.ts";
import { effectivePolicy, retryDelaysMs } from "./delivery-policy.ts";
import { confirmationEnvelope } from "./envelope.ts";
import { invalidParameter, invalidParameterText } from "./errors.ts";
import {
  confirmationTokens,
  deliveryTimes,
  platformEndpoints,
  type SubscriptionRow,
  subscriptions,
  subscriptionsByEndpoint,
  subscriptionTopics,
  type TopicRow,
} from "./keys.ts";
import { post } from "./mailbox.ts";
import { changeCounts, subscriptionArn, topicArn } from "./topic.ts";

const protocols = new Set([
  "http",
  "https",
  "email",
  "email-json",
  "sms",
  "sqs",
  "application",
  "lambda",
  "firehose",
]);

/** Endpoints that belong to somebody else are asked before they get anything. */
const confirmedAtOnce = new Set(["sqs", "lambda", "sms", "application", "firehose"]);
export const needsConfirmation = (protocol: string): boolean => !confirmedAtOnce.has(protocol);

export function checkEndpoint(
  call: Call,
  topic: TopicRow,
  protocol: string,
  endpoint: string | undefined,
): string {
  if (!protocols.has(protocol)) {
    throw invalidParameter(`Amazon SNS does not support this protocol string: ${protocol}`);
  }
  if (endpoint === undefined || endpoint === "") throw invalidParameter("Endpoint");
  switch (protocol) {
    case "http":
    case "https":
      if (!endpoint.startsWith(`${protocol}://`)) {
        throw invalidParameter("Endpoint must match the specified protocol");
      }
      break;
    case "sqs":
      checkQueueEndpoint(topic, endpoint);
      break;
    case "lambda":
      if (parseArn(endpoint)?.service !== "lambda") throw invalidParameter("Lambda endpoint ARN");
      break;
    case "sms":
      // Refused without the usual beginning.
      if (!isPhoneNumber(endpoint)) throw invalidParameterText(`Invalid SMS endpoint: ${endpoint}`);
      break;
    case "application":
      checkPlatformEndpoint(call, endpoint);
      break;
    case "firehose":
      if (parseArn(endpoint)?.service !== "firehose") throw invalidParameter("Firehose endpoint ARN");
      break;
    default:
      if (!endpoint.includes("@")) throw invalidParameter("Email address");
  }
  return endpoint;
}

function checkQueueEndpoint(topic: TopicRow, endpoint: string): void {
  if (parseArn(endpoint)?.service !== "sqs") throw invalidParameter("SQS endpoint ARN");
  if (endpoint.endsWith(".fifo") && !topic.fifo) {
    throw invalidParameter(
      "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics",
    );
  }
}

function checkPlatformEndpoint(call: Call, endpoint: string): void {
  const parts = parseArn(endpoint);
  const [, platform = "", application = "", id = ""] = parts?.resource.split("/") ?? [];
  if (parts?.service !== "sns" || !platformEndpoints.has(call.tx, [platform, application, id])) {
    throw invalidParameter(`Endpoint Reason: Endpoint does not exist for endpoint arn${endpoint}`);
  }
}

/** E.164 with single separators between digits. */
export const isPhoneNumber = (text: string): boolean =>
  /^\+?\d+(?:[./ -]?\d+)*$/.test(text) && text.replaceAll(/\D/g, "").length <= 15;

/** Writes a new subscription and, where its endpoint must agree first, asks it. */
export function addSubscription(call: Call, topic: TopicRow, subscription: SubscriptionRow): void {
  const { id, topicId, protocol, endpoint, pending } = subscription;
  subscriptions.set(call.tx, [topicId, id], subscription);
  subscriptionTopics.set(call.tx, [id], topicId);
  subscriptionsByEndpoint.set(call.tx, [topicId, protocol, endpoint], id);
  changeCounts(call, topicId, pending ? { pending: 1 } : { confirmed: 1 });
  if (pending) ask(call, topic, subscription, "SubscriptionConfirmation");
}

export const newToken = (call: Call): string => call.random.hex(288);

/** Sends the letter with the token: confirm, or undo an unsubscribe. */
export function ask(
  call: Call,
  topic: TopicRow,
  subscription: SubscriptionRow,
  kind: "SubscriptionConfirmation" | "UnsubscribeConfirmation",
): void {
  const token = subscription.token ?? newToken(call);
  confirmationTokens.set(call.tx, [token], [subscription.topicId, subscription.id]);
  const messageId = call.random.uuid();
  const body = confirmationEnvelope(call, topic, { kind, messageId, token, subscription });
  if (subscription.protocol.startsWith("email")) {
    post(call, {
      kind: "email",
      to: subscription.endpoint,
      subject: "AWS Notification - Subscription Confirmation",
      body,
      messageId,
      topicArn: topicArn(call, topic.name),
      subscriptionArn: subscriptionArn(call, subscription),
      sentAtMs: call.nowMs,
    });
    return;
  }
  const policy = effectivePolicy(topic.attributes, subscription.attributes["DeliveryPolicy"]);
  call.dispatch({
    effect: "sns.http-post",
    request: {
      url: subscription.endpoint,
      body,
      headers: {
        "content-type":
          kind === "SubscriptionConfirmation" ? "text/plain; charset=UTF-8" : policy.contentType,
        "x-amz-sns-message-type": kind,
        "x-amz-sns-message-id": messageId,
        "x-amz-sns-topic-arn": topicArn(call, topic.name),
        ...(kind === "UnsubscribeConfirmation"
          ? { "x-amz-sns-subscription-arn": subscriptionArn(call, subscription) }
          : {}),
      },
    },
    retryDelaysMs: retryDelaysMs(policy.retry),
  });
}

export function removeSubscription(call: Call, subscription: SubscriptionRow): void {
  const { topicId, id, protocol, endpoint, pending, token } = subscription;
  subscriptions.delete(call.tx, [topicId, id]);
  subscriptionTopics.delete(call.tx, [id]);
  subscriptionsByEndpoint.delete(call.tx, [topicId, protocol, endpoint]);
  deliveryTimes.delete(call.tx, [topicId, id]);
  if (token !== null) confirmationTokens.delete(call.tx, [token]);
  changeCounts(call, topicId, pending ? { pending: -1, deleted: 1 } : { confirmed: -1, deleted: 1 });
}
