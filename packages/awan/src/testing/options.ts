/** What a test says about the application it wants. */
import type { ApplicationSource } from "../deploy/application.ts";
import type { FaultProfile } from "../host/faults.ts";
import { type Clock, ManualClock, SkippingClock } from "../kernel/clock.ts";
import { SystemClock } from "../kernel/system-clock.ts";

/** What is deployed: `template`, `cdk`, `cloudAssembly` or `serverless`; nothing without. */
export interface StartAppOptions extends ApplicationSource {
  /** `manual` (the default) moves when told; `skipping` jumps ahead while a call waits; `system` is the machine's. */
  readonly clock?: "manual" | "skipping" | "system";
  /** When a manual or skipping clock starts: epoch milliseconds or an ISO date. 2026-01-01T00:00:00Z by default. */
  readonly startAt?: number | string;
  /** The run is a function of it; 1 by default. */
  readonly seed?: number;
  /** Requires correct signatures: clients get the keys test/test. */
  readonly auth?: boolean;
  /** `enforce` decides every call by its caller's policies; roots of accounts, the keys test/test among them, may do all. */
  readonly iam?: "off" | "enforce";
  /** What goes wrong once the application is deployed; `app.faults` adds more. */
  readonly faults?: FaultProfile;
  /**
   * Functions in processes of their own take turns, one event at a time, so that the same seed gives the same run as far
   * as their code allows. `explore` does so; functions replaced by callbacks need no turns.
   */
  readonly repeatable?: boolean;
  /** Receives hints about a test that waits for what cannot come; they are process warnings by default. */
  readonly onWarning?: (warning: string) => void;
}

const defaultStart = Date.UTC(2026, 0, 1);

export function clockOf(options: StartAppOptions): Clock {
  const start =
    typeof options.startAt === "string" ? Date.parse(options.startAt) : (options.startAt ?? defaultStart);
  if (Number.isNaN(start)) throw new RangeError(`startAt is no date: ${options.startAt}`);
  switch (options.clock ?? "manual") {
    case "system":
      return new SystemClock();
    case "skipping":
      return new SkippingClock(start);
    default:
      return new ManualClock(start);
  }
}

/** The seed of the `count`th thing made from something seeded with `seed`. */
export function seedFrom(seed: number, count: number): number {
  return (Math.imul(seed ^ (count + 0x9e3779b9), 0x85ebca6b) >>> 0) * 4096 + (count % 4096);
}
