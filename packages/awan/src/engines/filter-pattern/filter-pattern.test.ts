/** Filter patterns against the examples of AWS's documentation, and wildcards against a slow oracle. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { wildcard } from "./expression.ts";
import { compileFilterPattern, FilterPatternError } from "./filter-pattern.ts";

const matches = (pattern: string, message: string): boolean => compileFilterPattern(pattern).matches(message);

describe("terms", () => {
  test.each([
    ["", "anything", true],
    ["ERROR", "[ERROR 400] BAD REQUEST", true],
    ["ERROR", "[error 400]", false],
    ["ERROR ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", true],
    ["ERROR ARGUMENTS", "[ERROR 401] UNAUTHORIZED", false],
    ["?ERROR ?ARGUMENTS", "MISSING ARGUMENTS", true],
    ["?ERROR ?ARGUMENTS", "nothing", false],
    ['"INTERNAL SERVER ERROR"', "[ERROR 500] INTERNAL SERVER ERROR", true],
    ["ERROR -ARGUMENTS", "[ERROR 401] UNAUTHORIZED", true],
    ["ERROR -ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", false],
    ["%AUTHORIZED%", "[ERROR 401] UNAUTHORIZED REQUEST", true],
  ])("%s on %s", (pattern, message, expected) => expect(matches(pattern, message)).toBe(expected));
});

const event = JSON.stringify({
  eventType: "UpdateTrail",
  sourceIPAddress: "111.111.111.111",
  arrayKey: ["value", "another value"],
  objectList: [
    { name: "a", id: 1 },
    { name: "b", id: 2 },
  ],
  SomeObject: null,
  ThisFlag: true,
  latency: 12.5,
  "a.b": "dotted",
});

describe("JSON", () => {
  test.each([
    ['{ $.eventType = "UpdateTrail" }', true],
    ["{ $.eventType = UpdateTrail }", true],
    ['{ $.eventType = "Update*" }', true],
    ["{ $.sourceIPAddress != 123.123.* }", true],
    ['{ $.arrayKey[0] = "value" }', true],
    ["{ $.objectList[1].id = 2 }", true],
    ["{ $.objectList[*].id = 2 }", true],
    ["{ $.objectList[1].id = 3 }", false],
    ["{ $.latency > 12 }", true],
    ["{ $.latency >= 12.5 && $.latency < 1.3e1 }", true],
    ["{ $.SomeObject IS NULL }", true],
    ["{ $.SomeOtherObject NOT EXISTS }", true],
    ["{ $.latency NOT EXISTS }", false],
    ["{ $.ThisFlag IS TRUE }", true],
    ["{ $.ThisFlag IS FALSE }", false],
    ['{ ($.eventType = "x" || $.latency = 12.5) && $.ThisFlag IS TRUE }', true],
    ["{ $.eventType = %Trail$% }", true],
    ["{ $.['a.b'] = dotted }", true],
    ["{ $.missing = 1 }", false],
    ["{ $.missing != 1 }", false],
  ])("%s", (pattern, expected) => expect(matches(pattern, event)).toBe(expected));

  test("other messages never match", () => {
    expect(matches("{ $.a = 1 }", "a = 1")).toBe(false);
    expect(matches("{ $.a = 1 }", "{ broken")).toBe(false);
  });
});

const line = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';

describe("space-delimited", () => {
  test.each([
    ["[ip, user, username, timestamp, request, status_code, bytes]", true],
    ["[ip, user, username, timestamp, request = *html*, status_code = 4*, bytes > 1000]", true],
    ["[ip, user, username, timestamp, request, status_code = 5*, bytes]", false],
    ["[..., status_code = 404, bytes]", true],
    ["[ip, ...]", true],
    ["[ip, user]", false],
    ["[ip, user, username, timestamp, request, status_code = 404 || status_code = 410, bytes]", true],
    ["[ip!=127.0.0.1, ...]", false],
  ])("%s", (pattern, expected) => expect(matches(pattern, line)).toBe(expected));

  test("fields are extracted by name", () => {
    const pattern = compileFilterPattern("[ip, id, user, time, request, status, bytes]");
    expect(pattern.extract(line)).toMatchObject({
      $ip: "127.0.0.1",
      $request: "GET /index.html HTTP/1.0",
      $bytes: "1534",
    });
  });
});

test.each(["{ $.a = ", "[a, b", "{ a = 1 }", '"open', "{ $.a && $.b }"])("%s is no pattern", (pattern) => {
  expect(() => compileFilterPattern(pattern)).toThrow(FilterPatternError);
});

const star = fc.stringMatching(/^[ab*]{0,8}$/);
test.prop([star, fc.stringMatching(/^[ab]{0,8}$/)])(
  "wildcards agree with a regular expression",
  (pattern, text) => {
    expect(wildcard(pattern, text)).toBe(new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(text));
  },
);
