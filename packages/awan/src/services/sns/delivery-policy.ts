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
const backoffFunctions: ReadonlySet<string> = new Set(["linear", "arithmetic", "geometric", "exponential"]);
const retryRanges: Readonly<Record<string, readonly [min: number, max: number]>> = {
  minDelayTarget: [1, 3_600],
  maxDelayTarget: [1, 3_600],
  numRetries: [0, 100],
  numNoDelayRetries: [0, 100],
  numMinDelayRetries: [0, 100],
  numMaxDelayRetries: [0, 100],
};
/** The total time of retries "cannot be greater than 3,600 seconds". */
const retrySpanMsMax = 3_600_000;
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

/** What holds for the deliveries of one HTTP(S) subscription. */
export interface EffectivePolicy {
  readonly retry: RetryPolicy;
  /** Deliveries a second, attempts included; null when there is no limit. */
  readonly receivesPerSecondMax: number | null;
  readonly contentType: string;
}

/**
 * A subscription's policies take the place of its topic's, each as a whole, unless the topic disables that; what is not
 * said has AWS's defaults.
 */
export function effectivePolicy(
  topicAttributes: Texts,
  subscriptionText: string | undefined,
): EffectivePolicy {
  const http = child(parsed(topicAttributes["DeliveryPolicy"]), "http");
  const own = http["disableSubscriptionOverrides"] === true ? {} : parsed(subscriptionText);
  const either = (name: string, ofTopic: string): Json => (own[name] ?? http[ofTopic] ?? {}) as Json;
  const throttle = either("throttlePolicy", "defaultThrottlePolicy")["maxReceivesPerSecond"];
  const contentType = either("requestPolicy", "defaultRequestPolicy")["headerContentType"];
  return {
    retry: { ...defaultRetryPolicy, ...either("healthyRetryPolicy", "defaultHealthyRetryPolicy") },
    receivesPerSecondMax: typeof throttle === "number" ? throttle : null,
    contentType: typeof contentType === "string" ? contentType : defaultContentType,
  };
}

/** GetSubscriptionAttributes' EffectiveDeliveryPolicy of an HTTP(S) subscription. */
export function effectiveSubscriptionPolicy(topicAttributes: Texts, text: string | undefined): string {
  const { retry, receivesPerSecondMax, contentType } = effectivePolicy(topicAttributes, text);
  return JSON.stringify({
    healthyRetryPolicy: retry,
    sicklyRetryPolicy: null,
    throttlePolicy: receivesPerSecondMax === null ? null : { maxReceivesPerSecond: receivesPerSecondMax },
    requestPolicy: { headerContentType: contentType },
    guaranteed: false,
  });
}

/** What is wrong with a policy's numbers, or undefined. Members by the names AWS's refusals give them. */
export function deliveryPolicyProblem(text: string, kind: "topic" | "subscription"): string | undefined {
  const whole = parsed(text);
  const policy = kind === "topic" ? child(whole, "http") : whole;
  const [retryName, throttleName] =
    kind === "topic"
      ? ["http.defaultHealthyRetryPolicy", "http.defaultThrottlePolicy"]
      : ["healthyRetryPolicy", "throttlePolicy"];
  const retry = child(policy, retryName.replace("http.", ""));
  for (const [name, [min, max]] of Object.entries(retryRanges)) {
    const value = retry[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== "number" || value < min)
      return `${retryName}.${name} must be greater than or equal to ${min}`;
    if (value > max) return `${retryName}.${name} must be less than or equal to ${max}`;
  }
  const { minDelayTarget, maxDelayTarget, backoffFunction } = { ...defaultRetryPolicy, ...retry };
  if (minDelayTarget > maxDelayTarget && retry["maxDelayTarget"] !== undefined)
    return `${retryName}.maxDelayTarget must be greater than or equal to minDelayTarget`;
  if (!backoffFunctions.has(backoffFunction)) return `${retryName}.backoffFunction is invalid`;
  const rate = child(policy, throttleName.replace("http.", ""))["maxReceivesPerSecond"];
  if (rate !== undefined && rate !== null && !(typeof rate === "number" && rate >= 1))
    return `${throttleName}.maxReceivesPerSecond must be greater than or equal to 1`;
  return undefined;
}

/** The waits between attempts: at once, at the minimum, backing off, at the maximum; an hour in all at most. */
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
  let leftMs = retrySpanMsMax;
  const delaysMs: number[] = [];
  for (const each of seconds) {
    leftMs -= Math.round(each * 1_000);
    if (leftMs < 0) break;
    delaysMs.push(Math.round(each * 1_000));
  }
  return delaysMs;
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
