/** What the runner's own tests need of a shell: clock, endpoint, a directory. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FunctionSpec } from "../host/functions.ts";
import type { Shell } from "../host/service.ts";
import type { Clock } from "../kernel/clock.ts";

export function shellFor(clock: Clock): Shell & { remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), "awan-compute-"));
  const shell = {
    clock,
    endpoint: "http://127.0.0.1:4566",
    dataDir: undefined,
    scratchDir: () => directory,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
  return shell as unknown as Shell & { remove(): void };
}

export function specFor(path: string, changes: Partial<FunctionSpec> = {}): FunctionSpec {
  return {
    arn: "arn:aws:lambda:us-east-1:000000000000:function:f",
    name: "f",
    version: "$LATEST",
    accountId: "000000000000",
    region: "us-east-1",
    revision: "1",
    runtime: "nodejs22.x",
    handler: "index.handler",
    memorySizeMb: 256,
    timeoutMs: 3000,
    environment: {},
    code: { kind: "directory", path },
    layers: [],
    logFormat: "Text",
    applicationLogLevel: "INFO",
    systemLogLevel: "INFO",
    logGroup: "/aws/lambda/f",
    instancesMax: 100,
    ...changes,
  };
}
