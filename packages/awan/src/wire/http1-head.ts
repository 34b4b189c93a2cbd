/**
 * Heads of HTTP/1.1 messages as text. `readHead` reads those that ordinary clients send and leaves every other, with
 * whatever is odd about it, to node:http; `writeHead` writes those of whole answers.
 */
import { STATUS_CODES } from "node:http";
import { SystemClock } from "../kernel/system-clock.ts";
import type { HandledResponse } from "./exchange.ts";

export interface Head {
  readonly method: string;
  readonly target: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

const methods: ReadonlySet<string> = new Set(["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"]);
const version = " HTTP/1.1";
const space = 0x20;
const tab = 0x09;
const del = 0x7f;

/** Lower-case names by what was received, for names that are tokens. */
const names = new Map<string, string>();
const token = /^[!#$%&'*+\-.^`|~\w]+$/;

function nameOf(received: string): string | undefined {
  const known = names.get(received);
  if (known !== undefined) return known;
  if (!token.test(received)) return undefined;
  const name = received.toLowerCase();
  if (names.size < 1000 && received.length < 100) names.set(received, name);
  return name;
}

/** These change how the message or the connection goes on: node:http knows how. */
const isOrdinary = (headers: Readonly<Record<string, string>>): boolean =>
  headers["transfer-encoding"] === undefined &&
  headers["expect"] === undefined &&
  headers["upgrade"] === undefined &&
  (headers["connection"] === undefined || /^keep-alive$/i.test(headers["connection"])) &&
  (headers["content-length"] === undefined || /^\d{1,8}$/.test(headers["content-length"]));

/**
 * The head in `text` (Latin-1, up to and including the line end of the last header), or undefined when it is not plainly
 * well-formed: then nothing is said about it.
 */
export function readHead(text: string): Head | undefined {
  const lineEnd = text.indexOf("\r\n");
  const methodEnd = text.indexOf(" ");
  const targetEnd = lineEnd - version.length;
  if (targetEnd <= methodEnd || !text.startsWith(version, targetEnd)) return undefined;
  const method = text.slice(0, methodEnd);
  if (!methods.has(method) || text.charCodeAt(methodEnd + 1) !== 0x2f) return undefined;
  for (let at = methodEnd + 1; at < targetEnd; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= space || code >= del) return undefined;
  }
  const headers: Record<string, string> = {};
  for (let at = lineEnd + 2; at < text.length;) {
    const end = text.indexOf("\r\n", at);
    const colon = text.indexOf(":", at);
    const name = colon === -1 ? undefined : nameOf(text.slice(at, colon));
    // A name that comes twice is joined, or not, by rules of its own.
    if (name === undefined || headers[name] !== undefined) return undefined;
    const value = valueIn(text, colon + 1, end);
    if (value === undefined) return undefined;
    headers[name] = value;
    at = end + 2;
  }
  if (!isOrdinary(headers)) return undefined;
  return { method, target: text.slice(methodEnd + 1, targetEnd), headers };
}

/** The value without the blanks around it; undefined when it has control characters. */
function valueIn(text: string, start: number, end: number): string | undefined {
  let from = start;
  let to = end;
  while (from < to && isBlank(text.charCodeAt(from))) from += 1;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if ((code < space && code !== tab) || code === del) return undefined;
  }
  return text.slice(from, to);
}

const isBlank = (code: number): boolean => code === space || code === tab;

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

/**
 * The head of an answer on a kept connection, its blank line included; `length` is undefined where an answer has no
 * body. Undefined when a header needs node:http's care.
 */
export function writeHead(
  { status, headers }: Pick<HandledResponse, "status" | "headers">,
  length: number | undefined,
): string | undefined {
  let head = statusLine(status);
  let hasDate = false;
  for (const name in headers) {
    const value = headers[name];
    if (typeof value !== "string" || unsafe.test(value) || name === "connection") return undefined;
    if (name === "content-length" || name === "transfer-encoding") return undefined;
    if (name === "date") hasDate = true;
    head += `${name}: ${value}\r\n`;
  }
  const size = length === undefined ? "" : `content-length: ${length}\r\n`;
  return `${head}${size}${hasDate ? "" : date()}connection: keep-alive\r\nkeep-alive: timeout=65\r\n\r\n`;
}
