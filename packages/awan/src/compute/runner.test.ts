/** The Node.js path end to end: real processes, real handlers. */
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { FunctionSpec } from "../host/functions.ts";
import { ManualClock } from "../kernel/clock.ts";
import { createRunner } from "./index.ts";
import { createBench, shellFor, specFor } from "./testing-shell.ts";

const { shell, runner, code, spec: specOf, call, close } = createBench();

const single = (source: string, changes: Partial<FunctionSpec> = {}): FunctionSpec =>
  specOf({ "index.js": source }, changes);

beforeAll(() => runner.prepare());
afterAll(close);

const waiting = (flag: string): string =>
  `exports.handler = (e, c, done) => { ${flag} globalThis.n = 0; setTimeout(() => { globalThis.n = 1; console.log("later"); }, 60); done(null, 'now'); }`;

describe("answers", () => {
  test("an async handler", async () => {
    const { answer, functionError, lines, initMs } = await call(
      single(
        "exports.handler = async (event, context) => ({ event, id: context.awsRequestId, mem: context.memoryLimitInMB })",
      ),
      { a: 1 },
    );
    expect(answer).toEqual({ event: { a: 1 }, id: "11111111-2222-4333-8444-555555555555", mem: "256" });
    expect(functionError).toBeUndefined();
    expect(initMs).toBeGreaterThan(0);
    expect(lines.map((line) => line.message.split(" ")[0])).toEqual(["INIT_START", "START", "END", "REPORT"]);
  });

  test("a callback, an ES module, nested exports, an undefined answer", async () => {
    expect(
      (await call(single("exports.handler = (e, c, done) => setTimeout(() => done(null, 'late'), 5)")))
        .answer,
    ).toBe("late");
    const esm = specFor(
      code({ "src/app.mjs": "export const deep = { handler: async () => import.meta.url.slice(0, 5) }" }),
      {
        handler: "src/app.deep.handler",
      },
    );
    expect((await call({ ...esm, revision: "esm" })).answer).toBe("file:");
    expect((await call(single("exports.handler = async () => {}"))).answer).toBeNull();
    expect((await call(single("exports.handler = () => new Promise(() => {})"))).answer).toBeNull();
  });

  test("a callback handler answers when nothing is left to do, unless told otherwise", async () => {
    const waits = await call(single(waiting("")));
    expect(waits.lines.some((line) => line.message.includes("later"))).toBe(true);
    const leaves = await call(single(waiting("c.callbackWaitsForEmptyEventLoop = false;")));
    expect(leaves.lines.some((line) => line.message.includes("later"))).toBe(false);
  });

  test("six megabytes there and back", async () => {
    const event = { text: "x".repeat(5_900_000) };
    expect((await call(single("exports.handler = async (event) => event"), event)).answer).toEqual(event);
    const large = await call(single("exports.handler = async () => 'x'.repeat(6_300_000)"));
    expect(large.answer).toMatchObject({ errorType: "Function.ResponseSizeTooLarge" });
  });

  test("a streamed answer, collected", async () => {
    const outcome = await call(
      single(
        "exports.handler = awslambda.streamifyResponse(async (e, stream) => { stream.write('\"a'); await new Promise(r => setTimeout(r, 5)); stream.write('b\"'); stream.end(); })",
      ),
    );
    expect(outcome.answer).toBe("ab");
  });
});

