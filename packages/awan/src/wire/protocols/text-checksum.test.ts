/** Sums made here are zlib's. */
import { crc32 } from "node:zlib";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { textChecksum } from "./text-checksum.ts";

it("is zlib's CRC-32 of the bytes, whatever the text and its length", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ maxLength: 2_000 }), fc.string({ maxLength: 200, unit: "binary" })),
      (text) => {
        expect(textChecksum(text)).toBe(crc32(text));
      },
    ),
  );
  expect(textChecksum("{}")).toBe(2745614147);
});
