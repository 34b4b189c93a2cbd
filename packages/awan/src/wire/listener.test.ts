/** The door, knocked at over HTTP/1.1 by polite and impolite peers. */
import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import type { Handle } from "./exchange.ts";
import { type Echoed, deferred, defects, echo, raw, start } from "./listener.fixture.ts";

describe("HTTP/1.1", () => {
  test("passes method, target, headers, body and origin as received", async () => {
    const { url } = await start(echo);
    const response = await fetch(`${url}/a%2Fb//c?x=1&y`, {
      method: "POST",
      body: "hello",
      headers: { "X-Amz-Thing": "Value" },
    });
    expect(response.headers.get("x-kind")).toBe("bytes");
    const seen = (await response.json()) as Echoed;
    expect(seen).toMatchObject({
      method: "POST",
      target: "/a%2Fb//c?x=1&y",
      origin: url,
      remoteAddress: "127.0.0.1",
      body: "hello",
    });
    expect(seen.headers["x-amz-thing"]).toBe("Value");
  });

  test("collects small bodies whatever their chunks, and streams the others", async () => {
    const { url } = await start(echo);
    const post = async (size: number, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(url, { method: "POST", body: Buffer.alloc(size, "a"), headers });
    for (const size of [0, 1, 65_536]) {
      const response = await post(size);
      expect(response.headers.get("x-kind")).toBe("bytes");
      expect(((await response.json()) as Echoed).body.length).toBe(size);
    }
    const large = await post(65_537);
    expect(large.headers.get("x-kind")).toBe("stream");
    expect(((await large.json()) as Echoed).body.length).toBe(65_537);
    const signed = await post(10, { "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" });
    expect(signed.headers.get("x-kind")).toBe("stream");
  });

  test("reads chunked bodies, pipelined requests and a body split over packets", async () => {
    const { port } = await start(echo);
    const socket = connect(port, "127.0.0.1");
    socket.write("P");
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.write("OST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc");
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.write("defPOST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nxyz\r\n0\r\n\r\n");
    socket.write("GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const answer = await text(socket);
    expect(answer.match(/"body":"\w*"/g)).toEqual(['"body":"abcdef"', '"body":"xyz"', '"body":""']);
  });

  test("answers Expect: 100-continue before the body is sent", async () => {
    const { port } = await start(echo);
    const request = httpRequest({
      port,
      method: "PUT",
      headers: { expect: "100-continue", "content-length": "5" },
    });
    request.flushHeaders();
    await once(request, "continue");
    request.end("hello");
    const [response] = (await once(request, "response")) as [Readable];
    expect(JSON.parse(await text(response))).toMatchObject({ body: "hello" });
  });

  test("sends strings, bytes, streams and ranges of blobs", async () => {
    const bodies: Record<
      string,
      () => string | Uint8Array | Readable | { blob: string; start: number; end: number }
    > = {
      "/string": () => "grüße",
      "/bytes": () => Buffer.from("bytes"),
      "/stream": () => Readable.from(["str", "eam"]),
      "/blob": () => ({ blob: "0123456789", start: 2, end: 5 }),
    };
    const { url } = await start((request) => ({
      status: 200,
      headers: { "set-cookie": ["a=1", "b=2"] },
      body: bodies[request.target]?.() ?? "",
    }));
    const get = async (path: string): Promise<Response> => fetch(`${url}${path}`);
    const answer = await get("/string");
    expect(answer.headers.get("content-length")).toBe("7");
    expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(await answer.text()).toBe("grüße");
    expect(await (await get("/bytes")).text()).toBe("bytes");
    expect(await (await get("/stream")).text()).toBe("stream");
    expect(await (await get("/blob")).text()).toBe("234");
    expect((await get("/none")).headers.get("content-length")).toBe("0");
  });

  test("sends no body where HTTP has none", async () => {
    const { url, port } = await start((request) => ({
      status: Number(request.target.slice(1)),
      headers: {},
      body: "body",
    }));
    const head = await fetch(`${url}/200`, { method: "HEAD" });
    expect(head.headers.get("content-length")).toBe("4");
    const answers = await raw(
      port,
      "GET /204 HTTP/1.1\r\nHost: a\r\n\r\nGET /304 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    );
    expect(answers).not.toContain("body");
    expect(answers).not.toMatch(/content-length|transfer-encoding/i);
  });

  test("answers a handler's failure with 500 and goes on", async () => {
    const handlers: Record<string, Handle> = {
      "/rejects": async () => Promise.reject(new Error("boom")),
      "/throws": () => {
        throw new Error("boom");
      },
      "/header": () => ({ status: 200, headers: { "x-bad": "a\nb" }, body: "" }),
    };
    const { url } = await start((request, context) => {
      const handle = handlers[request.target] as Handle;
      return handle(request, context);
    });
    for (const path of Object.keys(handlers)) {
      const response = await fetch(`${url}${path}`);
      expect(response.status).toBe(500);
      expect(response.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
      expect(await response.json()).toMatchObject({ __type: "InternalFailure" });
    }
    expect(defects.length).toBe(3);
  });

  test("a stream that fails half-way breaks the connection instead of looking whole", async () => {
    const { url } = await start(() => ({
      status: 200,
      headers: {},
      body: Readable.from(
        (async function* () {
          yield "part";
          await new Promise((resolve) => setImmediate(resolve));
          throw new Error("disk");
        })(),
      ),
    }));
    const response = await fetch(url);
    await expect(response.text()).rejects.toThrow();
    expect((await fetch(url)).status).toBe(200);
    expect(defects).toMatchObject([{ message: "disk" }, { message: "disk" }]);
  });

  test("an upload that breaks off is nobody's bug", async () => {
    const reading = deferred();
    const failing = deferred();
    const { port } = await start(async (request, context) => {
      reading.resolve();
      return Promise.resolve(echo(request, context)).finally(failing.resolve);
    });
    const socket = connect(port, "127.0.0.1");
    socket.write("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\npart");
    await reading.promise;
    socket.destroy();
    await failing.promise;
    await new Promise((resolve) => setImmediate(resolve));
    expect(defects).toEqual([]);
  });

  test("keeps every byte of a body that comes in many packets", async () => {
    const { port } = await start(echo);
    const socket = connect(port, "127.0.0.1");
    const body = Buffer.from(Array.from({ length: 60_000 }, (_unused, index) => 97 + ((index * index) % 23)));
    socket.write(`PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`);
    for (let at = 0; at < body.length; at += 7_001) {
      socket.write(body.subarray(at, at + 7_001));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await text(socket)).toContain(`"body":"${body.toString()}"`);
  });

  test("tells the handler when the peer goes away", async () => {
    let aborted: Promise<unknown> | undefined;
    const entering = deferred();
    const { url } = await start(async (_request, { signal }) => {
      aborted = once(signal, "abort");
      entering.resolve();
      await aborted;
      return { status: 200, headers: {}, body: "late" };
    });
    const abort = new AbortController();
    const fetching = fetch(url, { signal: abort.signal });
    await entering.promise;
    abort.abort();
    await expect(fetching).rejects.toThrow();
    await aborted;
    expect(defects).toEqual([]);
  });

  test("does not abort the signal of an answered request", async () => {
    const signals: AbortSignal[] = [];
    const { url } = await start((_request, { signal }) => {
      signals.push(signal);
      return { status: 200, headers: {}, body: "" };
    });
    await fetch(url);
    await fetch(url);
    expect(signals.map((signal) => signal.aborted)).toEqual([false, false]);
  });
});

describe("upgrades", () => {
  const handshake = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

  test("leaves nothing on a connection that goes on", async () => {
    const warnings: Error[] = [];
    const warned = (warning: Error): void => void warnings.push(warning);
    process.on("warning", warned);
    const { port } = await start((_request, context) => ({
      status: context.signal.aborted ? 500 : 200,
      headers: {},
      body: "x",
    }));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 15; i += 1) {
      const request = httpRequest({ port, agent }).end();
      const [response] = (await once(request, "response")) as [Readable];
      expect(await text(response)).toBe("x");
    }
    agent.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", warned);
    expect(warnings.filter(({ name }) => name === "MaxListenersExceededWarning")).toEqual([]);
  });

  test("a WebSocket handshake is passed on", async () => {
    const { port } = await start(echo, {
      onUpgrade: (request, socket) => socket.end(`HTTP/1.1 101 Switching\r\n\r\n${request.target}`),
    });
    expect(await raw(port, handshake)).toContain("/chat");
  });

  test("other offers are declined by a plain answer, body included", async () => {
    const { port } = await start(echo, { onUpgrade: (_request, socket) => socket.destroy() });
    const socket = connect(port, "127.0.0.1");
    socket.write(
      "POST /h2c HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\nUpgrade: h2c\r\nContent-Length: 5\r\n\r\nhello",
    );
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString()).toContain('"body":"hello"');
    socket.destroy();
  });

  test("without a hook a handshake is a plain request", async () => {
    const { port } = await start(() => ({ status: 426, headers: { connection: "close" }, body: "" }));
    expect(await raw(port, handshake)).toContain("426");
  });
});

describe("opening and closing", () => {
  test("a port that is taken is named, with what to do", async () => {
    const { port } = await start(echo);
    await expect(start(echo, { port })).rejects.toThrow(`Port ${port} on 127.0.0.1 is already in use`);
  });

  test("requests under way are finished, idle and silent connections are not waited for", async () => {
    const answering = deferred();
    const entering = deferred();
    const { port, close } = await start(
      async (request) => {
        if (request.target === "/slow") {
          entering.resolve();
          await answering.promise;
        }
        return { status: 200, headers: {}, body: "done" };
      },
      { closeGraceMs: 60_000 },
    );
    const silent = connect(port, "127.0.0.1");
    await once(silent, "connect");
    const agent = new Agent({ keepAlive: true });
    const get = async (path: string): Promise<string> => {
      const [response] = (await once(httpRequest({ port, agent, path }).end(), "response")) as [Readable];
      return text(response);
    };
    await get("/");
    const slow = get("/slow");
    await entering.promise;
    const closing = close();
    answering.resolve();
    expect(await slow).toBe("done");
    await closing;
    await expect(get("/")).rejects.toThrow();
    agent.destroy();
  });

  test("what is not finished within the grace period is cut off", async () => {
    const { url, close } = await start(async () => new Promise(() => undefined), { closeGraceMs: 20 });
    const hanging = expect(fetch(url)).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await close();
    await hanging;
  });

  test("an abort signal closes it", async () => {
    const abort = new AbortController();
    const { url } = await start(echo, { signal: abort.signal });
    abort.abort();
    await expect
      .poll(async () =>
        fetch(url).then(
          () => "open",
          () => "closed",
        ),
      )
      .toBe("closed");
  });
});
