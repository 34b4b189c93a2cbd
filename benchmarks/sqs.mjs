/**
 * SQS beside its peers in one run: sending, receiving and deleting, batches of ten, FIFO with 1,000 groups, a deep queue,
 * and memory per stored message. Servers take turns; what is compared is messages per second of CPU the server used,
 * because load and server share the machine's cores. Awan runs from its build.
 *
 *   node benchmarks/sqs.mjs [--deep 1000000] [--seconds 4] [--rounds 1] [--python DIR] [--elasticmq DIR]
 *
 * `--python` is a virtual environment with moto[server] and ministack, `--elasticmq` a directory of ElasticMQ's jars.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { measure as measureFor, startersOf } from "./queue-servers.mjs";

const { values: options } = parseArgs({
  options: {
    deep: { type: "string", default: "1000000" },
    "deep-python": { type: "string", default: "5000" },
    seconds: { type: "string", default: "4" },
    rounds: { type: "string", default: "1" },
    python: { type: "string" },
    elasticmq: { type: "string" },
  },
});
const seconds = Number(options.seconds);
const connections = 32;
const starters = startersOf(options);
const measure = (server, work) => measureFor(server, seconds, work);
const body = JSON.stringify({ orderId: "0123456789", items: [1, 2, 3], note: "x".repeat(180) });

/** Resident megabytes of a process. */
const residentMb = (pid) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;

const ten = Array.from({ length: 10 }, (_unused, i) => String(i));

async function queue(server, name, attributes) {
  const { QueueUrl } = await server.call("CreateQueue", {
    QueueName: name,
    ...(attributes ? { Attributes: attributes } : {}),
  });
  return QueueUrl;
}

/** Puts `count` messages into a queue, in batches on all connections. */
async function fill(server, QueueUrl, count) {
  let left = Math.ceil(count / 10);
  const Entries = ten.map((Id) => ({ Id, MessageBody: body }));
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left > 0) {
        left -= 1;
        await server.call("SendMessageBatch", { QueueUrl, Entries });
      }
    }),
  );
}

const send = (server, QueueUrl) => async () => {
  await server.call("SendMessage", { QueueUrl, MessageBody: body });
  return 1;
};

const cycle = (server, QueueUrl) => async () => {
  await server.call("SendMessage", { QueueUrl, MessageBody: body });
  const { Messages = [] } = await server.call("ReceiveMessage", { QueueUrl });
  for (const { ReceiptHandle } of Messages) await server.call("DeleteMessage", { QueueUrl, ReceiptHandle });
  return Messages.length;
};

const batches = (server, QueueUrl) => async () => {
  await server.call("SendMessageBatch", { QueueUrl, Entries: ten.map((Id) => ({ Id, MessageBody: body })) });
  const { Messages = [] } = await server.call("ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 10 });
  if (Messages.length > 0) {
    const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
    await server.call("DeleteMessageBatch", { QueueUrl, Entries });
  }
  return Messages.length;
};

let unique = 0;
const groups = (server, QueueUrl) => async () => {
  const Entries = ten.map((Id) => {
    unique += 1;
    return {
      Id,
      MessageBody: body,
      MessageGroupId: `g${unique % 1_000}`,
      MessageDeduplicationId: `d${process.pid}-${unique}`,
    };
  });
  await server.call("SendMessageBatch", { QueueUrl, Entries });
  const { Messages = [] } = await server.call("ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 10 });
  if (Messages.length > 0) {
    const deleted = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
    await server.call("DeleteMessageBatch", { QueueUrl, Entries: deleted });
  }
  return Messages.length;
};

const results = {};
const note = (workload, server, figures) => {
  (results[workload] ??= {})[server.name] = figures;
  console.log(
    `${workload.padEnd(34)} ${server.name.padEnd(10)} ${Math.round(figures.perSecond)}/s, ${Math.round(figures.perCpuSecond)} per CPU second`,
  );
};

async function run(server, round) {
  const name = (text) => `${text}-${round}`;
  note("send", server, await measure(server, send(server, await queue(server, name("send")))));
  note(
    "send, receive, delete",
    server,
    await measure(server, cycle(server, await queue(server, name("cycle")))),
  );
  note("batches of ten", server, await measure(server, batches(server, await queue(server, name("batch")))));
  const fifo = await queue(server, `${name("groups")}.fifo`, { FifoQueue: "true" });
  note("FIFO, 1,000 groups", server, await measure(server, groups(server, fifo)));
  const deep = Number(server.python ? options["deep-python"] : options.deep);
  const url = await queue(server, name("deep"), { VisibilityTimeout: "43200" });
  const before = residentMb(server.pid);
  const begun = performance.now();
  await fill(server, url, deep);
  const bytes = ((residentMb(server.pid) - before) * 1024 * 1024) / deep;
  console.log(
    `${`filled with ${deep}`.padEnd(34)} ${server.name.padEnd(10)} in ${((performance.now() - begun) / 1_000).toFixed(1)} s, ${Math.round(bytes)} bytes of memory per message of ${body.length} characters`,
  );
  note("send, receive, delete in a deep queue", server, await measure(server, cycle(server, url)));
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
console.log("\nAwan against each peer, messages per CPU second of the server:");
for (const [workload, { awan, ...peers }] of Object.entries(results)) {
  const ratios = Object.entries(peers).map(
    ([name, { perCpuSecond }]) => `${name} ×${(awan.perCpuSecond / perCpuSecond).toFixed(1)}`,
  );
  console.log(`  ${workload.padEnd(38)} ${ratios.join("  ")}`);
}
