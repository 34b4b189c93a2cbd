/**
 * Lambda beside what a user would pick, in one run: an echo server and the handler called directly as the limits, warm
 * invocations through HTTP one at a time and sixteen at once, cold starts of an empty function and of one of 5 MB, a queue
 * in front of a function, memory per idle instance. Load, server and functions share the machine's cores, so rates are
 * also given per CPU second that server and functions used. Awan runs from its build, or from its sources with --sources.
 *
 *   node benchmarks/lambda.mjs [--seconds 4] [--messages 10000] [--python DIR] [--offline DIR] [--sources]
 *
 * `--python` is a virtual environment with ministack, `--offline` a directory with serverless and serverless-offline.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import {
  clientOf,
  coldStarts,
  connections,
  empty,
  event,
  large,
  range,
  root,
  startersOf,
} from "./lambda-servers.mjs";
import { cpuSeconds, familyOf, freePort, privateMb, quantile } from "./processes.mjs";

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "4" },
    messages: { type: "string", default: "10000" },
    python: { type: "string" },
    offline: { type: "string" },
    sources: { type: "boolean", default: false },
  },
});
const { zipSync } = createRequire(join(root, "packages/awan/package.json"))("fflate");
const starters = startersOf(options);
const seconds = Number(options.seconds);
const messages = Number(options.messages);
/** Tells the benchmark which messages have arrived. */
const consumer = (port) => `
const http = require("node:http");
const agent = new http.Agent({ keepAlive: true });
exports.handler = (event) => new Promise((resolve, reject) => {
  const told = http.request({ agent, host: "127.0.0.1", port: ${port}, method: "POST" }, (response) => {
    response.resume();
    response.on("end", () => resolve(null));
  });
  told.on("error", reject);
  told.end(event.Records.map((record) => record.body).join(","));
});`;
const archive = (text) => Buffer.from(zipSync({ "index.js": Buffer.from(text) })).toString("base64");

const timed = async (work) => {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
};

const ms = (value) => `${value.toFixed(2)} ms`;
const results = {};
const note = (workload, name, text, figure) => {
  (results[workload] ??= {})[name] = figure;
  console.log(`${workload.padEnd(28)} ${name.padEnd(20)} ${text}`);
};

/** One at a time, then on all connections. */
async function warm(name, pid, invoke) {
  for (let i = 0; i < 200; i += 1) await invoke();
  const times = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) times.push(await timed(invoke));
  const p50 = quantile(times, 0.5);
  note("warm, one at a time", name, `p50 ${ms(p50)}, p99 ${ms(quantile(times, 0.99))}`, p50);
  // As many instances as will be needed are started before anything is counted.
  for (let i = 0; i < 20; i += 1) await Promise.all(Array.from({ length: connections }, invoke));
  const cpuBefore = cpuSeconds(pid);
  let count = 0;
  const took = await timed(async () => {
    const until = performance.now() + seconds * 1000;
    await Promise.all(
      Array.from({ length: connections }, async () => {
        while (performance.now() < until) {
          await invoke();
          count += 1;
        }
      }),
    );
  });
  const perCpuSecond = count / Math.max(0.01, cpuSeconds(pid) - cpuBefore);
  const perSecond = (count / took) * 1000;
  note(
    "sixteen at once",
    name,
    `${perSecond.toFixed(0)}/s, ${perCpuSecond.toFixed(0)} per CPU second`,
    perSecond,
  );
  note("per CPU second", name, perCpuSecond.toFixed(0), perCpuSecond);
}

async function cold(server) {
  for (const [kind, code] of [
    ["empty", archive(empty)],
    ["large", archive(large())],
  ]) {
    const times = [];
    for (const name of range(coldStarts[kind], kind)) {
      await server.create(name, code);
      await wait(700);
      times.push(await timed(() => server.invoke(name)));
    }
    // The first one of all loads the server's own code.
    const own = kind === "empty" ? times.slice(2) : times;
    const p50 = quantile(own, 0.5);
    note(`cold start, ${kind}`, server.name, `p50 ${ms(p50)}, best ${ms(Math.min(...own))}`, p50);
  }
}

function memory(server) {
  const family = familyOf(server.pid).filter((pid) => pid !== server.pid);
  const sum = family.reduce((total, pid) => total + privateMb(pid), 0);
  const each = family.length === 0 ? "in the server itself" : `${(sum / family.length).toFixed(1)} MB each`;
  const text = `${family.length} processes, ${each}; the server ${privateMb(server.pid).toFixed(0)} MB`;
  note("memory after this", server.name, text, sum + privateMb(server.pid));
}

