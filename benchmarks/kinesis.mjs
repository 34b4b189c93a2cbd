/**
 * Kinesis beside its peers in one run: single records, batches of a hundred, reading a shard through. Servers take turns;
 * what is compared is records per second of CPU the server used, because load and server share the machine's cores. Awan
 * runs from its build.
 *
 *   node benchmarks/kinesis.mjs [--seconds 4] [--rounds 1] [--kinesalite DIR] [--python DIR]
 *
 * `--kinesalite` is a directory in which kinesalite was installed by npm, `--python` a virtual environment with ministack.
 */
import { spawn } from "node:child_process";
import { Agent, request } from "node:http";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { cpuSeconds, freePort } from "./processes.mjs";

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "4" },
    rounds: { type: "string", default: "1" },
    kinesalite: { type: "string" },
    python: { type: "string" },
  },
});
const root = fileURLToPath(new URL("..", import.meta.url));
const seconds = Number(options.seconds);
const connections = 16;
const shards = 4;
const Data = Buffer.from(
  JSON.stringify({ orderId: "0123456789", items: [1, 2, 3], note: "x".repeat(180) }),
).toString("base64");

function clientOf(port) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const scope = "Credential=test/20261120/us-east-1/kinesis/aws4_request, SignedHeaders=host;x-amz-date";
  return (target, input) =>
    new Promise((resolve, reject) => {
      const payload = JSON.stringify(input);
      const headers = {
        "content-type": "application/x-amz-json-1.1",
        "content-length": Buffer.byteLength(payload),
        "x-amz-target": `Kinesis_20131202.${target}`,
        "x-amz-date": "20261120T000000Z",
        authorization: `AWS4-HMAC-SHA256 ${scope}, Signature=${"0123456789abcdef".repeat(4)}`,
      };
      const sent = request(
        { agent, host: "127.0.0.1", port, method: "POST", path: "/", headers },
        (response) => {
          const chunks = [];
          response.on("data", (chunk) => chunks.push(chunk));
          response.on("end", () => {
            const text = Buffer.concat(chunks).toString();
            if (response.statusCode >= 400)
              reject(new Error(`${target} ${response.statusCode}: ${text.slice(0, 300)}`));
            else resolve(text === "" ? {} : JSON.parse(text));
          });
          response.on("error", reject);
        },
      );
      sent.on("error", reject);
      sent.end(payload);
    });
}

const pause = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

async function start(name, command, args, env) {
  const port = await freePort();
  const child = spawn(command, args(port), {
    cwd: root,
    stdio: "ignore",
    env: { ...process.env, ...env?.(port) },
  });
  const call = clientOf(port);
  for (let tries = 0; ; tries += 1) {
    try {
      await call("ListStreams", {});
      break;
    } catch (error) {
      if (tries > 120) throw error;
      await pause(250);
    }
  }
  return { name, pid: child.pid, call, stop: () => child.kill("SIGKILL") };
}

const starters = {
  awan: () =>
    start("awan", process.execPath, (port) => [
      "packages/awan/bin/awan.mjs",
      "start",
      "--ephemeral",
      "--port",
      String(port),
    ]),
  ...(options.kinesalite === undefined
    ? {}
    : {
        kinesalite: () =>
          start("kinesalite", process.execPath, (port) => [
            `${options.kinesalite}/node_modules/kinesalite/cli.js`,
            "--port",
            String(port),
            "--createStreamMs",
            "5",
            "--shardLimit",
            "1000",
          ]),
      }),
  ...(options.python === undefined
    ? {}
    : {
        ministack: () =>
          start(
            "ministack",
            `${options.python}/bin/ministack`,
            () => [],
            (port) => ({ GATEWAY_PORT: String(port), EDGE_PORT: String(port), PORT: String(port) }),
          ),
      }),
};

async function makeStream(server, StreamName) {
  await server.call("CreateStream", { StreamName, ShardCount: shards });
  for (;;) {
    const { StreamDescription } = await server.call("DescribeStream", { StreamName });
    if (StreamDescription.StreamStatus === "ACTIVE") return StreamDescription.Shards;
    await pause(50);
  }
}

/** Runs `work` on every connection until time is over; it returns how many records it moved. */
async function measure(server, work) {
  const onAll = async (end) => {
    let records = 0;
    await Promise.all(
      Array.from({ length: connections }, async (_unused, i) => {
        while (performance.now() < end) {
          const moved = await work(i);
          records += moved;
        }
      }),
    );
    return records;
  };
  await onAll(performance.now() + 500);
  const cpuBefore = cpuSeconds(server.pid);
  const begun = performance.now();
  const records = await onAll(begun + seconds * 1_000);
  const took = (performance.now() - begun) / 1_000;
  const cpu = cpuSeconds(server.pid) - cpuBefore;
  return { perSecond: records / took, perCpuSecond: records / Math.max(cpu, 0.01) };
}

let unique = 0;
const nextKey = () => {
  unique += 1;
  return `key-${unique % 10_000}`;
};

const putOne = (server, StreamName) => async () => {
  await server.call("PutRecord", { StreamName, PartitionKey: nextKey(), Data });
  return 1;
};

const putHundred = (server, StreamName) => async () => {
  const Records = Array.from({ length: 100 }, () => ({ PartitionKey: nextKey(), Data }));
  const { FailedRecordCount } = await server.call("PutRecords", { StreamName, Records });
  return 100 - FailedRecordCount;
};

/** Every connection reads a shard from its beginning, a thousand records a call, again and again. */
function readThrough(server, StreamName, ids) {
  const iterators = [];
  return async (connection) => {
    const ShardId = ids[connection % ids.length];
    iterators[connection] ??= (
      await server.call("GetShardIterator", { StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" })
    ).ShardIterator;
    const page = await server.call("GetRecords", { ShardIterator: iterators[connection], Limit: 1_000 });
    iterators[connection] = page.Records.length < 1_000 ? undefined : page.NextShardIterator;
    return page.Records.length;
  };
}

const results = {};
const note = (workload, server, figures) => {
  (results[workload] ??= {})[server.name] = figures;
  console.log(
    `${workload.padEnd(26)} ${server.name.padEnd(11)} ${Math.round(figures.perSecond)}/s, ${Math.round(figures.perCpuSecond)} per CPU second`,
  );
};

async function run(server, round) {
  await makeStream(server, `one-${round}`);
  note("PutRecord", server, await measure(server, putOne(server, `one-${round}`)));
  await makeStream(server, `hundred-${round}`);
  note("PutRecords of 100", server, await measure(server, putHundred(server, `hundred-${round}`)));
  const name = `read-${round}`;
  const ids = (await makeStream(server, name)).map(({ ShardId }) => ShardId);
  const fill = putHundred(server, name);
  for (let at = 0; at < 200; at += 1) await fill();
  note("GetRecords of 1,000", server, await measure(server, readThrough(server, name, ids)));
}

for (let round = 0; round < Number(options.rounds); round += 1) {
  for (const begin of Object.values(starters)) {
    const server = await begin();
    try {
      await run(server, round);
    } finally {
      server.stop();
    }
  }
}
console.log("\nAwan against each peer, records per CPU second of the server:");
for (const [workload, { awan, ...peers }] of Object.entries(results)) {
  const ratios = Object.entries(peers).map(
    ([name, { perCpuSecond }]) => `${name} ×${(awan.perCpuSecond / perCpuSecond).toFixed(1)}`,
  );
  console.log(`  ${workload.padEnd(26)} ${ratios.join("  ")}`);
}
process.exit(0);
