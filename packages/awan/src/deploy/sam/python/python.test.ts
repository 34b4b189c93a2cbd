/** Orders and texts of Python 2.7, as a real one gives them. */
import { describe, expect, test } from "vitest";
import { byteString, byteStrings, decimal } from "./byte-string.ts";
import { copyOf, deepCopy, dictionary, keysOf, put, remember, remove, update } from "./dictionary.ts";
import { stringHash } from "./key-table.ts";
import { given, printed, shown } from "./text.ts";

describe("dictionaries of Python 2.7", () => {
  test("hash of strings on 64 bits", () => {
    expect(stringHash("")).toBe(0n);
    expect(stringHash("a")).toBe(12416037344n);
    expect(stringHash("paths")).toBe(13778350363235242913n);
  });

  test("keys come in the table's order, not in that of insertion", () => {
    const document = dictionary();
    for (const key of ["swagger", "info", "paths"]) put(document, key, {});
    expect(keysOf(document)).toEqual(["info", "paths", "swagger"]);
  });

  test("a table that grew, and its copy, made by adding the keys in that order", () => {
    const value = Object.fromEntries(
      "summary description operationId tags consumes produces parameters responses security"
        .split(" ")
        .map((key) => [key, 1]),
    );
    remember(value);
    const order = "responses description parameters produces tags summary security consumes operationId";
    expect(keysOf(value).join(" ")).toBe(order);
    const copied = "responses parameters tags produces summary security operationId consumes description";
    expect(keysOf(deepCopy(value)).join(" ")).toBe(copied);
  });

  test("a deleted key's place is taken by the next that wants it", () => {
    const value: Record<string, unknown> = { a: 1, i: 2, q: 3 };
    remember(value);
    remove(value, "a");
    put(value, "y", 4);
    expect(keysOf(value)).toEqual(["y", "i", "q"]);
  });

  test("a key stays the string it was", () => {
    const value = dictionary();
    put(value, byteString("type"), 1);
    put(value, "type", 2);
    expect(keysOf(value)).toEqual([byteString("type")]);
    expect(keysOf(copyOf(value))).toEqual([byteString("type")]);
    update(value, { type: 3 });
    expect(printed(value)).toBe("{'type': 3}");
  });
});

describe("texts", () => {
  test("what comes from a template is unicode, what is ours is not", () => {
    expect(printed({ [byteString("Ref")]: "MyApi" })).toBe("{'Ref': u'MyApi'}");
    expect(printed(byteStrings({ "Fn::Sub": ["it's", 'a "b"', null, true] }))).toBe(
      `{'Fn::Sub': ["it's", 'a "b"', None, True]}`,
    );
  });

  test("escapes", () => {
    expect(printed("é\n\\")).toBe(String.raw`u'\xe9\n\\'`);
    expect(shown(["a"])).toBe("['a']");
    expect(printed(decimal(2))).toBe("2.0");
  });

  test("what Python takes for true", () => {
    expect(["", [], {}, 0, false, null, undefined].map(given)).toEqual(
      Array.from({ length: 7 }, () => false),
    );
    expect(["x", [0], { a: 0 }, 1, true].map(given)).toEqual(Array.from({ length: 5 }, () => true));
  });
});
