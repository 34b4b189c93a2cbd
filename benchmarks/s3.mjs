/**
 * S3 beside its peers in one run: 4 KB objects put and got, 64 MB bodies both ways against the disk's own pace, and a
 * page of 1,000 keys out of a full bucket. Servers take turns, each with state on disk where it can and signatures
 * checked where it does; small objects are compared per second of CPU the server used, because load and server share the
 * machine's cores. Awan runs from its build.
 *
 *   node benchmarks/s3.mjs [--keys 1000000] [--peer-keys 20000] [--seconds 4] [--rounds 1] [--large 8]
 *     [--minio FILE] [--python DIR] [--s3rver FILE] [--only awan,minio]
 *
 * `--minio` is MinIO's executable, `--python` a virtual environment with ministack, `--s3rver` the script of the npm
 * package of that name.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { load } from "./load.mjs";
import { cpuSeconds } from "./processes.mjs";
import { bucket, connections, peakMb, startersOf } from "./s3-servers.mjs";

const { values: options } = parseArgs({
  options: {
    keys: { type: "string", default: "1000000" },
    "peer-keys": { type: "string", default: "20000" },
    seconds: { type: "string", default: "4" },
    rounds: { type: "string", default: "1" },
    large: { type: "string", default: "8" },
    minio: { type: "string" },
    python: { type: "string" },
    s3rver: { type: "string" },
    only: { type: "string" },
  },
});
const seconds = Number(options.seconds);
const megabyte = 1024 * 1024;
const starters = startersOf(options, { keys: Number(options.keys), peerKeys: Number(options["peer-keys"]) });

const results = {};
function note(workload, server, figures) {
  (results[workload] ??= {})[server.name] = figures;
  const told = Object.entries(figures).map(
    ([unit, value]) => `${value < 100 ? value.toFixed(1) : Math.round(value)} ${unit}`,
  );
  console.log(`${workload.padEnd(34)} ${server.name.padEnd(10)} ${told.join(", ")}`);
}

async function measured(server, requests) {
  let before = 0;
  const result = await load({
    port: server.port,
    requests,
    connections,
    seconds,
    onMeasure: () => (before = cpuSeconds(server.pid)),
  });
  if (result.failures > 0) throw new Error(`${server.name}: ${result.firstFailure}`);
  const cpu = Math.max(cpuSeconds(server.pid) - before, 0.01);
  return { "per second": result.perSecond, "per CPU second": result.requests / cpu, "ms at p99": result.p99 };
}

const small = Buffer.alloc(4096, "awan");
const smallCount = 4096;

const path = (i) => `/${bucket}/small/${String(i).padStart(5, "0")}`;

async function smallObjects(server) {
  const puts = Array.from({ length: smallCount }, (_unused, i) => {
    small.writeUInt32LE(i, 0);
    return server.raw("PUT", path(i), { body: small });
  });
  note("put 4 KB", server, await measured(server, puts));
  // Whatever the load did not reach.
  await inParallel(smallCount, (i) => server.call("PUT", path(i), { body: small }));
  const gets = Array.from({ length: smallCount }, (_unused, i) => server.raw("GET", path(i)));
  note("get 4 KB", server, await measured(server, gets));
}

async function inParallel(count, work) {
  let next = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (next < count) await work(next++);
    }),
  );
}

/** Megabytes per second at which this process writes and syncs files of this size. */
function diskPace(body) {
  const directory = mkdtempSync(join(tmpdir(), "awan-benchmark-disk-"));
  const begun = performance.now();
  const count = Number(options.large);
  for (let i = 0; i < count; i += 1) {
    const file = openSync(join(directory, String(i)), "w");
    for (let at = 0; at < body.length;) at += writeSync(file, body, at);
    fdatasyncSync(file);
    closeSync(file);
  }
  const took = (performance.now() - begun) / 1000;
  rmSync(directory, { recursive: true });
  return (body.length * count) / megabyte / took;
}

async function largeObjects(server) {
  const body = Buffer.alloc(64 * megabyte);
  for (let at = 0; at < body.length; at += 8) body.writeDoubleLE(Math.random(), at);
  const disk = diskPace(body);
  const count = Number(options.large);
  const pace = async (work) => {
    const cpu = cpuSeconds(server.pid);
    const begun = performance.now();
    for (let i = 0; i < count; i += 1) await work(i);
    const took = (performance.now() - begun) / 1000;
    const megabytes = (body.length * count) / megabyte;
    return {
      "MB/s": megabytes / took,
      "of the disk's": megabytes / took / disk,
      "MB per CPU second": megabytes / Math.max(cpuSeconds(server.pid) - cpu, 0.01),
    };
  };
  const put = await pace((i) => {
    body.writeUInt32LE(i, 0);
    return server.call("PUT", `/${bucket}/large-${i}`, { body });
  });
  note("put 64 MB", server, put);
  const get = await pace(async (i) => {
    const { size } = await server.call("GET", `/${bucket}/large-${i}`, { discard: true });
    if (size !== body.length) throw new Error(`${server.name} answered ${size} bytes`);
  });
  note("get 64 MB", server, get);
}

const nameOf = (i) => `prefix-${String(i % 1_000).padStart(4, "0")}/${String(i).padStart(8, "0")}`;

async function listings(server) {
  const listed = "listed";
  await server.call("PUT", `/${listed}`);
  const body = Buffer.from("x");
  const begun = performance.now();
  await inParallel(server.keys, (i) => server.call("PUT", `/${listed}/${nameOf(i)}`, { body }));
  const took = (performance.now() - begun) / 1000;
  console.log(
    `${"filled a bucket".padEnd(34)} ${server.name.padEnd(10)} ${server.keys} keys in ${took.toFixed(0)} s, ${peakMb(server.pid)} MB at most`,
  );
  const pages = Array.from({ length: 256 }, (_unused, i) => {
    const after = encodeURIComponent(nameOf(Math.floor((i * server.keys) / 256)));
    return server.raw("GET", `/${listed}`, { query: `list-type=2&max-keys=1000&start-after=${after}` });
  });
  note("list 1,000 keys", server, await measured(server, pages));
}

const wanted = options.only?.split(",") ?? Object.keys(starters);
for (let round = 0; round < Number(options.rounds); round += 1) {
  for (const [name, begin] of Object.entries(starters)) {
    if (!wanted.includes(name)) continue;
    const server = await begin();
    try {
      for (const work of [smallObjects, largeObjects, ...(server.keys > 0 ? [listings] : [])]) {
        try {
          await work(server);
        } catch (error) {
          console.log(`${work.name.padEnd(34)} ${name.padEnd(10)} failed: ${error.message}`);
        }
      }
    } finally {
      server.stop();
    }
  }
}
console.log("\nAwan against each peer, per second of the server's CPU:");
for (const [workload, { awan, ...peers }] of Object.entries(results)) {
  if (awan === undefined) continue;
  const unit = "per CPU second" in awan ? "per CPU second" : "MB per CPU second";
  const told = Object.entries(peers).filter(([, figures]) => figures[unit] > 0);
  const ratios = told.map(([name, figures]) => `${name} ×${(awan[unit] / figures[unit]).toFixed(1)}`);
  console.log(`  ${workload.padEnd(24)} ${ratios.join("  ")}`);
}
