/** HTTP/2 exchanges, with prior knowledge or after ALPN: the same handler, one exchange per stream. */
import {
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { Readable, pipeline } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { HttpRequest } from "../host/http.ts";
import {
  type Front,
  type HandledResponse,
  type RequestContext,
  answerDefect,
  collectedSizeBytes,
  emptyBody,
  isBlobRange,
  isBodiless,
  reportDefect,
} from "./exchange.ts";

/** Headers that belong to a connection of HTTP/1.1 and are an error in HTTP/2. */
const connectionHeaders = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

const windowSizeBytes = 1_048_576;

/** A server for connections that turned out to speak HTTP/2. */
export function createHttp2(front: Front, headerSizeBytesMax: number): Http2Server {
  const server = createServer({
    settings: { initialWindowSize: windowSizeBytes, maxHeaderListSize: headerSizeBytesMax },
  });
  server.on("stream", (stream, headers) => void new Http2Exchange(front, stream, headers).run());
  server.on("session", (session) => session.setLocalWindowSize(windowSizeBytes));
  return server;
}

class Http2Exchange implements HttpRequest, RequestContext {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly remoteAddress: string;
  readonly origin: string;
  body: Uint8Array | Readable = emptyBody;
  readonly #front: Front;
  readonly #stream: ServerHttp2Stream;
  #abort: AbortController | undefined;

  constructor(front: Front, stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    this.#front = front;
    this.#stream = stream;
    this.method = headers[":method"] ?? "GET";
    this.target = headers[":path"] ?? "/";
    const authority = headers[":authority"] ?? headers.host ?? "";
    this.headers = plainHeaders(headers, authority);
    const socket = stream.session?.socket;
    this.remoteAddress = socket?.remoteAddress ?? "";
    this.origin = `${(socket as TLSSocket | undefined)?.encrypted ? "https" : "http"}://${authority}`;
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const abort = new AbortController();
      this.#abort = abort;
      const stream = this.#stream;
      if (stream.aborted) abort.abort();
      else stream.once("aborted", () => abort.abort());
    }
    return this.#abort.signal;
  }

  async run(): Promise<void> {
    const stream = this.#stream;
    // A peer that resets its stream is told nothing more; the signal has the news.
    stream.on("error", ignoreOutcome);
    if (this.headers["expect"] === "100-continue") stream.additionalHeaders({ ":status": 100 });
    const isWhole = stream.endAfterHeaders;
    const sizeBytes = isWhole ? 0 : collectedSizeBytes(this.headers);
    let answer: HandledResponse;
    try {
      if (!isWhole) {
        const isCollected = sizeBytes !== undefined && sizeBytes > 0;
        this.body = isCollected ? await collect(stream) : stream;
      }
      answer = await this.#front.handle(this, this);
    } catch (defect) {
      answer = answerDefect(this.#front, defect, this);
    }
    try {
      this.#send(answer);
    } catch (defect) {
      const substitute = answerDefect(this.#front, defect, this);
      if (stream.headersSent) stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      else this.#send(substitute);
    }
  }

  #send(answer: HandledResponse): void {
    const stream = this.#stream;
    const body = isBlobRange(answer.body) ? this.#front.openBlob(answer.body) : answer.body;
    const isBodyless = isBodiless(this.method, answer.status);
    if (stream.destroyed) {
      if (body instanceof Readable) body.destroy();
      return;
    }
    const headers: OutgoingHttpHeaders = { ":status": answer.status };
    for (const [name, value] of Object.entries(answer.headers)) {
      if (!connectionHeaders.has(name)) headers[name] = value as string | string[];
    }
    if (body instanceof Readable) {
      stream.respond(headers, { endStream: isBodyless });
      if (isBodyless) body.destroy();
      else pipeline(body, stream, (error) => error && reportDefect(this.#front, error, this));
      return;
    }
    const isSized = !isBodyless || (this.method === "HEAD" && body.length > 0);
    if (isSized)
      headers["content-length"] ??= typeof body === "string" ? Buffer.byteLength(body) : body.length;
    stream.respond(headers, { endStream: isBodyless });
    if (!isBodyless) stream.end(body);
  }
}

function plainHeaders(headers: IncomingHttpHeaders, authority: string): Record<string, string> {
  const plain: Record<string, string> = { host: authority };
  for (const name in headers) {
    if (name.startsWith(":") || name === "host") continue;
    const value = headers[name];
    plain[name] = Array.isArray(value) ? value.join(", ") : (value ?? "");
  }
  return plain;
}

async function collect(stream: Readable): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of stream as AsyncIterable<Uint8Array>) parts.push(part);
  return parts.length === 1 ? (parts[0] ?? emptyBody) : Buffer.concat(parts);
}

function ignoreOutcome(): void {}
