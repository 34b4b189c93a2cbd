/** CBOR against the examples of RFC 8949, and there and back for anything. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { decodeCbor, encodeCbor } from "./cbor.ts";

const hex = (text: string): Uint8Array => Buffer.from(text, "hex");

describe("CBOR", () => {
  // RFC 8949, appendix A.
  it.each([
    ["00", 0],
    ["1818", 24],
    ["1903e8", 1000],
    ["1b000000e8d4a51000", 1_000_000_000_000],
    ["1bffffffffffffffff", 18_446_744_073_709_551_615n],
    ["c249010000000000000000", 18_446_744_073_709_551_616n],
    ["3903e7", -1000],
    ["f93c00", 1],
    ["f97bff", 65_504],
    ["f9c400", -4],
    ["fa47c35000", 100_000],
    ["fb3ff199999999999a", 1.1],
    ["f97c00", Infinity],
    ["f4", false],
    ["f6", null],
    ["64f0908591", "𐅑"],
    ["83010203", [1, 2, 3]],
    ["a201020304", { 1: 2, 3: 4 }],
    ["9f018202039f0405ffff", [1, [2, 3], [4, 5]]],
    ["bf61610161629f0203ffff", { a: 1, b: [2, 3] }],
    ["7f657374726561646d696e67ff", "streaming"],
    ["c11a514b67b0", new Date(1_363_896_240_000)],
  ])("%s is %o", (bytes, value) => {
    expect(decodeCbor(hex(bytes))).toEqual(value);
  });

  it.each(["", "18", "62", "9b00000000ffffffff", "bf", "1c", "5bffffffffffffffff"])("refuses %j", (bytes) => {
    expect(() => decodeCbor(hex(bytes))).toThrow(expect.objectContaining({ code: "SerializationException" }));
  });

  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      fc.string({ unit: "binary" }),
      fc.integer(),
      fc.double({ noNaN: true }),
      fc.bigInt({ min: -(2n ** 70n), max: -(2n ** 54n) }),
      fc.boolean(),
      fc.constant(null),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.array(tie("any"), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie("any"), { maxKeys: 4 }),
    ),
  })).any;

  test.prop([value])("gives back what was put in", (input) => {
    expect(decodeCbor(encodeCbor(input))).toEqual(Object.is(input, -0) ? -0 : input);
  });
});