/** What the consumer tells: arrivals by message body. */
async function openSink() {
  const arrived = new Map();
  let onArrival;
  const server = createServer((incoming, response) => {
    let text = "";
    incoming.on("data", (chunk) => (text += chunk));
    incoming.on("end", () => {
      for (const id of text.split(",")) if (!arrived.has(id)) arrived.set(id, performance.now());
      response.end();
      onArrival?.();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: server.address().port,
    arrived,
    async until(condition, timeoutMs) {
      const deadline = AbortSignal.timeout(timeoutMs);
      while (!condition() && !deadline.aborted)
        await new Promise((resolve) => {
          const timer = setTimeout(resolve, 100);
          onArrival = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      return condition();
    },
    close: () => server.close(),
  };
}

async function queue(server) {
  const sink = await openSink();
  const sqs = async (operation, input) =>
    JSON.parse(
      (await server.call("sqs", { target: `AmazonSQS.${operation}`, payload: JSON.stringify(input) })) ||
        "{}",
    );
  const mappings = "/2015-03-31/event-source-mappings/";
  const { QueueUrl } = await sqs("CreateQueue", {
    QueueName: "work",
    Attributes: { VisibilityTimeout: "120" },
  });
  await server.create("consumer", archive(consumer(sink.port)));
  await wait(500);
  const EventSourceArn = "arn:aws:sqs:us-east-1:000000000000:work";
  const mapping = { EventSourceArn, FunctionName: "consumer", BatchSize: 10, Enabled: false };
  const { UUID } = JSON.parse(
    await server.call("lambda", { path: mappings, payload: JSON.stringify(mapping) }),
  );
  const send = async (from, count) => {
    const Entries = range(count, "m").map((Id, i) => ({ Id, MessageBody: `m${from + i}` }));
    await sqs("SendMessageBatch", { QueueUrl, Entries });
  };
  for (let i = 0; i < messages; i += 10) await send(i, 10);
  const drain = await timed(async () => {
    await server.call("lambda", { method: "PUT", path: mappings + UUID, payload: '{"Enabled":true}' });
    await sink.until(() => sink.arrived.size >= messages, 40_000);
  });
  const perSecond = (sink.arrived.size / drain) * 1000;
  note("queue, drained", server.name, `${sink.arrived.size} messages, ${perSecond.toFixed(0)}/s`, perSecond);
  await wait(1000);
  const times = [];
  const stop = performance.now() + seconds * 1000;
  for (let i = 0; i < 300 && performance.now() < stop; i += 1) {
    const body = `single${i}`;
    const sentAt = performance.now();
    await sqs("SendMessage", { QueueUrl, MessageBody: body });
    await sink.until(() => sink.arrived.has(body), 10_000);
    times.push((sink.arrived.get(body) ?? sentAt + 10_000) - sentAt);
  }
  const p50 = quantile(times, 0.5);
  note("queue, message to handler", server.name, `p50 ${ms(p50)}, p99 ${ms(quantile(times, 0.99))}`, p50);
  sink.close();
}

async function limits() {
  const { handler } = await import(
    `data:text/javascript,${encodeURIComponent(empty.replace("exports.handler =", "export const handler ="))}`
  );
  const count = 200_000;
  const took = await timed(async () => {
    for (let i = 0; i < count; i += 1) JSON.stringify(await handler(JSON.parse(event)));
  });
  note("handler called directly", "node", `${((count / took) * 1000).toFixed(0)}/s`, (count / took) * 1000);
  const port = await freePort();
  const echo = `require("node:http").createServer((q,s)=>{let t="";q.on("data",c=>t+=c);q.on("end",()=>s.end(JSON.stringify(JSON.parse(t))))}).listen(${port},"127.0.0.1")`;
  const child = spawn(process.execPath, ["-e", echo], { stdio: "ignore" });
  await wait(500);
  const call = clientOf(port);
  await warm("echo server", child.pid, () => call("lambda", { payload: event }));
  child.kill("SIGKILL");
}

await limits();
for (const begin of Object.values(starters)) {
  const server = await begin();
  try {
    await cold(server);
    await server.create("warm", archive(empty));
    await wait(500);
    await server.invoke("warm");
    await warm(server.name, server.pid, () => server.invoke("warm"));
    memory(server);
    if (server.name !== "serverless-offline") await queue(server);
  } finally {
    server.stop();
  }
}

console.log("\nAwan against the others (times: theirs by ours; rates: ours by theirs):");
for (const [workload, { awan, ...others }] of Object.entries(results)) {
  if (awan === undefined) continue;
  const isRate = /at once|CPU|drained/.test(workload);
  const ratios = Object.entries(others).map(
    ([name, figure]) => `${name} ×${(isRate ? awan / figure : figure / awan).toFixed(1)}`,
  );
  console.log(`  ${workload.padEnd(28)} ${ratios.join("  ")}`);
}
const over = results["warm, one at a time"]["awan"] - results["warm, one at a time"]["echo server"];
console.log(`\nWarm p50 above the echo server: ${ms(over)}`);
process.exit(0);
