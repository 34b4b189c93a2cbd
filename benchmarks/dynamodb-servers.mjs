/** Servers of DynamoDB's API for benchmarks: starting them, calling them without an SDK, and measuring what they use. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { fileURLToPath } from "node:url";
import { cpuSeconds, freePort } from "./processes.mjs";

export const root = fileURLToPath(new URL("..", import.meta.url));
export const connections = 16;

function clientOf(port) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return (target, input) =>
    new Promise((resolve, reject) => {
      const payload = JSON.stringify(input);
      const sent = request(
        {
          agent,
          host: "127.0.0.1",
          port,
          method: "POST",
          path: "/",
          headers: {
            "content-type": "application/x-amz-json-1.0",
            "content-length": Buffer.byteLength(payload),
            "x-amz-target": `DynamoDB_20120810.${target}`,
            "x-amz-date": "20261120T000000Z",
            authorization: `AWS4-HMAC-SHA256 Credential=test/20261120/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=${"0123456789abcdef".repeat(4)}`,
          },
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (chunk) => (text += chunk));
          response.on("end", () => {
            if (response.statusCode >= 400)
              reject(new Error(`${target} ${response.statusCode}: ${text.slice(0, 300)}`));
            else resolve(text);
          });
          response.on("error", reject);
        },
      );
      sent.on("error", reject);
      sent.end(payload);
    });
}

export async function start(name, command, args, extra = {}) {
  const port = await freePort();
  const child = spawn(command, args(port), {
    cwd: extra.cwd ?? root,
    stdio: "ignore",
    env: { ...process.env, ...extra.env?.(port) },
  });
  const call = clientOf(port);
  for (let tries = 0; ; tries += 1) {
    try {
      await call("ListTables", {});
      break;
    } catch (error) {
      if (tries > 120) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  const stop = async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
    extra.after?.();
  };
  return { name, pid: child.pid, call, stop };
}

/** Runs `work` on every connection until time is over: requests per second, and per second of the server's CPU. */
export async function measure(server, work, forSeconds) {
  const loop = (end) =>
    Array.from({ length: connections }, async () => {
      let done = 0;
      while (performance.now() < end) {
        await work();
        done += 1;
      }
      return done;
    });
  await Promise.all(loop(performance.now() + Math.min(500, forSeconds * 250)));
  const cpuBefore = cpuSeconds(server.pid);
  const begun = performance.now();
  const counts = await Promise.all(loop(begun + forSeconds * 1_000));
  const took = (performance.now() - begun) / 1_000;
  const cpu = cpuSeconds(server.pid) - cpuBefore;
  const requests = counts.reduce((sum, count) => sum + count, 0);
  return { perSecond: requests / took, perCpuSecond: requests / Math.max(cpu, 0.01) };
}
