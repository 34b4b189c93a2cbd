/**
 * How everything is seen: each call, delivery, invocation and state change is a span with parent, trace and time, kept
 * in a bounded ring and, where there is a data directory, in two files of bounded size. Nothing else records what
 * happened.
 */
import { appendFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Scope } from "./call.ts";

export interface Span {
  /** `sqs.SendMessage`, or a kind noted by a service (`lambda.invoked`). */
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId?: string | undefined;
  readonly scope: Scope;
  /** The clock's time, virtual when the clock is. */
  readonly startMs: number;
  readonly endMs: number;
  /** Error code, when it ended with one. */
  readonly error?: string | undefined;
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
}

const ringSize = 16_384;
const fileSizeBytesMax = 16 * 1024 * 1024;

export class Journal {
  readonly #ring: Span[] = [];
  #next = 0;
  readonly #file: string | undefined;
  #unwritten: Span[] = [];
  #writing: Promise<void> | undefined;
  readonly #listeners = new Set<(span: Span) => void>();

  /** Keeps spans in memory, and in `directory/journal.ndjson` if one is given. */
  constructor(directory?: string) {
    this.#file = directory === undefined ? undefined : join(directory, "journal.ndjson");
  }

  record(span: Span): void {
    if (this.#ring.length < ringSize) this.#ring.push(span);
    else this.#ring[this.#next % ringSize] = span;
    this.#next += 1;
    for (const listener of this.#listeners) listener(span);
    if (this.#file === undefined) return;
    this.#unwritten.push(span);
    this.#writing ??= new Promise<void>((resolve) => {
      setImmediate(() => void this.#write().finally(resolve));
    });
  }

  /** The newest spans, oldest first. */
  spans(filter: (span: Span) => boolean = () => true): Span[] {
    const start = this.#ring.length < ringSize ? 0 : this.#next % ringSize;
    return [...this.#ring.slice(start), ...this.#ring.slice(0, start)].filter(filter);
  }

  /** Calls `listener` for each span from now on; the returned function ends that. */
  listen(listener: (span: Span) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  async #write(): Promise<void> {
    const file = this.#file as string;
    try {
      while (this.#unwritten.length > 0) {
        const lines = this.#unwritten.map((span) => `${JSON.stringify(span)}\n`).join("");
        this.#unwritten = [];
        await appendFile(file, lines);
        if ((await stat(file)).size > fileSizeBytesMax) await rename(file, `${file}.1`);
      }
    } catch (error) {
      // The journal is for looking back; losing it must not stop the cloud. Say so once and keep to memory.
      process.stderr.write(`awan: the journal can no longer be written: ${String(error)}\n`);
      this.#unwritten = [];
    } finally {
      this.#writing = undefined;
    }
  }
}
