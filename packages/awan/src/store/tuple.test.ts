import * as fc from "fast-check";
import { expect, test } from "vitest";
import { packTuple, type TuplePart, unpackTuple } from "./tuple.ts";

const hex = (parts: TuplePart[]): string => Buffer.from(packTuple(parts), "latin1").toString("hex");

test.each<[TuplePart[], string]>([
  [[null], "00"],
  [[new Uint8Array([1, 0, 255])], "010100ffff00"],
  [[""], "0200"],
  [["queue"], "02717565756500"],
  [["a\0b"], "026100ff6200"],
  [["é"], "02c3a900"],
  [[0], "14"],
  [[1], "1501"],
  [[255], "15ff"],
  [[256], "160100"],
  [[1_700_000_000_000], "1a018bcfe56800"],
  [[-1], "13fe"],
  [[-256], "12feff"],
  [[2n ** 64n - 1n], "1cffffffffffffffff"],
  [[1.5], "21bff8000000000000"],
  [[-1.5], "214007ffffffffffff"],
  [[false, true], "2627"],
  [["sqs", 7], "02737173001507"],
])("the vector %o packs to %s", (parts, packed) => {
  expect(hex(parts)).toBe(packed);
});

const part: fc.Arbitrary<TuplePart> = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noInteger: true }),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array({ maxLength: 5 }),
);

test("unpacking gives back what was packed", () => {
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      expect(unpackTuple(packTuple(parts))).toEqual(parts);
    }),
  );
});

test("packed keys sort as text and numbers do, part by part", () => {
  const text = fc.string({ unit: fc.constantFrom("\0", "a", "\xff", "é"), maxLength: 3 });
  const tuple = fc.tuple(text, fc.maxSafeInteger());
  fc.assert(
    fc.property(tuple, tuple, (a, b) => {
      const byText = Buffer.compare(Buffer.from(a[0]), Buffer.from(b[0]));
      const expected = byText === 0 ? Math.sign(a[1] - b[1]) : byText;
      const [packedA, packedB] = [packTuple(a), packTuple(b)];
      expect(packedA < packedB ? -1 : packedA > packedB ? 1 : 0).toBe(expected);
    }),
  );
});
