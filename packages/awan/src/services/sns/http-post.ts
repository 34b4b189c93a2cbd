/** The effect that reaches HTTP(S) endpoints, and what follows when it gave up. */
import type { Call } from "../../host/call.ts";
import type { EffectContext, Outcome } from "../../host/service.ts";
import { AwsError } from "../../kernel/errors.ts";
import { type HttpContext, toDeadLetters } from "./deliver.ts";
import { subscriptions } from "./keys.ts";

export interface HttpPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** SNS waits 15 seconds for an endpoint. */
const timeoutMs = 15_000;

export async function httpPost(
  _context: EffectContext,
  request: HttpPost,
): Promise<{ readonly status: number }> {
  let response: Response;
  try {
    response = await fetch(request.url, {
      method: "POST",
      headers: {
        ...request.headers,
        "user-agent": "Amazon Simple Notification Service Agent",
        "accept-encoding": "gzip,deflate",
      },
      body: request.body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.arrayBuffer();
  } catch (error) {
    throw new AwsError("EndpointUnreachable", `${request.url}: ${String((error as Error).cause ?? error)}`);
  }
  if (!response.ok) throw new AwsError("EndpointRefused", `${request.url} answered ${response.status}`);
  return { status: response.status };
}

export function delivered(call: Call, context: unknown, outcome: Outcome): void {
  if (outcome.ok) return;
  const { topicId, subscriptionId, deadLetter } = context as HttpContext;
  const subscription = subscriptions.get(call.tx, [topicId, subscriptionId]);
  if (subscription !== undefined) toDeadLetters(call, subscription, deadLetter);
}
