/** The local API below `/_awan/`: what the CLI, the console and tests in other languages look at and turn. */
import type { HttpRequest } from "../host/http.ts";
import type { Platform } from "../host/platform.ts";
import { isMovable } from "../kernel/clock.ts";
import { AwsError } from "../kernel/errors.ts";
import { durationMs } from "../kernel/duration.ts";
import { NotSettledError, settle } from "../testing/settle.ts";
import type { HandledResponse } from "../wire/exchange.ts";
import type { RequestUrl } from "../wire/request-url.ts";
import type { Descendants } from "./descendants.ts";
import { costSoFar, startMeter } from "./metered.ts";
import { portableSnapshot } from "./snapshots.ts";
import { addFaults, clearFaults, faultsOf } from "./faults.ts";

type AdminOperation = (context: AdminContext) => Promise<unknown>;

interface AdminContext {
  readonly platform: Platform;
  readonly descendants: Descendants;
  readonly request: HttpRequest;
  /** The first value of a query parameter. */
  readonly query: (name: string) => string | undefined;
}

/** Advances the clock step by step, so that whatever comes due on the way happens at its own time. */
export async function advance(platform: Platform, byMs: number): Promise<void> {
  await advanceTo(platform, platform.clock.nowMs() + byMs);
}

async function advanceTo(platform: Platform, untilMs: number): Promise<void> {
  const { clock } = platform;
  if (!isMovable(clock)) throw new RangeError("this clock cannot be moved");
  await settle(platform);
  for (let next = clock.nextMs(); next !== undefined && next <= untilMs; next = clock.nextMs()) {
    clock.moveTo(next);
    await settle(platform);
  }
  clock.moveTo(untilMs);
  await settle(platform);
}

const now = ({ clock }: Platform): { readonly nowMs: number } => ({ nowMs: clock.nowMs() });

function required(context: AdminContext, name: string): string {
  const value = context.query(name);
  if (value === undefined || value === "") throw new RangeError(`the query parameter "${name}" is missing`);
  return value;
}

/** Every operation is described in `openapi.ts`; a test holds the two together. */
export const operations: Readonly<Record<string, AdminOperation>> = {
  "GET /_awan/health": async ({ platform }) => ({
    status: "ok",
    ...now(platform),
    services: platform.registry.names(),
  }),
  "GET /_awan/openapi.json": async () => (await import("./openapi.ts")).openApi,
  "GET /_awan/clock": async ({ platform }) => ({
    ...now(platform),
    nextDutyAtMs: platform.nextDutyAtMs() ?? null,
  }),
  "POST /_awan/clock/advance": async (context) => {
    await advance(context.platform, durationMs(required(context, "by")));
    return now(context.platform);
  },
  "POST /_awan/clock/skip-to-next": async ({ platform }) => {
    await platform.idle();
    const nextMs = isMovable(platform.clock) ? platform.clock.nextMs() : undefined;
    if (nextMs !== undefined) await advanceTo(platform, nextMs);
    return { ...now(platform), moved: nextMs !== undefined };
  },
  "POST /_awan/clock/run-until": async (context) => {
    const untilMs = Date.parse(required(context, "at"));
    if (Number.isNaN(untilMs)) throw new RangeError("at is an ISO date: 2026-01-01T00:00:00Z");
    await advanceTo(context.platform, untilMs);
    return now(context.platform);
  },
  "POST /_awan/settle": async ({ platform }) => {
    await settle(platform);
    return now(platform);
  },
  "GET /_awan/faults": async ({ platform }) => faultsOf(platform),
  "POST /_awan/faults": async ({ platform, request }) => addFaults(platform, await jsonOf(request)),
  "DELETE /_awan/faults": async ({ platform }) => clearFaults(platform),
  "POST /_awan/cost": async ({ platform }) => startMeter(platform),
  "GET /_awan/cost": async ({ platform, query }) => costSoFar(platform, query("trace")),
  "GET /_awan/snapshots": async ({ descendants }) => ({ snapshots: await descendants.list() }),
  "GET /_awan/snapshots/content": async (context) =>
    portableSnapshot(await context.descendants.read(required(context, "name"))),
  "POST /_awan/snapshots/save": (context) => context.descendants.save(required(context, "name")),
  "POST /_awan/snapshots/restore": async (context) =>
    context.descendants.restore(await context.descendants.read(required(context, "name"))),
  "POST /_awan/snapshots/load": async ({ descendants, request }) =>
    descendants.restore(await bytesOf(request)),
  "GET /_awan/forks": async ({ descendants }) => ({ forks: descendants.forks() }),
  "POST /_awan/forks": ({ descendants, query }) => {
    const seed = query("seed");
    return descendants.fork(seed === undefined ? undefined : Number(seed));
  },
  "DELETE /_awan/forks": async (context) => {
    await context.descendants.closeFork(required(context, "name"));
    return { forks: context.descendants.forks() };
  },
  "POST /_awan/invoke": async ({ platform, request }) => {
    const { service, operation, input = {}, region } = invocationOf(await jsonOf(request));
    const scope = region === undefined ? {} : { region };
    return platform.invoke(service, operation, input, { ...scope, endpoint: platform.endpoint });
  },
  "GET /_awan/letters": ({ platform, query }) => {
    const [accountId, region] = [query("account"), query("region")];
    const scope = {
      ...(accountId === undefined ? {} : { accountId }),
      ...(region === undefined ? {} : { region }),
    };
    return platform.run({ name: "sns.Letters", ...scope }, (call) => ({
      letters: call.ports.sns.letters(call, query("to")),
    }));
  },
  "GET /_awan/journal": async ({ platform, query }) => {
    const trace = query("trace");
    return { spans: platform.journal.spans((span) => trace === undefined || span.traceId === trace) };
  },
};

export function adminOf(
  platform: Platform,
  descendants: Descendants,
): (request: HttpRequest, url: RequestUrl) => Promise<HandledResponse> {
  return async (request, url) => {
    const operation = operations[`${request.method} ${url.path}`];
    if (operation === undefined) return json(404, { message: `Awan has no ${request.method} ${url.path}` });
    try {
      const query = (name: string): string | undefined => url.query.get(name)?.[0];
      const answer = await operation({ platform, descendants, request, query });
      if (!(answer instanceof Uint8Array)) return json(200, answer);
      return { status: 200, headers: { "content-type": "application/octet-stream" }, body: answer };
    } catch (error) {
      if (error instanceof AwsError)
        return json(error.status ?? 400, { code: error.code, message: error.message });
      if (error instanceof NotSettledError) return json(409, { code: error.name, message: error.message });
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
function invocationOf(body: object): Invocation {
  const { service, operation } = body as Partial<Invocation>;
  if (typeof service !== "string" || typeof operation !== "string") {
    throw new RangeError("the body needs a service and an operation");
  }
  return body as Invocation;
}

async function bytesOf(request: HttpRequest): Promise<Uint8Array> {
  if (request.body instanceof Uint8Array) return request.body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of request.body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function jsonOf(request: HttpRequest): Promise<object> {
  try {
    return JSON.parse(Buffer.from(await bytesOf(request)).toString("utf8")) as object;
  } catch {
    throw new RangeError("the body is not JSON");
  }
}

function json(status: number, value: unknown): HandledResponse {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}
