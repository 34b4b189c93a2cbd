/** A process that writes one whole blob and then one that never ends, for the test that kills it in mid-write. */
import { Readable } from "node:stream";
import { createFileBlobs } from "./blobs-files.ts";

async function* endless(whole: string): AsyncGenerator<Uint8Array> {
  for (let chunks = 0; ; chunks += 1) {
    yield Buffer.alloc(65_536, chunks);
    if (chunks === 50) process.send?.({ whole });
  }
}

const blobs = createFileBlobs(process.argv[2] ?? "");
const { blob } = await blobs.write(Buffer.alloc(200_000, "whole"));
await blobs.write(Readable.from(endless(blob), { objectMode: false }));
