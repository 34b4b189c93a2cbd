/** HTTP/2 and TLS through the same port. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { type Echoed, echo, raw, start } from "./listener.fixture.ts";
import { makeCertificate } from "./self-signed.ts";

const run = promisify(execFile);

describe("HTTP/2", () => {
  test.each([
    ["with prior knowledge", "http"],
    ["over TLS", "https"],
  ])("%s", async (_name, scheme) => {
    const { port } = await start(echo);
    const session = connectHttp2(`${scheme}://localhost:${port}`, {
      rejectUnauthorized: false,
      ...(scheme === "http" ? { createConnection: () => connect(port, "127.0.0.1") } : { host: "127.0.0.1" }),
    });
    for (const size of [0, 5, 200_000]) {
      const stream = session.request({ ":method": "POST", ":path": "/x?y", "content-length": String(size) });
      stream.end(Buffer.alloc(size, "b"));
      const seen = JSON.parse(await text(stream)) as Echoed;
      expect(seen).toMatchObject({ method: "POST", target: "/x?y", origin: `${scheme}://localhost:${port}` });
      expect(seen.headers["host"]).toBe(`localhost:${port}`);
      expect(seen.body.length).toBe(size);
    }
    session.close();
  });

  test("streams answers, answers failures and notices resets", async () => {
    let aborted: Promise<unknown> | undefined;
    const { port } = await start(async (request, { signal }) => {
      if (request.target === "/boom") throw new Error("boom");
      if (request.target === "/wait") {
        aborted = once(signal, "abort");
        await aborted;
      }
      return { status: 200, headers: { connection: "keep-alive" }, body: Readable.from(["a", "b"]) };
    });
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    expect(await text(session.request({ ":path": "/" }))).toBe("ab");
    const failing = session.request({ ":path": "/boom" });
    const [headers] = (await once(failing, "response")) as [Record<string, unknown>];
    expect(headers[":status"]).toBe(500);
    const waiting = session.request({ ":path": "/wait" });
    await expect.poll(() => aborted !== undefined).toBe(true);
    waiting.close();
    await aborted;
    session.close();
  });
});

describe("TLS", () => {
  test("serves HTTP/1.1 under the names it was made for", async () => {
    const certificate = makeCertificate(Date.now());
    const { port } = await start(echo, { certificate: () => certificate });
    for (const servername of ["localhost", "sqs.amazonaws.com", "s3.localhost.localstack.cloud"]) {
      const socket = connectTls({ port, host: "127.0.0.1", servername, ca: certificate.cert });
      await once(socket, "secureConnect");
      expect(socket.authorized).toBe(true);
      socket.end(`GET / HTTP/1.1\r\nHost: ${servername}\r\nConnection: close\r\n\r\n`);
      expect(await text(socket)).toContain(`"origin":"https://${servername}"`);
    }
  });

  test("serves curl, over HTTP/1.1 and HTTP/2", async () => {
    const { port } = await start(echo);
    for (const version of ["--http1.1", "--http2"]) {
      const { stdout } = await run("curl", ["-sk", version, "-d", "hello", `https://localhost:${port}/path`]);
      expect(JSON.parse(stdout)).toMatchObject({ target: "/path", body: "hello" });
    }
  });

  test("survives peers that speak nonsense", async () => {
    const { url, port } = await start(echo);
    await raw(port, Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05, 1, 2, 3, 4, 5])).catch(() => undefined);
    expect(await raw(port, "nonsense\r\n\r\n")).toContain("400");
    const gone = connect(port, "127.0.0.1");
    await once(gone, "connect");
    gone.resetAndDestroy();
    expect((await fetch(url)).status).toBe(200);
  });
});
