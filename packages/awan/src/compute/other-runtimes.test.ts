/** Python and runtimes of their own, end to end: real processes, real handlers. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FunctionOutcome, FunctionSpec } from "../host/functions.ts";
import { SystemClock } from "../kernel/system-clock.ts";
import { createRunner } from "./index.ts";
import { shellFor, specFor } from "./testing-shell.ts";

const shell = shellFor(new SystemClock());
const runner = createRunner();
const root = mkdtempSync(join(tmpdir(), "awan-code-"));
let count = 0;

function code(files: Record<string, string>): string {
  const directory = join(root, String((count += 1)));
  mkdirSync(directory);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

async function call(
  spec: FunctionSpec,
  event: unknown = {},
  on = shell,
): Promise<FunctionOutcome & { answer: unknown }> {
  const outcome = await runner.invoke(on, {
    spec,
    requestId: "11111111-2222-4333-8444-555555555555",
    invokedArn: spec.arn,
    payload: Buffer.from(JSON.stringify(event)),
    traceHeader: "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
  });
  return { ...outcome, answer: JSON.parse(Buffer.from(outcome.payload).toString()) as unknown };
}

beforeAll(() => runner.prepare());
afterAll(async () => {
  await runner.close();
  shell.remove();
  rmSync(root, { recursive: true, force: true });
});

const python = (source: string, changes: Partial<FunctionSpec> = {}): FunctionSpec =>
  specFor(code({ "app.py": source }), {
    runtime: "python3.12",
    handler: "app.handler",
    arn: `arn:aws:lambda:us-east-1:000000000000:function:p${count}`,
    ...changes,
  });

describe("other runtimes", () => {
  test("Python", async () => {
    const spec = python(
      `import logging, os
logging.getLogger().setLevel("INFO")
def handler(event, context):
    print("printed")
    logging.info("logged")
    if event.get("fail"):
        raise ValueError("no")
    return {"event": event, "id": context.aws_request_id, "left": context.get_remaining_time_in_millis() > 1000, "region": os.environ["AWS_REGION"]}
`,
    );
    const { answer, lines } = await call(spec, { a: 1 });
    expect(answer).toEqual({
      event: { a: 1 },
      id: "11111111-2222-4333-8444-555555555555",
      left: true,
      region: "us-east-1",
    });
    expect(lines.map((line) => line.message)).toContain("printed\n");
    expect(lines.some((line) => /^\[INFO\]\t\S+Z\t11111111-\S+\tlogged\n$/.test(line.message))).toBe(true);
    expect((await call(spec, { fail: true })).answer).toMatchObject({
      errorType: "ValueError",
      errorMessage: "no",
      stackTrace: [expect.stringContaining('raise ValueError("no")') as unknown],
    });
  });

  test("Python that cannot be loaded, exits, takes too long", async () => {
    expect((await call(python("import nothing_there"))).answer).toMatchObject({
      errorType: "Runtime.ImportModuleError",
      errorMessage: "Unable to import module 'app': No module named 'nothing_there'",
    });
    expect((await call(python("x = 1"))).answer).toMatchObject({ errorType: "Runtime.HandlerNotFound" });
    expect((await call(python("import sys\ndef handler(e, c): sys.exit(3)"))).answer).toMatchObject({
      errorMessage: expect.stringContaining("exit status 3") as unknown,
    });
    expect(
      (await call(python("def handler(e, c):\n  while True: pass", { timeoutMs: 300 }))).answer,
    ).toMatchObject({
      errorType: "Sandbox.Timedout",
    });
  });

  test("a runtime of its own, through the Runtime API", async () => {
    const directory = code({
      bootstrap: `#!/bin/sh
API="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
while true; do
  EVENT=$(curl -sS -D /tmp/awan-headers-$$ "$API/invocation/next")
  ID=$(grep -i Lambda-Runtime-Aws-Request-Id /tmp/awan-headers-$$ | tr -d '\\r' | cut -d: -f2 | tr -d ' ')
  echo "got $EVENT"
  curl -sS -X POST "$API/invocation/$ID/response" -d "{\\"echo\\":$EVENT}" > /dev/null
done
`,
    });
    chmodSync(join(directory, "bootstrap"), 0o755);
    const spec = specFor(directory, {
      runtime: "provided.al2023",
      handler: "x",
      revision: "own",
      arn: "arn:own",
    });
    const { answer, lines } = await call(spec, { a: 1 });
    expect(answer).toEqual({ echo: { a: 1 } });
    expect(lines.map((line) => line.message)).toContain('got {"a":1}\n');
    expect((await call(spec, 2)).answer).toEqual({ echo: 2 });
  });
});
