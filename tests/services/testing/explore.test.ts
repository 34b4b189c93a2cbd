/** Exploration finds planted bugs of the order application, names the faults they need, and passes once they are mended. */
import { explore, ExplorationError, startApp, type App } from "awan/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ordersTemplate, place, recorders, recordOrder, useMocks } from "./orders.ts";

let base: App;
beforeAll(async () => {
  base = await startApp({ template: ordersTemplate });
  useMocks(base);
}, 60_000);
afterAll(() => base.close());

type Recorder = keyof typeof recorders;

/** Three orders, one of them changed at once; after a while, each is in the table as it was last. */
const scenario =
  (recorder: Recorder, { withChange = true } = {}) =>
  async (app: App): Promise<void> => {
    app.fn("RecordOrder").mock(recordOrder(recorders[recorder]));
    for (const orderId of ["o-1", "o-2", "o-3"]) await place(app, { orderId, item: "kopi", quantity: 2 });
    if (withChange) await place(app, { orderId: "o-2", item: "teh", quantity: 5, version: 2 });
    await app.clock.advance("10m");
    const items = await app.table("OrdersTable").items();
    const changed = withChange ? { item: "teh", quantity: 5 } : { item: "kopi", quantity: 2 };
    expect(items.toSorted((a, b) => String(a["orderId"]).localeCompare(String(b["orderId"])))).toMatchObject([
      { orderId: "o-1", item: "kopi", quantity: 2 },
      { orderId: "o-2", ...changed },
      { orderId: "o-3", item: "kopi", quantity: 2 },
    ]);
    expect(await app.queue("OrdersDeadLetterQueue").messages()).toEqual([]);
  };

const failureOf = async (running: Promise<unknown>): Promise<ExplorationError> => {
  const failure: unknown = await running.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ExplorationError);
  return failure as ExplorationError;
};

test("a consumer that adds up is found by a duplicate", async () => {
  const failure = await failureOf(
    explore(base, scenario("addUp", { withChange: false }), { faults: "duplicates", seeds: 200 }),
  );
  expect(failure.tried).toBeLessThan(200);
  expect(failure.faults).toHaveLength(1);
  expect(failure.faults[0]).toMatch(/^duplicate/);
  expect(failure.message).toContain(`AWAN_SEED=${failure.seed}`);
  expect(failure.message).toContain("⚡ duplicate");
}, 60_000);

test("a consumer that trusts the order of arrival is found by a reordering", async () => {
  const failure = await failureOf(explore(base, scenario("lastWins"), { faults: "reordering", seeds: 200 }));
  expect(failure.faults.every((fault) => fault.startsWith("reorder"))).toBe(true);
}, 60_000);

test("a consumer that takes the echo of its own lost answer for a failure is found by a lost acknowledgement", async () => {
  const failure = await failureOf(
    explore(base, scenario("refuseEchoes", { withChange: false }), {
      faults: "lost-acknowledgements",
      seeds: 200,
    }),
  );
  expect(failure.faults).toHaveLength(1);
  expect(failure.faults[0]).toMatch(/^loseAck/);
}, 60_000);

test.each([
  ["addUp", false, /duplicate|loseAck|crash/],
  ["lastWins", true, /reorder|duplicate|crash|loseAck|throttle/],
  ["refuseEchoes", false, /loseAck|crash|duplicate/],
] as const)(
  "%s is found under everything AWS allows too, by one or two faults",
  async (recorder, withChange, kind) => {
    const failure = await failureOf(explore(base, scenario(recorder, { withChange }), { seeds: 500 }));
    expect(failure.tried).toBeLessThan(200);
    expect(failure.faults.length).toBeLessThanOrEqual(2);
    expect(failure.faults.join()).toMatch(kind);
  },
  60_000,
);

test("the mended application passes 500 seeds of everything AWS allows", async () => {
  const started = performance.now();
  const explored = await explore(base, scenario("recordOnce"), { seeds: 500 });
  expect(explored.seeds).toBe(500);
  expect(explored.faults).toBeGreaterThan(500);
  console.log(`500 seeds, ${explored.faults} faults: ${((performance.now() - started) / 1000).toFixed(1)} s`);
}, 120_000);

test("AWAN_SEED runs one seed, and fails in the same way", async () => {
  const buggy = scenario("addUp", { withChange: false });
  const failure = await failureOf(explore(base, buggy, { faults: "duplicates" }));
  process.env["AWAN_SEED"] = String(failure.seed);
  try {
    const again = await failureOf(explore(base, buggy, { faults: "duplicates" }));
    expect(again.message.replace(/\(\d+ tried\)/, "")).toBe(failure.message.replace(/\(\d+ tried\)/, ""));
    expect(again.tried).toBe(1);
  } finally {
    delete process.env["AWAN_SEED"];
  }
}, 60_000);

test("functions in processes of their own are explored too", async () => {
  const explored = await explore(
    base,
    async (app) => {
      for (const name of ["PlaceOrder", "RecordOrder", "AnnounceOrder"]) app.fn(name).restore();
      await place(app, { orderId: "o-1", item: "kopi", quantity: 2 });
      await app.clock.advance("10m");
      expect(await app.table("OrdersTable").items()).toMatchObject([{ orderId: "o-1", status: "RECORDED" }]);
    },
    { seeds: 10 },
  );
  expect(explored.seeds).toBe(10);
}, 60_000);

test("a test that fails by itself is told apart", async () => {
  const failure = await failureOf(
    explore(base, () => {
      throw new Error("never true");
    }),
  );
  expect(failure.message).toContain("without any fault");
});

const journal = async (seed: number, faults: "at-least-once"): Promise<string> => {
  await using app = await base.fork({ seed, faults });
  await scenario("recordOnce")(app).catch(() => {});
  return app.platform.journal
    .spans()
    .map((span) => JSON.stringify(span))
    .join("\n");
};

test("the same seed gives the same journal, byte for byte, under every profile", async () => {
  const profiles = [
    "none",
    "duplicates",
    "reordering",
    "lost-acknowledgements",
    "crashes",
    "throttling",
    "at-least-once",
  ];
  for (const faults of profiles as "at-least-once"[]) {
    for (let seed = 1; seed <= 10; seed += 1) {
      const first = await journal(seed, faults);
      expect(first.length).toBeGreaterThan(1000);
      expect(await journal(seed, faults)).toBe(first);
    }
  }
}, 60_000);
