/** The servers of `s3.mjs`: Awan and its peers, started on their own directory and port, and signed requests to them. */
import { spawn } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { httpRequest } from "./load.mjs";
import { freePort } from "./processes.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
export const connections = 32;
const credentials = { accessKey: "benchmark000", secret: "benchmark-secret" };
/** The one key s3rver knows. */
const s3rverCredentials = { accessKey: "S3RVER", secret: "S3RVER" };
export const bucket = "benchmark";
const emptyHash = createHash("sha256").update("").digest("hex");

const hmac = (key, text) => createHmac("sha256", key).update(text).digest();

/** The headers of a signed request (signature version 4, the body unsigned unless its hash is given). */
function signed({ accessKey, secret }, { method, path, query = "", host, payload = "UNSIGNED-PAYLOAD" }) {
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const day = time.slice(0, 8);
  const names = "host;x-amz-content-sha256;x-amz-date";
  const lines = [`host:${host}`, `x-amz-content-sha256:${payload}`, `x-amz-date:${time}`];
  const canonical = [method, path, query, ...lines, "", names, payload].join("\n");
  const scope = `${day}/us-east-1/s3/aws4_request`;
  const digest = createHash("sha256").update(canonical).digest("hex");
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, day), "us-east-1"), "s3"), "aws4_request");
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope, digest].join("\n")).toString("hex");
  return {
    "x-amz-content-sha256": payload,
    "x-amz-date": time,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

/** The most megabytes a process ever had resident. */
export const peakMb = (pid) =>
  Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024);

class Server {
  constructor(name, { port, child, directory, keys, credentials: known = credentials }) {
    Object.assign(this, { name, port, child, directory, keys, credentials: known });
    this.host = `127.0.0.1:${port}`;
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  get pid() {
    return this.child.pid;
  }

  /** One request; the answer's size and, unless it is thrown away, its text. */
  call(method, path, { query = "", body, discard = false } = {}) {
    const headers = signed(this.credentials, {
      method,
      path,
      query,
      host: this.host,
      ...(body === undefined ? { payload: emptyHash } : {}),
    });
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.agent,
          host: "127.0.0.1",
          port: this.port,
          method,
          path: query === "" ? path : `${path}?${query}`,
          headers: { ...headers, "content-length": body?.length ?? 0 },
        },
        (response) => {
          let text = "";
          let size = 0;
          response.on("data", (chunk) => {
            size += chunk.length;
            if (!discard || response.statusCode >= 400) text += chunk.toString("latin1");
          });
          response.on("error", reject);
          response.on("end", () => {
            if (response.statusCode < 400) resolve({ size, text });
            else
              reject(
                new Error(`${this.name} ${method} ${path} ${response.statusCode}: ${text.slice(0, 400)}`),
              );
          });
        },
      );
      sent.on("error", reject);
      // A peer may hang up on a kept connection at any time.
      sent.once("socket", (socket) => socket.on("error", reject));
      sent.end(body);
    });
  }

  /** A whole request as bytes, for the load generator. */
  raw(method, path, { query = "", body } = {}) {
    const payload = body === undefined ? emptyHash : "UNSIGNED-PAYLOAD";
    return httpRequest({
      method,
      path: query === "" ? path : `${path}?${query}`,
      host: this.host,
      headers: signed(this.credentials, { method, path, query, host: this.host, payload }),
      ...(body === undefined ? {} : { body }),
    });
  }

  stop() {
    this.agent.destroy();
    this.child.kill("SIGKILL");
    if (this.directory !== undefined) rmSync(this.directory, { recursive: true, force: true });
  }
}

async function start(name, command, args, { env, ...known }) {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), `awan-benchmark-${name}-`));
  const child = spawn(command, args(port, directory), {
    cwd: root,
    stdio: "ignore",
    env: { ...process.env, ...env?.(port, directory) },
  });
  const server = new Server(name, { port, child, directory, ...known });
  for (let tries = 0; ; tries += 1) {
    try {
      await server.call("GET", "/");
      break;
    } catch (error) {
      if (tries > 120) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  await server.call("PUT", `/${bucket}`);
  return server;
}

/** How to begin each server, by name: those whose programs `options` tells, and Awan. `keys` is how many a listing begins with. */
export const startersOf = (options, { keys, peerKeys }) => ({
  awan: () =>
    start(
      "awan",
      process.execPath,
      (port, directory) => [
        "packages/awan/bin/awan.mjs",
        "start",
        "--data",
        directory,
        "--auth",
        credentials.secret,
        "--port",
        String(port),
      ],
      { keys },
    ),
  ...(options.minio === undefined
    ? {}
    : {
        minio: () =>
          start(
            "minio",
            options.minio,
            (port, directory) => ["server", "--quiet", "--address", `127.0.0.1:${port}`, directory],
            {
              keys: peerKeys,
              env: () => ({
                MINIO_ROOT_USER: credentials.accessKey,
                MINIO_ROOT_PASSWORD: credentials.secret,
                MINIO_BROWSER: "off",
                MINIO_UPDATE: "off",
                MINIO_CALLHOME_ENABLE: "off",
              }),
            },
          ),
      }),
  ...(options.python === undefined
    ? {}
    : {
        ministack: () =>
          start("ministack", `${options.python}/bin/ministack`, () => [], {
            keys: Math.min(peerKeys, 5_000),
            env: (port) => ({ GATEWAY_PORT: String(port), EDGE_PORT: String(port), PORT: String(port) }),
          }),
      }),
  ...(options.s3rver === undefined
    ? {}
    : {
        s3rver: () =>
          start(
            "s3rver",
            process.execPath,
            (port, directory) => [
              options.s3rver,
              "-a",
              "127.0.0.1",
              "-p",
              String(port),
              "-d",
              directory,
              "-s",
            ],
            { keys: Math.min(peerKeys, 5_000), credentials: s3rverCredentials },
          ),
      }),
});
