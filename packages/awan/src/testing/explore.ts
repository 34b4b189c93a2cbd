/**
 * One test under many seeds and faults, each on a fork of its own. The first seed that fails is run again with fewer and
 * fewer of its faults, until none can be left out, and told with its story and how to repeat it.
 */
import type { FaultProfile } from "../host/faults.ts";
import type { App } from "./app.ts";
import { LiveApp } from "./live-app.ts";
import type { StartAppOptions } from "./options.ts";
import { startApp } from "./start-app.ts";

export interface ExploreOptions {
  /** How many seeds; 100 by default. `AWAN_SEED` runs only that one. */
  readonly seeds?: number;
  readonly firstSeed?: number;
  /** `at-least-once`, everything AWS allows, by default. */
  readonly faults?: FaultProfile;
  /** Runs of the test to find the smallest set of faults that still fails; 60 by default. */
  readonly shrinkRunsMax?: number;
}

export type ExploredTest = (app: App) => void | Promise<void>;

export interface Exploration {
  readonly seeds: number;
  /** Faults that happened in all runs together. */
  readonly faults: number;
}

/** A seed under which the test fails. */
export class ExplorationError extends Error {
  override name = "ExplorationError";
  readonly seed: number;
  /** How many seeds were tried, this one included. */
  readonly tried: number;
  /** The faults without any of which it would have passed. */
  readonly faults: readonly string[];

  constructor(found: {
    seed: number;
    tried: number;
    faults: readonly string[];
    failure: unknown;
    story: string;
  }) {
    const { seed, tried, faults, failure, story } = found;
    const needed =
      faults.length === 0
        ? "without any fault: the test fails by itself"
        : `needs ${faults.length} fault(s): ${faults.join(", ")}`;
    super(
      `fails with seed ${seed} (${tried} tried), ${needed}.\n` +
        `${failure instanceof Error ? failure.message : String(failure)}\n\n` +
        `Repeat it with AWAN_SEED=${seed}.\n\n${story}`,
      { cause: failure },
    );
    this.seed = seed;
    this.tried = tried;
    this.faults = faults;
  }
}

interface Run {
  readonly failure: unknown;
  readonly failed: boolean;
  readonly happened: readonly string[];
  readonly story: string;
}

/** Runs `test` on forks of `base`, an application or how to start one. Throws an ExplorationError for the first failing seed. */
export async function explore(
  base: App | StartAppOptions,
  test: ExploredTest,
  options: ExploreOptions = {},
): Promise<Exploration> {
  if (!(base instanceof LiveApp)) {
    await using started = await startApp(base as StartAppOptions);
    return await explore(started, test, options);
  }
  const { seeds = 100, firstSeed = 1, faults = "at-least-once" } = options;
  // The first run has no faults: it loads what is loaded once, and a test that fails by itself is told apart.
  const rehearsal = await runOnce(base, test, { seed: firstSeed, faults: "none" });
  if (rehearsal.failed) throw new ExplorationError({ ...rehearsal, seed: firstSeed, tried: 0, faults: [] });
  const only = process.env["AWAN_SEED"];
  const chosen =
    only === undefined || only === ""
      ? Array.from({ length: seeds }, (_, i) => firstSeed + i)
      : [Number(only)];
  let happened = 0;
  for (const [i, seed] of chosen.entries()) {
    const run = await runOnce(base, test, { seed, faults });
    happened += run.happened.length;
    if (!run.failed) continue;
    const smallest = await shrink(
      base,
      test,
      { seed, faults, shrinkRunsMax: options.shrinkRunsMax ?? 60 },
      run,
    );
    throw new ExplorationError({
      seed,
      tried: i + 1,
      faults: smallest.happened,
      failure: smallest.failure,
      story: smallest.story,
    });
  }
  return { seeds: chosen.length, faults: happened };
}

interface RunOptions {
  readonly seed: number;
  readonly faults: FaultProfile;
  readonly only?: ReadonlySet<string>;
}

async function runOnce(base: LiveApp, test: ExploredTest, { seed, faults, only }: RunOptions): Promise<Run> {
  const app = await base.fork({ seed, faults, repeatable: true, isTold: false });
  app.plan.only = only;
  let failure: unknown;
  let failed = false;
  try {
    await test(app);
  } catch (error) {
    failure = error;
    failed = true;
  }
  const story = failed ? await app.explain() : "";
  const happened = [...app.faults.happened];
  try {
    await app.close();
  } catch (error) {
    // Our own bugs fail the run too.
    if (!failed) failure = error;
    failed = true;
  }
  return { failure, failed, happened, story };
}

/** Leaves out halves, then quarters, … then single faults, as long as the test still fails. */
async function shrink(
  base: LiveApp,
  test: ExploredTest,
  options: RunOptions & { readonly shrinkRunsMax: number },
  found: Run,
): Promise<Run> {
  let smallest = found;
  let runs = 0;
  for (
    let size = Math.ceil(found.happened.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let at = 0; at < smallest.happened.length && runs < options.shrinkRunsMax;) {
      const left = smallest.happened.filter((_, i) => i < at || i >= at + size);
      runs += 1;
      const run = await runOnce(base, test, { ...options, only: new Set(left) });
      if (run.failed && run.happened.length < smallest.happened.length) smallest = run;
      else at += size;
    }
  }
  return smallest;
}
