/**
 * A plain connection whose requests are read here, because node:http's share of an ordinary call is larger than Awan's.
 * Requests with a well-formed head and a small body of known size are read and answered one after the other; at the
 * first that is anything else the connection, with all that was not answered yet, is passed on to node:http for good.
 */
import { type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { collectedSizeBytes, emptyBody, type Front, type HandledResponse, isBodiless } from "./exchange.ts";
import { Http1Exchange } from "./http1-exchange.ts";
import { type Head, readHead, writeHead } from "./http1-head.ts";

const headEnd = Buffer.from("\r\n\r\n");
const nothing = Buffer.alloc(0);
/** Larger bodies are left to node:http and its backpressure. */
const answerSizeMax = 65_536;
const silenceMsMax = 65_000;

export interface ConnectionParts {
  readonly front: Front;
  readonly socket: Socket;
  /** Serves the socket from now on; what was read and not answered is back in it. */
  readonly passOn: (socket: Socket) => void;
}

export class Http1Connection {
  readonly #parts: ConnectionParts;
  readonly #socket: Socket;
  /** Received and not answered: at most one request that is not whole yet, or what was pipelined behind one. */
  #unread: Buffer = nothing;
  /** Of the request at the start of `#unread`, when its body is awaited. */
  #head: Head | undefined;
  #bodyStart = 0;
  #bodyEnd = 0;
  #isBusy = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#socket = parts.socket;
    this.#socket.on("data", this.#take);
    this.#socket.on("end", this.#end);
    this.#socket.setTimeout(silenceMsMax, this.#silent);
  }

  /** Ends the connection when no request is under way: then nobody misses it. */
  closeIdle(): void {
    if (!this.#isBusy && this.#unread.length === 0) this.#socket.destroy();
  }

  readonly #take = (chunk: Buffer): void => {
    this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    if (this.#isBusy) this.#socket.pause();
    else this.#read();
  };

  /** A peer that says no more does not listen either: as node:http sees it. */
  readonly #end = (): void => {
    this.#socket.end();
  };

  readonly #silent = (): void => {
    if (!this.#isBusy) this.#socket.destroy();
  };

  #read(): void {
    const unread = this.#unread;
    if (this.#head === undefined) {
      const end = unread.indexOf(headEnd);
      const head = end === -1 ? undefined : readHead(unread.toString("latin1", 0, end + 2));
      const sizeBytes = head === undefined ? undefined : collectedSizeBytes(head.headers);
      if (head === undefined || sizeBytes === undefined) {
        this.#passOn();
        return;
      }
      this.#head = head;
      this.#bodyStart = end + headEnd.length;
      this.#bodyEnd = this.#bodyStart + sizeBytes;
    }
    if (unread.length < this.#bodyEnd) return;
    const isBodyless = this.#bodyStart === this.#bodyEnd;
    const body = isBodyless ? emptyBody : unread.subarray(this.#bodyStart, this.#bodyEnd);
    const exchange = new ConnectionExchange(this, this.#parts.front, this.#socket, this.#head, body);
    this.#unread = unread.length === this.#bodyEnd ? nothing : unread.subarray(this.#bodyEnd);
    this.#head = undefined;
    this.#isBusy = true;
    exchange.run();
  }

  /** The exchange under way has been answered whole. */
  answered(isLast: boolean): void {
    this.#isBusy = false;
    const socket = this.#socket;
    if (isLast) {
      socket.destroySoon();
      return;
    }
    if (socket.isPaused()) socket.resume();
    if (this.#unread.length === 0) return;
    // Not from within the answer before: a long pipeline would pile up calls.
    queueMicrotask(() => this.#isBusy || socket.destroyed || this.#unread.length === 0 || this.#read());
  }

  #passOn(): void {
    const socket = this.#socket;
    socket.off("data", this.#take);
    socket.off("end", this.#end);
    socket.setTimeout(0, this.#silent);
    socket.off("timeout", this.#silent);
    socket.pause();
    socket.unshift(this.#unread);
    this.#parts.passOn(socket);
    socket.resume();
  }
}

class ConnectionExchange extends Http1Exchange {
  readonly #connection: Http1Connection;
  #response: ServerResponse | undefined;
  #tell: (() => void) | undefined;

  constructor(connection: Http1Connection, front: Front, socket: Socket, head: Head, body: Uint8Array) {
    super(front, socket, head, body);
    this.#connection = connection;
  }

  /** Whole answers go out in one write; all others through node:http's response. */
  protected override send(answer: HandledResponse): void {
    const { body, status } = answer;
    if (!this.socket.writable) {
      if (body instanceof Readable) body.destroy();
      return;
    }
    const isShort = typeof body === "string" && body.length <= answerSizeMax;
    if (!isShort || this.front.closing || this.#response !== undefined) {
      super.send(answer);
      return;
    }
    const length = Buffer.byteLength(body);
    const isBodyless = isBodiless(this.method, status);
    const isSized = !isBodyless || (this.method === "HEAD" && length > 0);
    const head = writeHead(answer, isSized ? length : undefined);
    if (head === undefined) {
      super.send(answer);
      return;
    }
    if (isBodyless) this.socket.write(head, "latin1");
    else this.socket.write(head + body, length === body.length ? "latin1" : "utf8");
    this.#answered(false);
  }

  protected response(): ServerResponse {
    if (this.#response !== undefined) return this.#response;
    const { socket, method, headers } = this;
    const request = { method, headers, httpVersionMajor: 1, httpVersionMinor: 1 };
    const response = new ServerResponse(request as unknown as IncomingMessage);
    this.#response = response;
    const drained = (): void => void response.emit("drain");
    socket.on("drain", drained);
    response.once("finish", () => {
      // Detached, it is never told that the socket closed.
      socket.off("drain", drained);
      response.detachSocket(socket);
      this.#answered(!response.shouldKeepAlive);
    });
    response.once("close", () => socket.off("drain", drained));
    response.assignSocket(socket);
    return response;
  }

  protected onPeerGone(tell: () => void): void {
    const { socket } = this;
    this.#tell = tell;
    if (socket.destroyed) tell();
    else socket.once("close", tell);
  }

  #answered(isLast: boolean): void {
    // The socket goes on: what this exchange hung on it does not.
    if (this.#tell !== undefined) this.socket.off("close", this.#tell);
    this.#connection.answered(isLast);
  }
}
