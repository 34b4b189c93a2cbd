/**
 * The door: one port for HTTP/1.1, HTTP/2 with prior knowledge, and TLS with either inside. The first bytes of a
 * connection tell which; everything after that is node's own HTTP, told to call one handler.
 */
import { type Server as HttpServer, type IncomingMessage, createServer } from "node:http";
import type { Http2Server, ServerHttp2Session } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex, Readable } from "node:stream";
import type { Server as TlsServer, TLSSocket } from "node:tls";
import type { BlobRange } from "../host/http.ts";
import { SystemClock } from "../kernel/system-clock.ts";
import type { Front, Handle, OnDefect, OnUpgrade } from "./exchange.ts";
import { Http1Connection } from "./http1-connection.ts";
import { handshakeRequest, serveMessage } from "./http1.ts";
import type { Certificate } from "./self-signed.ts";

export interface ListenOptions {
  readonly handle: Handle;
  /** The address to listen on; 127.0.0.1 by default. */
  readonly host?: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Closes the listener when it aborts. */
  readonly signal?: AbortSignal;
  readonly openBlob: (range: BlobRange) => Readable;
  readonly onDefect: OnDefect;
  /** Called for WebSocket handshakes; without it they are handled as plain requests. */
  readonly onUpgrade?: OnUpgrade;
  /** Called at the first TLS hello; a certificate in memory by default. */
  readonly certificate?: () => Certificate;
  /** How long `close` waits for requests under way before it cuts them off. */
  readonly closeGraceMs?: number;
}

export interface Listener {
  readonly port: number;
  /** Without a trailing slash: `http://127.0.0.1:4566`. */
  readonly url: string;
  /** Stops accepting, lets requests under way finish within the grace period, and frees the port. */
  readonly close: () => Promise<void>;
}

const headerSizeBytesMax = 65_536;
const keepAliveTimeoutMs = 65_000;
/** Also how long a connection may stay silent before its first byte. */
const headersTimeoutMs = 60_000;
const tlsHandshake = 0x16;
const http2Preface = Buffer.from("PRI");
const clock = new SystemClock();

export async function listen(options: ListenOptions): Promise<Listener> {
  const door = new Door(options);
  const listener = await door.open(options.host ?? "127.0.0.1", options.port);
  const { signal } = options;
  if (signal?.aborted === true) await listener.close();
  else signal?.addEventListener("abort", () => void listener.close(), { once: true });
  return listener;
}

