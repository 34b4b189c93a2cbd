/**
 * `aws-chunked` bodies (`x-amz-content-sha256: STREAMING-…`): sized chunks, then trailers with checksums. Chunk signatures
 * are read over, not checked.
 */
import { Transform } from "node:stream";
import type { TransformCallback } from "node:stream";
import { AwsError } from "../../kernel/errors.ts";

const lineLengthMax = 16_384;

/** Whether a request's body is in this form. */
export function isAwsChunked(headers: Readonly<Record<string, string>>): boolean {
  const encodings = headers["content-encoding"] ?? "";
  return (
    (headers["x-amz-content-sha256"] ?? "").startsWith("STREAMING-") ||
    encodings.split(",").some((encoding) => encoding.trim() === "aws-chunked")
  );
}

function incompleteBody(): AwsError {
  return new AwsError("IncompleteBody", "The request body terminated unexpectedly", { status: 400 });
}

/** Passes on the plain bytes; `trailers` is filled (lower-case names) once the stream has ended. */
export class AwsChunkedDecoder extends Transform {
  readonly trailers: Record<string, string> = {};
  #pending: Buffer = Buffer.alloc(0);
  #state: "size" | "data" | "data-end" | "trailer" | "done" = "size";
  #remaining = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    try {
      while (this.#step());
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    // Some clients leave out the empty line after the last trailer.
    const isWhole = this.#state === "done" || (this.#state === "trailer" && this.#pending.length === 0);
    done(isWhole ? null : incompleteBody());
  }

  /** Consumes what the state asks for; false when more bytes are needed. */
  #step(): boolean {
    switch (this.#state) {
      case "size":
        return this.#readSize();
      case "data":
        return this.#readData();
      case "data-end":
        if (this.#pending.length < 2) return false;
        this.#pending = this.#pending.subarray(2);
        this.#state = "size";
        return true;
      case "trailer":
        return this.#readTrailer();
      default:
        this.#pending = Buffer.alloc(0);
        return false;
    }
  }

  #readLine(): string | undefined {
    const end = this.#pending.indexOf("\r\n");
    if (end < 0) {
      if (this.#pending.length > lineLengthMax) throw incompleteBody();
      return undefined;
    }
    const line = this.#pending.toString("latin1", 0, end);
    this.#pending = this.#pending.subarray(end + 2);
    return line;
  }

  #readSize(): boolean {
    const line = this.#readLine();
    if (line === undefined) return false;
    const digits = line.split(";", 1)[0] ?? "";
    if (!/^[0-9a-f]+$/i.test(digits)) throw incompleteBody();
    this.#remaining = Number.parseInt(digits, 16);
    this.#state = this.#remaining === 0 ? "trailer" : "data";
    return true;
  }

  #readData(): boolean {
    if (this.#pending.length === 0) return false;
    const data = this.#pending.subarray(0, this.#remaining);
    this.push(data);
    this.#remaining -= data.length;
    this.#pending = this.#pending.subarray(data.length);
    if (this.#remaining === 0) this.#state = "data-end";
    return true;
  }

  #readTrailer(): boolean {
    const line = this.#readLine();
    if (line === undefined) return false;
    if (line === "") this.#state = "done";
    else {
      const colon = line.indexOf(":");
      if (colon > 0) this.trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
    }
    return true;
  }
}
