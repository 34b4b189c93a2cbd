/** Heads read here against node:http's parser: where we say something, it says the same. */
import { fc, test as property } from "@fast-check/vitest";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Head, readHead, writeHead } from "./http1-head.ts";

const server = createServer((message, response) => {
  const { method, url, headers } = message;
  response.end(JSON.stringify({ method, target: url, headers }));
});
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => void server.close());

/** What node:http makes of the head; undefined when it refuses. */
async function byNode(head: string): Promise<Head | undefined> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.end(`${head}\r\n`, "latin1");
  const [status = "", ...body] = (await text(socket)).split("\r\n\r\n");
  return status.startsWith("HTTP/1.1 200") ? (JSON.parse(body.join("")) as Head) : undefined;
}

const name = fc.oneof(
  fc.constantFrom("Host", "X-Amz-Date", "content-type", "AUTHORIZATION", "Cookie", "x_y", "Connection"),
  fc.string({
    unit: fc.constantFrom("a", "B", "-", "_", "1", "!", " ", ":", "\t"),
    minLength: 1,
    maxLength: 6,
  }),
);
const value = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: "binary", maxLength: 6 }).map((each) => each.replaceAll(/[^\0-\xff]/g, "")),
  fc.constantFrom("keep-alive", " a b ", "\t", "", "close", "\r\n", "a\r\n b", "a\rb", "\n"),
);
const target = fc.oneof(
  fc.constantFrom("/", "/a%2Fb?c=d&e", "//x", "*", "http://a/b", "/ü", "/a b", "/a\tb", ""),
  fc.webPath().map((path) => `/${path}`),
);
const heads = fc
  .tuple(
    fc.constantFrom("GET", "POST", "PUT", "HEAD", "get", "BREW"),
    target,
    fc.constantFrom(" HTTP/1.1", " HTTP/1.1", " HTTP/1.1", " HTTP/1.0", ""),
    fc.array(fc.tuple(name, value), { maxLength: 5 }),
  )
  .map(
    ([method, path, version, list]) =>
      `${method} ${path}${version}\r\n${["Host: a", ...list.map(([key, each]) => `${key}:${each}`)].join("\r\n")}\r\n`,
  );

describe("a head", () => {
  property.prop([heads], { numRuns: 400 })("is read as node:http reads it, or not at all", async (head) => {
    const ours = readHead(head);
    if (ours === undefined || ours.method === "HEAD") return;
    expect(ours).toEqual(await byNode(head));
  });

  test("of an ordinary client is read", () => {
    const head = readHead(
      "POST /?x=1 HTTP/1.1\r\nHost: localhost:4566\r\nContent-Length: 12\r\nX-Amz-Target:  A.B \r\nconnection: Keep-Alive\r\n",
    );
    expect(head).toEqual({
      method: "POST",
      target: "/?x=1",
      headers: {
        host: "localhost:4566",
        "content-length": "12",
        "x-amz-target": "A.B",
        connection: "Keep-Alive",
      },
    });
  });

  test.each([
    ["a body of unknown size", "Transfer-Encoding: chunked"],
    ["an offer", "Upgrade: websocket"],
    ["an expectation", "Expect: 100-continue"],
    ["a last request", "Connection: close"],
    ["a strange length", "Content-Length: 1e3"],
    ["two lengths", "Content-Length: 1\r\nContent-Length: 2"],
    ["a folded line", "A: b\r\n c"],
    ["a blank before the colon", "A : b"],
    ["a lone line feed", "A: b\nC: d"],
    ["a control character", "A: \u0001"],
  ])("with %s is left to node:http", (_what, line) => {
    expect(readHead(`GET / HTTP/1.1\r\n${line}\r\n`)).toBeUndefined();
  });

  test("of an answer is written whole, or not at all", () => {
    expect(writeHead({ status: 204, headers: { a: "b" } }, undefined)).toMatch(
      /^HTTP\/1\.1 204 No Content\r\na: b\r\ndate: .* GMT\r\nconnection: keep-alive\r\nkeep-alive: timeout=65\r\n\r\n$/,
    );
    expect(writeHead({ status: 200, headers: { date: "d" } }, 3)).toContain("date: d\r\n");
    expect(writeHead({ status: 200, headers: { a: "b\r\nc: d" } }, 3)).toBeUndefined();
    expect(writeHead({ status: 200, headers: { "set-cookie": ["a", "b"] } }, 3)).toBeUndefined();
  });
});
