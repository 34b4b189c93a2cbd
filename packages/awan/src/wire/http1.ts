/** HTTP/1.1 as node:http reads it: inside TLS, and wherever a connection left the ordinary (`http1-connection.ts`). */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { HttpRequest } from "../host/http.ts";
import { collectedSizeBytes, emptyBody, type Front } from "./exchange.ts";
import { Http1Exchange, originOf } from "./http1-exchange.ts";
import type { Head } from "./http1-head.ts";

const headOf = ({ method = "GET", url = "/", headers }: IncomingMessage): Head => ({
  method,
  target: url,
  headers: headers as Record<string, string>,
});

class NodeExchange extends Http1Exchange {
  readonly #response: ServerResponse;

  constructor(front: Front, message: IncomingMessage, response: ServerResponse, body: Uint8Array | Readable) {
    super(front, message.socket, headOf(message), body);
    this.#response = response;
  }

  protected response(): ServerResponse {
    return this.#response;
  }

  protected onPeerGone(tell: () => void): void {
    const response = this.#response;
    if (response.destroyed) tell();
    else response.once("close", () => response.writableFinished || tell());
  }
}

/** Answers a request of node:http's server; a small body is collected first. */
export function serveMessage(front: Front, message: IncomingMessage, response: ServerResponse): void {
  const run = (body: Uint8Array | Readable): void => new NodeExchange(front, message, response, body).run();
  const sizeBytes = collectedSizeBytes(message.headers as Record<string, string>);
  if (sizeBytes === undefined) run(message);
  else if (sizeBytes === 0) run(emptyBody);
  else {
    const chunks: Uint8Array[] = [];
    message.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    message.on("end", () => run(chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks)));
  }
}

/** The request of a handshake, which has no body and whose answer is the socket. */
export function handshakeRequest(message: IncomingMessage): HttpRequest {
  const { method, target, headers } = headOf(message);
  const { socket } = message;
  return {
    method,
    target,
    headers,
    body: emptyBody,
    remoteAddress: socket.remoteAddress ?? "",
    origin: originOf(socket, headers["host"]),
  };
}
