/**
 * When a test fails, the applications it used are explained, by whichever runner runs it. Vitest is asked about the
 * running test and told what to do if it fails; Jest and node:test tell after every test.
 */

/** An application that can tell what happened in it, also after it was closed. */
export interface Explainable {
  explain(): Promise<string>;
}

/** A test that ran on hundreds of forks is told by the last few. */
const shownMax = 3;

interface VitestRunner {
  currentTest(): object | undefined;
  onTestFailed(then: () => Promise<void>): void;
}

let vitest: VitestRunner | undefined;
let asked: Promise<void> | undefined;
/** What the running test used, where only its end is told. */
const used = new Set<Explainable>();
const usedBy = new WeakMap<object, Set<Explainable>>();

/** Finds out which runner this is, once. */
export function findRunner(): Promise<void> {
  asked ??= lookForVitest();
  return asked;
}

/** The running test depends on this application. */
export function use(app: Explainable): void {
  const test = vitest?.currentTest();
  if (test === undefined) {
    used.add(app);
    return;
  }
  let apps = usedBy.get(test);
  if (apps === undefined) {
    const fresh = new Set<Explainable>();
    apps = fresh;
    usedBy.set(test, apps);
    vitest?.onTestFailed(async () => console.error(await storyOf(fresh)));
  }
  apps.add(app);
}

async function storyOf(apps: ReadonlySet<Explainable>): Promise<string> {
  const shown = [...apps].slice(-shownMax);
  const stories = await Promise.all(shown.map((app) => app.explain()));
  const more = apps.size > shown.length ? [`(and ${apps.size - shown.length} more applications)`] : [];
  return ["What happened in Awan:", ...stories, ...more].join("\n\n");
}

async function lookForVitest(): Promise<void> {
  if (process.env["VITEST"] === undefined) return;
  // Named by variables: bundlers must not look for what only a test has installed.
  const [runner, suite] = ["vitest", "vitest/suite"];
  try {
    const { onTestFailed, TestRunner } = (await import(/* @vite-ignore */ runner)) as VitestModule;
    // Before 4.1 it is asked elsewhere.
    const tests = TestRunner ?? ((await import(/* @vite-ignore */ suite)) as CurrentTest);
    vitest = { currentTest: () => tests.getCurrentTest(), onTestFailed };
  } catch {
    // A Vitest that cannot be asked: its failures are told without a story.
  }
}

interface CurrentTest {
  getCurrentTest(): object | undefined;
}

interface VitestModule extends Pick<VitestRunner, "onTestFailed"> {
  readonly TestRunner?: CurrentTest;
}

type AfterEach = (hook: (test?: { readonly passed?: boolean }) => Promise<void>) => void;

/** Told after every test whether it failed. `passed` is undefined where only the runner's own state knows. */
async function told(hasFailed: boolean): Promise<void> {
  const apps = new Set(used);
  used.clear();
  if (hasFailed && apps.size > 0) process.stderr.write(`${await storyOf(apps)}\n`);
}

/** Jest keeps what it knows of the running test under a symbol of its own. */
function failedInJest(): boolean {
  const key = Object.getOwnPropertySymbols(globalThis).find(
    ({ description }) => description === "JEST_STATE_SYMBOL",
  );
  if (key === undefined) return false;
  const { currentlyRunningTest } = (globalThis as unknown as Record<symbol, JestState>)[key] as JestState;
  return (currentlyRunningTest?.errors.length ?? 0) > 0;
}

interface JestState {
  readonly currentlyRunningTest?: { readonly errors: readonly unknown[] } | null;
}

/** Hooks of Jest and node:test can only be set before the tests run: when this module is imported. */
async function hookRunners(): Promise<void> {
  const { afterEach } = globalThis as { readonly afterEach?: AfterEach };
  if (process.env["JEST_WORKER_ID"] !== undefined && afterEach !== undefined)
    afterEach(() => told(failedInJest()));
  else if (process.env["NODE_TEST_CONTEXT"] !== undefined) {
    const nodeTest = (await import("node:test")) as unknown as { readonly afterEach: AfterEach };
    nodeTest.afterEach((test) => told(test?.passed === false));
  }
}

await hookRunners();
