/**
 * Frames on the pipe between Awan and a Node.js instance (file descriptor 3 of the child): four bytes of length, one of
 * kind, then the body. `bootstraps/node/frames.cjs` is the other end of it.
 */

/** Frames to the instance. */
export const toInstance = {
  init: 1,
  invoke: 2,
  /** To a spare Node.js process: play a function once. What it says meanwhile comes as frames of kind 0. */
  rehearse: 3,
} as const;

/** Frames from the instance. Others are not heard. */
export const fromInstance = {
  /** JSON `{rss}`: the handler is loaded. */
  ready: 1,
  /** JSON `{rss, error}`: the handler could not be loaded; the instance ends. */
  initError: 2,
  /** Four bytes of resident kilobytes, then the answer's bytes. */
  result: 3,
  /** JSON `{rss, error, fatal}`. */
  failure: 4,
  /** One log message as text. */
  log: 5,
  /** JSON of a streamed answer's prelude. */
  prelude: 6,
  chunk: 7,
  /** Four bytes of resident kilobytes: a streamed answer is complete. */
  end: 8,
} as const;

const headerLength = 5;

/** A frame's bytes. */
export function encodeFrame(kind: number, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const buffers = parts.map((part) => (typeof part === "string" ? Buffer.from(part, "utf8") : part));
  const bodyLength = buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0);
  const header = Buffer.allocUnsafe(headerLength);
  header.writeUInt32LE(bodyLength, 0);
  header.writeUInt8(kind, 4);
  return Buffer.concat([header, ...buffers], headerLength + bodyLength);
}

/** A length-prefixed header and a payload, as the body of an `invoke` frame. */
export function encodeInvoke(header: object, payload: Uint8Array): Buffer {
  const json = Buffer.from(JSON.stringify(header), "utf8");
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32LE(json.byteLength, 0);
  return encodeFrame(toInstance.invoke, length, json, payload);
}

/** Cuts a byte stream into frames, whatever pieces it arrives in. */
export class FrameReader {
  readonly #deliver: (kind: number, body: Buffer) => void;
  #chunks: Buffer[] = [];
  #length = 0;
  /** Bytes needed before the next frame is complete. */
  #wanted = headerLength;

  constructor(deliver: (kind: number, body: Buffer) => void) {
    this.#deliver = deliver;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.byteLength;
    if (this.#length < this.#wanted) return;
    let data =
      this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks, this.#length);
    for (;;) {
      this.#wanted = headerLength;
      if (data.byteLength >= headerLength) this.#wanted += data.readUInt32LE(0);
      if (data.byteLength < this.#wanted) break;
      this.#deliver(data.readUInt8(4), data.subarray(headerLength, this.#wanted));
      data = data.subarray(this.#wanted);
    }
    this.#chunks = data.byteLength === 0 ? [] : [data];
    this.#length = data.byteLength;
  }
}
