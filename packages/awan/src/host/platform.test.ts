/** The host with a toy service: what every real service relies on. */
import { expect, test } from "vitest";
import { ManualClock, SkippingClock } from "../kernel/clock.ts";
import { AwsError } from "../kernel/errors.ts";
import type { Blobs } from "../store/blobs.ts";
import { MemoryEngine } from "../store/engines/memory.ts";
import { table } from "../store/table.ts";
import type { Call } from "./call.ts";
import { Journal } from "./journal.ts";
import { Platform } from "./platform.ts";
import { type Outcome, Park, Perform, type Service } from "./service.ts";

const boxes = table<[name: string], { readonly items: readonly string[] }>("toy", "box");
const itemsIn = (call: Call, name: string): readonly string[] => boxes.get(call.tx, [name])?.items ?? [];
const add = (call: Call, name: string, item: string): void =>
  boxes.set(call.tx, [name], { items: [...itemsIn(call, name), item] });

function toy(failures = 0): Service {
  let failuresLeft = failures;
  return {
    name: "toy",
    operations: {
      Put: (call, input: { Box: string; Item: string }) => add(call, input.Box, input.Item),
      Refuse: (call, input: { Box: string }) => {
        add(call, input.Box, "never");
        throw new AwsError("Refused", "No.");
      },
      Wait: (call, input: { Box: string; Seconds: number }) => {
        const items = itemsIn(call, input.Box);
        const deadlineMs = call.startedAtMs + input.Seconds * 1000;
        return items.length > 0 || call.nowMs >= deadlineMs ? { Items: items } : new Park(deadlineMs);
      },
      Later: (call, input: { Box: string; Seconds: number }) =>
        call.schedule("toy.put", [input.Box], call.nowMs + input.Seconds * 1000, "later"),
      Ask: () =>
        new Perform(
          "toy.outside",
          "question",
          (call, result: string) => (add(call, "asked", result), { Answer: result }),
        ),
      Tell: (call) => {
        call.dispatch({
          effect: "toy.outside",
          request: "told",
          completion: "toy.told",
          context: "x",
          retryDelaysMs: [1000, 2000],
        });
      },
      Copy: (call, input: { From: string }) => call.keep("toy.copy", [input.From]),
      Stop: (call, input: { From: string }) => call.dismiss("toy.copy", [input.From]),
    },
    duties: { put: (call, [box], payload) => add(call, box as string, payload as string) },
    residents: {
      copy: (call, [from]) => {
        const items = itemsIn(call, from as string);
        if (items.length > itemsIn(call, "copied").length) boxes.set(call.tx, ["copied"], { items });
        return undefined;
      },
    },
    effects: {
      outside: (_context, request: string) => {
        if (failuresLeft > 0) {
          failuresLeft -= 1;
          return Promise.reject(new AwsError("Busy", "try again"));
        }
        return Promise.resolve(`${request}!`);
      },
    },
    completions: {
      told: (call, context, outcome: Outcome) =>
        add(
          call,
          "told",
          `${String(context)} ${outcome.ok ? String(outcome.value) : outcome.code} ${outcome.attempts}`,
        ),
    },
  };
}

const noBlobs = {} as Blobs;

function start(options: { clock?: ManualClock; engine?: MemoryEngine; failures?: number } = {}) {
  const clock = options.clock ?? new ManualClock(1_000_000);
  const engine = options.engine ?? new MemoryEngine({ freeze: true });
  const platform = new Platform({
    clock,
    seed: 1,
    engine,
    blobs: noBlobs,
    journal: new Journal(),
    services: { toy: () => Promise.resolve(toy(options.failures)) },
    onDefect: (error) => {
      throw error;
    },
  });
  platform.start();
  const invoke = (operation: string, input: object = {}) => platform.invoke("toy", operation, input);
  const items = async (box: string) => (await invoke("Wait", { Box: box, Seconds: 0 }))["Items"];
  return { platform, clock, engine, invoke, items };
}

test("a refused operation changes nothing", async () => {
  const { invoke, items } = start();
  await expect(invoke("Refuse", { Box: "a" })).rejects.toMatchObject({ code: "Refused" });
  expect(await items("a")).toEqual([]);
  await expect(invoke("Nonsense")).rejects.toMatchObject({
    status: 501,
    message: expect.stringContaining("toy:Nonsense") as string,
  });
});

