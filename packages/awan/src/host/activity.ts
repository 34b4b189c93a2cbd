/**
 * Counts what is under way, so that quiescence is a fact and not a guess: operations that run, effects being performed,
 * duties and residents about to run. Parked operations wait for time or for others and do not count.
 */
export class Activity {
  #running = 0;
  #waiters: (() => void)[] = [];
  #looking = false;
  /** Called whenever the count falls to zero, before those who wait for it are told; it may begin something new. */
  onIdle: (() => void) | undefined;

  constructor(onIdle?: () => void) {
    this.onIdle = onIdle;
  }

  get running(): number {
    return this.#running;
  }

  begin(): void {
    this.#running += 1;
  }

  end(): void {
    this.#running -= 1;
    const cared = this.onIdle !== undefined || this.#waiters.length > 0;
    if (this.#running > 0 || this.#looking || !cared) return;
    this.#looking = true;
    // What ended may go on in a microtask (an answer that makes its caller ask again): look again after those.
    setImmediate(() => {
      this.#looking = false;
      if (this.#running > 0) return;
      this.onIdle?.();
      if (this.#running > 0) return;
      const waiters = this.#waiters;
      this.#waiters = [];
      for (const wake of waiters) wake();
    });
  }

  async during<Result>(body: () => Promise<Result>): Promise<Result> {
    this.begin();
    try {
      return await body();
    } finally {
      this.end();
    }
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
      this.begin();
      this.end();
    });
  }
}
