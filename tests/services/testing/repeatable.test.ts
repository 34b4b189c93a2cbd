/** The order application with its own functions, in processes: the same seed gives the same journal, byte for byte. */
import { type App, type FaultProfile, startApp } from "awan/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ordersTemplate, place } from "./orders.ts";

let base: App;
beforeAll(async () => {
  base = await startApp({ template: ordersTemplate, repeatable: true });
  // What is loaded once is loaded: processes, services, the SDK.
  await journal(1, "at-least-once");
}, 60_000);
afterAll(() => base.close());

async function journal(seed: number, faults: FaultProfile): Promise<string> {
  await using app = await base.fork({ seed, faults });
  for (const orderId of ["o-1", "o-2", "o-3"]) await place(app, { orderId, item: "kopi", quantity: 2 });
  await app.settle();
  await app.clock.advance("10m");
  expect(await app.table("OrdersTable").items()).toHaveLength(3);
  return app.platform.journal
    .spans()
    .map((span) => JSON.stringify(span))
    .join("\n");
}

const profiles: readonly FaultProfile[] = [
  "none",
  "duplicates",
  "reordering",
  "lost-acknowledgements",
  "crashes",
  "throttling",
  "at-least-once",
];

test.each(profiles)(
  "under %s",
  async (faults) => {
    for (let seed = 1; seed <= 3; seed += 1) {
      const first = await journal(seed, faults);
      expect(await journal(seed, faults)).toBe(first);
    }
  },
  60_000,
);
