/** Tells a test that hangs why: calls wait for a virtual time that nobody moves. */
import { ManualClock, SkippingClock } from "../kernel/clock.ts";
import { SystemClock } from "../kernel/system-clock.ts";
import type { LiveApp } from "./live-app.ts";

const patienceMs = 1000;

/** Looks every second of real time; the returned function ends that. */
export function watchTime(root: LiveApp, onWarning: (warning: string) => void): () => void {
  const machine = new SystemClock();
  const seen = new Map<string, number>();
  let stop: (() => void) | undefined;
  const look = (): void => {
    for (const app of root.everyone()) {
      const { clock, parked } = app.platform;
      const moves = clock instanceof SkippingClock && !clock.paused;
      if (!(clock instanceof ManualClock) || moves) continue;
      for (const { name, untilMs } of parked.list()) {
        const key = `${app.seed} ${name} ${untilMs} ${clock.nowMs()}`;
        const count = (seen.get(key) ?? 0) + 1;
        seen.set(key, count);
        if (count !== 2) continue;
        onWarning(
          `${name} waits for a commit or for ${new Date(untilMs).toISOString()}, ` +
            `${(untilMs - clock.nowMs()) / 1000} s of virtual time from now, and nobody moves the clock: ` +
            'await app.clock.advance(…) meanwhile, or start with clock: "skipping".',
        );
      }
    }
    stop = machine.at(machine.nowMs() + patienceMs, look);
  };
  stop = machine.at(machine.nowMs() + patienceMs, look);
  return () => stop?.();
}
