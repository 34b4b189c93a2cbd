/** The local API below `/_awan/`: what the CLI, the console and tests in other languages look at and turn. */
import type { HttpRequest } from "../host/http.ts";
import type { Platform } from "../host/platform.ts";
import { ManualClock } from "../kernel/clock.ts";
import { durationMs } from "../kernel/duration.ts";
import type { HandledResponse } from "../wire/exchange.ts";
import type { RequestUrl } from "../wire/request-url.ts";

type AdminOperation = (platform: Platform, url: RequestUrl) => Promise<unknown>;

/** Advances a manual clock step by step, so that whatever comes due on the way happens at its own time. */
export async function advance(platform: Platform, byMs: number): Promise<void> {
  const { clock } = platform;
  if (!(clock instanceof ManualClock)) {
    throw new RangeError("the clock is the system's: start Awan with --clock manual to move it");
  }
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
      manual: platform.clock instanceof ManualClock,
    }),
  "POST /_awan/clock/advance": async (platform, url) => {
    await advance(platform, durationMs(url.query.get("by")?.[0] ?? ""));
    return { nowMs: platform.clock.nowMs() };
  },
  "POST /_awan/settle": async (platform) => {
    await platform.idle();
    return { nowMs: platform.clock.nowMs() };
  },
  "GET /_awan/journal": (platform, url) => {
    const trace = url.query.get("trace")?.[0];
    return Promise.resolve({ spans: platform.journal.spans((span) => trace === undefined || span.traceId === trace) });
  },
};

export function adminOf(platform: Platform): (request: HttpRequest, url: RequestUrl) => Promise<HandledResponse> {
  return async (request, url) => {
    const operation = operations[`${request.method} ${url.path}`];
    if (operation === undefined) return json(404, { message: `Awan has no ${request.method} ${url.path}` });
    try {
      return json(200, await operation(platform, url));
    } catch (error) {
      if (error instanceof RangeError) return json(400, { message: error.message });
      throw error;
    }
  };
}

function json(status: number, value: unknown): HandledResponse {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}
