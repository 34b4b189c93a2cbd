/**
 * The effect that reaches HTTP(S) endpoints, and what follows when it gave up. Endpoints that cannot be reached, and
 * answers 429 and 5xx, are tried again; any other refusal is final (SNS Developer Guide, "message delivery retries").
 */
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import type { Call } from "../../host/call.ts";
import type { EffectContext, Outcome } from "../../host/service.ts";
import { AwsError } from "../../kernel/errors.ts";
import { type HttpContext, toDeadLetters } from "./deliver.ts";
import { subscriptions } from "./keys.ts";
import { repeatLater } from "./post-rate.ts";

export interface HttpPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface HttpAnswer {
  readonly status: number;
}

/** SNS waits 15 seconds for an endpoint. */
const timeoutMs = 15_000;

/** Names of this machine that not every resolver knows: a function's URL, an API's stage. */
const isOwnName = (host: string): boolean => /(?:^|\.)localhost(?:\.localstack\.cloud)?$/.test(host);

const toThisMachine: LookupFunction = (_host, options, found) => {
  if (options.all === true) found(null, [{ address: "127.0.0.1", family: 4 }]);
  else found(null, "127.0.0.1", 4);
};

export async function httpPost(_context: EffectContext, post: HttpPost): Promise<HttpAnswer> {
  let answer: HttpAnswer;
  try {
    answer = await send(post);
  } catch (error) {
    throw new AwsError("EndpointUnreachable", `${post.url}: ${String(error)}`);
  }
  if (answer.status === 429 || answer.status >= 500) {
    throw new AwsError("EndpointFailed", `${post.url} answered ${answer.status}`);
  }
  return answer;
}

function send({ url, headers, body }: HttpPost): Promise<HttpAnswer> {
  const { hostname, protocol } = new URL(url);
  const own = isOwnName(hostname);
  return new Promise((resolve, reject) => {
    const sent = (protocol === "https:" ? requestHttps : requestHttp)(url, {
      method: "POST",
      headers: {
        ...headers,
        "content-length": Buffer.byteLength(body),
        "user-agent": "Amazon Simple Notification Service Agent",
        "accept-encoding": "gzip,deflate",
      },
      signal: AbortSignal.timeout(timeoutMs),
      // Our own certificate is self-signed.
      ...(own ? { lookup: toThisMachine, rejectUnauthorized: false } : {}),
    });
    sent.on("response", (response) => {
      response.resume();
      response.on("end", () => resolve({ status: response.statusCode ?? 0 }));
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

export function delivered(call: Call, context: unknown, outcome: Outcome): void {
  const accepted = outcome.ok && (outcome.value as HttpAnswer).status < 300;
  if (accepted || (!outcome.ok && repeatLater(call, context as HttpContext))) return;
  const { topicId, subscriptionId, deadLetter } = context as HttpContext;
  const subscription = subscriptions.get(call.tx, [topicId, subscriptionId]);
  if (subscription !== undefined) toDeadLetters(call, subscription, deadLetter);
}
