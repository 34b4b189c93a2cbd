/** External extensions from layers: real processes beside real functions. The extension here is a Node.js script. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { FunctionSpec } from "../host/functions.ts";
import { createBench, layerOf } from "./testing-shell.ts";

const { code, spec: specOf, call, runner, close } = createBench();
afterAll(close);

/** Writes down what it is told. `told` is where; `types` subscribes to telemetry. */
const extension = (
  told: string,
  { types = [], events = ["INVOKE", "SHUTDOWN"], more = "" }: Settings = {},
): string =>
  `#!${process.execPath}
const http = require("node:http");
const fs = require("node:fs");
const tell = (line) => fs.appendFileSync(${JSON.stringify(told)}, JSON.stringify(line) + "\\n");
const call = (method, path, headers, body) => new Promise((resolve, reject) => {
  const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
  const sent = http.request({ host, port, method, path, headers }, (response) => {
    let text = "";
    response.on("data", (chunk) => (text += chunk));
    response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body: text }));
  });
  sent.on("error", reject);
  sent.end(body && JSON.stringify(body));
});
(async () => {
  ${more}
  const { status, headers, body } = await call("POST", "/2020-01-01/extension/register", { "Lambda-Extension-Name": require("node:path").basename(__filename) }, { events: ${JSON.stringify(events)} });
  tell({ registered: status, ...JSON.parse(body) });
  const identified = { "Lambda-Extension-Identifier": headers["lambda-extension-identifier"] };
  if (${types.length > 0}) {
    const sink = http.createServer((request, response) => {
      let text = "";
      request.on("data", (chunk) => (text += chunk));
      request.on("end", () => { for (const each of JSON.parse(text)) tell(each); response.end(); });
    }).listen(0, "127.0.0.1", async () => {
      const URI = "http://sandbox.localdomain:" + sink.address().port;
      tell(await call("PUT", "/2022-07-01/telemetry", identified, { schemaVersion: "2022-12-13", types: ${JSON.stringify(types)}, buffering: { timeoutMs: 25 }, destination: { protocol: "HTTP", URI } }).then(({ status, body }) => ({ subscribed: status, body })));
      void loop();
    });
  } else void loop();
  async function loop() {
    for (;;) {
      const event = JSON.parse((await call("GET", "/2020-01-01/extension/event/next", identified)).body);
      console.log("extension heard " + event.eventType);
      tell(event);
      if (event.eventType === "SHUTDOWN") process.exit(0);
    }
  }
})();
`;

interface Settings {
  readonly types?: readonly string[];
  readonly events?: readonly string[];
  readonly more?: string;
}

type Told = Readonly<Record<string, unknown>>;

const read = (file: string): Told[] =>
  existsSync(file)
    ? readFileSync(file, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Told)
    : [];

function extended(
  settings: Settings = {},
  changes: Partial<FunctionSpec> = {},
): { spec: FunctionSpec; told: string } {
  const told = join(code({}), "told");
  const layers = [layerOf({ "extensions/watcher": extension(told, settings) })];
  const source = `exports.handler = async (event) => { console.log("working"); if (event.fail) throw new Error("no"); return "done"; };`;
  return { spec: specOf({ "index.js": source }, { layers, timeoutMs: 10_000, ...changes }), told };
}

describe("extensions", () => {
  test("hear every event, and the end", { timeout: 20_000 }, async () => {
    const { spec, told } = extended();
    const { answer, log } = await call(spec);
    expect(answer).toBe("done");
    expect(log).toContain("EXTENSION\tName: watcher\tState: Ready\tEvents: [INVOKE, SHUTDOWN]\n");
    expect(log).toContain("extension heard INVOKE\n");
    await call(spec);
    const id = "11111111-2222-4333-8444-555555555555";
    expect(read(told)).toMatchObject([
      { registered: 200, functionName: "f", functionVersion: "$LATEST", handler: "index.handler" },
      {
        eventType: "INVOKE",
        requestId: id,
        invokedFunctionArn: spec.arn,
        tracing: { type: "X-Amzn-Trace-Id" },
      },
      { eventType: "INVOKE", requestId: id },
    ]);
    runner.retire(spec.arn);
    await expect
      .poll(() => read(told).at(-1), { timeout: 5000 })
      .toMatchObject({ eventType: "SHUTDOWN", shutdownReason: "SPINDOWN" });
  });

  test("telemetry: what the platform, the function and extensions say", { timeout: 20_000 }, async () => {
    const { spec, told } = extended({ types: ["platform", "function", "extension"] });
    expect((await call(spec)).log).toContain(
      "TELEMETRY\tName: watcher\tState: Subscribed\tTypes: [Platform, Function, Extension]\n",
    );
    await expect
      .poll(() => read(told).map(({ type }) => type), { timeout: 5000 })
      .toEqual(
        expect.arrayContaining([
          "platform.telemetrySubscription",
          "platform.initStart",
          "platform.initRuntimeDone",
          "platform.initReport",
          "platform.start",
          "platform.runtimeDone",
          "platform.report",
          "function",
          "extension",
        ]),
      );
    const lines = read(told);
    expect(lines).toContainEqual({ subscribed: 200, body: "OK" });
    expect(lines.find(({ type }) => type === "function")?.["record"]).toContain("working");
  });

  test("one that ends early fails the function", { timeout: 20_000 }, async () => {
    const { spec } = extended({ more: "process.exit(3);" });
    expect((await call(spec)).answer).toMatchObject({
      errorType: "Extension.Crash",
      errorMessage: "Extension watcher exited: exit status 3",
    });
  });

  test("a timeout is told", { timeout: 20_000 }, async () => {
    const { spec, told } = extended();
    const slow = specOf({
      "index.js": "exports.handler = () => new Promise(() => setInterval(() => {}, 1000));",
    });
    const { answer } = await call({ ...slow, layers: spec.layers, timeoutMs: 1500 });
    expect(answer).toMatchObject({ errorType: "Sandbox.Timedout" });
    await expect
      .poll(() => read(told).at(-1), { timeout: 5000 })
      .toMatchObject({ eventType: "SHUTDOWN", shutdownReason: "TIMEOUT" });
  });

  test("beside a runtime of its own", { timeout: 20_000 }, async () => {
    const { spec, told } = extended();
    const bootstrap = `#!/bin/sh
API="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
while true; do
  ID=$(curl -sS -D - -o /dev/null "$API/invocation/next" | grep -i Aws-Request-Id | tr -d '\\r' | cut -d: -f2 | tr -d ' ')
  curl -sS -X POST "$API/invocation/$ID/response" -d 1 > /dev/null
done
`;
    const own = specOf({ bootstrap }, { runtime: "provided.al2023", layers: spec.layers });
    expect((await call(own)).answer).toBe(1);
    expect(read(told).map(({ eventType }) => eventType)).toEqual([undefined, "INVOKE"]);
  });
});
