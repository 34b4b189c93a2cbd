/** One HTTP/1.1 exchange: what the handler sees of the request, and its answer written to a response of node:http. */
import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { Readable, pipeline } from "node:stream";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { HttpRequest } from "../host/http.ts";
import {
  answerDefect,
  type Front,
  type HandledResponse,
  isBlobRange,
  isBodiless,
  reportDefect,
  type RequestContext,
} from "./exchange.ts";
import type { Head } from "./http1-head.ts";

/** What differs between connections that node:http reads and those read here: where the answer goes. */
export abstract class Http1Exchange implements HttpRequest, RequestContext {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | Readable;
  protected readonly front: Front;
  protected readonly socket: Socket;
  #abort: AbortController | undefined;

  constructor(front: Front, socket: Socket, head: Head, body: Uint8Array | Readable) {
    this.front = front;
    this.socket = socket;
    this.method = head.method;
    this.target = head.target;
    this.headers = head.headers;
    this.body = body;
  }

  get remoteAddress(): string {
    return this.socket.remoteAddress ?? "";
  }

  get origin(): string {
    return originOf(this.socket, this.headers["host"]);
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const abort = new AbortController();
      this.#abort = abort;
      this.onPeerGone(() => abort.abort());
    }
    return this.#abort.signal;
  }

  run(): void {
    let answer: HandledResponse | Promise<HandledResponse>;
    try {
      answer = this.front.handle(this, this);
    } catch (defect) {
      this.#respond(answerDefect(this.front, defect, this));
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
      answer = answerDefect(this.front, defect, this);
    }
    this.#respond(answer);
  }

  #respond(answer: HandledResponse): void {
    try {
      this.send(answer);
    } catch (defect) {
      // A header node:http refuses, most likely.
      const substitute = answerDefect(this.front, defect, this);
      if (this.response().headersSent) this.response().destroy();
      else this.send(substitute);
    }
  }

  /** Writes any answer through node:http's response. */
  protected send(answer: HandledResponse): void {
    const response = this.response();
    const { status } = answer;
    const body = isBlobRange(answer.body) ? this.front.openBlob(answer.body) : answer.body;
    if (this.front.closing) response.shouldKeepAlive = false;
    const headers = inOrder(answer.headers as OutgoingHttpHeaders);
    if (body instanceof Readable) {
      if (response.destroyed || isBodiless(this.method, status)) {
        body.destroy();
        response.writeHead(status, headers).end();
        return;
      }
      response.writeHead(status, headers);
      // A body that fails half-way ends the connection: the peer must not take a part for the whole.
      pipeline(body, response, (error) => error && reportDefect(this.front, error, this));
      return;
    }
    if (isBodiless(this.method, status)) {
      const isSized = this.method === "HEAD" && body.length > 0;
      response.writeHead(status, isSized ? withLength(headers, body) : headers).end();
      return;
    }
    response.writeHead(status, withLength(headers, body)).end(body);
  }

  /** node:http's response to this request. */
  protected abstract response(): ServerResponse;
  /** Calls `tell` when the peer goes away before the whole answer was sent; at once when it has gone already. */
  protected abstract onPeerGone(tell: () => void): void;
}

/** The URL at which the peer reached us, without a trailing slash. */
export function originOf(socket: Socket, host: string | undefined): string {
  const scheme = (socket as TLSSocket).encrypted ? "https" : "http";
  return `${scheme}://${host ?? `${socket.localAddress}:${socket.localPort}`}`;
}

/** node:http takes Latin-1 in `content-disposition` only before it has seen the length. */
function inOrder(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const { "content-disposition": disposition, ...others } = headers;
  return disposition === undefined ? headers : { "content-disposition": disposition, ...others };
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
