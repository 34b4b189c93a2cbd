/**
 * HTTP/1.1 exchanges over node:http. One object per exchange is request, context and bookkeeping at once, and small
 * bodies bypass the stream machinery: both are what keeps the price over bare node:http low.
 */
import { IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import { Readable, pipeline } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { HttpRequest } from "../host/http.ts";
import { sendWhole } from "./http1-answer.ts";
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

/**
 * An incoming message that can hand the parser's chunks to its exchange instead of buffering them in the stream.
 * `push` is the documented way in for a stream's data; the parser ends a body with `push(null)`.
 */
export class Http1Message extends IncomingMessage {
  exchange: Http1Exchange | undefined;

  override push(chunk: Uint8Array | null): boolean {
    if (this.exchange === undefined) return super.push(chunk);
    this.exchange.take(chunk);
    return true;
  }

  /** Called by node:http after the answer, to skip what was not read: nothing, when the body was collected. */
  _dump(): void {
    if (this.exchange === undefined) dumpUnread.call(this);
  }
}

const dumpUnread = Reflect.get(IncomingMessage.prototype, "_dump") as (this: IncomingMessage) => void;

export class Http1Exchange implements HttpRequest, RequestContext {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  body: Uint8Array | Readable = emptyBody;
  readonly #front: Front;
  readonly #message: IncomingMessage;
  readonly #response: ServerResponse;
  #abort: AbortController | undefined;
  /** The request's body was collected. */
  #isWhole = false;
  /** Past node:http's response, which then does not know. */
  #isAnswered = false;

  constructor(front: Front, message: IncomingMessage, response: ServerResponse) {
    this.#front = front;
    this.#message = message;
    this.#response = response;
    this.method = message.method ?? "GET";
    this.target = message.url ?? "/";
    this.headers = message.headers as Record<string, string>;
  }

  get remoteAddress(): string {
    return this.#message.socket.remoteAddress ?? "";
  }

  get origin(): string {
    return originOf(this.#message);
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const abort = new AbortController();
      this.#abort = abort;
      const response = this.#response;
      if (response.destroyed) abort.abort();
      else response.once("close", () => this.#isAnswered || response.writableFinished || abort.abort());
    }
    return this.#abort.signal;
  }

  start(message: Http1Message): void {
    const sizeBytes = collectedSizeBytes(this.headers);
    if (sizeBytes === undefined) {
      this.body = message;
      this.#run();
      return;
    }
    message.exchange = this;
    this.#isWhole = true;
    if (sizeBytes === 0) this.#run();
  }

  /** A chunk of a body that is collected; null when it is whole. */
  take(chunk: Uint8Array | null): void {
    if (chunk !== null) {
      const before = this.body as Uint8Array;
      this.body = before.length === 0 ? chunk : Buffer.concat([before, chunk]);
    } else if ((this.body as Uint8Array).length > 0) this.#run();
  }

  #run(): void {
    let answer: HandledResponse | Promise<HandledResponse>;
    try {
      answer = this.#front.handle(this, this);
    } catch (defect) {
      this.#respond(answerDefect(this.#front, defect, this));
      return;
    }
    if (answer instanceof Promise) void this.#respondLater(answer);
    else this.#respond(answer);
  }

  async #respondLater(promise: Promise<HandledResponse>): Promise<void> {
    let answer: HandledResponse;
    try {
      answer = await promise;
    } catch (defect) {
      answer = answerDefect(this.#front, defect, this);
    }
    this.#respond(answer);
  }

  #respond(answer: HandledResponse): void {
    try {
      this.#send(answer);
    } catch (defect) {
      // A header node:http refuses, most likely.
      const substitute = answerDefect(this.#front, defect, this);
      if (this.#response.headersSent) this.#response.destroy();
      else this.#send(substitute);
    }
  }

  #send(answer: HandledResponse): void {
    const response = this.#response;
    const { status } = answer;
    const body = isBlobRange(answer.body) ? this.#front.openBlob(answer.body) : answer.body;
    if (this.#front.closing) response.shouldKeepAlive = false;
    const headers = answer.headers as OutgoingHttpHeaders;
    if (body instanceof Readable) {
      if (response.destroyed || isBodiless(this.method, status)) {
        body.destroy();
        response.writeHead(status, headers).end();
        return;
      }
      response.writeHead(status, headers);
      // A body that fails half-way ends the connection: the peer must not take a part for the whole.
      pipeline(body, response, (error) => error && reportDefect(this.#front, error, this));
      return;
    }
    if (isBodiless(this.method, status)) {
      const isSized = this.method === "HEAD" && body.length > 0;
      response.writeHead(status, isSized ? withLength(headers, body) : headers).end();
      return;
    }
    if (this.#isWhole && !this.#front.closing && typeof body === "string") {
      this.#isAnswered = sendWhole(response, status, answer.headers, body);
      if (this.#isAnswered) return;
    }
    response.writeHead(status, withLength(headers, body)).end(body);
  }
}

function originOf({ socket, headers }: IncomingMessage): string {
  const scheme = (socket as TLSSocket).encrypted ? "https" : "http";
  return `${scheme}://${headers.host ?? `${socket.localAddress}:${socket.localPort}`}`;
}

/** The request of a handshake, which has no body and whose answer is the socket. */
export function handshakeRequest(message: IncomingMessage): HttpRequest {
  return {
    method: message.method ?? "GET",
    target: message.url ?? "/",
    headers: message.headers as Record<string, string>,
    body: emptyBody,
    remoteAddress: message.socket.remoteAddress ?? "",
    origin: originOf(message),
  };
}

/** The headers as node:http's flat list, with the body's length when the handler did not give it. */
function withLength(headers: OutgoingHttpHeaders, body: string | Uint8Array): (string | number)[] {
  const list: (string | number | readonly string[])[] = [];
  let isGiven = false;
  for (const name in headers) {
    if (name === "content-length") isGiven = true;
    list.push(name, headers[name] as string | readonly string[]);
  }
  if (!isGiven) list.push("content-length", typeof body === "string" ? Buffer.byteLength(body) : body.length);
  return list as (string | number)[];
}
