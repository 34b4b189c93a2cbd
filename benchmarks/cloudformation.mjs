/**
 * CloudFormation beside its peers in one run: how long a stack of fifty resources takes from the request to its status,
 * made, updated and deleted. Servers take turns; Awan runs from its build.
 *
 *   node benchmarks/cloudformation.mjs [--resources 50] [--rounds 5] [--python DIR]
 *
 * `--python` is a virtual environment with moto[server] and ministack.
 */
import { parseArgs } from "node:util";
import { startersOf } from "./queue-servers.mjs";

const { values: options } = parseArgs({
  options: {
    resources: { type: "string", default: "50" },
    rounds: { type: "string", default: "5" },
    python: { type: "string" },
  },
});
const count = Number(options.resources);
const rounds = Number(options.rounds);

/** Queues with a dead-letter queue each, topics, roles, tables and parameters, tied by references. */
function templateOf(version) {
  const Resources = {};
  for (let i = 0; i < count; i += 1) {
    const queue = `R${i - (i % 5)}`;
    Resources[`R${i}`] = [
      { Type: "AWS::SQS::Queue", Properties: { VisibilityTimeout: 30 + version } },
      {
        Type: "AWS::SQS::Queue",
        Properties: {
          RedrivePolicy: {
            deadLetterTargetArn: { "Fn::GetAtt": [queue, "Arn"] },
            maxReceiveCount: 2 + version,
          },
        },
      },
      { Type: "AWS::SNS::Topic", Properties: { DisplayName: `topic ${version}` } },
      {
        Type: "AWS::IAM::Role",
        Properties: {
          AssumeRolePolicyDocument: {
            Version: "2012-10-17",
            Statement: [
              { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
            ],
          },
          Policies: [
            {
              PolicyName: "queue",
              PolicyDocument: {
                Version: "2012-10-17",
                Statement: [
                  {
                    Effect: "Allow",
                    Action: `sqs:${version === 0 ? "*" : "Send*"}`,
                    Resource: { "Fn::GetAtt": [queue, "Arn"] },
                  },
                ],
              },
            },
          ],
        },
      },
      {
        Type: "AWS::SSM::Parameter",
        Properties: {
          Name: { "Fn::Sub": `/\${AWS::StackName}/p${i}` },
          Type: "String",
          Value: { "Fn::Sub": `${version} \${${queue}}` },
        },
      },
    ][i % 5];
  }
  return JSON.stringify({ Resources });
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until nothing is in progress any more; answers the status, or `GONE`. */
async function settled(server, StackName) {
  for (;;) {
    let text;
    try {
      text = await server.query("cloudformation", {
        Action: "DescribeStacks",
        Version: "2010-05-15",
        StackName,
      });
    } catch {
      return "GONE";
    }
    const status = /<StackStatus>(\w+)<\/StackStatus>/.exec(text)?.[1] ?? "GONE";
    if (!status.endsWith("IN_PROGRESS")) return status;
    await wait(1);
  }
}

const step = async (server, form, expected) => {
  const begun = performance.now();
  await server.query("cloudformation", { Version: "2010-05-15", ...form });
  const status = await settled(server, form.StackName);
  const ms = performance.now() - begun;
  if (!expected.includes(status)) throw new Error(`${server.name}: ${form.Action} ended as ${status}`);
  return ms;
};

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const capabilities = { "Capabilities.member.1": "CAPABILITY_NAMED_IAM" };
const results = {};

async function run(server) {
  const took = { create: [], update: [], delete: [] };
  for (let round = 0; round <= rounds; round += 1) {
    const StackName = `stack-${round}`;
    const form = { StackName, ...capabilities };
    const create = await step(server, { Action: "CreateStack", ...form, TemplateBody: templateOf(0) }, [
      "CREATE_COMPLETE",
    ]);
    const update = await step(server, { Action: "UpdateStack", ...form, TemplateBody: templateOf(1) }, [
      "UPDATE_COMPLETE",
    ]);
    const remove = await step(server, { Action: "DeleteStack", StackName }, ["GONE", "DELETE_COMPLETE"]);
    // The first round warms the server up.
    if (round === 0) console.log(`${server.name.padEnd(10)} first creation ${create.toFixed(0)} ms`);
    else for (const [name, ms] of Object.entries({ create, update, delete: remove })) took[name].push(ms);
  }
  results[server.name] = Object.fromEntries(Object.entries(took).map(([name, all]) => [name, median(all)]));
  console.log(
    `${server.name.padEnd(10)} ${Object.entries(results[server.name])
      .map(([name, ms]) => `${name} ${ms.toFixed(1)} ms`)
      .join(", ")}`,
  );
}

for (const begin of Object.values(startersOf(options))) {
  const server = await begin();
  try {
    await run(server);
  } catch (error) {
    console.log(String(error));
  } finally {
    server.stop();
  }
}
console.log(`\nA stack of ${count} resources, Awan against each peer:`);
for (const [name, peer] of Object.entries(results)) {
  if (name === "awan") continue;
  const ratios = Object.entries(peer).map(([what, ms]) => `${what} ×${(ms / results.awan[what]).toFixed(1)}`);
  console.log(`  ${name.padEnd(10)} ${ratios.join("  ")}`);
}
