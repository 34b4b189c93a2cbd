/** Chunked uploads, however the network cuts them. */
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { AwsChunkedDecoder, isAwsChunked } from "./aws-chunked.ts";

async function decode(text: string, size: number): Promise<[string, Record<string, string>]> {
  const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
    Buffer.from(text.slice(i * size, i * size + size)),
  );
  const decoder = Readable.from(pieces).pipe(new AwsChunkedDecoder());
  const chunks: Buffer[] = [];
  for await (const chunk of decoder) chunks.push(chunk as Buffer);
  return [Buffer.concat(chunks).toString(), decoder.trailers];
}

describe("aws-chunked bodies", () => {
  const signed =
    "5;chunk-signature=abc\r\nhello\r\n6;chunk-signature=def\r\n world\r\n0;chunk-signature=ghi\r\n\r\n";

  it.each([1, 2, 7, 1000])("gives the plain bytes, in pieces of %i", async (size) => {
    expect(await decode(signed, size)).toEqual(["hello world", {}]);
    const trailed =
      "5\r\nhello\r\n0\r\nx-amz-checksum-crc32: AAAAAA==\r\nX-Amz-Trailer-Signature:f00\r\n\r\n";
    expect(await decode(trailed, size)).toEqual([
      "hello",
      { "x-amz-checksum-crc32": "AAAAAA==", "x-amz-trailer-signature": "f00" },
    ]);
  });

  it.each(["5\r\nhel", "zz\r\n", "5\r\nhello\r\n"])("refuses %j", async (text) => {
    await expect(decode(text, 100)).rejects.toMatchObject({ code: "IncompleteBody" });
  });

  it("is recognised by either header", () => {
    expect(isAwsChunked({ "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER" })).toBe(true);
    expect(isAwsChunked({ "content-encoding": "gzip, aws-chunked" })).toBe(true);
    expect(isAwsChunked({ "content-encoding": "gzip" })).toBe(false);
  });
});
