/**
 * The machine's own time: the only file that reads it or sets a timer. It can be moved ahead (`awan clock advance 1h`):
 * from then on it runs that much ahead of the machine, and everything that came due in between happens.
 */
import type { MovableClock } from "./clock.ts";

/** setTimeout overflows at 2^31 - 1 ms; a longer wait is made of several. */
const timerMsMax = 2_147_483_647;

interface Alarm {
  readonly timeMs: number;
  readonly wake: () => void;
  timer: NodeJS.Timeout | undefined;
}

export class SystemClock implements MovableClock {
  #aheadMs = 0;
  readonly #alarms = new Set<Alarm>();

  nowMs(): number {
    return Date.now() + this.#aheadMs;
  }

  at(timeMs: number, wake: () => void): () => void {
    const alarm: Alarm = { timeMs, wake, timer: undefined };
    this.#alarms.add(alarm);
    this.#arm(alarm);
    return () => {
      clearTimeout(alarm.timer);
      this.#alarms.delete(alarm);
    };
  }

  nextMs(): number | undefined {
    let next: number | undefined;
    for (const { timeMs } of this.#alarms) if (next === undefined || timeMs < next) next = timeMs;
    return next;
  }

  moveTo(timeMs: number): void {
    this.#aheadMs += Math.max(0, timeMs - this.nowMs());
    const alarms = [...this.#alarms].toSorted((a, b) => a.timeMs - b.timeMs);
    for (const alarm of alarms) {
      clearTimeout(alarm.timer);
      if (alarm.timeMs > this.nowMs()) this.#arm(alarm);
      else this.#ring(alarm);
    }
  }

  idle(): void {}

  /** A clock that is as far ahead as this one, or as far as `startMs` is, without the alarms. */
  fork(startMs: number = this.nowMs()): SystemClock {
    const clock = new SystemClock();
    clock.moveTo(startMs);
    return clock;
  }

  #arm(alarm: Alarm): void {
    const leftMs = alarm.timeMs - this.nowMs();
    alarm.timer = setTimeout(
      () => {
        if (leftMs > timerMsMax) {
          this.#arm(alarm);
          return;
        }
        this.#ring(alarm);
      },
      Math.min(Math.max(0, leftMs), timerMsMax),
    );
  }

  #ring(alarm: Alarm): void {
    if (this.#alarms.delete(alarm)) alarm.wake();
  }
}
