/**
 * Who is to be woken when a key is written. Watched ranges are cut at their ends into segments that do not overlap,
 * each with the set of its watchers, kept in order: a commit finds the watchers of a key in O(log n), however many wait.
 */
import type { Range } from "./engine.ts";
import { OrderedMap } from "./ordered-map.ts";

export class RangeWatchers<Watcher> {
  /** Start of a segment → its watchers; it ends where the next one starts. Unwatched gaps have an empty set. */
  readonly #segments = new OrderedMap<Set<Watcher>>();

  add(watcher: Watcher, ranges: readonly Range[]): void {
    for (const { from, to } of ranges) {
      if (from >= to) continue;
      this.#cut(from);
      this.#cut(to);
      for (const [, watchers] of this.#segments.rows({ from, to })) watchers.add(watcher);
    }
  }

  /** Ranges must be those it was added with. */
  remove(watcher: Watcher, ranges: readonly Range[]): void {
    for (const { from, to } of ranges) {
      const starts: string[] = [];
      for (const [start, watchers] of this.#segments.rows({ from, to })) {
        watchers.delete(watcher);
        starts.push(start);
      }
      starts.push(to);
      for (const start of starts) this.#joinIfUnwatched(start);
    }
  }

  /** Adds to `woken` everyone who watches `key`. */
  collect(key: string, woken: Set<Watcher>): void {
    const segment = this.#segments.atOrBefore(key);
    if (segment === undefined) return;
    for (const watcher of segment[1]) woken.add(watcher);
  }

  get segmentCount(): number {
    return this.#segments.size;
  }

  #cut(at: string): void {
    const segment = this.#segments.atOrBefore(at);
    if (segment?.[0] === at) return;
    this.#segments.set(at, new Set(segment?.[1]));
  }

  #joinIfUnwatched(start: string): void {
    if (this.#segments.get(start)?.size !== 0) return;
    const before = this.#segments.before(start);
    if (before === undefined || before[1].size === 0) this.#segments.delete(start);
  }
}
