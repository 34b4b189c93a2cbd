/** The operators, array consistency, and refusals in AWS's words. A slow matcher stands beside the compiled one as its oracle. */
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { compileEventPattern, EventPatternError, matchesEventPattern } from "./event-pattern.ts";

const matches = (pattern: unknown, event: unknown): boolean =>
  matchesEventPattern(compileEventPattern(JSON.stringify(pattern)), event);

describe("matching", () => {
  test.each([
    ["equal values", { a: ["x", 1, true, null] }, { a: 1 }, true],
    ["types matter", { a: ["1"] }, { a: 1 }, false],
    ["any element of a list", { a: ["x"] }, { a: ["y", "x"] }, true],
    ["an empty list has no values", { a: [{ exists: true }] }, { a: [] }, false],
    ["a missing field", { a: [{ exists: false }] }, { b: 1 }, true],
    ["prefix, ignoring case", { a: [{ prefix: { "equals-ignore-case": "AB" } }] }, { a: "abc" }, true],
    ["suffix", { a: [{ suffix: ".png" }] }, { a: "x.png" }, true],
    ["a range of numbers", { a: [{ numeric: [">", 0, "<=", 5] }] }, { a: 5 }, true],
    ["numbers only", { a: [{ numeric: ["=", 5] }] }, { a: "5" }, false],
    ["anything but a list", { a: [{ "anything-but": ["x", "y"] }] }, { a: "z" }, true],
    ["anything but needs a value", { a: [{ "anything-but": ["x"] }] }, {}, false],
    ["anything but a prefix", { a: [{ "anything-but": { prefix: "x" } }] }, { a: "xy" }, false],
    ["wildcards", { a: [{ wildcard: "a*c\\**" }] }, { a: "abbc*d" }, true],
    ["a wildcard's pieces do not overlap", { a: [{ wildcard: "ab*ba" }] }, { a: "aba" }, false],
    ["addresses", { a: [{ cidr: "10.0.0.0/24" }] }, { a: "10.0.0.255" }, true],
    ["addresses of version 6", { a: [{ cidr: "2001:db8::/32" }] }, { a: "2001:db8:1::1" }, true],
    ["nesting and dots are the same", { a: { b: ["x"] } }, { "a.b": "x" }, true],
    ["one of several patterns", { $or: [{ a: [1] }, { b: [2] }], c: [3] }, { b: 2, c: 3 }, true],
    ["$or as a name", { $or: ["x"] }, { $or: "x" }, true],
  ])("%s", (_name, pattern, event, expected) => {
    expect(matches(pattern, event)).toBe(expected);
  });

  test("fields of one element belong together", () => {
    const pattern = { list: { a: [1], b: [2] } };
    expect(
      matches(pattern, {
        list: [
          { a: 1, b: 9 },
          { a: 9, b: 2 },
        ],
      }),
    ).toBe(false);
    expect(
      matches(pattern, {
        list: [
          { a: 9, b: 9 },
          { a: 1, b: 2 },
        ],
      }),
    ).toBe(true);
  });
});

test.each([
  [{ a: "x" }, '"a" must be an object or an array'],
  [{ a: [] }, "Empty arrays are not allowed"],
  [{ a: [{ EXISTS: true }] }, "Unrecognized match type EXISTS"],
  [{ a: [{ numeric: [">", 0, ">", 1] }] }, "Bad numeric range operator: >"],
  [{ a: [{ wildcard: "a**b" }] }, "Consecutive wildcard characters at pos 2"],
  [{ a: [{ cidr: "10.0.0.0" }] }, "Malformed CIDR, one '/' required"],
  [
    { a: [{ "anything-but": null }] },
    "Value of anything-but must be an array or single string/number value.",
  ],
])("refuses %j", (pattern, reason) => {
  expect(() => compileEventPattern(pattern)).toThrow(new EventPatternError(reason));
});

const letters = fc.constantFrom("a", "b", "c");
const patterns = fc.dictionary(
  letters,
  fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 2 }),
  { minKeys: 1 },
);
const lists = fc.array(fc.dictionary(letters, fc.integer({ min: 0, max: 2 })), { maxLength: 4 });

property.prop([patterns, lists])("over a list, as some element that matches alone", (pattern, list) => {
  const alone = list.some((element) =>
    Object.entries(pattern).every(([name, values]) => values.includes(element[name] ?? -1)),
  );
  expect(matches({ list: pattern }, { list })).toBe(alone);
});
