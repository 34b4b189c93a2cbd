/**
 * `awan/testing` in each test runner, as a process of its own: a test that fails tells the virtual time, the seed, the
 * faults and the story; one that passes tells nothing. Jest runs where AWAN_JEST names a folder in which it is installed.
 */
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const here = fileURLToPath(new URL("runners", import.meta.url));
const root = fileURLToPath(new URL("../../..", import.meta.url));

function run(args: readonly string[], cwd: string): Promise<{ code: number | null; output: string }> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:VITEST|NODE_TEST|NODE_ENV|JEST|TEST)/.test(name)),
  );
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd, env: { ...env, NO_COLOR: "1" } });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
    child.once("close", (code) => resolve({ code, output }));
  });
}

function expectStory({ code, output: printed }: { code: number | null; output: string }): void {
  // TAP escapes what would be a comment.
  const output = printed.replaceAll("\\#", "#");
  expect(code).not.toBe(0);
  expect(output.match(/What happened in Awan:/g)).toHaveLength(1);
  expect(output).toContain("virtual time 2026-01-01T01:30:00.000Z, seed 4711");
  expect(output).toContain("⚡ throttle sqs.SendMessage #1");
  expect(output).toMatch(/trace 1-[0-9a-f-]+\n[# ]*└─ /);
}

test("Vitest", async () => {
  const project = mkdtempSync(join(root, "node_modules", ".awan-vitest-"));
  try {
    cpSync(join(here, "vitest.example.ts"), join(project, "example.test.ts"));
    const config = `export default {
      ssr: { resolve: { conditions: ["awan/source", "node"] } },
      test: { root: ${JSON.stringify(project)}, include: ["example.test.ts"], pool: "forks", deps: { interopDefault: false } },
    };`;
    writeFileSync(join(project, "vitest.config.mjs"), config);
    const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
    expectStory(await run([vitest, "run", "--config", join(project, "vitest.config.mjs")], project));
  } finally {
    rmSync(project, { recursive: true });
  }
}, 60_000);

test("node:test", async () => {
  const args = ["--conditions", "awan/source", "--import", "tsx", "--test", join(here, "node.test.mjs")];
  expectStory(await run(args, root));
}, 60_000);

const folder = process.env["AWAN_JEST"] ?? "";
const jest = join(folder, "node_modules", "jest", "bin", "jest.js");

test.skipIf(folder === "" || !existsSync(jest))(
  "Jest",
  async () => {
    const project = mkdtempSync(join(tmpdir(), "awan-jest-"));
    cpSync(join(here, "jest.test.mjs"), join(project, "example.test.mjs"));
    mkdirSync(join(project, "node_modules"));
    symlinkSync(join(root, "packages", "awan"), join(project, "node_modules", "awan"));
    symlinkSync(join(root, "node_modules", "@aws-sdk"), join(project, "node_modules", "@aws-sdk"));
    const { resolve } = createRequire(import.meta.url);
    writeFileSync(
      join(project, "transform.cjs"),
      `const { transformSync } = require(${JSON.stringify(resolve("esbuild"))});
       exports.process = (code, path) =>
         transformSync(code, { loader: path.endsWith(".ts") ? "ts" : "js", format: "esm", target: "node20", sourcemap: "inline" });`,
    );
    writeFileSync(
      join(project, "jest.config.json"),
      JSON.stringify({
        rootDir: project,
        testMatch: ["**/*.test.mjs"],
        moduleFileExtensions: ["mjs", "js", "ts", "json"],
        extensionsToTreatAsEsm: [".ts"],
        transform: { "\\.(ts|mjs)$": join(project, "transform.cjs") },
        transformIgnorePatterns: ["/node_modules/"],
        testEnvironmentOptions: { customExportConditions: ["awan/source", "node"] },
      }),
    );
    const args = ["--experimental-vm-modules", jest, "--config", join(project, "jest.config.json")];
    expectStory(await run(args, project));
    rmSync(project, { recursive: true });
  },
  120_000,
);
