/** The local API below `/_awan/`: what the CLI, the console and tests in other languages look at and turn. */
import type { HttpRequest } from "../host/http.ts";
import type { Platform } from "../host/platform.ts";
import { isMovable } from "../kernel/clock.ts";
import { AwsError } from "../kernel/errors.ts";
import { durationMs } from "../kernel/duration.ts";
import type { HandledResponse } from "../wire/exchange.ts";
import type { RequestUrl } from "../wire/request-url.ts";

type AdminOperation = (platform: Platform, url: RequestUrl, request: HttpRequest) => Promise<unknown>;

/** Advances the clock step by step, so that whatever comes due on the way happens at its own time. */
export async function advance(platform: Platform, byMs: number): Promise<void> {
  const { clock } = platform;
  if (!isMovable(clock)) throw new RangeError("this clock cannot be moved");
  const untilMs = clock.nowMs() + byMs;
  await platform.idle();
  for (let next = clock.nextMs(); next !== undefined && next <= untilMs; next = clock.nextMs()) {
    clock.moveTo(next);
    await platform.idle();
  }
  clock.moveTo(untilMs);
  await platform.idle();
}

const operations: Readonly<Record<string, AdminOperation>> = {
  "GET /_awan/health": (platform) =>
    Promise.resolve({ status: "ok", nowMs: platform.clock.nowMs(), services: platform.registry.names() }),
  "GET /_awan/clock": (platform) =>
    Promise.resolve({
      nowMs: platform.clock.nowMs(),
      nextDutyAtMs: platform.nextDutyAtMs() ?? null,
    }),
  "POST /_awan/clock/advance": async (platform, url) => {
    await advance(platform, durationMs(url.query.get("by")?.[0] ?? ""));
    return { nowMs: platform.clock.nowMs() };
  },
  "POST /_awan/settle": async (platform) => {
    await platform.idle();
    return { nowMs: platform.clock.nowMs() };
  },
  "POST /_awan/invoke": async (platform, _url, request) => {
    const { service, operation, input = {}, region } = await bodyOf(request);
    const scope = region === undefined ? {} : { region };
    return platform.invoke(service, operation, input, { ...scope, endpoint: platform.endpoint });
  },
  "GET /_awan/journal": (platform, url) => {
    const trace = url.query.get("trace")?.[0];
    return Promise.resolve({
      spans: platform.journal.spans((span) => trace === undefined || span.traceId === trace),
    });
  },
};

export function adminOf(
  platform: Platform,
): (request: HttpRequest, url: RequestUrl) => Promise<HandledResponse> {
  return async (request, url) => {
    const operation = operations[`${request.method} ${url.path}`];
    if (operation === undefined) return json(404, { message: `Awan has no ${request.method} ${url.path}` });
    try {
      return json(200, await operation(platform, url, request));
    } catch (error) {
      if (error instanceof AwsError)
        return json(error.status ?? 400, { code: error.code, message: error.message });
      if (error instanceof RangeError) return json(400, { message: error.message });
      throw error;
    }
  };
}

interface Invocation {
  readonly service: string;
  readonly operation: string;
  readonly input?: object;
  readonly region?: string;
}

/** An operation asked for in plain JSON: `{"service":"sqs","operation":"ListQueues","input":{}}`. */
async function bodyOf(request: HttpRequest): Promise<Invocation> {
  const chunks: Uint8Array[] = [];
  if (request.body instanceof Uint8Array) chunks.push(request.body);
  else for await (const chunk of request.body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  let body: unknown;
  try {
    body = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new RangeError("the body is not JSON");
  }
  const { service, operation } = body as Partial<Invocation>;
  if (typeof service !== "string" || typeof operation !== "string") {
    throw new RangeError("the body needs a service and an operation");
  }
  return body as Invocation;
}

function json(status: number, value: unknown): HandledResponse {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}
