/** What every engine must do, run against each of them; and what only a durable one can show: surviving `kill -9`. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Engine, Writes } from "./engine.ts";
import { LmdbEngine } from "./engines/lmdb.ts";
import { MemoryEngine } from "./engines/memory.ts";

const engines: Record<string, () => { engine: Engine; dispose: () => Promise<void> }> = {
  memory: () => {
    const engine = new MemoryEngine({ freeze: true });
    return { engine, dispose: () => engine.close() };
  },
  lmdb: () => {
    const directory = mkdtempSync(join(tmpdir(), "awan-lmdb-"));
    const engine = new LmdbEngine(directory);
    return {
      engine,
      dispose: async () => {
        await engine.close();
        rmSync(directory, { recursive: true });
      },
    };
  },
};

const put = (rows: Record<string, unknown>): Writes =>
  new Map(Object.entries(rows).map(([key, value]) => [key, value === null ? null : { value }]));
const keysOf = (engine: Engine, from: string, to: string, reverse = false): string[] =>
  [...engine.scan({ from, to }, reverse)].map(([key]) => key);

describe.each(Object.entries(engines))("the %s engine", (_name, create) => {
  test("a commit is visible at once, in gets and scans of both directions", async () => {
    const { engine, dispose } = create();
    engine.commit(put({ b: 2, a: 1, c: { deep: ["x", new Uint8Array([1, 255])] } }));
    expect(engine.get("a")).toBe(1);
    expect(engine.get("nothing")).toBeUndefined();
    expect(keysOf(engine, "a", "c")).toEqual(["a", "b"]);
    expect(keysOf(engine, "a", "d", true)).toEqual(["c", "b", "a"]);
    engine.commit(put({ b: null }));
    expect(keysOf(engine, "a", "d")).toEqual(["a", "c"]);
    await dispose();
  });

  test("values come back as they were, large ones too, before and after they reached the disk", async () => {
    const { engine, dispose } = create();
    const value = {
      text: "é😀\0",
      big: "x".repeat(300_000),
      bytes: new Uint8Array(5000).fill(7),
      n: 1.5,
      none: null,
    };
    const commit = engine.commit(put({ k: value }));
    const same = (got: unknown): void => {
      const row = got as typeof value;
      expect({ ...row, bytes: new Uint8Array(row.bytes) }).toEqual(value);
    };
    same(engine.get("k"));
    await engine.durable(commit);
    same(engine.get("k"));
    await engine.durable(engine.commit(put({ k: { small: true } })));
    expect(engine.get("k")).toEqual({ small: true });
    await dispose();
  });

  test("agrees with a sorted map under random commits, whatever part of them is durable", async () => {
    const key = fc.string({
      minLength: 1,
      maxLength: 3,
      unit: fc.constantFrom("a", "b", "\0", "\xff", "\x80"),
    });
    const commit = fc.array(fc.tuple(key, fc.option(fc.integer())), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(commit, fc.boolean()), { maxLength: 12 }),
        key,
        key,
        async (steps, x, y) => {
          const { engine, dispose } = create();
          const model = new Map<string, number>();
          for (const [rows, wait] of steps) {
            const number = engine.commit(
              new Map(rows.map(([k, v]) => [k, v === null ? null : { value: v }])),
            );
            for (const [k, v] of new Map(rows)) {
              if (v === null) model.delete(k);
              else model.set(k, v);
            }
            if (wait) await engine.durable(number);
            const [from, to] = x < y ? [x, y] : [y, x];
            const expected = [...model]
              .filter(([k]) => k >= from && k < to)
              .toSorted(([a], [b]) => (a < b ? -1 : 1));
            expect([...engine.scan({ from, to }, false)].map((row) => [...row])).toEqual(expected);
            expect([...engine.scan({ from, to }, true)].map((row) => [...row])).toEqual(
              expected.toReversed(),
            );
            for (const [k] of rows) expect(engine.get(k)).toBe(model.get(k));
          }
          await dispose();
        },
      ),
      { numRuns: 30 },
    );
  });
});

test("a fork sees what was there and not what comes after, on either side", () => {
  const engine = new MemoryEngine();
  engine.commit(put({ a: 1, b: 2 }));
  const fork = engine.fork();
  engine.commit(put({ a: 10 }));
  fork.commit(put({ b: null }));
  expect([engine.get("a"), engine.get("b"), fork.get("a"), fork.get("b")]).toEqual([10, 2, 1, undefined]);
});

test("kill -9 loses no acknowledged commit and tears none", async () => {
  const directory = mkdtempSync(join(tmpdir(), "awan-kill-"));
  const writer = new URL("./kill-writer.test-process.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, ["--import", "tsx", writer, directory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let acknowledged = -1;
  await new Promise<void>((resolve) => {
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const numbers = text.split("\n").slice(0, -1).map(Number);
      acknowledged = Math.max(acknowledged, ...numbers);
      if (acknowledged > 400) child.kill("SIGKILL");
    });
    child.on("exit", () => resolve());
  });
  const engine = new LmdbEngine(directory);
  const rows = [...engine.scan({ from: "a", to: "c" }, false)];
  const left = rows.filter(([key]) => key.startsWith("a")).map(([, value]) => value as number);
  const right = rows.filter(([key]) => key.startsWith("b")).map(([, value]) => value as number);
  expect(left.length).toBeGreaterThan(acknowledged);
  // Each commit wrote one row on each side.
  expect(left).toEqual(right);
  await engine.close();
  rmSync(directory, { recursive: true });
});
