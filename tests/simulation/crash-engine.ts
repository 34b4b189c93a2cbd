/** Rows that remember what they were at one commit: what a process that died there would find when it comes back. */
import type { Engine, Range, Writes } from "../../packages/awan/src/store/engine.ts";

export class CrashEngine implements Engine {
  commits = 0;
  /** The rows as the crash left them. */
  crashed: Engine | undefined;
  readonly #rows: Engine;
  #crashAt: number;

  /** Dies right after commit number `crashAt`; never when that is 0. */
  constructor(rows: Engine, crashAt: number) {
    this.#rows = rows;
    this.#crashAt = crashAt;
  }

  get hasCrashed(): boolean {
    return this.crashed !== undefined;
  }

  /** Dies right after the commit that is `commits` from now, unless it is to die anyway. */
  dieAfter(commits: number): void {
    if (this.#crashAt <= this.commits) this.#crashAt = this.commits + commits;
  }

  get(key: string): unknown {
    return this.#rows.get(key);
  }

  scan(range: Range, reverse: boolean): Iterable<readonly [string, unknown]> {
    return this.#rows.scan(range, reverse);
  }

  commit(writes: Writes): number {
    const number = this.#rows.commit(writes);
    this.commits += 1;
    if (this.commits === this.#crashAt) this.crashed = this.#rows.fork?.();
    return number;
  }

  durable(commit: number): Promise<void> | undefined {
    return this.#rows.durable(commit);
  }

  takeNewestRead(): number {
    return this.#rows.takeNewestRead();
  }

  fork(): Engine {
    if (this.#rows.fork === undefined) throw new Error("rows that cannot be forked");
    return this.#rows.fork();
  }

  close(): Promise<void> {
    return this.#rows.close();
  }
}
