/**
 * How a test reaches its application without sockets: SDK clients and `fetch`. Every request carries a trace, so that
 * what it set in motion can be looked at afterwards; made inside a replaced function, it continues that function's.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { Readable } from "node:stream";
import type { HttpRequest } from "../host/http.ts";
import { Random } from "../kernel/random.ts";
import type { Cloud } from "../server.ts";
import { type Handle, type HandledResponse, isBlobRange } from "../wire/exchange.ts";
import { requestHandlerFor } from "../wire/in-process.ts";

/** The trace header of the replaced function that is running. */
export const runningTrace = new AsyncLocalStorage<string>();

const answersRemembered = 4096;

export class Connection {
  readonly #cloud: () => Cloud;
  readonly #random: Random;
  /** Which trace a request belonged to, by the request id of its answer. */
  readonly #traceOf = new Map<string, string>();

  /** `cloud` gives the one that answers now. */
  constructor(cloud: () => Cloud, seed: number) {
    this.#cloud = cloud;
    this.#random = new Random(seed ^ 0x5eed);
  }

  /** The trace of an answer of the SDK, by `$metadata.requestId`. */
  traceOf(requestId: string): string | undefined {
    return this.#traceOf.get(requestId);
  }

  readonly #handle: Handle = async (request, context) => {
    const header = request.headers["x-amzn-trace-id"] ?? runningTrace.getStore() ?? this.#newTrace();
    const traced = { ...request, headers: { ...request.headers, "x-amzn-trace-id": header } };
    const answer = await this.#cloud().frontDoor.handle(traced, context);
    const requestId = answer.headers["x-amzn-requestid"] ?? answer.headers["x-amz-request-id"];
    if (typeof requestId === "string") this.#remember(requestId, header);
    return answer;
  };

  clientConfig(config: object = {}): object {
    const { platform } = this.#cloud();
    return {
      region: platform.region,
      endpoint: platform.endpoint,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
      forcePathStyle: true,
      disableHostPrefix: true,
      requestHandler: requestHandlerFor(this.#handle, {
        openBlob: ({ blob, start, end }) => platform.blobs.stream(blob, start, end),
      }),
      ...config,
    };
  }

  /** An HTTP request to a whole URL; also returns the trace it began, and the larger of its bodies' sizes. */
  async fetch(
    url: string,
    init?: RequestInit,
  ): Promise<{ response: Response; traceId: string; bytes: number }> {
    const asked = new Request(url, init);
    const { origin, pathname, search, host } = new URL(url);
    const header = runningTrace.getStore() ?? this.#newTrace();
    const sentBody = new Uint8Array(await asked.arrayBuffer());
    const request: HttpRequest = {
      method: asked.method,
      target: `${pathname}${search}`,
      headers: { host, "x-amzn-trace-id": header, ...Object.fromEntries(asked.headers) },
      body: sentBody,
      remoteAddress: "127.0.0.1",
      origin,
    };
    const { status, headers, body } = await this.#cloud().frontDoor.handle(request);
    const sent = new Headers();
    for (const [name, value] of Object.entries(headers)) {
      for (const each of typeof value === "string" ? [value] : value) sent.append(name, each);
    }
    const isEmpty = status === 204 || status === 304 || asked.method === "HEAD";
    const answered = isEmpty ? null : await this.#wholeBody(body);
    const response = new Response(answered, { status, headers: sent });
    const bytes = Math.max(sentBody.byteLength, answered?.byteLength ?? 0);
    return { response, traceId: rootOf(header), bytes };
  }

  async #wholeBody(body: HandledResponse["body"]): Promise<Uint8Array<ArrayBuffer>> {
    const { blobs } = this.#cloud().platform;
    const source = isBlobRange(body) ? blobs.stream(body.blob, body.start, body.end) : body;
    if (!(source instanceof Readable)) return new Uint8Array(Buffer.from(source));
    return new Uint8Array(Buffer.concat(await source.toArray()));
  }

  #newTrace(): string {
    const seconds = Math.floor(this.#cloud().platform.clock.nowMs() / 1000).toString(16);
    return `Root=1-${seconds.padStart(8, "0")}-${this.#random.hex(24)}`;
  }

  #remember(requestId: string, header: string): void {
    this.#traceOf.set(requestId, rootOf(header));
    if (this.#traceOf.size > answersRemembered) {
      for (const oldest of this.#traceOf.keys()) {
        this.#traceOf.delete(oldest);
        break;
      }
    }
  }
}

const rootOf = (header: string): string => /Root=([^;]+)/.exec(header)?.[1] ?? "";
