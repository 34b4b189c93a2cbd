/** Bodies on their way out: byte ranges (RFC 9110 §14, as S3 reads them), and the pieces of rows and blobs that make up a range. */
import { Readable } from "node:stream";
import type { BlobRange } from "../../host/http.ts";
import type { Effect } from "../../host/service.ts";
import type { Blobs } from "../../store/blobs.ts";
import type { Bucket } from "./bucket.ts";
import { s3Error } from "./errors.ts";
import { type Body, contents, parts } from "./keys.ts";

export type Piece = BlobRange | Uint8Array;

export interface ByteRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/**
 * The range asked for; undefined when the header is absent, or is one that S3 ignores (another unit, several ranges,
 * nonsense). A range outside of the object is InvalidRange.
 */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.replaceAll(" ", "") ?? "");
  if (header === undefined || match === null) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return undefined;
  if (first === "") {
    const suffix = Number(last);
    if (suffix === 0 || sizeBytes === 0) throw invalidRange(header, sizeBytes);
    return { start: Math.max(0, sizeBytes - suffix), end: sizeBytes };
  }
  const start = Number(first);
  const end = last === "" ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  if (last !== "" && Number(last) < start) return undefined;
  if (start >= sizeBytes) throw invalidRange(header, sizeBytes);
  return { start, end };
}

const invalidRange = (header: string, sizeBytes: number): Error =>
  s3Error("InvalidRange", 416, "The requested range is not satisfiable", {
    RangeRequested: header,
    ActualObjectSize: sizeBytes,
    $headers: { "content-range": `bytes */${sizeBytes}` },
  });

export const contentRangeOf = (range: ByteRange, sizeBytes: number): string =>
  `bytes ${range.start}-${range.end - 1}/${sizeBytes}`;

/** What makes up `[start, end)` of a body, in order. */
export function piecesOf(bucket: Bucket, body: Body, range: ByteRange): Piece[] {
  const { start, end } = range;
  if (end <= start) return [];
  if (body.in === "empty") return [];
  if (body.in === "blob") return [{ blob: body.blob, start, end }];
  const { tx } = bucket.call;
  if (body.in === "row") {
    const bytes = contents.get(tx, [bucket.name, body.id]) ?? new Uint8Array();
    return [start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end)];
  }
  const pieces: Piece[] = [];
  const first = parts.first(tx, [bucket.name, body.id], { upTo: [start], reverse: true })?.key[2] ?? 0;
  for (const { key, value } of parts.scan(tx, [bucket.name, body.id], { from: [first], before: [end] })) {
    const offset = key[2];
    const inside = { start: Math.max(0, start - offset), end: Math.min(value.sizeBytes, end - offset) };
    pieces.push(...piecesOf(bucket, value.body, inside));
  }
  return pieces;
}

async function* bytesOf(blobs: Blobs, pieces: readonly Piece[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if (piece instanceof Uint8Array) yield piece;
    else yield* blobs.stream(piece.blob, piece.start, piece.end) as AsyncIterable<Uint8Array>;
  }
}

export const streamOf = (blobs: Blobs, pieces: readonly Piece[]): Readable =>
  Readable.from(bytesOf(blobs, pieces), { objectMode: false });

/** One stream over several pieces. */
export const open: Effect = async (context, request: { readonly pieces: readonly Piece[] }) =>
  streamOf(context.shell.blobs, request.pieces);

/** The bytes themselves, for callers inside the platform that need a small object whole. */
export const load: Effect = async (context, request: { readonly pieces: readonly Piece[] }) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytesOf(context.shell.blobs, request.pieces)) chunks.push(chunk);
  return Buffer.concat(chunks);
};
