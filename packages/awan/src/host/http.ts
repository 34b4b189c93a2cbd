/** One HTTP exchange as data: what front doors, data planes and in-process clients exchange, whatever carried it. */
import type { Readable } from "node:stream";

export interface HttpRequest {
  readonly method: string;
  /** Path and query exactly as received: never normalised, because S3 keys and ARNs depend on every byte. */
  readonly target: string;
  /** Lower-case names; repeated headers joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | Readable;
  /** Address of the peer, for source-IP conditions and request contexts. */
  readonly remoteAddress: string;
  /** The URL at which the caller reached us, without a trailing slash: `http://127.0.0.1:4566`. */
  readonly origin: string;
}

/** Bytes in the blob store, answered without passing through memory. `end` is exclusive. */
export interface BlobRange {
  readonly blob: string;
  readonly start: number;
  readonly end: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; a list is sent as repeated headers (`set-cookie`). */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Uint8Array | Readable;
}
