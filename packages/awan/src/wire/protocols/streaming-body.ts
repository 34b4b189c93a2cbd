/**
 * The body of an upload as its operation receives it: the plain bytes, without chunk framing, and beside them what the
 * headers and trailers promise of it (`trailers` is complete when the stream has ended).
 */
import { Readable } from "node:stream";
import { AwsChunkedDecoder, isAwsChunked } from "./aws-chunked.ts";

interface Promises {
  readonly trailers?: Readonly<Record<string, string>>;
  readonly trailerNames?: readonly string[];
  /** `x-amz-content-sha256`: lower-case hexadecimal, or a word such as `UNSIGNED-PAYLOAD`. */
  readonly contentSha256?: string;
}

/** Some clients name the encoding of a body that has no chunks. */
const isFramed = (headers: Readonly<Record<string, string>>): boolean =>
  isAwsChunked(headers) &&
  (headers["x-amz-decoded-content-length"] !== undefined ||
    headers["x-amz-content-sha256"]?.startsWith("STREAMING-") === true);

export function streamingBody(
  body: Uint8Array | Readable,
  headers: Readonly<Record<string, string>>,
): (Uint8Array | Readable) & Promises {
  const contentSha256 = headers["x-amz-content-sha256"];
  const signed = contentSha256 === undefined ? {} : { contentSha256 };
  if (!isFramed(headers)) return Object.assign(body, signed);
  const decoder = new AwsChunkedDecoder();
  // Whoever reads the body sees its errors; a body that is refused before anybody reads it must not end the process.
  decoder.on("error", () => {});
  const source = body instanceof Uint8Array ? Readable.from([body], { objectMode: false }) : body;
  source.on("error", (error) => decoder.destroy(error));
  source.pipe(decoder);
  const trailerNames = headers["x-amz-trailer"]?.split(",").map((name) => name.trim().toLowerCase()) ?? [];
  return Object.assign(decoder, { trailerNames, ...signed });
}

/** The length of the plain bytes, where a chunked body tells it. */
export function decodedLength(headers: Readonly<Record<string, string>>): number | undefined {
  const length = headers["x-amz-decoded-content-length"];
  return isFramed(headers) && length !== undefined ? Number(length) : undefined;
}
