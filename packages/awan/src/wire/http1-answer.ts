/**
 * The fast way out for whole answers on a kept connection: head and body in one write to the socket, then the response
 * is told that it has finished, which is all node:http needs to take the next request. Everything else (streams, HTTP/1.0,
 * pipelined requests, closing connections) goes through node:http's own response.
 */
import { type ServerResponse, STATUS_CODES } from "node:http";
import { SystemClock } from "../kernel/system-clock.ts";
import type { HandledResponse } from "./exchange.ts";

/** Larger bodies are left to the stream machinery and its backpressure. */
const bodyCharactersMax = 65_536;
const keepAlive = "connection: keep-alive\r\nkeep-alive: timeout=65\r\n\r\n";
const unsafe = /[\r\n\0]/;

const clock = new SystemClock();
let dateSecond = 0;
let dateLine = "";

/** The Date header of this second. */
function date(): string {
  const second = Math.floor(clock.nowMs() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateLine = `date: ${new Date(second * 1000).toUTCString()}\r\n`;
  }
  return dateLine;
}

const statusLines = new Map<number, string>();

function statusLine(status: number): string {
  let line = statusLines.get(status);
  if (line === undefined) {
    line = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Unknown"}\r\n`;
    statusLines.set(status, line);
  }
  return line;
}

/** Head up to the connection's own headers; undefined when a header needs node:http's care. */
function headOf(status: number, headers: HandledResponse["headers"], length: number): string | undefined {
  let head = statusLine(status);
  let hasDate = false;
  for (const name in headers) {
    const value = headers[name];
    if (
      typeof value !== "string" ||
      unsafe.test(value) ||
      name === "connection" ||
      name === "content-length"
    ) {
      return undefined;
    }
    if (name === "date") hasDate = true;
    head += `${name}: ${value}\r\n`;
  }
  return `${head}content-length: ${length}\r\n${hasDate ? "" : date()}${keepAlive}`;
}

/**
 * Sends the answer if it can go the fast way; false when it cannot, and then nothing was sent. The request must have
 * been read whole, and its answer must have a body.
 */
export function sendWhole(
  response: ServerResponse,
  status: number,
  headers: HandledResponse["headers"],
  body: string,
): boolean {
  const { socket } = response;
  const isPlain = response.shouldKeepAlive && !response.headersSent && response.req.httpVersionMinor === 1;
  if (!isPlain || socket === null || !socket.writable || body.length > bodyCharactersMax) return false;
  const length = Buffer.byteLength(body);
  const head = headOf(status, headers, length);
  if (head === undefined) return false;
  socket.write(head + body, length === body.length ? "latin1" : "utf8");
  response.emit("finish");
  return true;
}
