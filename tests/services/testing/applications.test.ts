/** Applications in every way they are written: what a cloud assembly, a CDK application and a serverless.yml become. */
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startApp } from "awan/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const assembly = fileURLToPath(new URL("assembly", import.meta.url));

describe("a cloud assembly", () => {
  test("is deployed: stacks after those they import from, assets, nested stacks, stages elsewhere", async () => {
    await using app = await startApp({ cloudAssembly: assembly });
    await app.queue("Incoming").send({ orderId: "o-1" });
    await app.settle();
    expect(await app.table("Data/Orders").items()).toEqual([{ orderId: "o-1" }]);
    expect(app.outputs["QueueUrl"]).toBe(app.resources["Shop/Incoming"]);
    expect(app.fn("Record").calls()).toHaveLength(1);
    const { Stacks } = await app.platform.invoke("cloudformation", "DescribeStacks", {});
    const stacks = Stacks as { StackName: string; StackStatus: string; Tags: object[] }[];
    expect(stacks.every(({ StackStatus }) => StackStatus === "CREATE_COMPLETE")).toBe(true);
    expect(stacks.map(({ StackName }) => StackName.replace(/-.*/, "")).toSorted()).toEqual([
      "Data",
      "Shop",
      "Shop",
    ]);
    expect(stacks.find(({ StackName }) => StackName === "Shop")?.Tags).toEqual([
      { Key: "team", Value: "orders" },
    ]);
  }, 30_000);

  test("constructs are known by their paths, also in other accounts and regions", async () => {
    await using app = await startApp({ cloudAssembly: assembly });
    expect(app.resources["Europe/Far/Distant"]).toContain("/111111111111/");
    await app.queue("Europe/Far/Distant").send("far away");
    expect(await app.queue("Europe/Far/Distant").messages()).toMatchObject([{ body: "far away" }]);
    await using fork = await app.fork();
    expect(await fork.queue("Far/Distant").messages()).toHaveLength(1);
    expect(fork.faults.on("Incoming")).toBeDefined();
  }, 30_000);

  test("what is none is said to be none", async () => {
    await expect(startApp({ cloudAssembly: tmpdir() })).rejects.toThrow("has no manifest.json");
  });
});

describe("in a project", () => {
  let project: string;
  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), "awan-project-"));
  });
  afterAll(() => rmSync(project, { recursive: true }));

  test("a CDK application is whatever command cdk.json names; its failure is told", async () => {
    // The command stands for an application: it leaves the assembly where CDK_OUTDIR says.
    writeFileSync(
      join(project, "app.cjs"),
      `const { cpSync } = require("node:fs");
       const context = JSON.parse(process.env.CDK_CONTEXT_JSON);
       if (context.stage !== "test") throw new Error("no stage " + process.env.CDK_DEFAULT_ACCOUNT);
       cpSync(${JSON.stringify(assembly)}, process.env.CDK_OUTDIR, { recursive: true });`,
    );
    writeFileSync(join(project, "cdk.json"), JSON.stringify({ app: "node app.cjs", context: {} }));
    await expect(startApp({ cdk: project })).rejects.toThrow(/ended with 1:[^]*no stage 000000000000/);
    await using app = await startApp({ cdk: project, context: { stage: "test" } });
    expect(Object.keys(app.resources)).toContain("Incoming");
    await expect(startApp({ cdk: tmpdir() })).rejects.toThrow("it has no cdk.json");
  }, 30_000);

  test("a serverless.yml without its framework is refused with what to install", async () => {
    writeFileSync(join(project, "serverless.yml"), "service: shop");
    await expect(startApp({ serverless: join(project, "serverless.yml") })).rejects.toThrow(
      "npm install --save-dev osls",
    );
  });
});

test("a bucket that refuses plain HTTP, as deployment tools make them, is used over loopback", async () => {
  await using app = await startApp();
  const Bucket = "careful";
  await app.platform.invoke("s3", "CreateBucket", { Bucket });
  const refusal = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [refusal] });
  await app.platform.invoke("s3", "PutBucketPolicy", { Bucket, Policy });
  await app.platform.invoke("s3", "PutObject", { Bucket, Key: "a", Body: Buffer.from("x") });
});

const framework = process.env["AWAN_OSLS"];

describe("the Serverless Framework, with AWAN_OSLS naming a folder where osls is installed", () => {
  test.skipIf(framework === undefined || !existsSync(join(framework, "node_modules", ".bin", "osls")))(
    "a packaged service is deployed",
    async () => {
      const project = mkdtempSync(join(tmpdir(), "awan-serverless-"));
      cpSync(fileURLToPath(new URL("serverless", import.meta.url)), project, { recursive: true });
      symlinkSync(join(framework ?? "", "node_modules"), join(project, "node_modules"));
      await using app = await startApp({ serverless: join(project, "serverless.yml") });
      const response = await app.fetch("/orders", { method: "POST", body: '{"orderId":"o-1"}' });
      expect(response.status).toBe(202);
      await app.settle();
      expect(await app.table("Orders").items()).toMatchObject([{ orderId: "o-1" }]);
      rmSync(project, { recursive: true });
    },
    120_000,
  );
});
