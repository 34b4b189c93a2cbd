import * as fc from "fast-check";
import { expect, test } from "vitest";
import { AwsError } from "../kernel/errors.ts";
import { MemoryEngine } from "./engines/memory.ts";
import { Draft } from "./transaction.ts";

const key = fc.string({ minLength: 1, maxLength: 2, unit: fc.constantFrom("a", "b", "c", "d") });
const write = fc.tuple(key, fc.option(fc.nat(9)));

test("scans see the stored rows with the transaction's own writes over them", () => {
  fc.assert(
    fc.property(
      fc.array(write),
      fc.array(write),
      key,
      key,
      fc.boolean(),
      (stored, own, from, to, reverse) => {
        const engine = new MemoryEngine();
        engine.commit(new Map(stored.map(([k, v]) => [k, v === null ? null : { value: v }])));
        const draft = new Draft(engine);
        const model = new Map<string, number>();
        // The scan before the writes makes the sorted index of own keys, which later writes must keep up.
        expect([...draft.scan({ from, to: from })]).toEqual([]);
        for (const [k, v] of [...stored, ...own]) {
          if (v === null) model.delete(k);
          else model.set(k, v);
        }
        for (const [k, v] of own) {
          if (v === null) draft.delete(k);
          else draft.set(k, v);
        }
        const expected = [...model]
          .filter(([k]) => k >= from && k < to)
          .toSorted(([a], [b]) => (a < b ? -1 : 1));
        expect([...draft.scan({ from, to }, reverse)]).toEqual(reverse ? expected.toReversed() : expected);
      },
    ),
  );
});

test("rows may be deleted and added while they are walked", () => {
  const draft = new Draft(new MemoryEngine());
  for (const k of ["a", "b", "c"]) draft.set(k, k);
  const seen: string[] = [];
  for (const [k] of draft.scan({ from: "a", to: "z" })) {
    seen.push(k);
    draft.delete(k);
    if (k === "b") draft.set("y", "y");
  }
  expect(seen).toEqual(["a", "b", "c", "y"]);
});

test("what counts as read ends where the walk ended", () => {
  const engine = new MemoryEngine();
  engine.commit(new Map(["a", "b", "c"].map((k) => [k, { value: 1 }])));
  const draft = new Draft(engine);
  for (const [k] of draft.scan({ from: "a", to: "z" })) if (k === "b") break;
  expect(draft.reads()).toEqual([{ from: "a", to: "b\0" }]);
});

test("a failed savepoint undoes its own writes and no others", () => {
  const draft = new Draft(new MemoryEngine());
  draft.set("a", 1);
  const outcome = draft.attempt(() => {
    draft.set("a", 2);
    draft.set("b", 2);
    draft.savepoint(() => draft.set("c", 2));
    throw new AwsError("Refused", "no");
  });
  expect(outcome).toBeInstanceOf(AwsError);
  expect([...draft.scan({ from: "a", to: "z" })]).toEqual([["a", 1]]);
});