test("a parked operation answers when what it read is written, and no other write wakes it", async () => {
  const { invoke, platform } = start();
  let answered = false;
  const waiting = invoke("Wait", { Box: "a", Seconds: 20 }).then((answer) => ((answered = true), answer));
  await platform.idle();
  await invoke("Put", { Box: "b", Item: "other" });
  await platform.idle();
  expect(answered).toBe(false);
  await invoke("Put", { Box: "a", Item: "one" });
  expect(await waiting).toEqual({ Items: ["one"] });
});

test("a parked operation answers at its deadline, and a skipping clock takes it there", async () => {
  const { invoke, clock } = start({ clock: new SkippingClock(0) });
  expect(await invoke("Wait", { Box: "a", Seconds: 20 })).toEqual({ Items: [] });
  expect(clock.nowMs()).toBe(20_000);
});

test("a caller who goes away is forgotten", async () => {
  const { platform } = start();
  const gone = new AbortController();
  const waiting = platform.run({ name: "toy.Wait", caller: gone }, (call) => new Park(call.nowMs + 1000));
  await platform.idle();
  gone.abort();
  await expect(waiting).rejects.toMatchObject({ code: "RequestAborted" });
});

test("duties run when they are due, in the order of time, and scheduling again replaces", async () => {
  const { invoke, platform, clock, items } = start();
  await invoke("Later", { Box: "a", Seconds: 10 });
  await invoke("Later", { Box: "a", Seconds: 30 });
  clock.moveTo(clock.nowMs() + 29_999);
  await platform.idle();
  expect(await items("a")).toEqual([]);
  clock.moveTo(clock.nowMs() + 1);
  await platform.idle();
  expect(await items("a")).toEqual(["later"]);
});

test("an effect is performed between two transactions, and its refusal is the operation's", async () => {
  const { invoke, items } = start();
  expect(await invoke("Ask")).toEqual({ Answer: "question!" });
  expect(await items("asked")).toEqual(["question!"]);
  await expect(start({ failures: 1 }).invoke("Ask")).rejects.toMatchObject({ code: "Busy" });
});

test("a dispatch is retried after its delays and its completion told once", async () => {
  const { invoke, platform, clock, items } = start({ failures: 2 });
  await invoke("Tell");
  for (const waitMs of [0, 1000, 2000]) {
    clock.moveTo(clock.nowMs() + waitMs);
    await platform.idle();
  }
  expect(await items("told")).toEqual(["x told! 3"]);
  const failing = start({ failures: 9 });
  await failing.invoke("Tell");
  for (const waitMs of [0, 1000, 2000]) {
    failing.clock.moveTo(failing.clock.nowMs() + waitMs);
    await failing.platform.idle();
  }
  expect(await failing.items("told")).toEqual(["x Busy 3"]);
});

test("a resident follows what it reads, survives a fork, and stops when dismissed", async () => {
  const first = start();
  await first.invoke("Copy", { From: "a" });
  await first.invoke("Put", { Box: "a", Item: "1" });
  await first.platform.idle();
  expect(await first.items("copied")).toEqual(["1"]);

  const fork = start({ engine: first.engine.fork() });
  await fork.invoke("Put", { Box: "a", Item: "2" });
  await fork.platform.idle();
  expect(await fork.items("copied")).toEqual(["1", "2"]);
  expect(await first.items("copied")).toEqual(["1"]);

  await first.invoke("Stop", { From: "a" });
  await first.invoke("Put", { Box: "a", Item: "3" });
  await first.platform.idle();
  expect(await first.items("copied")).toEqual(["1"]);
});

test("what was dispatched and not completed is performed again by the next process", async () => {
  const first = start();
  await first.platform.run({ name: "toy.x" }, (call) => {
    call.dispatch({ effect: "toy.outside", request: "told", completion: "toy.told", context: "x" });
  });
  const crashed = start({ engine: first.engine.fork() });
  await crashed.platform.idle();
  expect(await crashed.items("told")).toEqual(["x told! 1"]);
});

async function recordJournal() {
  const { invoke, platform } = start();
  await invoke("Put", { Box: "a", Item: "1" });
  await invoke("Tell");
  await platform.idle();
  return platform.journal.spans();
}

test("the same seed gives the same journal", async () => {
  expect(await recordJournal()).toEqual(await recordJournal());
});
