/** Attributes of topics: which there are, what they take, and how they are shown. */
import type { Call } from "../../host/call.ts";
import { beginningArchiveTime } from "./archive.ts";
import { deliveryPolicyProblem, effectiveTopicPolicy, shownTopicPolicy } from "./delivery-policy.ts";
import { invalidParameter } from "./errors.ts";
import type { Texts, TopicRow } from "./keys.ts";
import { archiveDaysMax } from "./limits.ts";
import { countsOf, topicArn } from "./topic.ts";

const feedback = ["HTTP", "Firehose", "Lambda", "Application", "SQS"].flatMap((prefix) => [
  `${prefix}SuccessFeedbackRoleArn`,
  `${prefix}SuccessFeedbackSampleRate`,
  `${prefix}FailureFeedbackRoleArn`,
]);
const settable = new Set([
  "DeliveryPolicy",
  "DisplayName",
  "Policy",
  "TracingConfig",
  "KmsMasterKeyId",
  "SignatureVersion",
  "FifoTopic",
  "ContentBasedDeduplication",
  "ArchivePolicy",
  "FifoThroughputScope",
  ...feedback,
]);
const fifoOnly = new Set(["ContentBasedDeduplication", "ArchivePolicy", "FifoThroughputScope"]);
const booleans = new Set(["FifoTopic", "ContentBasedDeduplication"]);

/** `prefix` is how AWS begins a refusal: `Attributes Reason: ` where several are given. */
export function checkedTopicAttribute(name: string, value: string, fifo: boolean, prefix = ""): string {
  const invalid = (reason: string): Error =>
    invalidParameter(`${prefix}${name}${reason === "" ? "" : ` Reason: ${reason}`}`);
  if (!settable.has(name))
    throw invalidParameter(prefix === "" ? "AttributeName" : `${prefix}Unknown attribute ${name}`);
  if (fifoOnly.has(name) && !fifo)
    throw invalidParameter(`${prefix}${name}`.replace(/ Reason: /, " Reason: "));
  if (booleans.has(name)) {
    const lower = value.toLowerCase();
    if (lower !== "true" && lower !== "false")
      throw invalid(`Invalid value [${value}]. Must be true or false.`);
    return lower;
  }
  if (name === "SignatureVersion" && value !== "1" && value !== "2") throw invalid("");
  if (name === "TracingConfig" && value !== "Active" && value !== "PassThrough") throw invalid("");
  if (name === "FifoThroughputScope" && value !== "Topic" && value !== "MessageGroup") throw invalid("");
  if (name === "DisplayName" && value.length > 100) throw invalid("");
  if ((name === "Policy" || name === "DeliveryPolicy" || name === "ArchivePolicy") && value !== "") {
    checkDocument(value, invalid);
    if (name === "ArchivePolicy") checkArchive(value, invalid);
    const problem = name === "DeliveryPolicy" ? deliveryPolicyProblem(value, "topic") : undefined;
    if (problem !== undefined) throw invalidParameter(`${prefix}DeliveryPolicy: ${problem}`);
  }
  return value;
}

function checkDocument(value: string, invalid: (reason: string) => Error): void {
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === "object" && parsed !== null) return;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalid("failed to parse JSON.");
}

function checkArchive(value: string, invalid: (reason: string) => Error): void {
  const { MessageRetentionPeriod: days } = JSON.parse(value) as { MessageRetentionPeriod?: unknown };
  const number = Number(days);
  if (days !== undefined && !(Number.isInteger(number) && number >= 1 && number <= archiveDaysMax)) {
    throw invalid("MessageRetentionPeriod must be between 1 and 365");
  }
}

export function checkedTopicAttributes(given: Texts, fifo: boolean): Texts {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      checkedTopicAttribute(name, value, fifo, "Attributes Reason: "),
    ]),
  );
}

export function defaultPolicy(call: Call, arn: string): string {
  return JSON.stringify({
    Version: "2008-10-17",
    Id: "__default_policy_ID",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: [
          "SNS:GetTopicAttributes",
          "SNS:SetTopicAttributes",
          "SNS:AddPermission",
          "SNS:RemovePermission",
          "SNS:DeleteTopic",
          "SNS:Subscribe",
          "SNS:ListSubscriptionsByTopic",
          "SNS:Publish",
        ],
        Resource: arn,
        Condition: { StringEquals: { "AWS:SourceOwner": call.accountId } },
      },
    ],
  });
}

/** The topic's policy, which every topic has. */
export const policyOf = (call: Call, topic: TopicRow): string =>
  topic.attributes["Policy"] || defaultPolicy(call, topicArn(call, topic.name));

/** GetTopicAttributes' answer. */
export function shownTopicAttributes(call: Call, topic: TopicRow): Record<string, string> {
  const arn = topicArn(call, topic.name);
  const { confirmed, pending, deleted } = countsOf(call, topic.topicId);
  const { DeliveryPolicy: delivery, ...attributes } = topic.attributes;
  const shown: Record<string, string> = {
    TopicArn: arn,
    Owner: call.accountId,
    Policy: defaultPolicy(call, arn),
    DisplayName: "",
    ...Object.fromEntries(
      Object.entries(attributes).filter(([name, value]) => value !== "" || name === "DisplayName"),
    ),
    ...(delivery === undefined || delivery === "" ? {} : { DeliveryPolicy: shownTopicPolicy(delivery) }),
    EffectiveDeliveryPolicy: effectiveTopicPolicy(topic.attributes),
    SubscriptionsConfirmed: String(confirmed),
    SubscriptionsPending: String(pending),
    SubscriptionsDeleted: String(deleted),
  };
  const archivedFrom = beginningArchiveTime(call, topic);
  if (archivedFrom !== undefined) shown["BeginningArchiveTime"] = archivedFrom;
  if (topic.fifo) shown["ContentBasedDeduplication"] ??= "false";
  else delete shown["FifoTopic"];
  return shown;
}
