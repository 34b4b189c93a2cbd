/**
 * Terraform against a started Awan: apply, a plan without drift, destroy. Runs where AWAN_TERRAFORM names a folder with
 * the AWS provider's program (`terraform-provider-aws`) and `terraform` is on the path. The provider waits out minutes of
 * real time for queues to settle, here as on AWS.
 */
import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { freePort, startServer } from "./server.ts";

const folder = process.env["AWAN_TERRAFORM"] ?? "";
const isThere = folder !== "" && existsSync(join(folder, "terraform-provider-aws")) && hasTerraform();

function hasTerraform(): boolean {
  try {
    execFileSync("terraform", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const handler = 'export const handler = async () => ({ statusCode: 200, body: "hi" });';

test.skipIf(!isThere)(
  "Terraform applies, sees no drift, and destroys",
  async () => {
    await using server = await startServer(
      ["start", "--ephemeral", "--port", String(await freePort())],
      "ready",
    );
    const project = mkdtempSync(join(tmpdir(), "awan-terraform-"));
    cpSync(fileURLToPath(new URL("terraform/main.tf", import.meta.url)), join(project, "main.tf"));
    writeFileSync(join(project, "fn.zip"), zipSync({ "index.mjs": Buffer.from(handler, "utf8") }));
    const override = `dev_overrides { "hashicorp/aws" = ${JSON.stringify(folder)} }`;
    writeFileSync(join(project, "terraformrc"), `provider_installation {\n  ${override}\n  direct {}\n}\n`);
    const env = {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      TF_CLI_CONFIG_FILE: join(project, "terraformrc"),
      CHECKPOINT_DISABLE: "1",
      AWS_ENDPOINT_URL: server.endpoint,
      // S3 Control is asked at <account>.127.0.0.1, which no resolver knows: Awan answers as the proxy too.
      HTTP_PROXY: server.endpoint,
    };
    const terraform = (...args: string[]): Promise<string> =>
      new Promise((resolve, reject) => {
        execFile("terraform", [...args, "-no-color"], { cwd: project, env }, (error, out, err) => {
          if (error === null) resolve(out);
          else reject(new Error(`terraform ${args.join(" ")}: ${out}${err}`));
        });
      });
    await terraform("apply", "-auto-approve");
    const api = JSON.parse(await terraform("output", "-json")) as { api: { value: string } };
    expect(await (await fetch(api.api.value)).text()).toBe("hi");
    // Ends with 2 when it would change anything.
    expect(await terraform("plan", "-detailed-exitcode")).toContain("No changes.");
    expect(await terraform("destroy", "-auto-approve")).toContain("Resources: 22 destroyed");
    rmSync(project, { recursive: true });
  },
  900_000,
);
