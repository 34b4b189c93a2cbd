/** The ordered map against a sorted array, with small nodes so that they split, join and are shared all the time. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { OrderedMap } from "./ordered-map.ts";

// Long common beginnings, keys that begin others, the greatest byte, and bounds beyond every byte.
const key = fc
  .tuple(
    fc.constantFrom("", "tenant/table/", "tenant/table/partition-0123456789/"),
    fc.string({ maxLength: 9, unit: fc.constantFrom("a", "b", "\0", "\xff") }),
  )
  .map(([prefix, rest]) => prefix + rest);
const bound = fc.oneof(key, fc.constantFrom("", "\xff", "\uffff", "tenant/\uffff", "tenant/table/b\uffff"));
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("set" as const), key, value: fc.nat(99) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("delete" as const), key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("fork" as const, "swap" as const) }) },
);

const sorted = (model: ReadonlyMap<string, number>): [string, number][] =>
  [...model].toSorted(([a], [b]) => (a < b ? -1 : 1));

test("agrees with a sorted array in gets and walks of both directions; forks do not see each other", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(8, 64),
      fc.array(step, { maxLength: 400 }),
      fc.array(fc.tuple(bound, bound), { minLength: 4, maxLength: 8 }),
      (capacity, steps, bounds) => {
        let map = new OrderedMap<number>({ capacity });
        let model = new Map<string, number>();
        const others: [OrderedMap<number>, Map<string, number>][] = [];
        for (const each of steps) {
          if (each.kind === "set") {
            map.set(each.key, each.value);
            model.set(each.key, each.value);
          } else if (each.kind === "delete") {
            map.delete(each.key);
            model.delete(each.key);
          } else if (each.kind === "fork") others.push([map.clone(), new Map(model)]);
          else {
            const [other] = others.splice(0, 1);
            if (other === undefined) continue;
            others.push([map, model]);
            [map, model] = other;
          }
        }
        for (const [each, expected] of [[map, model] as const, ...others]) {
          expect(each.size).toBe(expected.size);
          for (const [k, v] of expected) expect(each.get(k)).toBe(v);
          for (const [from, to] of bounds) {
            expect(each.get(from)).toBe(expected.get(from));
            const rows = sorted(expected).filter(([k]) => k >= from && k < to);
            expect([...each.rows({ from, to })]).toEqual(rows);
            expect([...each.rows({ from, to }, true)]).toEqual(rows.toReversed());
            expect(each.before(to)).toEqual(sorted(expected).findLast(([k]) => k < to));
            expect(each.atOrBefore(to)).toEqual(sorted(expected).findLast(([k]) => k <= to));
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

const name = (i: number): string => `queue/${String(i).padStart(7, "0")}`;

test("a hundred thousand rows in order, taken away from the front as a queue does, and at random", () => {
  const map = new OrderedMap<number>();
  for (let i = 0; i < 100_000; i += 1) map.set(name(i), i);
  expect(map.get(name(54_321))).toBe(54_321);
  for (let i = 0; i < 90_000; i += 1) map.delete(name(i));
  expect(map.rows({ from: "", to: "r" }).next().value).toEqual([name(90_000), 90_000]);
  // 7,919 and 10,000 have no common factor: every row once.
  for (let i = 0; i < 10_000; i += 1) map.delete(name(90_000 + ((i * 7_919) % 10_000)));
  expect(map.size).toBe(0);
  expect([...map.rows({ from: "", to: "\uffff" })]).toEqual([]);
});
