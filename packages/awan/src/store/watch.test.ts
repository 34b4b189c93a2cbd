import * as fc from "fast-check";
import { expect, test } from "vitest";
import { RangeWatchers } from "./watch.ts";

test("a key wakes exactly those whose ranges hold it, and removal leaves nothing behind", () => {
  const point = fc.string({ maxLength: 2, unit: fc.constantFrom("a", "b", "c") });
  const ranges = fc.array(fc.tuple(point, point), { maxLength: 3 });
  fc.assert(
    fc.property(fc.array(ranges, { maxLength: 8 }), point, (watchers, key) => {
      const watched = new RangeWatchers<number>();
      const all = watchers.map((list) => list.map(([from, to]) => ({ from, to })));
      for (const [i, list] of all.entries()) watched.add(i, list);
      const woken = new Set<number>();
      watched.collect(key, woken);
      const expected = all.flatMap((list, i) =>
        list.some(({ from, to }) => from <= key && key < to) ? [i] : [],
      );
      expect([...woken].toSorted((a, b) => a - b)).toEqual(expected);
      for (const [i, list] of all.entries()) watched.remove(i, list);
      expect(watched.segmentCount).toBe(0);
    }),
  );
});
