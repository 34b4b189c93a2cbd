/** What the runner's own tests need: a shell of clock, endpoint, blobs and a directory, and functions made of a few files. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { zipSync } from "fflate";
import type { FunctionOutcome, FunctionRunner, FunctionSpec } from "../host/functions.ts";
import type { Shell } from "../host/service.ts";
import type { Clock } from "../kernel/clock.ts";
import { SystemClock } from "../kernel/system-clock.ts";
import { createRunner } from "./runner.ts";

const blobs = new Map<string, Uint8Array>();

/** An archive of executable files, as a blob every shell of this file has. */
export function layerOf(files: Record<string, string>): string {
  const entries = Object.entries(files).map(([name, text]) => [
    name,
    [Buffer.from(text, "utf8"), { os: 3, attrs: 0o100755 << 16 }] as const,
  ]);
  const name = `blob${blobs.size}`;
  blobs.set(name, zipSync(Object.fromEntries(entries) as never));
  return name;
}

export interface Bench {
  readonly shell: Shell;
  readonly runner: FunctionRunner;
  /** A new directory of these files, executable ones when they begin with `#!`. */
  readonly code: (files: Record<string, string>) => string;
  /** A function of these files, with an ARN of its own. */
  readonly spec: (files: Record<string, string>, changes?: Partial<FunctionSpec>) => FunctionSpec;
  readonly call: (
    spec: FunctionSpec,
    event?: unknown,
    on?: Shell,
  ) => Promise<FunctionOutcome & { readonly answer: unknown; readonly log: string }>;
  readonly close: () => Promise<void>;
}

export function createBench(): Bench {
  const shell = shellFor(new SystemClock());
  const runner = createRunner();
  const root = mkdtempSync(join(tmpdir(), "awan-code-"));
  let count = 0;
  const code: Bench["code"] = (files) => {
    const directory = join(root, String((count += 1)));
    mkdirSync(directory);
    for (const [name, text] of Object.entries(files)) {
      const file = join(directory, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      if (text.startsWith("#!")) chmodSync(file, 0o755);
    }
    return directory;
  };
  return {
    shell,
    runner,
    code,
    spec: (files, changes) => {
      const path = code(files);
      return specFor(path, { arn: `arn:aws:lambda:us-east-1:000000000000:function:f${count}`, ...changes });
    },
    async call(spec, event = {}, on = shell) {
      const outcome = await runner.invoke(on, {
        spec,
        requestId: "11111111-2222-4333-8444-555555555555",
        invokedArn: spec.arn,
        payload: Buffer.from(JSON.stringify(event)),
        traceHeader: "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
      });
      const text = Buffer.from(outcome.payload).toString();
      const log = outcome.lines.map((line) => line.message).join("");
      return { ...outcome, answer: text === "" ? undefined : (JSON.parse(text) as unknown), log };
    },
    async close() {
      await runner.close();
      shell.remove();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export function shellFor(clock: Clock): Shell & { remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), "awan-compute-"));
  const shell = {
    clock,
    blobs: { read: async (blob: string) => blobs.get(blob) },
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
    isProvisioned: false,
    instancesMax: 100,
    ...changes,
  };
}

/** Whether a program is on this machine: tests that need it are skipped by name where it is not. */
export const hasCommand = (command: string): boolean => {
  try {
    execFileSync(command, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};
