/**
 * Bodies on their way in: read once, hashed on the way for the ETag and the checksum, compared with everything the
 * caller promised, and only then kept: small ones as bytes for the row, larger ones as a blob. A body that is not
 * what was promised fails while it is still a temporary file.
 */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { AwsError, invariant } from "../../kernel/errors.ts";
import type { Call } from "../../host/call.ts";
import { type Answer, type Effect, type EffectContext, Park, Perform } from "../../host/service.ts";
import { withWrittenBlob } from "./blob-references.ts";
import {
  type Algorithm,
  algorithmOfHeader,
  createChecksum,
  headerOf,
  isDigest,
  type RunningChecksum,
} from "./checksums/checksums.ts";
import { badDigest, invalidDigest, invalidRequest, s3Error } from "./errors.ts";
import { collectedSizeBytesMax, inlineSizeBytesMax } from "./limits.ts";

/**
 * What the wire may tell of a streaming body besides its bytes: trailers (complete at its end), the names announced for
 * them, the length without chunk framing, and the SHA-256 that was signed.
 */
interface ReceivedBody {
  readonly trailers?: Readonly<Record<string, string>>;
  readonly trailerNames?: readonly string[];
  readonly contentSha256?: string;
}

export interface StoreRequest {
  readonly body: Uint8Array | Readable | undefined;
  readonly contentLength: number | undefined;
  readonly contentMd5: string | undefined;
  /** Checksums the caller promised in headers. */
  readonly promised: readonly (readonly [Algorithm, string])[];
  /** To be computed when nothing is promised. */
  readonly algorithm: Algorithm;
  /** To be computed in any case. */
  readonly also?: Algorithm;
  readonly sizeBytesMax: number;
  /** Of a part: its refusals tell the digest as it came. */
  readonly isPart?: boolean;
}

/** A body that was read: its bytes when it is small, its blob otherwise (neither when it is empty). */
export interface Stored {
  readonly bytes: Uint8Array | null;
  readonly blob: string | null;
  readonly sizeBytes: number;
  readonly md5: string;
  readonly algorithm: Algorithm;
  /** Base64. */
  readonly checksum: string;
  /** The caller sent a checksum, in a header or a trailer. */
  readonly checksumGiven: boolean;
  /** The checksum of `also`. */
  readonly also: string | null;
}

