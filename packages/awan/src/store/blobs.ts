/**
 * Large bodies (S3 objects, code archives): content-addressed by SHA-256, written and synced before the transaction
 * that names them. The interface; `blobs-memory.ts` and `blobs-files.ts` keep them, `blobs-shared.ts` shares them among
 * forks. Who names a blob is counted in rows (S3's `blob-references.ts`, through its port), in the same transactions.
 */
import type { Readable } from "node:stream";

export interface WrittenBlob {
  /** Lower-case hexadecimal SHA-256 of the content: the blob's name. */
  readonly blob: string;
  readonly sizeBytes: number;
}

/** Where blobs are kept. */
export interface BlobStore {
  /** Stores the content; nothing half-written is ever visible. What `verify` throws keeps it from becoming a blob. */
  write(content: Uint8Array | Readable, verify?: (written: WrittenBlob) => void): Promise<WrittenBlob>;
  /** The bytes `[start, end)`; the whole blob by default. Throws a Defect when no such blob exists. */
  read(blob: string, start?: number, end?: number): Promise<Uint8Array>;
  stream(blob: string, start?: number, end?: number): Readable;
  has(blob: string): Promise<boolean>;
  delete(blob: string): Promise<void>;
  /**
   * What was there when this was opened after a process that did not end in order: a blob among it may have been written
   * for a transaction that never came. Each is told once.
   */
  leftovers(): AsyncIterable<string>;
  /** The end in order: the next start need not look for leftovers. */
  close(): Promise<void>;
}

export interface Blobs extends BlobStore {
  /** The same blobs for a fork: what one deletes is kept while the other may still name it. */
  fork(): Blobs;
}
