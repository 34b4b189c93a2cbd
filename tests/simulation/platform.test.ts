/**
 * Awan's own simulation: every workload at once over one whole cloud, with faults, with time moving by leaps, and with
 * the process dying at a random commit and coming back. A few hundred seeds here; `AWAN_SIMULATION_SEEDS=1000000` by
 * hand, `AWAN_SEED=n` for one.
 */
import { startApp, type App, type FaultProfile } from "awan/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Random } from "../../packages/awan/src/kernel/random.ts";
import { announceOrder, ordersTemplate, recorders, recordOrder } from "../services/testing/orders.ts";
import { CrashEngine } from "./crash-engine.ts";
import { asynchronous, bank, fanOut, fifo, orders, type Workload, type World } from "./workloads.ts";
import { objects, parameters, records } from "./workloads-stored.ts";

const seeds = Number(process.env["AWAN_SIMULATION_SEEDS"] ?? 200);
const only = process.env["AWAN_SEED"];
const profiles: readonly FaultProfile[] = [
  "none",
  "at-least-once",
  "crashes",
  "lost-acknowledgements",
  "throttling",
];
const steps = 60;

let base: App;

/** The workloads with what they keep in mind for one run. */
const workloads = (): readonly Workload[] => [
  orders(),
  bank(),
  fanOut(),
  fifo(),
  asynchronous(),
  objects(),
  records(),
  parameters(),
];

beforeAll(async () => {
  base = await startApp({ template: ordersTemplate });
  base.fn("RecordOrder").mock(recordOrder(recorders.recordOnce));
  base.fn("AnnounceOrder").mock(announceOrder);
  await base.platform.invoke("s3", "CreateBucket", { Bucket: "seen" });
  base.fn("GetOrder").mock(async ({ id }: { id: string }, { app }) => {
    await app.platform.invoke("s3", "PutObject", { Bucket: "seen", Key: id, Body: Buffer.from("x") });
  });
  for (const workload of workloads()) await workload.setup(base);
}, 60_000);
afterAll(() => base.close());

/** What was acknowledged in all runs, by workload: a check about nothing would pass. */
const acknowledged = new Map<string, number>();

interface Simulated {
  readonly journal: string;
  readonly crashed: boolean;
}

async function simulate(seed: number): Promise<Simulated> {
  const random = new Random(seed);
  const faults = random.pick(profiles);
  const crashAt = random.float() < 0.7 ? 1 + random.integer(400) : 0;
  let engine: CrashEngine | undefined;
  await using app = await base.fork({
    seed,
    faults,
    rows: (rows) => (engine = new CrashEngine(rows, crashAt)),
  });
  const running = workloads();
  const world: World = { app, random, hasCrashed: () => engine?.hasCrashed === true };
  let lastMs = app.clock.nowMs();
  for (let step = 0; step < steps && !world.hasCrashed(); step += 1) {
    const together = Array.from({ length: 1 + random.integer(3) }, () => random.pick(running));
    await Promise.all(together.map((workload) => workload.step(world)));
    if (random.float() < 0.3) await app.clock.advance(random.integer(20_000));
    if (!world.hasCrashed()) lastMs = app.clock.nowMs();
  }
  app.faults.clear();
  if (engine?.crashed !== undefined) await app.restore({ nowMs: lastMs, seed, engine: engine.crashed });
  await app.clock.advance("1h");
  for (const workload of running) {
    const { name } = workload;
    acknowledged.set(name, (acknowledged.get(name) ?? 0) + workload.acknowledged());
    try {
      await workload.check(app);
    } catch (error) {
      throw new Error(
        `seed ${seed}, faults ${faults}, crash at commit ${crashAt}: ${workload.name}: ${String(error)}`,
        {
          cause: error,
        },
      );
    }
  }
  const journal = app.platform.journal
    .spans()
    .map((span) => JSON.stringify(span))
    .join("\n");
  return { journal, crashed: engine?.hasCrashed === true };
}

test(
  `${seeds} seeds of every workload, with faults and crashes`,
  async () => {
    const chosen = only === undefined ? Array.from({ length: seeds }, (_, i) => i + 1) : [Number(only)];
    let crashed = 0;
    for (const seed of chosen) if ((await simulate(seed)).crashed) crashed += 1;
    if (only !== undefined) return;
    expect(crashed).toBeGreaterThan(seeds / 10);
    for (const { name } of workloads()) expect(acknowledged.get(name), name).toBeGreaterThan(seeds);
  },
  Math.max(600_000, seeds * 2000),
);

test("a simulation is a function of its seed, crashes included", async () => {
  for (let seed = 1; seed <= 10; seed += 1) {
    const first = await simulate(seed);
    expect((await simulate(seed)).journal).toBe(first.journal);
  }
}, 60_000);
