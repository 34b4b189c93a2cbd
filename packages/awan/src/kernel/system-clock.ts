/** The machine's own time: the only file that reads it or sets a timer. */
import type { Clock } from "./clock.ts";

/** setTimeout overflows at 2^31 - 1 ms; a longer wait is made of several. */
const timerMsMax = 2_147_483_647;

export class SystemClock implements Clock {
  nowMs(): number {
    return Date.now();
  }

  at(timeMs: number, wake: () => void): () => void {
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const leftMs = timeMs - Date.now();
      timer = leftMs > timerMsMax ? setTimeout(arm, timerMsMax) : setTimeout(wake, Math.max(0, leftMs));
    };
    arm();
    return () => clearTimeout(timer);
  }

  idle(): void {}
}
