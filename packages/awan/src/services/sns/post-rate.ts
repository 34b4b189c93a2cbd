/**
 * Deliveries to an HTTP(S) endpoint at no more than its throttle policy's rate: each attempt, a repeated one too, takes
 * the next free moment. Without such a policy the outbox repeats by itself.
 */
import type { Call } from "../../host/call.ts";
import type { TuplePart } from "../../store/tuple.ts";
import type { HttpContext } from "./deliver.ts";
import { effectivePolicy } from "./delivery-policy.ts";
import type { HttpPost } from "./http-post.ts";
import { deliveryTimes, subscriptions, topics } from "./keys.ts";

export interface Post {
  readonly request: HttpPost;
  readonly retryDelaysMs: readonly number[];
  readonly context: HttpContext;
}

export function dispatchPost(call: Call, receivesPerSecondMax: number | null, post: Post): void {
  const { request, retryDelaysMs, context } = post;
  const dispatch = { effect: "sns.http-post", completion: "sns.delivered", request };
  if (receivesPerSecondMax === null) {
    call.dispatch({ ...dispatch, retryDelaysMs, context });
    return;
  }
  const key = [context.topicId, context.subscriptionId] as const;
  const atMs = Math.max(call.nowMs, deliveryTimes.get(call.tx, [...key]) ?? 0);
  deliveryTimes.set(call.tx, [...key], atMs + 1_000 / receivesPerSecondMax);
  const { subscriptionId, topicId, deadLetter } = context;
  call.dispatch({
    ...dispatch,
    notBeforeMs: Math.ceil(atMs),
    context: { subscriptionId, topicId, deadLetter, next: { request, retryDelaysMs } } satisfies HttpContext,
  });
}

/** True when a failed attempt at a limited rate is to be repeated, and will be. */
export function repeatLater(call: Call, { next, ...context }: HttpContext): boolean {
  const [delayMs, ...retryDelaysMs] = next?.retryDelaysMs ?? [];
  if (next === undefined || delayMs === undefined) return false;
  const { topicId, subscriptionId } = context;
  call.schedule("sns.repeat", [topicId, subscriptionId, call.random.uuid()], call.nowMs + delayMs, {
    request: next.request,
    retryDelaysMs,
    context,
  } satisfies Post);
  return true;
}

/** The duty: the next attempt takes its turn. */
export function repeat(call: Call, key: readonly TuplePart[], payload: unknown): void {
  const subscription = subscriptions.get(call.tx, [key[0] as number, key[1] as string]);
  const topic = subscription === undefined ? undefined : topics.get(call.tx, [subscription.topicName]);
  if (subscription === undefined || topic === undefined) return;
  const policy = effectivePolicy(topic.attributes, subscription.attributes["DeliveryPolicy"]);
  dispatchPost(call, policy.receivesPerSecondMax, payload as Post);
}
