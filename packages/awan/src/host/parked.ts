/** Calls that wait for a commit that touches what they read, for time, or for their caller to go away. */
import type { Clock } from "../kernel/clock.ts";
import { AwsError } from "../kernel/errors.ts";
import type { Range } from "../store/engine.ts";
import type { Activity } from "./activity.ts";

/** A call that waits for a commit, or for time. */
export interface Parked {
  readonly name: string;
  readonly untilMs: number;
}

export interface ParkedParts {
  readonly clock: Clock;
  readonly activity: Activity;
  watch(ranges: readonly Range[], wake: () => void): () => void;
}

export class ParkedCalls {
  readonly #parts: ParkedParts;
  /** By what ends the wait with a refusal. */
  readonly #waiting = new Map<(error: AwsError) => void, Parked>();

  constructor(parts: ParkedParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Longest waiting first. */
  list(): readonly Parked[] {
    return [...this.#waiting.values()];
  }

  /** Answers every one of them now, because the cloud is going away. */
  release(): void {
    const error = new AwsError("ServiceUnavailable", "Awan is stopping.", { status: 503, fault: "server" });
    for (const refuse of this.#waiting.keys()) refuse(error);
  }

  /** Resolves when the call is to be run again. */
  wait(reads: readonly Range[], parked: Parked, signal: AbortSignal | undefined): Promise<void> {
    const { activity, clock } = this.#parts;
    return new Promise((resolve, reject) => {
      let waiting = true;
      const done = (end: () => void): void => {
        if (!waiting) return;
        waiting = false;
        stopWatching();
        cancelAlarm();
        signal?.removeEventListener("abort", abort);
        this.#waiting.delete(refuse);
        activity.begin();
        end();
      };
      const wake = (): void => done(resolve);
      const refuse = (error: AwsError): void => done(() => reject(error));
      const abort = (): void =>
        refuse(new AwsError("RequestAborted", "The caller went away.", { status: 499 }));
      this.#waiting.set(refuse, parked);
      const stopWatching = this.#parts.watch(reads, wake);
      const cancelAlarm = clock.at(parked.untilMs, wake);
      signal?.addEventListener("abort", abort);
      activity.end();
      if (signal?.aborted === true) abort();
    });
  }
}
