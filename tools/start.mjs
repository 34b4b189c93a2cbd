// The main job: builds Awan, starts it, deploys patterns/orders from its unmodified template and drives it through real
// HTTP and SDK calls, telling each step as it happens. It then keeps serving; `--once` ends instead, with an exit code.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { buildAwan } from "./build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const once = process.argv.includes("--once");
const unknown = process.argv.slice(2).filter((argument) => argument !== "--once");
if (unknown.length > 0) {
  process.stderr.write(`npm start: unknown argument ${unknown.join(" ")} (only --once is known)\n`);
  process.exit(2);
}

// The SDK's reminder of coming Node versions is about this script, not about the application.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const started = performance.now();
const say = (text) => process.stdout.write(`${text}\n`);
const since = () => `${((performance.now() - started) / 1000).toFixed(2)}s`.padStart(7);

say(`${since()}  building Awan`);
await buildAwan();

const port = process.env.AWAN_PORT ?? "4566";
say(`${since()}  awan dev patterns/orders/template.yaml`);
const server = spawn(
  process.execPath,
  [
    "packages/awan/bin/awan.mjs",
    "--json",
    "dev",
    "patterns/orders/template.yaml",
    "--port",
    port,
    "--ephemeral",
  ],
  { cwd: root, stdio: ["ignore", "pipe", "inherit"] },
);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => server.kill(signal));
const exited = new Promise((resolve) => server.on("exit", (code) => resolve(code ?? 1)));

const outputs = {};
let endpoint;
const deployed = new Promise((resolve) => {
  createInterface({ input: server.stdout }).on("line", (line) => {
    const event = JSON.parse(line);
    if (event.kind === "ready") say(`${since()}  Awan listens at ${(endpoint = event.endpoint)}`);
    if (event.kind === "resource" && event.status.endsWith("COMPLETE")) {
      say(`${since()}    ${event.status.padEnd(16)} ${event.type.padEnd(36)} ${event.logicalId}`);
    }
    if (event.kind === "deployed") Object.assign(outputs, event.outputs);
    if (event.kind === "deployed") resolve(true);
    if (event.kind === "changed" || event.kind === "reloaded" || event.kind === "failed")
      say(`${since()}  ${line}`);
  });
});

if ((await Promise.race([deployed, exited])) !== true) {
  say("Awan did not start; what it printed above says why.");
  process.exit(1);
}

let failure;
try {
  const { drive } = await import("../patterns/orders/drive.mjs");
  await drive({ endpoint, outputs, say: (text) => say(`${since()}  ${text}`) });
} catch (error) {
  failure = error;
  say(`${since()}  ✘ ${error.message}`);
}

if (once || failure !== undefined) {
  server.kill("SIGTERM");
  await exited;
  process.exit(failure === undefined ? 0 : 1);
}

say(`
Awan keeps serving at ${endpoint}; Ctrl-C stops it. Change patterns/orders/src and the next call runs the new code. Try:

  curl -i -X POST ${outputs.ApiUrl}/orders -d '{"item":"teh","quantity":1}'
  aws --endpoint-url ${endpoint} sqs list-queues
  npx awan logs --follow
  npx awan clock advance 1h

  import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
  const client = new DynamoDBClient({ endpoint: "${endpoint}", region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" } });
  console.log((await client.send(new ScanCommand({ TableName: "${outputs.OrdersTableName}" }))).Items);
`);
process.exit(await exited);
