/**
 * DynamoDB in two parts. Growth: a get, a put and a query of ten items on tables of 100 and of a million items, in turns
 * on one server; the slower may cost at most 25 % more. Peers: six operations beside DynamoDB Local, dynalite and
 * ministack in one run; what is compared is requests per second of CPU the server used, because load and server share
 * the machine's cores. Awan runs from its build.
 *
 *   node benchmarks/dynamodb.mjs [--growth] [--large 1000000] [--lmdb] [--peers] [--seconds 3] [--rounds 1]
 *     [--only Get] [--source] [--local DIR] [--dynalite DIR] [--python DIR]
 *
 * Without `--growth` and `--peers` it does both. `--local` is a directory of DynamoDB Local's jars and native libraries,
 * `--dynalite` a directory with node_modules/dynalite, `--python` a virtual environment with ministack; `--lmdb` measures
 * growth on the durable engine, `--source` runs Awan from its sources.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { connections, measure, start } from "./dynamodb-servers.mjs";

const { values: options } = parseArgs({
  options: {
    growth: { type: "boolean", default: false },
    peers: { type: "boolean", default: false },
    lmdb: { type: "boolean", default: false },
    source: { type: "boolean", default: false },
    large: { type: "string", default: "1000000" },
    seconds: { type: "string", default: "3" },
    rounds: { type: "string", default: "1" },
    local: { type: "string" },
    dynalite: { type: "string" },
    python: { type: "string" },
    only: { type: "string" },
  },
});
const both = options.growth === options.peers;
const seconds = Number(options.seconds);
const growthMax = 1.25;
const ratioMin = 3;

const awanArgs = options.source
  ? ["--conditions", "awan/source", "--import", "tsx", "packages/awan/src/cli/bin.ts"]
  : ["packages/awan/bin/awan.mjs"];

const starters = {
  awan: () =>
    start("awan", process.execPath, (port) => [...awanArgs, "start", "--ephemeral", "--port", String(port)]),
  ...(options.local === undefined
    ? {}
    : {
        "DynamoDB Local": () =>
          start("DynamoDB Local", "java", (port) => [
            `-Djava.library.path=${options.local}`,
            "-cp",
            `${options.local}/*`,
            "com.amazonaws.services.dynamodbv2.local.main.ServerRunner",
            "-inMemory",
            "-disableTelemetry",
            "-port",
            String(port),
          ]),
      }),
  ...(options.dynalite === undefined
    ? {}
    : {
        dynalite: () =>
          start("dynalite", process.execPath, (port) => [
            `${options.dynalite}/node_modules/dynalite/cli.js`,
            "--port",
            String(port),
            "--createTableMs",
            "0",
          ]),
      }),
  ...(options.python === undefined
    ? {}
    : {
        ministack: () =>
          start("ministack", `${options.python}/bin/ministack`, () => [], {
            env: (port) => ({ GATEWAY_PORT: String(port), EDGE_PORT: String(port), PORT: String(port) }),
          }),
      }),
};

async function startLmdb() {
  const directory = mkdtempSync(join(tmpdir(), "awan-bench-"));
  return await start(
    "awan, lmdb",
    process.execPath,
    (port) => [...awanArgs, "start", "--data", directory, "--port", String(port)],
    { after: () => rmSync(directory, { recursive: true, force: true }) },
  );
}

const perPartition = 25;
const pk = (i) => `customer-${Math.floor(i / perPartition)}`;
const sk = (i) => `order-${String(i % perPartition).padStart(4, "0")}`;
const keyOf = (i) => ({ pk: { S: pk(i) }, sk: { S: sk(i) } });
const itemOf = (i) => ({
  ...keyOf(i),
  name: { S: `A customer called ${i}` },
  amount: { N: String(i % 1_000) },
  paid: { BOOL: i % 2 === 0 },
  lines: { L: [{ M: { sku: { S: `sku-${i % 97}` }, count: { N: "2" } } }] },
  note: { S: `${i} ${"x".repeat(90)}` },
});

let state = 7;
/** A repeatable random number below `below`. */
const random = (below) => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};

async function createTable(server, TableName) {
  await server.call("CreateTable", {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
  });
  while (!(await server.call("DescribeTable", { TableName })).includes('"ACTIVE"')) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function fill(server, table, count) {
  let next = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (next < count) {
        const from = next;
        next += 25;
        const length = Math.min(25, count - from);
        const puts = Array.from({ length }, (_unused, i) => ({ PutRequest: { Item: itemOf(from + i) } }));
        await server.call("BatchWriteItem", { RequestItems: { [table]: puts } });
      }
    }),
  );
}

const query = (server, table, count, limit) => () =>
  server.call("Query", {
    TableName: table,
    KeyConditionExpression: "pk = :p",
    ExpressionAttributeValues: { ":p": { S: pk(random(count)) } },
    Limit: limit,
  });

const get = (server, table, count) => () =>
  server.call("GetItem", { TableName: table, Key: keyOf(random(count)) });

const put = (server, table, count) => () =>
  server.call("PutItem", { TableName: table, Item: itemOf(random(count)) });

const microseconds = ({ perCpuSecond }) => Math.round(1_000_000 / perCpuSecond);

