/** A streamed answer between the function that writes it and the client that reads it. */
import type { FunctionStream } from "../../host/functions.ts";

/** What a streaming function sends; also what is left when it has ended. */
export class ResponseStream implements FunctionStream, AsyncIterable<Uint8Array> {
  readonly #chunks: Uint8Array[] = [];
  #prelude: string | undefined;
  #ended = false;
  #failure: unknown;
  #wake: (() => void) | undefined;
  #started: (() => void) | undefined;
  /** Resolves when the first byte, the prelude or the end is there: from then on it is known how to answer. */
  readonly started: Promise<void>;

  constructor() {
    this.started = new Promise((resolve) => {
      this.#started = resolve;
    });
  }

  get preludeJson(): string | undefined {
    return this.#prelude;
  }

  /** Ended without anything having been written. */
  get isEmpty(): boolean {
    return this.#ended && this.#prelude === undefined && this.#chunks.length === 0;
  }

  prelude(json: string): void {
    this.#prelude = json;
    this.#move();
  }

  chunk(bytes: Uint8Array): void {
    // The bytes belong to the pipe's buffer.
    this.#chunks.push(Uint8Array.from(bytes));
    this.#move();
  }

  end(): void {
    this.#ended = true;
    this.#move();
  }

  fail(error: unknown): void {
    this.#failure = error;
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) yield chunk;
      else if (this.#ended) {
        if (this.#failure !== undefined) throw this.#failure;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  #move(): void {
    this.#started?.();
    this.#started = undefined;
    this.#wake?.();
    this.#wake = undefined;
  }
}