class Door {
  readonly #front: Front;
  readonly #http1: HttpServer;
  readonly #serveHttp1: (socket: Socket) => void;
  readonly #sockets = new Set<Socket>();
  /** Connections of which nothing was read yet. */
  readonly #silent = new Set<Socket>();
  readonly #connections = new Set<Http1Connection>();
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #certificate: (() => Certificate) | undefined;
  readonly #closeGraceMs: number;
  #http2: Promise<Http2Server> | undefined;
  #tls: Promise<TlsServer> | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: ListenOptions) {
    const { handle, openBlob, onDefect, onUpgrade } = options;
    this.#front = { handle, openBlob, onDefect, onUpgrade, closing: false };
    this.#certificate = options.certificate;
    this.#closeGraceMs = options.closeGraceMs ?? 5_000;
    this.#http1 = createHttp1(this.#front);
    // node:http's own connection listener serves what turned out to be HTTP/1.1; ours looks first.
    const [serve] = this.#http1.listeners("connection") as [(socket: Socket) => void];
    this.#serveHttp1 = serve.bind(this.#http1);
    this.#http1.removeAllListeners("connection");
    this.#http1.on("connection", (socket: Socket) => this.#accept(socket));
    if (onUpgrade !== undefined) {
      this.#http1.on("upgrade", (message, socket, head) => this.#upgrade(message, socket, head));
    }
  }

  open(host: string, port: number): Promise<Listener> {
    return new Promise((resolve, reject) => {
      this.#http1.once("error", (error: NodeJS.ErrnoException) => reject(explain(error, host, port)));
      this.#http1.listen(port, host, () => {
        this.#http1.removeAllListeners("error");
        const address = this.#http1.address() as AddressInfo;
        const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
        const url = `http://${name.includes(":") ? `[${name}]` : name}:${address.port}`;
        resolve({ port: address.port, url, close: () => this.close() });
      });
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#front.closing = true;
    const cancel = clock.at(clock.nowMs() + this.#closeGraceMs, () => this.#cutOff());
    for (const socket of this.#silent) socket.destroy();
    for (const session of this.#sessions) session.close();
    for (const connection of this.#connections) connection.closeIdle();
    await new Promise((resolve) => this.#http1.close(resolve));
    cancel();
  }

  #cutOff(): void {
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    this.#silent.add(socket);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      this.#silent.delete(socket);
    });
    socket.on("error", ignoreError);
    socket.setTimeout(headersTimeoutMs, () => this.#silent.has(socket) && socket.destroy());
    this.#peek(socket, undefined);
  }

  /** Waits for as many bytes as tell the protocol, puts them back and passes the connection on. */
  #peek(socket: Socket, before: Uint8Array | undefined): void {
    socket.once("readable", () => {
      const chunk = socket.read() as Uint8Array | null;
      if (chunk === null) {
        // The peer ended, or was destroyed, before it said anything.
        socket.destroy();
        return;
      }
      const bytes = before === undefined ? chunk : Buffer.concat([before, chunk]);
      const start = http2Preface.subarray(0, bytes.length);
      const mayBeHttp2 = start.equals(bytes.subarray(0, start.length));
      if (mayBeHttp2 && bytes.length < http2Preface.length) {
        this.#peek(socket, bytes);
        return;
      }
      this.#silent.delete(socket);
      socket.setTimeout(0);
      socket.unshift(bytes);
      if (bytes[0] === tlsHandshake) this.#serveTls(socket);
      else if (mayBeHttp2) this.#serveHttp2(socket);
      else this.#servePlain(socket);
    });
  }

  #servePlain(socket: Socket): void {
    const connection = new Http1Connection({
      front: this.#front,
      socket,
      passOn: (rest) => {
        this.#connections.delete(connection);
        this.#serveHttp1(rest);
      },
    });
    this.#connections.add(connection);
    socket.once("close", () => this.#connections.delete(connection));
  }

  /** HTTP/2 and TLS are loaded with the first connection that speaks them; until then its bytes wait in the socket. */
  #serveHttp2(socket: Socket): void {
    this.#http2 ??= this.#openHttp2();
    void this.#http2.then((server) => server.emit("connection", socket));
  }

  async #openHttp2(): Promise<Http2Server> {
    const server = (await import("./http2.ts")).createHttp2(this.#front, headerSizeBytesMax);
    server.on("session", (session) => {
      this.#sessions.add(session);
      session.once("close", () => this.#sessions.delete(session));
    });
    server.on("sessionError", ignoreError);
    return server;
  }

  #serveTls(socket: Socket): void {
    this.#tls ??= this.#openTls();
    void this.#tls.then((server) => server.emit("connection", socket));
  }

  async #openTls(): Promise<TlsServer> {
    const tls = await import("node:tls");
    const { makeCertificate } = await import("./self-signed.ts");
    const certificate = this.#certificate?.() ?? makeCertificate(clock.nowMs());
    const server = tls.createServer({ ...certificate, ALPNProtocols: ["h2", "http/1.1"] });
    server.on("secureConnection", (secure: TLSSocket) => {
      if (secure.alpnProtocol === "h2") this.#serveHttp2(secure);
      else this.#serveHttp1(secure);
    });
    server.on("tlsClientError", (_error, secure) => secure.destroy());
    return server;
  }

  /**
   * With a listener for upgrades, node:http sends every request that offers one here, also the JDK's client with its
   * `Upgrade: h2c`. Those are put back on the wire without the offer.
   */
  #upgrade(message: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (message.headers.upgrade?.toLowerCase() === "websocket") {
      this.#front.onUpgrade?.(handshakeRequest(message), socket, head);
      return;
    }
    const lines = [`${message.method} ${message.url} HTTP/${message.httpVersion}`];
    for (let i = 0; i < message.rawHeaders.length; i += 2) {
      const name = message.rawHeaders[i] ?? "";
      if (!/^(upgrade|connection|http2-settings)$/i.test(name))
        lines.push(`${name}: ${message.rawHeaders[i + 1]}`);
    }
    socket.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head]));
    this.#serveHttp1(socket as Socket);
  }
}

function createHttp1(front: Front): HttpServer {
  const server = createServer({
    maxHeaderSize: headerSizeBytesMax,
    keepAliveTimeout: keepAliveTimeoutMs,
    headersTimeout: headersTimeoutMs,
    requestTimeout: 0,
    requireHostHeader: false,
  });
  server.on("request", (message, response) => serveMessage(front, message, response));
  // An expectation nobody knows is passed over, as AWS does, instead of answered with 417.
  server.on("checkExpectation", (message, response) => serveMessage(front, message, response));
  return server;
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === "EADDRINUSE") {
    return new Error(
      `Port ${port} on ${host} is already in use, perhaps by another Awan or LocalStack: stop that program, or choose another port.`,
      { cause: error },
    );
  }
  if (error.code === "EACCES") {
    return new Error(`Port ${port} may not be opened without special rights: choose one above 1023.`, {
      cause: error,
    });
  }
  return error;
}

function ignoreError(): void {}
