/** Writes a file that is on disk when the promise resolves, hashing a stream on its way. */
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { invariant } from "../kernel/errors.ts";
import type { WrittenBlob } from "./blobs.ts";

/** Streams are written in pieces of about this size: each costs a trip to another thread. */
const writeSizeBytes = 512 * 1024;

/** A synced file. `known` is what is known of content whose hash was computed before. */
export async function writeSynced(
  path: string,
  content: Uint8Array | Readable,
  known: WrittenBlob | undefined,
  verify: ((written: WrittenBlob) => void) | undefined,
): Promise<WrittenBlob> {
  const file = await open(path, "wx");
  try {
    if (content instanceof Uint8Array) await writeWhole(file, [content]);
    const written = content instanceof Uint8Array ? known : await writeStream(file, content);
    invariant(written !== undefined, "content in memory is hashed before it is written");
    verify?.(written);
    await file.datasync();
    return written;
  } finally {
    await file.close();
  }
}

/** Writes while the next pieces arrive and are hashed. */
async function writeStream(file: FileHandle, content: Readable): Promise<WrittenBlob> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let writing: Promise<void> | undefined;
  try {
    for await (const chunk of content as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      waiting.push(chunk);
      waitingBytes += chunk.length;
      if (waitingBytes < writeSizeBytes) continue;
      await writing;
      writing = writeWhole(file, waiting);
      writing.catch(() => {});
      waiting = [];
      waitingBytes = 0;
    }
  } finally {
    await writing;
  }
  await writeWhole(file, waiting);
  return { blob: hash.digest("hex"), sizeBytes };
}

async function writeWhole(file: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  if (chunks.length === 0) return;
  const { bytesWritten } = await file.writev(chunks);
  const sizeBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (bytesWritten === sizeBytes) return;
  const rest = Buffer.concat(chunks).subarray(bytesWritten);
  for (let at = 0; at < rest.length;) {
    const written = await file.write(rest, at, rest.length - at);
    at += written.bytesWritten;
  }
}
