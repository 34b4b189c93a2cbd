/**
 * Reloading leaves nothing behind: no process, no memory, no file. A thousand reloads take a minute, so that the usual run
 * makes a hundred; AWAN_RELOADS=1000 makes them all.
 */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { createBench } from "./testing-shell.ts";

const { shell, runner, spec: specOf, call, close } = createBench();
afterAll(close);

const reloads = Number(process.env["AWAN_RELOADS"] ?? 100);
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const heapMb = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed / 1024 / 1024;
};

/** Processes started by this one that still run. */
const children = (): number =>
  execFileSync("ps", ["-o", "pid=,stat=", "--ppid", String(process.pid)], { encoding: "utf8" })
    .trim()
    .split("\n")
    .filter((line) => !line.includes("Z") && line !== "").length - 1;

test.skipIf(process.platform !== "linux")(
  `${reloads} reloads leave no process, memory or file behind`,
  { timeout: 60_000 + reloads * 500 },
  async () => {
    const spec = specOf({ "index.js": "exports.handler = async (event) => event;" });
    const reload = async (round: number): Promise<void> => {
      const { answer } = await call({ ...spec, revision: `r${round}` }, { round });
      expect(answer).toEqual({ round });
    };
    for (let round = 0; round < 20; round += 1) await reload(round);
    const before = { heapMb: heapMb(), handles: process.getActiveResourcesInfo().length };
    for (let round = 20; round < 20 + reloads; round += 1) await reload(round);
    runner.retire(spec.arn);
    // The spare stays.
    await vi.waitFor(() => expect(children()).toBeLessThanOrEqual(1), { timeout: 10_000 });
    await vi.waitFor(() => expect(readdirSync(join(shell.scratchDir(), "functions/tmp"))).toEqual([]));
    expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before.handles + 4);
    expect(heapMb() - before.heapMb).toBeLessThan(4);
  },
);
