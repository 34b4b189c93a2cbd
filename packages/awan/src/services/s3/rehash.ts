/** Effects that read stored bytes again: to hash them, or to make one blob of a range. */
import { createHash } from "node:crypto";
import type { Effect } from "../../host/service.ts";
import { type Algorithm, createChecksum } from "./checksums/checksums.ts";
import { type Piece, streamOf } from "./read.ts";
import { store, type Stored } from "./store.ts";

export interface Hashed {
  readonly md5: string;
  readonly algorithm: Algorithm;
  readonly checksum: string;
}

export interface RehashRequest {
  readonly pieces: readonly Piece[];
  readonly algorithm: Algorithm;
}

/** MD5 and checksum of stored bytes. */
export const rehash: Effect = async (context, { pieces, algorithm }: RehashRequest): Promise<Hashed> => {
  const md5 = createHash("md5");
  const checksum = createChecksum(algorithm);
  for await (const chunk of streamOf(context.shell.blobs, pieces) as AsyncIterable<Uint8Array>) {
    md5.update(chunk);
    checksum.update(chunk);
  }
  return { md5: md5.digest("hex"), algorithm, checksum: Buffer.from(checksum.digest()).toString("base64") };
};

/** Stores a range of stored bytes as a body of its own. */
export const restore: Effect = async (
  context,
  request: RehashRequest & { readonly sizeBytes: number },
): Promise<Stored> => {
  const stored = await store(context, {
    body: streamOf(context.shell.blobs, request.pieces),
    contentLength: request.sizeBytes,
    contentMd5: undefined,
    promised: [],
    algorithm: request.algorithm,
    sizeBytesMax: Number.MAX_SAFE_INTEGER,
  } as never);
  return stored as Stored;
};