/** Growth: each operation in turns on both tables, the best of several turns. Returns how many miss the mark. */
async function runGrowth(server) {
  const sizes = { small: 100, large: Number(options.large) };
  for (const [table, count] of Object.entries(sizes)) {
    await createTable(server, table);
    const begun = performance.now();
    await fill(server, table, count);
    console.log(
      `${server.name}: ${count} items filled in ${((performance.now() - begun) / 1_000).toFixed(1)} s`,
    );
  }
  const works = {
    GetItem: get,
    PutItem: put,
    "Query of 10": (each, table, count) => query(each, table, count, 10),
  };
  let missed = 0;
  for (const [name, make] of Object.entries(works)) {
    const best = { small: { perSecond: 0, perCpuSecond: 0 }, large: { perSecond: 0, perCpuSecond: 0 } };
    for (let turn = 0; turn < 6; turn += 1) {
      for (const [table, count] of Object.entries(sizes)) {
        const figures = await measure(server, make(server, table, count), seconds / 3);
        best[table].perSecond = Math.max(best[table].perSecond, figures.perSecond);
        best[table].perCpuSecond = Math.max(best[table].perCpuSecond, figures.perCpuSecond);
      }
    }
    const ratio = best.small.perSecond / best.large.perSecond;
    const cpuRatio = best.small.perCpuSecond / best.large.perCpuSecond;
    if (ratio > growthMax) missed += 1;
    console.log(
      `${name.padEnd(14)} ${Math.round(best.small.perSecond)}/s on 100, ${Math.round(best.large.perSecond)}/s on ${sizes.large}: ×${ratio.toFixed(2)} for the client, ×${cpuRatio.toFixed(2)} of the server's CPU (${microseconds(best.small)} and ${microseconds(best.large)} µs)${ratio > growthMax ? "  TOO SLOW" : ""}`,
    );
  }
  return missed;
}

const stored = 10_000;
let unique = 0;

const workloads = {
  Get: (server) => get(server, "items", stored),
  Put: (server) => put(server, "items", stored),
  "Update with condition": (server) => () =>
    server.call("UpdateItem", {
      TableName: "items",
      Key: keyOf(random(stored)),
      UpdateExpression: "SET amount = amount + :one, #n = :name",
      ConditionExpression: "attribute_exists(pk) AND amount < :most",
      ExpressionAttributeNames: { "#n": "name" },
      ExpressionAttributeValues: {
        ":one": { N: "1" },
        ":most": { N: "100000000" },
        ":name": { S: "renamed" },
      },
    }),
  "Query of 25": (server) => query(server, "items", stored, 25),
  "BatchWrite of 25": (server) => () => {
    const from = random(stored / 25) * 25;
    const puts = Array.from({ length: 25 }, (_unused, i) => ({ PutRequest: { Item: itemOf(from + i) } }));
    return server.call("BatchWriteItem", { RequestItems: { items: puts } });
  },
  "TransactWrite of 4": (server) => () => {
    // Each connection's transactions have items of their own: conflicts are not what is measured.
    unique += 4;
    return server.call("TransactWriteItems", {
      TransactItems: Array.from({ length: 4 }, (_unused, i) => ({
        Put: { TableName: "items", Item: itemOf(stored + ((unique + i) % stored)) },
      })),
    });
  },
};

async function lacks(work) {
  try {
    await work();
    return false;
  } catch (error) {
    if (/UnknownOperation|NotImplemented/.test(error.message)) return true;
    throw error;
  }
}

async function runPeers() {
  const results = {};
  for (let round = 0; round < Number(options.rounds); round += 1) {
    for (const begin of Object.values(starters)) {
      const server = await begin();
      try {
        await createTable(server, "items");
        await fill(server, "items", stored);
        for (const [name, make] of Object.entries(workloads)) {
          if (options.only !== undefined && !name.startsWith(options.only)) continue;
          const work = make(server);
          if (await lacks(work)) {
            console.log(`${name.padEnd(24)} ${server.name.padEnd(15)} does not have it`);
            continue;
          }
          const figures = await measure(server, work, seconds);
          const best = ((results[name] ??= {})[server.name] ??= figures);
          if (figures.perCpuSecond > best.perCpuSecond) results[name][server.name] = figures;
          console.log(
            `${name.padEnd(24)} ${server.name.padEnd(15)} ${Math.round(figures.perSecond)}/s, ${Math.round(figures.perCpuSecond)} per CPU second`,
          );
        }
      } finally {
        await server.stop();
      }
    }
  }
  console.log("\nAwan against each peer, requests per CPU second of the server:");
  let missed = 0;
  for (const [name, { awan, ...peers }] of Object.entries(results)) {
    const ratios = Object.entries(peers).map(([peer, { perCpuSecond }]) => {
      const ratio = awan.perCpuSecond / perCpuSecond;
      if (ratio < ratioMin) missed += 1;
      return `${peer} ×${ratio.toFixed(1)}${ratio < ratioMin ? " BELOW" : ""}`;
    });
    console.log(`  ${name.padEnd(24)} ${ratios.join("  ")}`);
  }
  return missed;
}

let missed = 0;
if (both || options.growth) {
  const server = await (options.lmdb ? startLmdb() : starters.awan());
  try {
    missed += await runGrowth(server);
  } finally {
    await server.stop();
  }
}
if (both || options.peers) missed += await runPeers();
if (missed > 0) {
  console.error(`\n${missed} figures miss their mark`);
  process.exitCode = 1;
}
