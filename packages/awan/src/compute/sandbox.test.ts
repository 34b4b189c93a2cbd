/** Functions enclosed by bubblewrap. Where it is missing, only its error is tried. */
import { afterAll, describe, expect, test } from "vitest";
import { createRunner } from "./index.ts";
import { createBench, hasCommand, layerOf } from "./testing-shell.ts";

const { shell, spec: specOf, close } = createBench();
const runner = createRunner({ sandbox: true });
afterAll(async () => {
  await runner.close();
  await close();
});

async function answerOf(spec: ReturnType<typeof specOf>): Promise<unknown> {
  const invocation = {
    spec,
    requestId: "r",
    invokedArn: spec.arn,
    payload: Buffer.from("{}"),
    traceHeader: "",
  };
  const { payload } = await runner.invoke(shell, invocation);
  return JSON.parse(Buffer.from(payload).toString());
}

describe.skipIf(!hasCommand("bwrap"))("bubblewrap", () => {
  test(
    "Node.js: /var/task, /opt and /tmp are its own, the rest is read-only",
    { timeout: 20_000 },
    async () => {
      const source = `const fs = require("fs");
const tried = (file) => { try { fs.writeFileSync(file, "x"); return "written"; } catch (error) { return error.code; } };
exports.handler = async () => ({ root: process.env.LAMBDA_TASK_ROOT, cwd: process.cwd(), file: __filename, layer: fs.readFileSync("/opt/greeting", "utf8"),
  tmp: tried("/tmp/x"), task: tried("/var/task/x"), etc: tried("/etc/awan-sandbox"), sent: process.env.TMPDIR });`;
      const layers = [layerOf({ greeting: "hello" })];
      expect(await answerOf(specOf({ "index.js": source }, { layers, timeoutMs: 10_000 }))).toEqual({
        root: "/var/task",
        cwd: "/var/task",
        file: "/var/task/index.js",
        layer: "hello",
        tmp: "written",
        task: "EROFS",
        etc: "EROFS",
        sent: "/tmp",
      });
    },
  );

  test("a runtime of its own", { timeout: 20_000 }, async () => {
    const bootstrap = `#!/bin/sh
API="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
ID=$(curl -sS -D - -o /dev/null "$API/invocation/next" | grep -i Aws-Request-Id | tr -d '\\r' | cut -d: -f2 | tr -d ' ')
curl -sS -X POST "$API/invocation/$ID/response" -d "\\"$(pwd)\\"" > /dev/null
`;
    expect(await answerOf(specOf({ bootstrap }, { runtime: "provided.al2023" }))).toBe("/var/task");
  });
});

describe.skipIf(hasCommand("bwrap"))("without bubblewrap", () => {
  test("the error says what to install", async () => {
    await expect(answerOf(specOf({ "index.js": "" }))).rejects.toThrow(
      "The sandbox needs bubblewrap, and it is not installed",
    );
  });
});
