/** Python and runtimes of their own, end to end: real processes, real handlers. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FunctionSpec } from "../host/functions.ts";
import { createBench, hasCommand } from "./testing-shell.ts";

const { runner, spec: specOf, call, close } = createBench();

beforeAll(() => runner.prepare());
afterAll(close);

const python = (source: string, changes: Partial<FunctionSpec> = {}): FunctionSpec =>
  specOf({ "app.py": source }, { runtime: "python3.12", handler: "app.handler", ...changes });

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
    const spec = specOf(
      {
        bootstrap: `#!/bin/sh
API="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
while true; do
  EVENT=$(curl -sS -D /tmp/awan-headers-$$ "$API/invocation/next")
  ID=$(grep -i Lambda-Runtime-Aws-Request-Id /tmp/awan-headers-$$ | tr -d '\\r' | cut -d: -f2 | tr -d ' ')
  echo "got $EVENT"
  curl -sS -X POST "$API/invocation/$ID/response" -d "{\\"echo\\":$EVENT}" > /dev/null
done
`,
      },
      { runtime: "provided.al2023", handler: "x", revision: "own" },
    );
    const { answer, lines } = await call(spec, { a: 1 });
    expect(answer).toEqual({ echo: { a: 1 } });
    expect(lines.map((line) => line.message)).toContain('got {"a":1}\n');
    expect((await call(spec, 2)).answer).toEqual({ echo: 2 });
  });

  test("a version that is not here is served by the nearest, and the log says so once", async () => {
    const source = "import sys\ndef handler(e, c): return list(sys.version_info[:2])";
    const first = await call(python(source, { runtime: "python3.20" }));
    const [major, minor] = first.answer as [number, number];
    if (minor === 20) return;
    const notice = `awan: python3.20 was asked for; Python ${major}.${minor} of this machine runs it.\n`;
    expect(first.log.startsWith(notice)).toBe(true);
    expect((await call(python(source, { runtime: "python3.20" }))).log).not.toContain(notice);
  });
});

describe.skipIf(hasCommand("ruby"))("without Ruby", () => {
  test("the error says what to install", async () => {
    const spec = specOf({ "app.rb": "" }, { runtime: "ruby3.4", handler: "app.handler" });
    await expect(call(spec)).rejects.toThrow(
      "The runtime ruby3.4 needs Ruby on this machine, and none was found. Install Ruby 3 (a command ruby on the PATH).",
    );
  });
});

describe.skipIf(!hasCommand("ruby"))("Ruby", () => {
  const source = `require 'json'
def handler(event:, context:)
  puts "printed"
  raise ArgumentError, 'no' if event['fail']
  { event: event, id: context.aws_request_id, left: context.get_remaining_time_in_millis > 1000 }
end
module Nested
  class Deep
    def self.call(event:, context:) = 'deep'
  end
end
`;
  test("a method, and a method of a class", async () => {
    const spec = specOf(
      { "app.rb": source },
      { runtime: "ruby3.3", handler: "app.handler", timeoutMs: 20_000 },
    );
    const { answer, log } = await call(spec, { a: 1 });
    expect(answer).toEqual({ event: { a: 1 }, id: "11111111-2222-4333-8444-555555555555", left: true });
    expect(log).toContain("printed\n");
    expect((await call(spec, { fail: true })).answer).toMatchObject({
      errorType: "Function<ArgumentError>",
      errorMessage: "no",
    });
    expect((await call({ ...spec, arn: "arn:deep", handler: "app.Nested::Deep.call" })).answer).toBe("deep");
  });

  test("code that cannot be loaded", async () => {
    const spec = specOf(
      { "app.rb": "require 'nothing_there'" },
      { runtime: "ruby3.3", handler: "app.handler" },
    );
    expect((await call(spec)).answer).toMatchObject({ errorType: "Init<LoadError>" });
  });
});