/** Checks what was promised before anything is read. */
export function checkPromises(
  request: Pick<StoreRequest, "contentMd5" | "promised" | "contentLength" | "sizeBytesMax">,
): void {
  const { contentMd5, promised, contentLength } = request;
  if (contentMd5 !== undefined && !isDigest("MD5", contentMd5)) throw invalidDigest(contentMd5);
  if (promised.length > 1) {
    throw invalidRequest(
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  }
  for (const [algorithm, value] of promised) {
    if (!isDigest(algorithm, value))
      throw invalidRequest(`Value for ${headerOf(algorithm)} header is invalid.`);
  }
  if (contentLength !== undefined && contentLength > request.sizeBytesMax)
    throw entityTooLarge(contentLength, request.sizeBytesMax);
}

const entityTooLarge = (sizeBytes: number, sizeBytesMax: number): AwsError =>
  s3Error("EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size", {
    ProposedSize: sizeBytes,
    MaxSizeAllowed: sizeBytesMax,
  });

/** Everything that is computed while the body passes by. */
class Intake {
  readonly #request: StoreRequest;
  readonly #received: ReceivedBody;
  readonly #md5 = createHash("md5");
  readonly #checksum: RunningChecksum;
  readonly #also: RunningChecksum | undefined;
  readonly algorithm: Algorithm;
  sizeBytes = 0;

  constructor(request: StoreRequest) {
    this.#request = request;
    const body = request.body;
    this.#received = body instanceof Readable ? (body as ReceivedBody) : ((body ?? {}) as ReceivedBody);
    const announced = this.#received.trailerNames
      ?.map((name) => algorithmOfHeader(name.toLowerCase()))
      .find((name) => name !== undefined);
    this.algorithm = request.promised[0]?.[0] ?? announced ?? request.algorithm;
    this.#checksum = createChecksum(this.algorithm);
    this.#also =
      request.also === undefined || request.also === this.algorithm
        ? undefined
        : createChecksum(request.also);
  }

  take(chunk: Uint8Array): void {
    this.sizeBytes += chunk.length;
    if (this.sizeBytes > this.#request.sizeBytesMax)
      throw entityTooLarge(this.sizeBytes, this.#request.sizeBytesMax);
    this.#md5.update(chunk);
    this.#checksum.update(chunk);
    this.#also?.update(chunk);
  }

  /** Compares with what was promised; throws the refusal. `sha256` is of the whole, in hexadecimal. */
  finish(sha256: () => string, bytes: Uint8Array | null, blob: string | null): Stored {
    const md5 = this.#md5.digest();
    const checksum = Buffer.from(this.#checksum.digest()).toString("base64");
    const { contentMd5, promised } = this.#request;
    checkSigned(this.#received.contentSha256, sha256);
    if (contentMd5 !== undefined && md5.toString("base64") !== contentMd5) {
      throw badDigest("The Content-MD5 you specified did not match what we received.", {
        ExpectedDigest:
          this.#request.isPart === true ? contentMd5 : Buffer.from(contentMd5, "base64").toString("hex"),
        CalculatedDigest: md5.toString("base64"),
      });
    }
    const given = promised[0]?.[1] ?? this.#received.trailers?.[headerOf(this.algorithm)];
    if (given !== undefined && given !== checksum) {
      if (!isDigest(this.algorithm, given))
        throw invalidRequest(`Value for ${headerOf(this.algorithm)} trailing header is invalid.`);
      throw badDigest(`The ${this.algorithm} you specified did not match the calculated checksum.`);
    }
    return {
      bytes,
      blob,
      sizeBytes: this.sizeBytes,
      md5: md5.toString("hex"),
      algorithm: this.algorithm,
      checksum,
      checksumGiven: given !== undefined,
      also:
        this.#also !== undefined
          ? Buffer.from(this.#also.digest()).toString("base64")
          : this.#request.also === undefined
            ? null
            : checksum,
    };
  }
}

/** The hash that was signed is the body's. */
function checkSigned(signed: string | undefined, sha256: () => string): void {
  if (signed === undefined || !/^[0-9a-f]{64}$/.test(signed)) return;
  const computed = sha256();
  if (computed === signed) return;
  throw s3Error(
    "XAmzContentSHA256Mismatch",
    400,
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    { ClientComputedContentSHA256: signed, S3ComputedContentSHA256: computed },
  );
}

const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** A body that is already in memory and small enough for the row, without leaving the transaction. */
function storeSmall(request: StoreRequest): Stored | undefined {
  const { body } = request;
  if (body !== undefined && !(body instanceof Uint8Array && body.length <= inlineSizeBytesMax))
    return undefined;
  const intake = new Intake(request);
  if (body !== undefined) intake.take(body);
  const bytes = body === undefined || body.length === 0 ? null : Uint8Array.from(body);
  return intake.finish(() => sha256Of(body ?? new Uint8Array()), bytes, null);
}

/**
 * Stores a body and goes on with `then`. An error thrown by `then` undoes its writes, and what was stored for it is
 * given back.
 */
export function storeBody<Output>(
  call: Call,
  request: StoreRequest,
  then: (call: Call, stored: Stored) => Answer<Output>,
): Answer<Output> {
  const small = storeSmall(request);
  if (small !== undefined) return then(call, small);
  return new Perform<Output>("s3.store", request, (later, stored: Stored) => {
    const { blob } = stored;
    if (blob === null) return then(later, stored);
    return withWrittenBlob(later, blob, (last) => orDiscard(last, blob, () => then(last, stored)));
  });
}

function orDiscard<Output>(call: Call, blob: string, body: () => Answer<Output>): Answer<Output> {
  const answer = call.tx.draft.attempt(body);
  if (answer instanceof AwsError) {
    return new Perform<Output>("s3.discard", { blob }, () => {
      throw answer;
    });
  }
  return answer instanceof Park ? answer : answer;
}

async function collectBytes(body: Readable, intake: Intake): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    intake.take(chunk);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
}

/** The effect that reads a body; see the file's head. */
export const store: Effect = async (context, request: StoreRequest): Promise<Stored> => {
  const { body, contentLength } = request;
  const intake = new Intake(request);
  if (
    !(body instanceof Readable) ||
    (contentLength !== undefined && contentLength <= collectedSizeBytesMax)
  ) {
    const bytes = body instanceof Readable ? await collectBytes(body, intake) : (body ?? new Uint8Array());
    if (!(body instanceof Readable)) intake.take(bytes);
    if (bytes.length <= inlineSizeBytesMax) {
      return intake.finish(() => sha256Of(bytes), bytes.length === 0 ? null : Uint8Array.from(bytes), null);
    }
    return keep(context, intake, bytes);
  }
  async function* passing(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      intake.take(chunk);
      yield chunk;
    }
  }
  return keep(context, intake, Readable.from(passing(), { objectMode: false }));
};

/** A blob of what `intake` sees pass. Its name is its SHA-256: a body that was signed is not hashed for that again. */
async function keep(context: EffectContext, intake: Intake, content: Uint8Array | Readable): Promise<Stored> {
  let stored: Stored | undefined;
  await context.shell.blobs.write(content, (written) => {
    stored = intake.finish(() => written.blob, null, written.blob);
  });
  invariant(stored !== undefined, "a blob is verified before it is one");
  return stored;
}
