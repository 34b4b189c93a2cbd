/**
 * The servers whose queues and topics are compared, each started when its turn comes, and what is measured of them:
 * messages per second of CPU the server used, because load and server share the machine's cores.
 */
import { spawn } from "node:child_process";
import { Agent, request } from "node:http";
import { fileURLToPath } from "node:url";
import { cpuSeconds, freePort } from "./processes.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const connections = 32;

/** Sends requests of SQS's JSON protocol (`call`) and of the query protocol (`query`). */
function clientOf(port) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const post = (service, headers, payload, label) =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          agent,
          host: "127.0.0.1",
          port,
          method: "POST",
          path: "/",
          headers: {
            ...headers,
            "content-length": Buffer.byteLength(payload),
            "x-amz-date": "20261120T000000Z",
            authorization: `AWS4-HMAC-SHA256 Credential=test/20261120/us-east-1/${service}/aws4_request, SignedHeaders=host;x-amz-date, Signature=${"0123456789abcdef".repeat(4)}`,
          },
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (chunk) => (text += chunk));
          response.on("end", () => {
            if (response.statusCode >= 400)
              reject(new Error(`${label} ${response.statusCode}: ${text.slice(0, 300)}`));
            else resolve(text);
          });
          response.on("error", reject);
        },
      );
      sent.on("error", reject);
      sent.end(payload);
    });
  return {
    call: async (target, input) => {
      const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${target}` };
      const text = await post("sqs", headers, JSON.stringify(input), target);
      return text === "" ? {} : JSON.parse(text);
    },
    query: (service, form) =>
      post(
        service,
        { "content-type": "application/x-www-form-urlencoded" },
        new URLSearchParams(form).toString(),
        form.Action,
      ),
  };
}

async function start(name, command, args, extra = {}) {
  const port = await freePort();
  const child = spawn(command, args(port), {
    cwd: root,
    stdio: "ignore",
    env: { ...process.env, ...extra.env?.(port) },
  });
  const client = clientOf(port);
  for (let tries = 0; ; tries += 1) {
    try {
      await client.call("ListQueues", {});
      break;
    } catch (error) {
      if (tries > 120) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  return {
    name,
    pid: child.pid,
    ...client,
    python: extra.python === true,
    stop: () => child.kill("SIGKILL"),
  };
}

/** Awan, and the peers the options name, by name. */
export const startersOf = (options) => ({
  awan: () =>
    start("awan", process.execPath, (port) => [
      "packages/awan/bin/awan.mjs",
      "start",
      "--ephemeral",
      "--port",
      String(port),
    ]),
  ...(options.elasticmq === undefined
    ? {}
    : {
        elasticmq: () =>
          start("elasticmq", "java", (port) => [
            `-Drest-sqs.bind-port=${port}`,
            "-Drest-sqs.bind-hostname=127.0.0.1",
            "-Drest-stats.enabled=false",
            "-cp",
            `${options.elasticmq}/*`,
            "org.elasticmq.server.Main",
          ]),
      }),
  ...(options.python === undefined
    ? {}
    : {
        ministack: () =>
          start("ministack", `${options.python}/bin/ministack`, () => [], {
            env: (port) => ({ GATEWAY_PORT: String(port), EDGE_PORT: String(port), PORT: String(port) }),
            python: true,
          }),
        moto: () =>
          start("moto", `${options.python}/bin/moto_server`, (port) => ["-p", String(port)], {
            python: true,
          }),
      }),
});

/** Runs `work` on every connection until time is over; it returns how many messages it moved. */
export async function measure(server, seconds, work) {
  const warm = performance.now() + 500;
  await Promise.all(
    Array.from({ length: connections }, async (_unused, i) => {
      while (performance.now() < warm) await work(i);
    }),
  );
  const cpuBefore = cpuSeconds(server.pid);
  const begun = performance.now();
  const end = begun + seconds * 1_000;
  let messages = 0;
  await Promise.all(
    Array.from({ length: connections }, async (_unused, i) => {
      while (performance.now() < end) {
        const moved = await work(i);
        messages += moved;
      }
    }),
  );
  const took = (performance.now() - begun) / 1_000;
  const cpu = cpuSeconds(server.pid) - cpuBefore;
  return { perSecond: messages / took, perCpuSecond: messages / Math.max(cpu, 0.01) };
}
