/** Time in the test's hands. */
import type { Platform } from "../host/platform.ts";
import { isMovable, type MovableClock, SkippingClock } from "../kernel/clock.ts";
import { durationMs } from "../kernel/duration.ts";
import { SystemClock } from "../kernel/system-clock.ts";
import { settle } from "./settle.ts";

/** A wait of hours passes thousands of alarms; more than this is something that re-arms itself for ever. */
const stepsMax = 1_000_000;

export interface AppClock {
  nowMs(): number;
  /** Moves by a duration (`"15m"`, milliseconds); what comes due on the way happens in order, each at its own time. */
  advance(by: string | number): Promise<void>;
  /** Moves to the next moment something is due; returns it, or undefined when nothing ever will be. */
  skipToNext(): Promise<number | undefined>;
  /** Moves until the date (ISO or epoch milliseconds), or until the predicate holds after what came due has happened. */
  runUntil(goal: number | string | Date | (() => boolean | Promise<boolean>)): Promise<void>;
  /** Stops a skipping clock from jumping, until `resume`. Manual clocks never move by themselves. */
  pause(): void;
  resume(): void;
}

export function appClock(platformNow: () => Platform): AppClock {
  const movable = (): MovableClock => {
    const { clock } = platformNow();
    if (!isMovable(clock)) throw new RangeError("this clock cannot be moved");
    return clock;
  };
  const skipToNext = async (): Promise<number | undefined> => {
    const clock = movable();
    await settle(platformNow());
    const next = clock.nextMs();
    if (next === undefined) return undefined;
    clock.moveTo(next);
    await settle(platformNow());
    return clock.nowMs();
  };
  const moveTo = async (untilMs: number): Promise<void> => {
    const clock = movable();
    await settle(platformNow());
    for (let next = clock.nextMs(); next !== undefined && next <= untilMs; next = clock.nextMs()) {
      clock.moveTo(next);
      await settle(platformNow());
    }
    clock.moveTo(untilMs);
    await settle(platformNow());
  };
  const skipping = (paused: boolean): void => {
    const { clock } = platformNow();
    if (clock instanceof SkippingClock) clock.paused = paused;
    else if (clock instanceof SystemClock)
      throw new RangeError('the machine\'s clock cannot be paused: start with clock: "manual"');
  };
  return {
    nowMs: () => platformNow().clock.nowMs(),
    advance: (by) => moveTo(platformNow().clock.nowMs() + durationMs(by)),
    skipToNext,
    async runUntil(goal) {
      if (typeof goal !== "function") {
        const untilMs = typeof goal === "number" ? goal : new Date(goal).getTime();
        if (Number.isNaN(untilMs)) throw new RangeError(`no date: ${String(goal)}`);
        await moveTo(untilMs);
        return;
      }
      await settle(platformNow());
      for (let steps = 0; !(await goal()); steps += 1) {
        if (steps === stepsMax || (await skipToNext()) === undefined)
          throw new Error("runUntil: the goal was not reached, and nothing is due any more");
      }
    },
    pause: () => skipping(true),
    resume: () => skipping(false),
  };
}
