import { assert, bigInt, integer, property, tuple } from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addNumbers,
  compareNumbers,
  encodeNumber,
  normalizeNumber,
  numberSizeBytes,
  subtractNumbers,
} from "./number.ts";

describe("numbers", () => {
  test.each([
    ["00042", "42"],
    ["1.0", "1"],
    ["3.1400", "3.14"],
    ["1.5E2", "150"],
    ["-0", "0"],
    ["-0.00", "0"],
    ["+7", "7"],
    [".5", "0.5"],
    ["5.", "5"],
    ["1E-130", `0.${"0".repeat(129)}1`],
    ["9.9999999999999999999999999999999999999E+125", `${"9".repeat(38)}${"0".repeat(88)}`],
    ["12345678901234567890123456789012345678", "12345678901234567890123456789012345678"],
  ])("%s is written %s", (text, normal) => expect(normalizeNumber(text)).toBe(normal));

  test.each([
    ["", "The parameter cannot be converted to a numeric value"],
    ["abc", "The parameter cannot be converted to a numeric value: abc"],
    ["1e", "The parameter cannot be converted to a numeric value: 1e"],
    ["1E126", "Number overflow. Attempting to store a number with magnitude larger than supported range"],
    ["-1E126", "Number overflow. Attempting to store a number with magnitude larger than supported range"],
    ["1E-131", "Number underflow. Attempting to store a number with magnitude smaller than supported range"],
    [
      "123456789012345678901234567890123456789",
      "Attempting to store more than 38 significant digits in a Number",
    ],
  ])("%j is refused", (text, message) => expect(() => normalizeNumber(text)).toThrow(message));

  const decimals = tuple(bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), integer({ min: -10, max: 10 })).map(
    ([digits, power]) => ({
      exact: digits * 10n ** BigInt(power + 10),
      text: normalizeNumber(`${digits}E${power}`),
    }),
  );

  test("order and order of encodings are those of the exact values", () => {
    assert(
      property(decimals, decimals, (a, b) => {
        const expected = a.exact < b.exact ? -1 : a.exact > b.exact ? 1 : 0;
        const x = encodeNumber(a.text);
        const y = encodeNumber(b.text);
        expect(Math.sign(compareNumbers(a.text, b.text))).toBe(expected);
        expect(x < y ? -1 : x > y ? 1 : 0).toBe(expected);
      }),
    );
  });

  test("sums and differences are exact", () => {
    assert(
      property(decimals, decimals, (a, b) => {
        expect(addNumbers(a.text, b.text)).toBe(normalizeNumber(`${a.exact + b.exact}E-10`));
        expect(subtractNumbers(a.text, b.text)).toBe(normalizeNumber(`${a.exact - b.exact}E-10`));
      }),
    );
  });

  test("sizes", () => {
    expect(numberSizeBytes("0")).toBe(1);
    expect(numberSizeBytes("5")).toBe(2);
    expect(numberSizeBytes("-5")).toBe(3);
    expect(numberSizeBytes("27")).toBe(2);
    expect(numberSizeBytes("12345678901234567890123456789012345678")).toBe(20);
  });
});
