/** What the listener's tests share: listeners that are closed after each test, an echo, and a raw socket. */
import { connect } from "node:net";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { afterEach } from "vitest";
import type { HttpRequest } from "../host/http.ts";
import type { Handle } from "./exchange.ts";
import { type ListenOptions, type Listener, listen } from "./listener.ts";

const listeners: Listener[] = [];
export const defects: unknown[] = [];

export async function start(handle: Handle, options: Partial<ListenOptions> = {}): Promise<Listener> {
  const listener = await listen({
    handle,
    port: 0,
    openBlob: ({ blob, start: from, end }) => Readable.from([Buffer.from(blob).subarray(from, end)]),
    onDefect: (defect) => defects.push(defect),
    closeGraceMs: 200,
    ...options,
  });
  listeners.push(listener);
  return listener;
}

afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.close()));
  defects.length = 0;
});

async function bodyOf(request: HttpRequest): Promise<Buffer> {
  return request.body instanceof Readable ? buffer(request.body) : Buffer.from(request.body);
}

/** Answers what it understood of the request. */
export const echo: Handle = async (request) => ({
  status: 200,
  headers: {
    "content-type": "application/json",
    "x-kind": request.body instanceof Readable ? "stream" : "bytes",
  },
  body: JSON.stringify({
    method: request.method,
    target: request.target,
    origin: request.origin,
    remoteAddress: request.remoteAddress,
    headers: request.headers,
    body: (await bodyOf(request)).toString("latin1"),
  }),
});

export interface Echoed {
  readonly method: string;
  readonly target: string;
  readonly origin: string;
  readonly remoteAddress: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Sends raw bytes and reads until the peer closes. */
export async function raw(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(bytes);
  return text(socket);
}

/** A promise to be resolved from outside. */
export function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: (() => void) | undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve?.() };
}
