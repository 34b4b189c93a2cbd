/**
 * Delivering one published message to one subscription. Queues get it in the publisher's own transaction; functions
 * through Lambda's asynchronous queue; the outside world through the outbox; people through a local mailbox.
 */
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";
import { checkFunction } from "./authorization.ts";
import { effectivePolicy, retryDelaysMs } from "./delivery-policy.ts";
import { type Envelopes, textFor } from "./envelope.ts";
import type { PublishedMessage, SubscriptionRow, TopicRow } from "./keys.ts";
import { post } from "./mailbox.ts";
import type { HttpPost } from "./http-post.ts";
import { dispatchPost } from "./post-rate.ts";
import { noteDelivery } from "./delivery-status.ts";
import { subscriptionArn, topicArn } from "./topic.ts";

/** SNS's own sender id in SQS, the same in every account. */
const senderId = "AIDAIT2UOQQY3AUEKVGXU";

export interface Delivery {
  readonly topic: TopicRow;
  readonly subscription: SubscriptionRow;
  readonly message: PublishedMessage;
  readonly envelopes: Envelopes;
}

export const isRaw = ({ attributes }: SubscriptionRow): boolean =>
  attributes["RawMessageDelivery"] === "true";

/** What can be told at once to have failed goes to the subscription's dead-letter queue. */
export function deliver(call: Call, delivery: Delivery): void {
  const { subscription } = delivery;
  const outcome = call.tx.draft.attempt(() => {
    deliverBy(call, delivery);
  });
  call.note("sns.delivered", {
    topic: delivery.topic.name,
    protocol: subscription.protocol,
    endpoint: subscription.endpoint,
    messageId: delivery.message.messageId,
    ...(outcome instanceof AwsError ? { error: outcome.code } : {}),
  });
  if (outcome instanceof AwsError) {
    noteDelivery(call, delivery, { ok: false, reason: outcome.message });
    toDeadLetters(call, subscription, queueMessage(delivery));
  }
}

function deliverBy(call: Call, delivery: Delivery): void {
  const { subscription, message, envelopes } = delivery;
  const raw = isRaw(subscription);
  switch (subscription.protocol) {
    case "sqs":
      sendToQueue(call, subscription.endpoint, queueMessage(delivery), delivery.topic.name);
      break;
    case "lambda":
      checkFunction(call, subscription.endpoint, topicArn(call, delivery.topic.name));
      call.ports.lambda.invokeAsync(call, {
        functionArn: subscription.endpoint,
        payload: Buffer.from(JSON.stringify(envelopes.lambdaEvent(subscription))),
      });
      noteDelivery(call, delivery, { ok: true });
      break;
    case "firehose":
      call.ports.firehose.put(call, {
        deliveryStreamArn: subscription.endpoint,
        // One line each, so that what is delivered together can be told apart.
        data: Buffer.from(
          `${raw ? textFor(message, subscription.protocol) : envelopes.record(subscription)}\n`,
          "utf8",
        ),
      });
      noteDelivery(call, delivery, { ok: true });
      break;
    case "http":
    case "https":
      sendOverHttp(call, delivery, raw);
      break;
    case "email":
    case "email-json":
      letter(
        call,
        delivery,
        "email",
        subscription.protocol === "email" ? undefined : envelopes.notification(subscription),
      );
      break;
    case "sms":
      letter(call, delivery, "sms");
      break;
    case "application":
      letter(call, delivery, "push", textFor(message, platformOf(subscription.endpoint)));
      break;
    default:
      call.note("sns.undelivered", { protocol: subscription.protocol, messageId: message.messageId });
  }
}

/** `arn:…:endpoint/GCM/application/id` → `GCM`, the key of `MessageStructure: json`. */
export const platformOf = (endpointArn: string): string => endpointArn.split("/")[1] ?? "default";

function letter(
  call: Call,
  { topic, subscription, message }: Delivery,
  kind: "email" | "sms" | "push",
  body?: string,
): void {
  post(call, {
    kind,
    to: subscription.endpoint,
    subject: message.subject,
    body: body ?? textFor(message, subscription.protocol),
    messageId: message.messageId,
    topicArn: topicArn(call, topic.name),
    subscriptionArn: subscriptionArn(call, subscription),
    sentAtMs: call.nowMs,
  });
}

/** A message as a queue gets it: as the subscription's own delivery, or as its dead letter. */
export interface QueueMessage {
  readonly body: string;
  readonly attributes: PublishedMessage["attributes"] | undefined;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly traceHeader: string | undefined;
}

export function queueMessage({ topic, subscription, message, envelopes }: Delivery): QueueMessage {
  const raw = isRaw(subscription);
  return {
    body: raw ? textFor(message, subscription.protocol) : envelopes.notification(subscription),
    attributes: raw && Object.keys(message.attributes).length > 0 ? message.attributes : undefined,
    // A standard queue behind a FIFO topic gets no group; behind a standard topic it does (fair queues).
    groupId:
      topic.fifo && !subscription.endpoint.endsWith(".fifo") ? undefined : (message.groupId ?? undefined),
    deduplicationId: message.deduplicationId ?? undefined,
    traceHeader: message.traceHeader ?? undefined,
  };
}

function sendToQueue(call: Call, queueArn: string, message: QueueMessage, topicName: string): void {
  const fifo = queueArn.endsWith(".fifo");
  call.ports.sqs.send(call, {
    ...message,
    queueArn,
    deduplicationId: fifo ? message.deduplicationId : undefined,
    senderId,
    onBehalf: { service: "sns", sourceArn: topicArn(call, topicName) },
  });
}

/** A subscription without RedrivePolicy loses what cannot be delivered, as on AWS. */
export function toDeadLetters(call: Call, subscription: SubscriptionRow, message: QueueMessage): void {
  const policy = subscription.attributes["RedrivePolicy"];
  if (policy === undefined || policy === "") return;
  const { deadLetterTargetArn } = JSON.parse(policy) as { deadLetterTargetArn: string };
  const sent = call.tx.draft.attempt(() => {
    sendToQueue(call, deadLetterTargetArn, message, subscription.topicName);
  });
  call.note(sent instanceof AwsError ? "sns.lost" : "sns.dead-letter", { subscriptionId: subscription.id });
}

/** What the completion needs to know, when all attempts are over, or when the next is to be made at a limited rate. */
export interface HttpContext {
  readonly subscriptionId: string;
  readonly topicId: number;
  readonly deadLetter: QueueMessage;
  readonly next?: { readonly request: HttpPost; readonly retryDelaysMs: readonly number[] };
}

function sendOverHttp(call: Call, delivery: Delivery, raw: boolean): void {
  const { topic, subscription, message, envelopes } = delivery;
  const policy = effectivePolicy(topic.attributes, subscription.attributes["DeliveryPolicy"]);
  const body = raw ? textFor(message, subscription.protocol) : envelopes.notification(subscription);
  const request: HttpPost = {
    url: subscription.endpoint,
    body,
    headers: {
      "content-type": policy.contentType,
      "x-amz-sns-message-type": "Notification",
      "x-amz-sns-message-id": message.messageId,
      "x-amz-sns-topic-arn": topicArn(call, topic.name),
      "x-amz-sns-subscription-arn": subscriptionArn(call, subscription),
      ...(raw ? { "x-amz-sns-rawdelivery": "true" } : {}),
    },
  };
  dispatchPost(call, policy.receivesPerSecondMax, {
    request,
    retryDelaysMs: retryDelaysMs(policy.retry),
    context: {
      subscriptionId: subscription.id,
      topicId: subscription.topicId,
      deadLetter: queueMessage(delivery),
    },
  });
}
