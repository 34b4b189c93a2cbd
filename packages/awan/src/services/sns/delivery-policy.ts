/**
 * Retry policies of HTTP(S) endpoints: what AWS takes for default, what a topic and a subscription may say instead, and
 * the waits that follow from it (SNS Developer Guide, "Amazon SNS message delivery retries").
 */
import type { Texts } from "./keys.ts";

export interface RetryPolicy {
  readonly numRetries: number;
  readonly numNoDelayRetries: number;
  readonly minDelayTarget: number;
  readonly numMinDelayRetries: number;
  readonly maxDelayTarget: number;
  readonly numMaxDelayRetries: number;
  readonly backoffFunction: "linear" | "arithmetic" | "geometric" | "exponential";
}

const defaultRetryPolicy: RetryPolicy = {
  numRetries: 3,
  numNoDelayRetries: 0,
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numMinDelayRetries: 0,
  numMaxDelayRetries: 0,
  backoffFunction: "linear",
};
const defaultContentType = "text/plain; charset=UTF-8";

type Json = Readonly<Record<string, unknown>>;

const parsed = (text: string | undefined): Json =>
  text === undefined || text === "" ? {} : (JSON.parse(text) as Json);
const child = (json: Json, name: string): Json => (json[name] ?? {}) as Json;

/** GetTopicAttributes' EffectiveDeliveryPolicy. */
export function effectiveTopicPolicy(attributes: Texts): string {
  const http = child(parsed(attributes["DeliveryPolicy"]), "http");
  return JSON.stringify({
    http: {
      defaultHealthyRetryPolicy: { ...defaultRetryPolicy, ...child(http, "defaultHealthyRetryPolicy") },
      disableSubscriptionOverrides: http["disableSubscriptionOverrides"] ?? false,
      ...(http["defaultThrottlePolicy"] === undefined
        ? {}
        : { defaultThrottlePolicy: http["defaultThrottlePolicy"] }),
      defaultRequestPolicy: { headerContentType: defaultContentType, ...child(http, "defaultRequestPolicy") },
    },
  });
}

/** GetTopicAttributes' DeliveryPolicy: what was set, with what AWS adds to it. */
export function shownTopicPolicy(text: string): string {
  const policy = parsed(text);
  return JSON.stringify({
    ...policy,
    http: {
      ...child(policy, "http"),
      disableSubscriptionOverrides: child(policy, "http")["disableSubscriptionOverrides"] ?? false,
    },
  });
}

/** GetSubscriptionAttributes' DeliveryPolicy of an HTTP(S) subscription that set one. */
export function shownSubscriptionPolicy(text: string): string {
  const policy = parsed(text);
  const retry = policy["healthyRetryPolicy"];
  return JSON.stringify({
    healthyRetryPolicy:
      retry === undefined || retry === null ? null : { ...defaultRetryPolicy, ...(retry as Json) },
    sicklyRetryPolicy: null,
    throttlePolicy: policy["throttlePolicy"] ?? null,
    requestPolicy: policy["requestPolicy"] ?? null,
    guaranteed: false,
  });
}

/** GetSubscriptionAttributes' EffectiveDeliveryPolicy of an HTTP(S) subscription. */
export function effectiveSubscriptionPolicy(topicAttributes: Texts, text: string | undefined): string {
  const policy = parsed(text);
  const http = child(parsed(topicAttributes["DeliveryPolicy"]), "http");
  return JSON.stringify({
    healthyRetryPolicy: retryPolicyOf(topicAttributes, text),
    sicklyRetryPolicy: null,
    throttlePolicy: policy["throttlePolicy"] ?? null,
    requestPolicy: {
      headerContentType: defaultContentType,
      ...child(http, "defaultRequestPolicy"),
      ...child(policy, "requestPolicy"),
    },
    guaranteed: false,
  });
}

export function retryPolicyOf(topicAttributes: Texts, subscriptionText: string | undefined): RetryPolicy {
  const http = child(parsed(topicAttributes["DeliveryPolicy"]), "http");
  const ofTopic = child(http, "defaultHealthyRetryPolicy");
  const own =
    http["disableSubscriptionOverrides"] === true
      ? {}
      : child(parsed(subscriptionText), "healthyRetryPolicy");
  return { ...defaultRetryPolicy, ...ofTopic, ...own };
}

export function contentTypeOf(topicAttributes: Texts, subscriptionText: string | undefined): string {
  const effective = JSON.parse(effectiveSubscriptionPolicy(topicAttributes, subscriptionText)) as {
    requestPolicy: { headerContentType: string };
  };
  return effective.requestPolicy.headerContentType;
}

/** The waits between attempts: at once, at the minimum, backing off, at the maximum. */
export function retryDelaysMs(policy: RetryPolicy): readonly number[] {
  const { numNoDelayRetries, numMinDelayRetries, numMaxDelayRetries, minDelayTarget, maxDelayTarget } =
    policy;
  const backoffs = Math.max(
    0,
    policy.numRetries - numNoDelayRetries - numMinDelayRetries - numMaxDelayRetries,
  );
  const seconds = [
    ...Array.from({ length: numNoDelayRetries }, () => 0),
    ...Array.from({ length: numMinDelayRetries }, () => minDelayTarget),
    ...Array.from({ length: backoffs }, (_, i) => backoff(policy, i, backoffs)),
    ...Array.from({ length: numMaxDelayRetries }, () => maxDelayTarget),
  ];
  return seconds.map((each) => Math.round(each * 1_000));
}

/** The i-th of `count` waits between minimum and maximum. AWS shows the shapes of its curves, not their formulas. */
function backoff(
  { minDelayTarget: min, maxDelayTarget: max, backoffFunction }: RetryPolicy,
  i: number,
  count: number,
): number {
  const part = count <= 1 ? 0 : i / (count - 1);
  switch (backoffFunction) {
    case "arithmetic":
      return min + (max - min) * ((i * (i + 1)) / Math.max(1, (count - 1) * count));
    case "geometric":
      return min * (max / Math.max(1, min)) ** part;
    case "exponential":
      return min + ((max - min) * (2 ** i - 1)) / Math.max(1, 2 ** (count - 1) - 1);
    default:
      return min + (max - min) * part;
  }
}
