/** Servers of DynamoDB's API for benchmarks: starting them, calling them without an SDK, and measuring what they use. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
export const connections = 16;
const ticksPerSecond = 100;

/** CPU seconds of a process and all that descend from it. */
function cpuSeconds(pid) {
  const parents = new Map();
  const ticks = new Map();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const fields = readFileSync(`/proc/${entry}/stat`, "utf8").split(") ")[1].split(" ");
      parents.set(Number(entry), Number(fields[1]));
      ticks.set(Number(entry), Number(fields[11]) + Number(fields[12]));
    } catch {
      // It ended meanwhile.
    }
  }
  let sum = 0;
  for (const [each, used] of ticks) {
    let at = each;
    while (at !== undefined && at !== pid && at > 1) at = parents.get(at);
    if (at === pid) sum += used;
  }
  return sum / ticksPerSecond;
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

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
