/**
 * Delivery status logging: when a topic names a role for it, deliveries to functions are written to CloudWatch Logs, in
 * the group AWS uses (SNS Developer Guide, "Amazon SNS message delivery status").
 */
import { createHash } from "node:crypto";
import type { Call } from "../../host/call.ts";
import type { Delivery } from "./deliver.ts";
import { timestamp } from "./envelope.ts";
import { topicArn } from "./topic.ts";

const prefixes: Readonly<Record<string, string>> = {
  lambda: "Lambda",
  sqs: "SQS",
  http: "HTTP",
  https: "HTTP",
  application: "Application",
  firehose: "Firehose",
};

type Result = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export function noteDelivery(call: Call, { topic, subscription, message }: Delivery, result: Result): void {
  const prefix = prefixes[subscription.protocol];
  const role = topic.attributes[`${prefix}${result.ok ? "Success" : "Failure"}FeedbackRoleArn`];
  if (role === undefined || role === "" || call.ports.logs === undefined) return;
  const statusCode = result.ok ? 202 : 400;
  const line = {
    notification: {
      messageMD5Sum: createHash("md5").update(message.message).digest("hex"),
      messageId: message.messageId,
      topicArn: topicArn(call, topic.name),
      timestamp: timestamp(message.publishedAtMs).replace("T", " ").replace("Z", ""),
    },
    delivery: {
      deliveryId: call.random.uuid(),
      destination: subscription.endpoint,
      providerResponse: result.ok
        ? JSON.stringify({ lambdaRequestId: call.random.uuid() })
        : JSON.stringify({ ErrorMessage: result.reason }),
      dwellTimeMs: Math.max(1, call.nowMs - message.publishedAtMs),
      statusCode,
    },
    status: result.ok ? "SUCCESS" : "FAILURE",
  };
  call.ports.logs.append(call, {
    groupName: `sns/${call.region}/${call.accountId}/${topic.name}${result.ok ? "" : "/Failure"}`,
    streamName: call.random.uuid(),
    events: [{ timestampMs: call.nowMs, message: JSON.stringify(line) }],
  });
}
