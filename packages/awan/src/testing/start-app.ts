/** Starts an Awan for a test and, if there is a template, deploys it. */
import { Readable } from "node:stream";
import { advance } from "../admin/admin.ts";
import type { HttpRequest } from "../host/http.ts";
import type { Platform } from "../host/platform.ts";
import { type Clock, ManualClock, SkippingClock } from "../kernel/clock.ts";
import { durationMs } from "../kernel/duration.ts";
import { SystemClock } from "../kernel/system-clock.ts";
import { type Cloud, createCloud } from "../server.ts";
import { type HandledResponse, isBlobRange } from "../wire/exchange.ts";
import { requestHandlerFor } from "../wire/in-process.ts";
import type { Deployed } from "./deploy-template.ts";

export interface StartAppOptions {
  /** Path of a SAM or CloudFormation template to deploy. */
  readonly template?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** `manual` (the default) moves when told; `skipping` jumps ahead while a call waits; `system` is the machine's. */
  readonly clock?: "manual" | "skipping" | "system";
  /** When a manual or skipping clock starts: epoch milliseconds or an ISO date. 2026-01-01T00:00:00Z by default. */
  readonly startAt?: number | string;
  /** The run is a function of it; 1 by default. */
  readonly seed?: number;
  /** Requires correct signatures: clients get the keys test/test. */
  readonly auth?: boolean;
}

export interface App extends AsyncDisposable {
  readonly clock: {
    nowMs(): number;
    /** Moves a manual clock by a duration (`"15m"`, milliseconds); what comes due on the way happens in order. */
    advance(by: string | number): Promise<void>;
  };
  /** Outputs of the deployed stack. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Physical ids of the deployed stack's resources, by logical id. */
  readonly resources: Readonly<Record<string, string>>;
  /** `http://127.0.0.1:port`: the same application for clients outside this process. */
  readonly endpoint: string;
  readonly platform: Platform;
  /** A client of an SDK's class, connected in process. */
  client<Client>(ClientClass: new (config: never) => Client, config?: object): Client;
  /** An HTTP request to the application: a path of the deployed API, or a whole URL. */
  fetch(pathOrUrl: string, init?: RequestInit): Promise<Response>;
  /** Resolves when nothing is left to happen now. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

const defaultStart = Date.UTC(2026, 0, 1);

function clockOf(options: StartAppOptions): Clock {
  const start =
    typeof options.startAt === "string" ? Date.parse(options.startAt) : (options.startAt ?? defaultStart);
  if (Number.isNaN(start)) throw new RangeError(`startAt is no date: ${options.startAt}`);
  switch (options.clock ?? "manual") {
    case "system":
      return new SystemClock();
    case "skipping":
      return new SkippingClock(start);
    default:
      return new ManualClock(start);
  }
}

/** Starts an Awan in this process; `await using app = await startApp({ template: "template.yaml" })`. */
export async function startApp(options: StartAppOptions = {}): Promise<App> {
  const defects: unknown[] = [];
  const cloud = await createCloud({
    clock: clockOf(options),
    seed: options.seed ?? 1,
    freeze: true,
    rootSecret: options.auth === true ? "test" : undefined,
    onDefect: (error) => defects.push(error),
  });
  const listener = await cloud.listen({ port: 0 });
  cloud.platform.start();
  const { template, parameters = {} } = options;
  let deployed: Deployed = { outputs: {}, resources: {}, apiBase: undefined };
  try {
    if (template !== undefined) {
      const { deployTemplate } = await import("./deploy-template.ts");
      deployed = await deployTemplate(cloud.platform, { template, parameters });
    }
  } catch (error) {
    await cloud.close();
    throw error;
  }
  const close = async (): Promise<void> => {
    await cloud.close();
    if (defects.length > 0)
      throw new AggregateError(defects, `Awan failed ${defects.length} time(s): ${String(defects[0])}`);
  };
  return {
    platform: cloud.platform,
    endpoint: listener.url,
    outputs: deployed.outputs,
    resources: deployed.resources,
    clock: {
      nowMs: () => cloud.platform.clock.nowMs(),
      advance: (by) => advance(cloud.platform, durationMs(by)),
    },
    client: (ClientClass, config) => new ClientClass(clientConfig(cloud, config) as never),
    fetch: (pathOrUrl, init) => fetchFrom(cloud, deployed, pathOrUrl, init),
    settle: () => cloud.platform.idle(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function clientConfig(cloud: Cloud, config: object = {}): object {
  return {
    region: cloud.platform.region,
    endpoint: cloud.platform.endpoint,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
    forcePathStyle: true,
    disableHostPrefix: true,
    requestHandler: requestHandlerFor(cloud.frontDoor.handle, {
      openBlob: ({ blob, start, end }) => cloud.platform.blobs.stream(blob, start, end),
    }),
    ...config,
  };
}

async function fetchFrom(
  cloud: Cloud,
  deployed: Deployed,
  pathOrUrl: string,
  init?: RequestInit,
): Promise<Response> {
  const base = deployed.apiBase ?? cloud.platform.endpoint;
  const url = pathOrUrl.startsWith("/") ? `${base}${pathOrUrl}` : pathOrUrl;
  const asked = new Request(url, init);
  const { origin, pathname, search, host } = new URL(url);
  const request: HttpRequest = {
    method: asked.method,
    target: `${pathname}${search}`,
    headers: { host, ...Object.fromEntries(asked.headers) },
    body: new Uint8Array(await asked.arrayBuffer()),
    remoteAddress: "127.0.0.1",
    origin,
  };
  const { status, headers, body } = await cloud.frontDoor.handle(request);
  const sent = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    for (const each of typeof value === "string" ? [value] : value) sent.append(name, each);
  }
  const isEmpty = status === 204 || status === 304 || asked.method === "HEAD";
  return new Response(isEmpty ? null : await wholeBody(cloud, body), { status, headers: sent });
}

async function wholeBody(cloud: Cloud, body: HandledResponse["body"]): Promise<Uint8Array<ArrayBuffer>> {
  const source = isBlobRange(body) ? cloud.platform.blobs.stream(body.blob, body.start, body.end) : body;
  if (!(source instanceof Readable)) return new Uint8Array(Buffer.from(source));
  return new Uint8Array(Buffer.concat(await source.toArray()));
}
