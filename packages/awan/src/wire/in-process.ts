/**
 * The door inside the process: a request handler for clients of the AWS SDK for JavaScript that calls the handler
 * directly, without sockets. Works for every client, also for those that speak HTTP/2 by default.
 */
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import type { BlobRange, HttpRequest } from "../host/http.ts";
import { type Handle, type HandledResponse, emptyBody, isBlobRange, isBodiless } from "./exchange.ts";

/** An SDK's request, as far as it is read here. */
export interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface SdkResponse {
  readonly statusCode: number;
  readonly reason: string;
  headers: Record<string, string>;
  body: Readable;
}

export interface SdkHandlerOptions {
  readonly abortSignal?: SdkAbortSignal | undefined;
}

/** The platform's, or the SDK's own older one. */
interface SdkAbortSignal {
  readonly aborted: boolean;
  onabort: unknown;
  addEventListener?: unknown;
}

export interface SdkRequestHandler {
  readonly metadata: { readonly handlerProtocol: string };
  handle(request: SdkRequest, options?: SdkHandlerOptions): Promise<{ response: SdkResponse }>;
  updateHttpClientConfig(key: string, value: unknown): void;
  httpHandlerConfigs(): Record<string, never>;
  destroy(): void;
}

export interface InProcessOptions {
  /** The URL under which callers are told to reach us, for clients that name no local endpoint. */
  readonly origin?: string;
  /** Opens the blobs that answers name. */
  readonly openBlob?: (range: BlobRange) => Readable;
}

const defaultOrigin = "http://127.0.0.1:4566";
const localHost = /^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/;

export function requestHandlerFor(handle: Handle, options: InProcessOptions = {}): SdkRequestHandler {
  return {
    // With HTTP/2 here the SDK would send `:authority` instead of `host`.
    metadata: { handlerProtocol: "http/1.1" },
    async handle(sdkRequest, { abortSignal } = {}) {
      const abort = abortOf(abortSignal);
      if (abort.signal.aborted) throw abortError();
      const request = requestOf(sdkRequest, options.origin ?? defaultOrigin);
      const handling = Promise.resolve(handle(request, abort)).then((answer) => {
        if (!abort.signal.aborted) return answer;
        if (answer.body instanceof Readable) answer.body.destroy();
        throw abortError();
      });
      const answer = await (abortSignal === undefined
        ? handling
        : Promise.race([handling, whenAborted(abort.signal)]));
      return { response: responseOf(answer, request.method, options) };
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  };
}

function requestOf(request: SdkRequest, defaultUrl: string): HttpRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value;
  const port = request.port === undefined ? "" : `:${request.port}`;
  const authority = `${request.hostname}${port}`;
  headers["host"] ??= headers[":authority"] ?? authority;
  delete headers[":authority"];
  const query = queryText(request.query ?? {});
  const path = request.path.startsWith("/") ? request.path : `/${request.path}`;
  return {
    method: request.method,
    target: query === "" ? path : `${path}?${query}`,
    headers,
    body: bodyOf(request.body),
    remoteAddress: "127.0.0.1",
    origin: localHost.test(request.hostname) ? `${request.protocol}//${authority}` : defaultUrl,
  };
}

/** As the SDK's own handlers write it: sorted, and null for a name without a value. */
function queryText(query: Readonly<Record<string, string | readonly string[] | null>>): string {
  const parts: string[] = [];
  for (const name of Object.keys(query).toSorted()) {
    const value = query[name];
    const encoded = encode(name);
    if (Array.isArray(value)) for (const item of value) parts.push(`${encoded}=${encode(String(item))}`);
    else parts.push(typeof value === "string" ? `${encoded}=${encode(value)}` : encoded);
  }
  return parts.join("&");
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.codePointAt(0)?.toString(16).toUpperCase()}`,
  );
}

function bodyOf(body: unknown): Uint8Array | Readable {
  if (body === undefined || body === null) return emptyBody;
  if (body instanceof Readable) return body;
  if (typeof body === "string") return Buffer.from(body, "utf8");
  // Also for Uint8Arrays: the SDK's own are a subclass that warns when Buffer looks at them.
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (body instanceof Blob) return Readable.fromWeb(body.stream());
  if (isWebStream(body)) return Readable.fromWeb(body);
  if (isIterable(body)) return Readable.from(body);
  throw new TypeError(
    `A request body of this kind is not understood: ${Object.prototype.toString.call(body)}`,
  );
}

function isWebStream(body: unknown): body is ReadableStream {
  return typeof body === "object" && body !== null && "getReader" in body;
}

function isIterable(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}

function responseOf(answer: HandledResponse, method: string, options: InProcessOptions): SdkResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    headers[name] = typeof value === "string" ? value : value.join(", ");
  }
  return {
    statusCode: answer.status,
    reason: "",
    headers,
    body: responseBody(answer, headers, isBodiless(method, answer.status), options),
  };
}

function responseBody(
  { body }: HandledResponse,
  headers: Record<string, string>,
  isBodyless: boolean,
  options: InProcessOptions,
): Readable {
  if (isBlobRange(body)) {
    if (isBodyless) return readableOf(emptyBody);
    if (options.openBlob === undefined)
      throw new TypeError("An answer names a blob, but openBlob was not given.");
    return options.openBlob(body);
  }
  if (body instanceof Readable) {
    if (!isBodyless) return body;
    body.destroy();
    return readableOf(emptyBody);
  }
  const bytes = typeof body === "string" ? Buffer.from(body, "utf8") : body;
  if (!isBodyless) headers["content-length"] ??= String(bytes.length);
  return readableOf(isBodyless ? emptyBody : bytes);
}

function readableOf(bytes: Uint8Array): Readable {
  const readable = new Readable({ read: doNothing });
  if (bytes.length > 0) readable.push(bytes);
  readable.push(null);
  return readable;
}

function doNothing(): void {}

/** The caller's signal as one of the platform; a controller of our own for the SDK's older kind. */
function abortOf(given: SdkAbortSignal | undefined): { readonly signal: AbortSignal } {
  if (given instanceof AbortSignal) return { signal: given };
  const controller = new AbortController();
  if (given !== undefined) {
    if (given.aborted) controller.abort();
    Object.assign(given, { onabort: () => controller.abort() });
  }
  return controller;
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(abortError()), { once: true });
  });
}

/** What the SDK's own handlers throw. */
function abortError(): Error {
  const error = new Error("Request aborted");
  error.name = "AbortError";
  return error;
}
