/**
 * Large bodies (S3 objects, code archives): content-addressed by SHA-256, written and synced before the transaction
 * that names them. The interface; `blobs-memory.ts` and `blobs-files.ts` keep them.
 */
import type { Readable } from "node:stream";

export interface WrittenBlob {
  /** Lower-case hexadecimal SHA-256 of the content: the blob's name. */
  readonly blob: string;
  readonly sizeBytes: number;
}

export interface Blobs {
  /** Stores the content; nothing half-written is ever visible. `tap` sees every chunk, for further checksums. */
  write(content: Uint8Array | Readable, tap?: (chunk: Uint8Array) => void): Promise<WrittenBlob>;
  /** The bytes `[start, end)`; the whole blob by default. Throws a Defect when no such blob exists. */
  read(blob: string, start?: number, end?: number): Promise<Uint8Array>;
  stream(blob: string, start?: number, end?: number): Readable;
  has(blob: string): Promise<boolean>;
  delete(blob: string): Promise<void>;
}
