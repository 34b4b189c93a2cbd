/**
 * The orders application without any tool of ours: packaged and deployed by the AWS CLI, driven by the AWS CLI and
 * boto3. Skipped by name where those are not installed.
 */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { freePort, type RunningServer, startServer } from "./server.ts";

const run = promisify(execFile);
const isInstalled = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;
const hasTools = isInstalled("aws", "--version") && isInstalled("python3", "-c", "import boto3");

function toolsFor(server: RunningServer, directory: string) {
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_CONFIG_FILE: join(directory, "no-config"),
    AWS_SHARED_CREDENTIALS_FILE: join(directory, "no-credentials"),
    AWS_PAGER: "",
  };
  return {
    // Version 1 of the CLI does not read AWS_ENDPOINT_URL for SQS.
    aws: async (...args: string[]) =>
      (await run("aws", ["--endpoint-url", server.endpoint, "--output", "json", ...args], { env })).stdout,
    python: async (script: string, ...args: string[]) =>
      (await run("python3", ["-c", script, ...args], { env })).stdout,
  };
}

const receiveWithBoto3 = `
import boto3, json, sys
queue = boto3.resource("sqs").Queue(sys.argv[1])
messages = queue.receive_messages(WaitTimeSeconds=10, MaxNumberOfMessages=10)
print(json.dumps([json.loads(message.body) for message in messages]))
for message in messages: message.delete()
`;

interface StackDescription {
  readonly Stacks: readonly { readonly Outputs: readonly { OutputKey: string; OutputValue: string }[] }[];
}

test.skipIf(!hasTools)(
  "the AWS CLI packages, deploys, drives and deletes the application",
  { timeout: 180_000 },
  async () => {
    const directory = mkdtempSync(join(tmpdir(), "awan-cli-"));
    await using server = await startServer(
      ["start", "--ephemeral", "--port", String(await freePort())],
      "ready",
    );
    const { aws, python } = toolsFor(server, directory);
    const packaged = join(directory, "packaged.yaml");
    const template = ["--template-file", "patterns/orders/template.yaml"];

    await aws("s3", "mb", "s3://artifacts");
    await aws(
      "cloudformation",
      "package",
      ...template,
      "--s3-bucket",
      "artifacts",
      "--output-template-file",
      packaged,
    );
    const capabilities = ["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"];
    await aws(
      "cloudformation",
      "deploy",
      "--template-file",
      packaged,
      "--stack-name",
      "orders",
      ...capabilities,
    );
    const { Stacks } = JSON.parse(
      await aws("cloudformation", "describe-stacks", "--stack-name", "orders"),
    ) as StackDescription;
    const outputs = Object.fromEntries(
      Stacks[0]!.Outputs.map((output) => [output.OutputKey, output.OutputValue]),
    );

    const order = { orderId: "cli-1", item: "roti", quantity: 3 };
    const placed = await fetch(`${outputs["ApiUrl"]}/orders`, {
      method: "POST",
      body: JSON.stringify(order),
    });
    expect(placed.status).toBe(202);
    expect(JSON.parse(await python(receiveWithBoto3, outputs["ShippingQueueUrl"]!))).toEqual([order]);
    const table = ["--table-name", outputs["OrdersTableName"]!];
    const row = await aws("dynamodb", "get-item", ...table, "--key", '{"orderId":{"S":"cli-1"}}');
    expect(JSON.parse(row)).toMatchObject({ Item: { item: { S: "roti" }, status: { S: "RECORDED" } } });
    const body = JSON.stringify({ orderId: "cli-2", item: "teh", quantity: 1 });
    await aws("sqs", "send-message", "--queue-url", outputs["OrdersQueueUrl"]!, "--message-body", body);
    expect(JSON.parse(await python(receiveWithBoto3, outputs["ShippingQueueUrl"]!))).toMatchObject([
      { orderId: "cli-2" },
    ]);

    await aws("cloudformation", "delete-stack", "--stack-name", "orders");
    await aws("cloudformation", "wait", "stack-delete-complete", "--stack-name", "orders");
    const queues = await aws("sqs", "list-queues");
    expect(queues.trim() === "" ? {} : JSON.parse(queues)).not.toHaveProperty("QueueUrls");
    rmSync(directory, { recursive: true });
  },
);
