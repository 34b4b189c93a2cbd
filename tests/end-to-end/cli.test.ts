/** The command line against a running server: what each command prints and its exit code; `dev` reloading TypeScript. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort, type RunningServer, startServer } from "./server.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const template = `
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Metadata:
      BuildMethod: esbuild
      BuildProperties: { EntryPoints: [hello.ts] }
    Properties:
      Runtime: nodejs22.x
      CodeUri: src/
      Handler: hello.handler
      Events:
        Get: { Type: HttpApi, Properties: { Method: GET, Path: /hello } }
Outputs:
  Url: { Value: !Sub "\${ServerlessHttpApi.ApiEndpoint}/hello" }
`;
const source = (greeting: string) => `
interface Answer { readonly statusCode: number; readonly body: string }
export const handler = async (): Promise<Answer> => {
  console.log("greeting with ${greeting}");
  return { statusCode: 200, body: "${greeting}" };
};
`;

let project: string;
let server: RunningServer;
let settings: string[];

function awan(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const command = ["--conditions", "awan/source", "--import", "tsx", "packages/awan/src/cli/bin.ts", ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: root }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), "awan-dev-"));
  mkdirSync(join(project, "src"));
  writeFileSync(join(project, "template.yaml"), template);
  writeFileSync(join(project, "src", "hello.ts"), source("hello"));
  const data = ["--data", join(project, ".awan"), "--port", String(await freePort())];
  server = await startServer(
    ["dev", join(project, "template.yaml"), "--stack-name", "greeter", ...data],
    "deployed",
  );
  settings = ["--endpoint", server.endpoint];
}, 60_000);

afterAll(async () => {
  await server.kill("SIGTERM");
  rmSync(project, { recursive: true, force: true });
});

const greet = async () => (await fetch(server.outputs["Url"]!)).text();

test("dev runs TypeScript, and a changed source serves the next calls", { timeout: 30_000 }, async () => {
  expect(await greet()).toBe("hello");
  writeFileSync(join(project, "src", "hello.ts"), source("good evening"));
  const giveUpAtMs = Date.now() + 20_000;
  while ((await greet()) !== "good evening" && Date.now() < giveUpAtMs) await pause(50);
  expect(await greet()).toBe("good evening");
});

test("state is kept in a directory that git ignores by itself", () => {
  expect(readFileSync(join(project, ".awan", ".gitignore"), "utf8")).toBe("*\n");
});

test("status, logs, env and clock tell what is so", { timeout: 30_000 }, async () => {
  await greet();
  expect((await awan("status", ...settings)).out).toContain('"StackName":"greeter"');
  expect((await awan("logs", ...settings)).out).toContain("greeting with");
  expect((await awan("env", ...settings)).out).toContain(`export AWS_ENDPOINT_URL=${server.endpoint}`);
  const before = JSON.parse((await awan("clock", "show", ...settings)).out) as { nowMs: number };
  const after = JSON.parse((await awan("clock", "advance", "1h", ...settings)).out) as { nowMs: number };
  expect(after.nowMs - before.nowMs).toBeGreaterThanOrEqual(3_600_000);
});

test("exec runs a command with that environment and ends with its code", async () => {
  const script = `console.log(process.env.AWS_ENDPOINT_URL); process.exit(7)`;
  const { code, out } = await awan("exec", ...settings, "--", process.execPath, "-e", script);
  expect([code, out.trim()]).toEqual([7, server.endpoint]);
});

test("mistakes are named and have their exit codes", { timeout: 30_000 }, async () => {
  const flag = await awan("status", "--nonsense");
  expect([flag.code, flag.err]).toEqual([2, expect.stringContaining("unknown option '--nonsense'")]);
  const nobody = await awan("status", "--endpoint", "http://127.0.0.1:9");
  expect([nobody.code, nobody.err]).toEqual([
    1,
    expect.stringContaining("no Awan answers at http://127.0.0.1:9"),
  ]);
  const stack = await awan("delete", "no-such-stack", ...settings);
  expect([stack.code, stack.err]).toEqual([
    1,
    expect.stringContaining("there is no stack named no-such-stack"),
  ]);
  const busy = await awan("start", "--ephemeral", "--port", new URL(server.endpoint).port);
  expect([busy.code, busy.err]).toEqual([1, expect.stringContaining("already in use")]);
});

test("deploy and delete work on a running server", { timeout: 30_000 }, async () => {
  const file = join(project, "queue.yaml");
  writeFileSync(
    file,
    "Resources: { Jobs: { Type: AWS::SQS::Queue } }\nOutputs: { Url: { Value: !Ref Jobs } }\n",
  );
  const deployed = await awan("deploy", file, "--stack-name", "jobs", ...settings);
  expect([deployed.code, deployed.out]).toEqual([0, expect.stringContaining('"CREATE_COMPLETE"')]);
  expect((await awan("deploy", file, "--stack-name", "jobs", ...settings)).out).toContain("unchanged");
  writeFileSync(file, "Resources: { Jobs: { Type: AWS::Nonsense::Thing } }\n");
  const refused = await awan("deploy", file, "--stack-name", "jobs", ...settings);
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("AWS::Nonsense::Thing")]);
  const deleted = await awan("delete", "jobs", ...settings);
  expect([deleted.code, deleted.out]).toEqual([0, expect.stringContaining('"kind":"deleted"')]);
});