describe("failures, in AWS's words", () => {
  test("a thrown error", async () => {
    const { answer, functionError, lines } = await call(
      single("exports.handler = async () => { throw new TypeError('boom') }"),
    );
    expect(functionError).toBe("Unhandled");
    expect(answer).toMatchObject({ errorType: "TypeError", errorMessage: "boom" });
    expect(lines.map((line) => line.message).join("")).toContain(
      '\tERROR\tInvoke Error \t{"errorType":"TypeError"',
    );
  });

  test.each([
    ["process.exit(1)", "Runtime.ExitError", "Runtime exited with error: exit status 1"],
    ["process.exit(0)", "Runtime.ExitError", "Runtime exited without providing a reason"],
    [
      "process.kill(process.pid, 'SIGKILL')",
      "Runtime.ExitError",
      "Runtime exited with error: signal: killed",
    ],
    [
      "setTimeout(() => { throw new Error('late') }, 1); await new Promise(r => setTimeout(r, 1000))",
      "Error",
      "late",
    ],
    [
      "Promise.reject(new Error('lost')); await new Promise(r => setTimeout(r, 1000))",
      "Runtime.UnhandledPromiseRejection",
      "Error: lost",
    ],
  ])("%s", async (body, errorType, message) => {
    const spec = single(`exports.handler = async (e) => { if (e.ok) return 1; ${body} }`);
    const { answer } = await call(spec);
    expect(answer).toMatchObject({ errorType, errorMessage: expect.stringContaining(message) as unknown });
    expect((await call(spec, { ok: true })).answer).toBe(1);
  });

  test("a timeout", async () => {
    const spec = single("exports.handler = async () => { console.log('in'); for (;;); }", { timeoutMs: 200 });
    const { answer, lines } = await call(spec);
    expect(answer).toMatchObject({ errorType: "Sandbox.Timedout" });
    expect(lines.map((line) => line.message).join("")).toMatch(/in\n.*Task timed out after 0\.20 seconds/s);
  });

  test("too much memory", async () => {
    const spec = single(
      "exports.handler = async () => { const a = []; for (;;) { a.push(Buffer.alloc(5e6, 1)); await new Promise(r => setTimeout(r, 1)); } }",
      { memorySizeMb: 128 },
    );
    expect((await call(spec)).answer).toMatchObject({
      errorMessage: expect.stringContaining("signal: killed") as unknown,
    });
  });

  test("code that cannot be loaded", async () => {
    expect((await call(single("require('nothing-there')"))).answer).toMatchObject({
      errorType: "Runtime.ImportModuleError",
    });
    expect((await call(single("exports.other = 1"))).answer).toMatchObject({
      errorType: "Runtime.HandlerNotFound",
      errorMessage: "index.handler is undefined or not exported",
    });
    expect((await call(single("const ="))).answer).toMatchObject({
      errorType: "Runtime.UserCodeSyntaxError",
    });
    expect((await call(single("throw new Error('at init')"))).answer).toMatchObject({
      errorType: "Error",
      errorMessage: "at init",
    });
    expect((await call(specFor(code({}), { revision: "none" }))).answer).toMatchObject({
      errorType: "Runtime.ImportModuleError",
      errorMessage: expect.stringContaining("Error: Cannot find module 'index'") as unknown,
    });
  });
});

