/** Servers of Lambda's API for benchmarks: starting them, and calling them without an SDK. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "./processes.mjs";

export const root = fileURLToPath(new URL("..", import.meta.url));
export const connections = 16;
export const coldStarts = { empty: 12, large: 4 };
export const event = JSON.stringify({ orderId: "0123456789", items: [1, 2, 3], note: "x".repeat(900) });

export const empty = "exports.handler = async (event) => event;\n";
/** Five megabytes of functions, as a bundle has them. */
export const large = () => {
  const body =
    "{ const sum = a + b; return { sum, parts: [a, b], text: 'one of many strings of a bundle' }; }";
  let text = empty;
  for (let i = 0; text.length < 5_000_000; i += 1) text += `exports.f${i} = function f${i}(a, b) ${body}\n`;
  return text;
};

export function clientOf(port) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return (service, { method = "POST", path = "/", target, payload = "" }) =>
    new Promise((resolve, reject) => {
      const headers = {
        "content-type": target === undefined ? "application/json" : "application/x-amz-json-1.0",
        "content-length": Buffer.byteLength(payload),
        "x-amz-date": "20261120T000000Z",
        authorization: `AWS4-HMAC-SHA256 Credential=test/20261120/us-east-1/${service}/aws4_request, SignedHeaders=host;x-amz-date, Signature=${"0123456789abcdef".repeat(4)}`,
        ...(target === undefined ? {} : { "x-amz-target": target }),
      };
      const sent = request({ agent, host: "127.0.0.1", port, method, path, headers }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk) => (text += chunk));
        response.on("end", () => {
          if (response.statusCode >= 400 || response.headers["x-amz-function-error"] !== undefined)
            reject(new Error(`${path} ${target ?? ""} ${response.statusCode}: ${text.slice(0, 300)}`));
          else resolve(text);
        });
        response.on("error", reject);
      });
      sent.on("error", reject);
      sent.end(payload);
    });
}

async function start(name, { command, args, cwd = root, env, invokePort }) {
  const port = await freePort();
  const second = invokePort === true ? await freePort() : port;
  const child = spawn(command, args(port, second), {
    cwd,
    stdio: "ignore",
    env: { ...process.env, ...env?.(port) },
  });
  const call = clientOf(second);
  const functions = "/2015-03-31/functions";
  const server = {
    name,
    pid: child.pid,
    call,
    prefix: "",
    invoke: (functionName) =>
      call("lambda", { path: `${functions}/${server.prefix}${functionName}/invocations`, payload: event }),
    async create(functionName, code) {
      const input = {
        FunctionName: functionName,
        Runtime: "nodejs22.x",
        Role: "arn:aws:iam::000000000000:role/benchmark",
        Handler: "index.handler",
        Timeout: 30,
        Code: { ZipFile: code },
      };
      await call("lambda", { path: functions, payload: JSON.stringify(input) });
    },
    stop: () => child.kill("SIGKILL"),
  };
  for (let tries = 0; ; tries += 1) {
    const ready = await call("lambda", { method: "GET", path: `${functions}/` }).then(
      () => true,
      (error) => /\d{3}:/.test(error.message),
    );
    if (ready) return server;
    if (tries > 240 || child.exitCode !== null) throw new Error(`${name} does not start`);
    await wait(250);
  }
}

/** How to start Awan and, where they are given, its peers. */
export function startersOf(options) {
  const starters = {
    awan: () =>
      start("awan", {
        command: process.execPath,
        args: (port) => [
          ...(options.sources
            ? ["--conditions", "awan/source", "--import", "tsx", "packages/awan/src/cli/bin.ts"]
            : ["packages/awan/bin/awan.mjs"]),
          "start",
          "--ephemeral",
          "--port",
          String(port),
        ],
      }),
  };
  if (options.python !== undefined) {
    starters.ministack = () =>
      start("ministack", {
        command: `${options.python}/bin/ministack`,
        args: () => [],
        env: (port) => ({ GATEWAY_PORT: String(port), EDGE_PORT: String(port), PORT: String(port) }),
      });
  }
  if (options.offline !== undefined) {
    starters["serverless-offline"] = async () => {
      const directory = mkdtempSync(join(tmpdir(), "awan-offline-"));
      const names = ["warm", ...range(coldStarts.empty, "empty"), ...range(coldStarts.large, "large")];
      for (const name of names) {
        mkdirSync(join(directory, name));
        writeFileSync(join(directory, name, "index.js"), name.startsWith("large") ? large() : empty);
      }
      const functions = Object.fromEntries(names.map((name) => [name, { handler: `${name}/index.handler` }]));
      const plugin = join(options.offline, "node_modules/serverless-offline");
      const service = { service: "b", frameworkVersion: "3", plugins: [plugin], functions };
      const provider = { name: "aws", runtime: "nodejs20.x", timeout: 30 };
      writeFileSync(join(directory, "serverless.json"), JSON.stringify({ ...service, provider }));
      const server = await start("serverless-offline", {
        command: process.execPath,
        cwd: directory,
        invokePort: true,
        args: (port, second) => [
          join(options.offline, "node_modules/serverless/bin/serverless.js"),
          "offline",
          "start",
          "--httpPort",
          String(port),
          "--lambdaPort",
          String(second),
          "--noPrependStageInUrl",
        ],
        env: () => ({
          SLS_DEPRECATION_DISABLE: "*",
          SLS_TELEMETRY_DISABLED: "1",
          SLS_NOTIFICATIONS_MODE: "off",
        }),
      });
      return {
        ...server,
        create: async () => {},
        invoke: (name) =>
          server.call("lambda", { path: `/2015-03-31/functions/b-dev-${name}/invocations`, payload: event }),
      };
    };
  }
  return starters;
}

export function range(count, name) {
  return Array.from({ length: count }, (_unused, i) => `${name}${i}`);
}
