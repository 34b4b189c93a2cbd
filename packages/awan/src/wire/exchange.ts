/**
 * What a front door shares whatever carries the request: the handler's type, which bodies are collected and which are
 * streamed, and the answer when the handler itself fails.
 */
import type { Duplex, Readable } from "node:stream";
import type { BlobRange, HttpRequest, HttpResponse } from "../host/http.ts";
import { secretBytes } from "../kernel/system-secrets.ts";

/** An answer that may also name a range of a blob, sent without passing through memory. */
export interface HandledResponse {
  readonly status: number;
  readonly headers: HttpResponse["headers"];
  readonly body: HttpResponse["body"] | BlobRange;
}

export interface RequestContext {
  /** Aborts when the peer goes away before the whole answer is sent. Made when first asked for. */
  readonly signal: AbortSignal;
}

export type Handle = (
  request: HttpRequest,
  context: RequestContext,
) => HandledResponse | Promise<HandledResponse>;

/** A defect of the handler, with the id that was answered in its place. */
export type OnDefect = (defect: unknown, requestId: string, request: HttpRequest) => void;

/** Takes the socket over after a WebSocket handshake request; it has to answer the handshake itself. */
export type OnUpgrade = (request: HttpRequest, socket: Duplex, head: Uint8Array) => void;

export interface Front {
  readonly handle: Handle;
  readonly openBlob: (range: BlobRange) => Readable;
  readonly onDefect: OnDefect;
  readonly onUpgrade: OnUpgrade | undefined;
  /** Set when the listener closes: answers then end their connection. */
  closing: boolean;
}

/** Bodies of known size up to this are handed over whole; all others as streams. */
export const collectedSizeBytesMax = 65_536;

export const emptyBody = new Uint8Array();

/** The size of a body to collect, 0 for none, or undefined when it has to be a stream. */
export function collectedSizeBytes(headers: Readonly<Record<string, string>>): number | undefined {
  const length = headers["content-length"];
  if (length === undefined) return headers["transfer-encoding"] === undefined ? 0 : undefined;
  const sizeBytes = Number(length);
  if (sizeBytes > collectedSizeBytesMax) return undefined;
  if (headers["x-amz-content-sha256"]?.startsWith("STREAMING-") === true) return undefined;
  if (headers["content-encoding"]?.includes("aws-chunked") === true) return undefined;
  return sizeBytes;
}

export function isBlobRange(body: HandledResponse["body"]): body is BlobRange {
  return typeof body === "object" && "blob" in body;
}

/** Statuses whose answers have no body, whatever the handler says. */
export function isBodiless(method: string, status: number): boolean {
  return method === "HEAD" || status === 204 || status === 304;
}

const peerGoneCodes = new Set(["ECONNRESET", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE", "ABORT_ERR"]);

/** Whether an error only says that the peer went away: nobody's bug, and nobody is left to be told. */
function isPeerGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === "AbortError" || ("code" in error && peerGoneCodes.has(String(error.code)));
}

/** Logs a defect of a request that can no longer be answered. */
export function reportDefect(front: Front, defect: unknown, request: HttpRequest): string {
  const hex = Buffer.from(secretBytes(16)).toString("hex");
  const requestId = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  if (!isPeerGone(defect)) front.onDefect(defect, requestId, request);
  return requestId;
}

/** Logs the defect and gives the answer that AWS gives for its own. */
export function answerDefect(front: Front, defect: unknown, request: HttpRequest): HandledResponse {
  const requestId = reportDefect(front, defect, request);
  return {
    status: 500,
    headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": requestId },
    body: '{"__type":"InternalFailure","message":"The request processing has failed because of an unknown error."}',
  };
}
