/**
 * The CDK's own command line against a started Awan, with AWS_ENDPOINT_URL set and nothing else: bootstrap, deploy, diff,
 * hotswap, destroy. Runs where AWAN_CDK names a folder with aws-cdk, aws-cdk-lib, constructs and esbuild installed.
 */
import { execFile } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { S3Client, GetObjectCommand } from "@aws-sdk/client-s3";
import { startApp } from "awan/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort, type RunningServer, startServer } from "./server.ts";

const folder = process.env["AWAN_CDK"] ?? "";
const isThere = existsSync(join(folder, "node_modules", "aws-cdk-lib"));

interface Outputs {
  readonly Shop: { readonly ApiUrl: string; readonly BucketName: string; readonly Count: string };
}

describe.skipIf(!isThere)("CDK, with AWAN_CDK naming a folder where it is installed", () => {
  let project: string;
  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), "awan-cdk-"));
    cpSync(fileURLToPath(new URL("cdk", import.meta.url)), project, { recursive: true });
    symlinkSync(join(folder, "node_modules"), join(project, "node_modules"));
    copyFileSync(join(folder, "package-lock.json"), join(project, "package-lock.json"));
  });
  afterAll(() => rmSync(project, { recursive: true }));

  describe("from the command line", () => {
    let server: RunningServer;
    beforeAll(async () => {
      server = await startServer(["start", "--ephemeral", "--port", String(await freePort())], "ready");
    });
    afterAll(() => server.kill("SIGTERM"));

    function cdk(...args: string[]): Promise<string> {
      const env = {
        PATH: process.env["PATH"],
        HOME: process.env["HOME"],
        AWS_ENDPOINT_URL: server.endpoint,
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
        CDK_VALIDATION: "false",
        NO_COLOR: "1",
      };
      const bin = join(project, "node_modules", ".bin", "cdk");
      return new Promise((resolve, reject) => {
        execFile(bin, args, { cwd: project, env, maxBuffer: 1 << 26 }, (error, out, err) => {
          if (error === null) resolve(out + err);
          else reject(new Error(`cdk ${args.join(" ")}: ${out}${err}`));
        });
      });
    }

    const invoke = async (service: string, operation: string, input: object = {}) => {
      const response = await fetch(`${server.endpoint}/_awan/invoke`, {
        method: "POST",
        body: JSON.stringify({ service, operation, input }),
      });
      return (await response.json()) as Record<string, unknown>;
    };

    test("bootstrap, deploy, diff, hotswap, destroy", async () => {
      const outputsFile = join(project, "outputs.json");
      const deploy = ["deploy", "--all", "--require-approval", "never"];
      // No bootstrap is needed, and it may come late.
      await cdk("deploy", "Data", "--require-approval", "never");
      await cdk("bootstrap");
      await cdk("bootstrap");
      await cdk(...deploy, "--outputs-file", outputsFile);
      const { Shop } = JSON.parse(readFileSync(outputsFile, "utf8")) as Outputs;
      const order = (orderId: string) =>
        fetch(`${Shop.ApiUrl}/orders`, { method: "POST", body: JSON.stringify({ orderId }) });
      const placed = await order("o-1");
      expect([placed.status, await placed.text()]).toEqual([202, "accepted"]);

      const { TableNames } = await invoke("dynamodb", "ListTables");
      const [TableName] = TableNames as string[];
      await expect
        .poll(async () => (await invoke("dynamodb", "Scan", { TableName }))["Items"], { timeout: 20_000 })
        .toMatchObject([{ orderId: { S: "o-1" } }]);

      // What CDK's helper resources were for.
      const s3 = new S3Client({
        endpoint: server.endpoint,
        region: "us-east-1",
        credentials: { accessKeyId: "test", secretAccessKey: "test" },
        forcePathStyle: true,
      });
      const where = await s3.send(new GetObjectCommand({ Bucket: Shop.BucketName, Key: "site/where.json" }));
      const { queue } = JSON.parse((await where.Body?.transformToString()) ?? "") as { queue: string };
      expect(queue).toContain("/000000000000/Shop-Queue");
      const { QueueConfigurations } = await invoke("s3", "GetBucketNotificationConfiguration", {
        Bucket: Shop.BucketName,
      });
      expect(QueueConfigurations).toMatchObject([{ Events: ["s3:ObjectCreated:*"] }]);
      const { logGroups } = await invoke("logs", "DescribeLogGroups", {
        logGroupNamePrefix: "/aws/lambda/Shop-Record",
      });
      expect(logGroups).toMatchObject([{ retentionInDays: 7 }]);
      const { Parameter } = await invoke("ssm", "GetParameter", { Name: "/shop/opened" });
      expect(Parameter).toMatchObject({ Value: "Shop" });
      // And a custom resource of the application's own, behind CDK's provider framework.
      expect(Shop.Count).toBe("3");
      s3.destroy();

      expect(await cdk("diff")).toContain("Number of stacks with differences: 0");
      const handler = join(project, "functions", "place.ts");
      writeFileSync(handler, readFileSync(handler, "utf8").replace("accepted", "taken"));
      expect(await cdk("diff")).toContain("Number of stacks with differences: 1");
      expect(await cdk(...deploy, "--hotswap")).toContain("hotswapped!");
      expect(await (await order("o-2")).text()).toBe("taken");

      await cdk("destroy", "--all", "--force");
      const { Stacks } = await invoke("cloudformation", "DescribeStacks");
      expect((Stacks as { StackName: string }[]).map(({ StackName }) => StackName)).toEqual(["CDKToolkit"]);
      expect(await invoke("lambda", "ListFunctions")).toMatchObject({ Functions: [] });
      expect((await invoke("ssm", "GetParameter", { Name: "/shop/opened" }))["code"]).toBe(
        "ParameterNotFound",
      );
      const { Buckets } = await invoke("s3", "ListBuckets");
      expect((Buckets as { Name: string }[]).map(({ Name }) => Name)).toEqual([
        "cdk-hnb659fds-assets-000000000000-us-east-1",
      ]);
    }, 300_000);
  });

  test("startApp({ cdk }) deploys the application in process; constructs are known by their paths", async () => {
    await using app = await startApp({ cdk: project });
    const response = await app.fetch("/orders", { method: "POST", body: '{"orderId":"o-1"}' });
    expect(response.status).toBe(202);
    await app.settle();
    expect(await app.table("Data/Orders").items()).toMatchObject([{ orderId: "o-1" }]);
    expect(await app.queue("Audit").messages()).toHaveLength(1);
    expect(app.fn("Record").calls()).toHaveLength(1);
    expect(response.trace.visited()).toContain(app.fn("Place").name);
  }, 120_000);

  test("awan dev runs the application itself; a function's source reloads that function", async () => {
    const port = String(await freePort());
    await using server = await startServer(["dev", project, "--ephemeral", "--port", port], "deployed");
    const api = async (): Promise<string | undefined> => {
      const response = await fetch(`${server.endpoint}/_awan/invoke`, {
        method: "POST",
        body: JSON.stringify({ service: "apigatewayv2", operation: "GetApis", input: {} }),
      });
      const { Items } = (await response.json()) as { Items: readonly { ApiEndpoint: string }[] };
      return Items[0]?.ApiEndpoint;
    };
    await expect.poll(api, { timeout: 20_000 }).toBeDefined();
    const url = `${String(await api())}/orders`;
    const answer = async () => (await fetch(url, { method: "POST", body: '{"orderId":"o-1"}' })).text();
    const handler = join(project, "functions", "place.ts");
    const change = (to: string) =>
      writeFileSync(handler, readFileSync(handler, "utf8").replace(/body: "[a-z ]+"/, `body: "${to}"`));
    change("bundled again");
    await expect.poll(answer, { timeout: 20_000 }).toBe("bundled again");
    // A change of the application itself runs it again.
    const app = join(project, "app.mjs");
    writeFileSync(
      app,
      readFileSync(app, "utf8").replace('new Queue(shop, "Uploads")', 'new Queue(shop, "Uploaded")'),
    );
    const queues = async () => {
      const response = await fetch(`${server.endpoint}/_awan/invoke`, {
        method: "POST",
        body: JSON.stringify({ service: "sqs", operation: "ListQueues", input: {} }),
      });
      return ((await response.json()) as { QueueUrls: readonly string[] }).QueueUrls.join();
    };
    await expect.poll(queues, { timeout: 30_000 }).toContain("Shop-Uploaded");
    expect(await answer()).toBe("bundled again");
  }, 120_000);
});
