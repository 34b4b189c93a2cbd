/** The same scenario from pytest over the wire, where Python, boto3 and pytest are installed. */
import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";
import { ordersTemplate } from "../services/testing/orders.ts";

const installed = spawnSync("python3", ["-c", "import boto3, pytest"]).status === 0;

test.skipIf(!installed)(
  "the order application from pytest",
  async () => {
    await using app = await startApp({ template: ordersTemplate });
    const directory = new URL("pytest", import.meta.url).pathname;
    const { stdout } = await promisify(execFile)(
      "python3",
      ["-m", "pytest", "-q", "-p", "no:cacheprovider", directory],
      { env: { ...process.env, AWAN_ENDPOINT: app.endpoint, PYTHONDONTWRITEBYTECODE: "1" } },
    ).catch((error: { stdout: string; stderr: string }) => error);
    expect(stdout).toContain("5 passed");
  },
  60_000,
);
