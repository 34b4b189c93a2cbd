/** The Serverless Framework's command line against a started Awan; where AWAN_OSLS names a folder with osls installed. */
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { freePort, startServer } from "./server.ts";

const folder = process.env["AWAN_OSLS"] ?? "";
const isThere = existsSync(join(folder, "node_modules", ".bin", "osls"));

test.skipIf(!isThere)(
  "osls deploys, invokes and removes a service",
  async () => {
    await using server = await startServer(
      ["start", "--ephemeral", "--port", String(await freePort())],
      "ready",
    );
    const project = mkdtempSync(join(tmpdir(), "awan-osls-"));
    cpSync(fileURLToPath(new URL("../services/testing/serverless", import.meta.url)), project, {
      recursive: true,
    });
    symlinkSync(join(folder, "node_modules"), join(project, "node_modules"));
    const env = {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      AWS_ENDPOINT_URL: server.endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      SLS_TELEMETRY_DISABLED: "1",
    };
    const osls = (...args: string[]): Promise<string> =>
      new Promise((resolve, reject) => {
        const bin = join(project, "node_modules", ".bin", "osls");
        execFile(bin, args, { cwd: project, env }, (error, out, err) => {
          if (error === null) resolve(out + err);
          else reject(new Error(`osls ${args.join(" ")}: ${out}${err}`));
        });
      });
    const invoke = async (service: string, operation: string, input: object = {}) => {
      const response = await fetch(`${server.endpoint}/_awan/invoke`, {
        method: "POST",
        body: JSON.stringify({ service, operation, input }),
      });
      return (await response.json()) as Record<string, unknown>;
    };
    expect(await osls("deploy")).toContain("Service deployed to stack shop-dev");
    expect(await osls("info")).toContain("record: shop-dev-record");
    const placed = await osls(
      "invoke",
      "--function",
      "place",
      "--data",
      '{"body":"{\\"orderId\\":\\"o-1\\"}"}',
    );
    expect(placed).toContain('"statusCode": 202');
    const { TableNames } = await invoke("dynamodb", "ListTables");
    const [TableName] = TableNames as string[];
    await expect
      .poll(async () => (await invoke("dynamodb", "Scan", { TableName }))["Items"], { timeout: 20_000 })
      .toMatchObject([{ orderId: { S: "o-1" } }]);
    await osls("deploy");
    expect(await osls("remove")).toContain("successfully removed");
    expect(await invoke("cloudformation", "DescribeStacks")).toEqual({ Stacks: [] });
    rmSync(project, { recursive: true });
  },
  300_000,
);

test.skipIf(!isThere)(
  "awan dev packages the service itself, and again when a handler changes",
  async () => {
    const project = mkdtempSync(join(tmpdir(), "awan-osls-"));
    cpSync(fileURLToPath(new URL("../services/testing/serverless", import.meta.url)), project, {
      recursive: true,
    });
    symlinkSync(join(folder, "node_modules"), join(project, "node_modules"));
    {
      const port = String(await freePort());
      await using server = await startServer(["dev", project, "--ephemeral", "--port", port], "deployed");
      const { HttpApiId = "" } = server.outputs;
      const place = async () =>
        (
          await fetch(`${server.endpoint}/_aws/execute-api/${HttpApiId}/orders`, {
            method: "POST",
            body: '{"orderId":"o-1"}',
          })
        ).status;
      expect(await place()).toBe(202);
      const handlers = join(project, "handlers.mjs");
      writeFileSync(handlers, readFileSync(handlers, "utf8").replace("statusCode: 202", "statusCode: 201"));
      await expect.poll(place, { timeout: 60_000 }).toBe(201);
    }
    rmSync(project, { recursive: true });
  },
  180_000,
);