describe("instances", () => {
  test("one event at a time; several for events that come together; reused; renewed with the revision", async () => {
    const spec = single(
      "let n = 0; exports.handler = async (ms) => { const own = ++n; await new Promise(r => setTimeout(r, ms)); return [process.pid, own] }",
    );
    const together = await Promise.all([call(spec, 100), call(spec, 100), call(spec, 100)]);
    expect(new Set(together.map(({ answer }) => (answer as number[])[0])).size).toBe(3);
    const again = (await call(spec, 0)).answer as number[];
    expect(again[1]).toBe(2);
    const renewed = (await call({ ...spec, revision: "2" }, 0)).answer as number[];
    expect(renewed[1]).toBe(1);
  });

  test("environment, working directory, the SDK, and no way to the real AWS", async () => {
    const spec = single(
      `const { SQSClient } = require("@aws-sdk/client-sqs");
       exports.handler = async () => {
         const refused = await fetch("https://sqs.us-east-1.amazonaws.com").catch((error) => error.cause.message);
         return { cwd: process.cwd(), own: process.env.OWN, task: process.env.LAMBDA_TASK_ROOT, region: process.env.AWS_REGION,
           endpoint: process.env.AWS_ENDPOINT_URL, trace: process.env._X_AMZN_TRACE_ID, sdk: typeof SQSClient, refused, vitest: process.env.VITEST };
       }`,
      { environment: { OWN: "x" } },
    );
    const { answer } = await call(spec);
    const path = spec.code.kind === "directory" ? spec.code.path : "";
    expect(answer).toMatchObject({
      cwd: path,
      own: "x",
      task: path,
      region: "us-east-1",
      endpoint: "http://127.0.0.1:4566",
      sdk: "function",
    });
    expect(answer).toMatchObject({
      trace: expect.stringContaining("Root=1-5759e988") as unknown,
      refused: expect.stringContaining("does not resolve here") as unknown,
    });
    expect(answer).not.toHaveProperty("vitest");
  });

  test("logs: console, streams, JSON", async () => {
    const source =
      "exports.handler = async () => { console.log('one', { a: 1 }); console.error('two'); process.stdout.write('three\\nfour'); }";
    const text = (await call(single(source))).lines.map((line) => line.message);
    expect(text[2]).toMatch(/^\S+Z\t11111111-2222-4333-8444-555555555555\tINFO\tone \{ a: 1 \}\n$/);
    expect(text[3]).toMatch(/\tERROR\ttwo\n$/);
    expect(text.slice(4, 6)).toEqual(["three\n", "four"]);
    const json = (await call(single(source, { logFormat: "JSON" }))).lines.map((line) => line.message);
    expect(JSON.parse(json[2] as string)).toMatchObject({
      level: "INFO",
      message: "one { a: 1 }",
      requestId: "11111111-2222-4333-8444-555555555555",
    });
    expect(JSON.parse(json.at(-1) as string)).toMatchObject({
      type: "platform.report",
      record: { status: "success" },
    });
  });

  test("the platform's virtual time", async () => {
    const virtual = shellFor(new ManualClock(Date.UTC(2030, 0, 1)));
    const spec = single(
      "exports.handler = async () => [new Date().toISOString(), Date.now(), new Date(5).getTime(), new Date() instanceof Date]",
    );
    expect((await call(spec, {}, virtual)).answer).toEqual([
      "2030-01-01T00:00:00.000Z",
      Date.UTC(2030, 0, 1),
      5,
      true,
    ]);
    virtual.remove();
  });

  test("a replacement", async () => {
    const spec = single("exports.handler = async () => 1", { name: "replaced" });
    runner.replace("replaced", (event) => ({ saw: event }));
    expect((await call(spec, 7)).answer).toEqual({ saw: 7 });
    runner.replace("replaced", undefined);
    expect((await call(spec, 7)).answer).toBe(1);
  });
});

const targets = async (): Promise<{ webSocketDebuggerUrl: string }[]> =>
  (await fetch("http://127.0.0.1:9229/json/list")).json() as Promise<{ webSocketDebuggerUrl: string }[]>;

test(
  "an inspected function waits for its debugger, longer than its timeout",
  { timeout: 20_000 },
  async () => {
    const inspected = createRunner({ inspect: ["Inspected"] });
    const spec = single("exports.handler = async () => 'debugged';", {
      name: "stack-Inspected-1ABC",
      timeoutMs: 200,
    });
    const invocation = {
      spec,
      requestId: "r",
      invokedArn: spec.arn,
      payload: Buffer.from("{}"),
      traceHeader: "",
    };
    const answer = inspected.invoke(shell, invocation);
    const [target] = await vi.waitFor(targets, { timeout: 10_000, interval: 50 });
    // Well past the timeout: nothing has happened.
    await new Promise((resolve) => {
      setTimeout(resolve, 500);
    });
    const headers = {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg==",
    };
    const debuggerUrl = (target?.webSocketDebuggerUrl ?? "").replace("ws:", "http:");
    const message = JSON.stringify({ id: 1, method: "Runtime.runIfWaitingForDebugger" });
    request(debuggerUrl, { headers })
      // A text frame with a mask of zeros.
      .on("upgrade", (_response, socket) =>
        socket.write(
          Buffer.concat([Buffer.of(0x81, 0x80 | message.length, 0, 0, 0, 0), Buffer.from(message)]),
        ),
      )
      .end();
    const { payload } = await answer;
    expect(Buffer.from(payload).toString()).toBe('"debugged"');
    await inspected.close();
  },
);
