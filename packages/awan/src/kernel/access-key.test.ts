/** Access keys carry their account back and forth, and a key AWS published decodes to its account. */
import { fc, test } from "@fast-check/vitest";
import { expect, test as plain } from "vitest";
import { accountOfKey, makeAccessKeyId } from "./access-key.ts";

const account = fc.bigInt(0n, 999_999_999_999n).map((number) => number.toString().padStart(12, "0"));

test.prop([account, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })])(
  "a key tells its account",
  (accountId, chance) => {
    const key = makeAccessKeyId("ASIA", accountId, (limit) => Math.floor(chance * limit));
    expect(key).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(accountOfKey(key)).toBe(accountId);
  },
);

plain("published and special keys", () => {
  expect(accountOfKey("ASIAQNZGKIQY56JQ7WML")).toBe("029608264753");
  expect(accountOfKey("123456789012")).toBe("123456789012");
  expect(accountOfKey("test")).toBeUndefined();
});
