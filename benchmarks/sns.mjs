/**
 * SNS beside its peers in one run: publishing to one queue and to ten, raw and in signed envelopes, past filter policies,
 * in batches of ten. Servers take turns; publishes per second of CPU the server used. Awan runs from its build.
 *
 *   node benchmarks/sns.mjs [--seconds 4] [--rounds 1] [--python DIR]
 *
 * `--python` is a virtual environment with moto[server] and ministack.
 */
import { parseArgs } from "node:util";
import { measure, startersOf } from "./queue-servers.mjs";

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "4" },
    rounds: { type: "string", default: "1" },
    python: { type: "string" },
  },
});
const seconds = Number(options.seconds);
const starters = startersOf(options);
const message = JSON.stringify({ orderId: "0123456789", items: [1, 2, 3], note: "x".repeat(180) });

/** A topic with as many queues behind it. */
async function topic(server, name, queues, attributes) {
  const created = await server.query("sns", { Action: "CreateTopic", Version: "2010-03-31", Name: name });
  const arn = /<TopicArn>([^<]+)/.exec(created)[1];
  for (let i = 0; i < queues; i += 1) {
    const QueueName = `${name}-${i}`;
    const { QueueUrl } = await server.call("CreateQueue", { QueueName });
    const asked = { QueueUrl, AttributeNames: ["QueueArn"] };
    const { Attributes } = await server.call("GetQueueAttributes", asked);
    const subscription = { Action: "Subscribe", Version: "2010-03-31", TopicArn: arn, Protocol: "sqs" };
    const entries = Object.entries(attributes).flatMap(([key, value], at) => [
      [`Attributes.entry.${at + 1}.key`, key],
      [`Attributes.entry.${at + 1}.value`, value],
    ]);
    const form = { ...subscription, Endpoint: Attributes.QueueArn, ...Object.fromEntries(entries) };
    await server.query("sns", form);
  }
  return arn;
}

const coloured = (prefix) => ({
  [`${prefix}MessageAttributes.entry.1.Name`]: "colour",
  [`${prefix}MessageAttributes.entry.1.Value.DataType`]: "String",
  [`${prefix}MessageAttributes.entry.1.Value.StringValue`]: "red",
});

const publish = (server, TopicArn) => async () => {
  const form = { Action: "Publish", Version: "2010-03-31", TopicArn, Message: message, ...coloured("") };
  await server.query("sns", form);
  return 1;
};

const publishBatch = (server, TopicArn) => {
  const entries = Array.from({ length: 10 }, (_unused, i) => {
    const prefix = `PublishBatchRequestEntries.member.${i + 1}.`;
    return { [`${prefix}Id`]: String(i), [`${prefix}Message`]: message, ...coloured(prefix) };
  });
  const form = Object.assign({ Action: "PublishBatch", Version: "2010-03-31", TopicArn }, ...entries);
  return async () => {
    await server.query("sns", form);
    return 10;
  };
};

const raw = { RawMessageDelivery: "true" };
const filter = { FilterPolicy: JSON.stringify({ colour: ["blue", { prefix: "r" }] }) };
const workloads = [
  ["publish to one queue, raw", 1, raw, publish],
  ["publish to one queue, in envelopes", 1, {}, publish],
  ["publish to ten queues, raw", 10, raw, publish],
  ["publish to ten queues, filtered", 10, { ...raw, ...filter }, publish],
  ["batches of ten to one queue, raw", 1, raw, publishBatch],
];

const results = {};
for (let round = 0; round < Number(options.rounds); round += 1) {
  for (const begin of Object.values(starters)) {
    const server = await begin();
    try {
      for (const [at, [name, queues, attributes, work]] of workloads.entries()) {
        const arn = await topic(server, `topic-${round}-${at}`, queues, attributes);
        const figures = await measure(server, seconds, work(server, arn));
        (results[name] ??= {})[server.name] = figures;
        console.log(
          `${name.padEnd(36)} ${server.name.padEnd(10)} ${Math.round(figures.perSecond)}/s, ${Math.round(figures.perCpuSecond)} per CPU second`,
        );
      }
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
