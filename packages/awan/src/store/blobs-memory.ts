/** Blobs in the process's memory: for tests and `--ephemeral`. Content is copied in, so a caller may reuse its buffer. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { invariant } from "../kernel/errors.ts";
import type { Blobs, WrittenBlob } from "./blobs.ts";
import { sharedBlobs } from "./blobs-shared.ts";

const chunkSizeBytes = 65_536;

export function createMemoryBlobs(): Blobs {
  const contents = new Map<string, Uint8Array>();

  function contentOf(blob: string): Uint8Array {
    const content = contents.get(blob);
    invariant(content !== undefined, `no blob ${blob}`);
    return content;
  }

  return sharedBlobs({
    async write(content, verify) {
      const bytes = content instanceof Uint8Array ? Uint8Array.from(content) : await collect(content);
      const blob = createHash("sha256").update(bytes).digest("hex");
      const written: WrittenBlob = { blob, sizeBytes: bytes.length };
      verify?.(written);
      if (!contents.has(blob)) contents.set(blob, bytes);
      return written;
    },
    async read(blob, start = 0, end) {
      return contentOf(blob).slice(start, end);
    },
    stream(blob, start = 0, end) {
      return Readable.from(
        chunks(() => contentOf(blob), start, end),
        { objectMode: false },
      );
    },
    async has(blob) {
      return contents.has(blob);
    },
    async delete(blob) {
      contents.delete(blob);
    },
    async *leftovers() {},
    async close() {},
  });
}

async function collect(content: Readable): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of content as AsyncIterable<Uint8Array>) parts.push(part);
  return Buffer.concat(parts);
}

/** The content is looked up when the stream is first read: a missing blob is an error of the stream, as with files. */
function* chunks(contentOf: () => Uint8Array, start: number, end: number | undefined): Generator<Uint8Array> {
  const range = contentOf().subarray(start, end);
  for (let at = 0; at < range.length; at += chunkSizeBytes) yield range.subarray(at, at + chunkSizeBytes);
}
