/**
 * Functions in processes of their own answer when they like, and two at once would make a run unrepeatable. Taking
 * turns, one event runs at a time, in the order they came; a function that a running one waits for runs at once.
 */
import type { Clock } from "../kernel/clock.ts";
import { SystemClock } from "../kernel/system-clock.ts";

/** A running function may wait for one that waits for its turn: after so long in real time that one runs anyway. */
const patienceMs = 1000;

interface Waiting {
  readonly traceId: string;
  readonly go: () => void;
}

export class Turns {
  readonly #machine: Clock;
  #running: string[] = [];
  #waiting: Waiting[] = [];

  constructor(machine: Clock = new SystemClock()) {
    this.#machine = machine;
  }

  /** Runs `body` when it is its turn. `isNested`: it may be what a running function of the same trace waits for. */
  async take<Result>(traceId: string, isNested: boolean, body: () => Promise<Result>): Promise<Result> {
    const atOnce = this.#running.length === 0 || (isNested && this.#running.includes(traceId));
    if (atOnce) this.#running.push(traceId);
    else await this.#wait(traceId);
    try {
      return await body();
    } finally {
      this.#running.splice(this.#running.indexOf(traceId), 1);
      if (this.#running.length === 0) this.#waiting[0]?.go();
    }
  }

  #wait(traceId: string): Promise<void> {
    return new Promise((resolve) => {
      const waiting: Waiting = {
        traceId,
        go: () => {
          cancel();
          this.#waiting = this.#waiting.filter((each) => each !== waiting);
          this.#running.push(traceId);
          resolve();
        },
      };
      const cancel = this.#machine.at(this.#machine.nowMs() + patienceMs, waiting.go);
      this.#waiting.push(waiting);
    });
  }
}
