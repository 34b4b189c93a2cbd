/** Targets as clients send them. */
import { expect, test } from "vitest";
import { splitUrl } from "./request-url.ts";

const plain = (target: string): [string, Record<string, readonly string[]>] => {
  const { path, query } = splitUrl(target);
  return [path, Object.fromEntries(query)];
};

test.each([
  ["/", "/", {}],
  ["/a//b/../c%2Fd", "/a//b/../c%2Fd", {}],
  ["/b?acl", "/b", { acl: [""] }],
  ["/b?acl=&x=1", "/b", { acl: [""], x: ["1"] }],
  ["/b?tag=a&tag=b&", "/b", { tag: ["a", "b"] }],
  ["/?q=a%20b+c%2B", "/", { q: ["a b c+"] }],
  ["/?q=100%", "/", { q: ["100%"] }],
  ["/?a=b=c?d", "/", { a: ["b=c?d"] }],
  ["?a=1", "/", { a: ["1"] }],
  ["/?__proto__=1", "/", { ["__proto__"]: ["1"] }],
  ["http://example.com:80/p%20q?x", "/p%20q", { x: [""] }],
  ["http://example.com", "/", {}],
])("%s", (target, path, query) => {
  expect(plain(target)).toEqual([path, query]);
});
