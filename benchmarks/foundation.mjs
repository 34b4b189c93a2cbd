/**
 * Awan's front door, host and two services against a bare node:http JSON echo: SQS SendMessage, DynamoDB GetItem and
 * PutItem through HTTP. Every server is a process of its own, measured in turns. What is compared is requests per second
 * of CPU the server used, because load generator and server share two cores. `node benchmarks/foundation.mjs [rounds]`.
 */
import { fork, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { httpRequest, load } from "./load.mjs";

const rounds = Number(process.argv[2] ?? 3);
const root = fileURLToPath(new URL("..", import.meta.url));
const ticksPerSecond = 100;

/** CPU seconds a process has used so far, children excluded. */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

async function startEcho() {
  const child = fork(fileURLToPath(new URL("listener-server.mjs", import.meta.url)), ["bare"], {
    execArgv: [],
  });
  const [{ port }] = await once(child, "message");
  return { pid: child.pid, port, stop: () => child.kill() };
}

async function startAwan(...extra) {
  const child = spawn(
    process.execPath,
    ["packages/awan/bin/awan.mjs", "--json", "start", "--port", "0", ...extra],
    { cwd: root, stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = once(child, "exit").then(() =>
    Promise.reject(new Error("awan start ended at once: run npm run build")),
  );
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), "line"), ended]);
  ended.catch(() => {});
  const { endpoint } = JSON.parse(line);
  return { pid: child.pid, port: Number(new URL(endpoint).port), endpoint, stop: () => child.kill() };
}

const authorization = (service) =>
  `AWS4-HMAC-SHA256 Credential=test/20261120/us-east-1/${service}/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=${"0123456789abcdef".repeat(4)}`;

const aws = (service, target, body) =>
  httpRequest({
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": target,
      "x-amz-date": "20261120T000000Z",
      "user-agent": "benchmark",
      authorization: authorization(service),
    },
    body: JSON.stringify(body),
  });

async function call(server, service, target, body) {
  const response = await fetch(server.endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": target,
      authorization: authorization(service),
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${target}: ${await response.text()}`);
}

const item = (i) => ({
  pk: { S: `customer-${i}` },
  name: { S: "a name of ordinary length" },
  total: { N: "1234.5" },
  active: { BOOL: true },
  note: { S: "x".repeat(200) },
});

async function prepare(server) {
  await call(server, "sqs", "AmazonSQS.CreateQueue", { QueueName: "bench" });
  await call(server, "dynamodb", "DynamoDB_20120810.CreateTable", {
    TableName: "bench",
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  });
  for (let i = 0; i < 1024; i += 1) {
    await call(server, "dynamodb", "DynamoDB_20120810.PutItem", { TableName: "bench", Item: item(i) });
  }
}

const queueUrl = "http://127.0.0.1:4566/000000000000/bench";
const workloads = {
  "SQS SendMessage": () =>
    aws("sqs", "AmazonSQS.SendMessage", {
      QueueUrl: queueUrl,
      MessageBody: "an order of ordinary length, as JSON",
    }),
  "DynamoDB GetItem": (i) =>
    aws("dynamodb", "DynamoDB_20120810.GetItem", { TableName: "bench", Key: { pk: item(i).pk } }),
  "DynamoDB PutItem": (i) =>
    aws("dynamodb", "DynamoDB_20120810.PutItem", { TableName: "bench", Item: item(i) }),
};

async function measure(server, requests) {
  let before = 0;
  const result = await load({
    port: server.port,
    requests,
    onMeasure: () => (before = cpuSeconds(server.pid)),
  });
  if (result.failures > 0) throw new Error(`${result.failures} failures, the first: ${result.firstFailure}`);
  return {
    perCpuSecond: result.requests / (cpuSeconds(server.pid) - before),
    perSecond: result.perSecond,
    p99: result.p99,
  };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const data = mkdtempSync(join(tmpdir(), "awan-bench-"));
const echo = await startEcho();
const servers = { memory: await startAwan("--ephemeral"), disk: await startAwan("--data", data) };
try {
  for (const server of Object.values(servers)) await prepare(server);
  const ratios = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, request] of Object.entries(workloads)) {
      const base = await measure(
        echo,
        Array.from({ length: 256 }, (_unused, i) => request(i)),
      );
      for (const [kind, server] of Object.entries(servers)) {
        const ours = await measure(
          server,
          Array.from({ length: 256 }, (_unused, i) => request(i)),
        );
        const ratio = ours.perCpuSecond / base.perCpuSecond;
        (ratios[`${name}, ${kind}`] ??= []).push(ratio);
        console.log(
          `${name.padEnd(17)} ${kind.padEnd(7)} ${Math.round(ours.perSecond)}/s, ${Math.round(ours.perCpuSecond)} per CPU second, p99 ${ours.p99.toFixed(2)} ms; echo ${Math.round(base.perSecond)}/s, ${Math.round(base.perCpuSecond)}; ratio ${ratio.toFixed(2)}`,
        );
      }
    }
  }
  console.log("\nrequests per CPU second, as a share of the echo's (median of the rounds):");
  for (const [name, values] of Object.entries(ratios))
    console.log(`  ${name.padEnd(26)} ${median(values).toFixed(2)}`);
} finally {
  echo.stop();
  for (const server of Object.values(servers)) server.stop();
  await Promise.all(
    Object.values(servers).map((server) => new Promise((resolve) => setTimeout(resolve, 300, server))),
  );
  rmSync(data, { recursive: true, force: true });
}
