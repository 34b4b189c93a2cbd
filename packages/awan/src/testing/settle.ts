/** Waiting until nothing is left to happen now, and saying what keeps happening when that does not come. */
import type { Platform } from "../host/platform.ts";

/** A settle of honest work stays far below this; one that keeps itself busy reaches it within a second. */
export const runsMaxDefault = 20_000;

export class NotSettledError extends Error {
  override name = "NotSettledError";
  /** How often each resident, duty, completion and function ran, most often first. */
  readonly runs: ReadonlyMap<string, number>;

  constructor(runs: ReadonlyMap<string, number>, runsMax: number) {
    const cycle = [...runs].slice(0, 4).map(([name, count]) => `${name} (${count}×)`);
    super(
      `the application does not settle: after ${runsMax} runs it still keeps itself busy. ` +
        `Going round: ${cycle.join(" → ")}. Does something write what it is triggered by?`,
    );
    this.runs = runs;
  }
}

/** Resolves when nothing is left to happen now. Throws a NotSettledError after `runsMax` runs. */
export async function settle(platform: Platform, runsMax: number = runsMaxDefault): Promise<void> {
  const runs = new Map<string, number>();
  let total = 0;
  let giveUp: ((error: Error) => void) | undefined;
  const exhausted = new Promise<never>((_resolve, reject) => {
    giveUp = reject;
  });
  const before = platform.onTransaction;
  platform.onTransaction = (name) => {
    before?.(name);
    runs.set(name, (runs.get(name) ?? 0) + 1);
    total += 1;
    if (total !== runsMax) return;
    const sorted = new Map([...runs].toSorted((a, b) => b[1] - a[1]));
    giveUp?.(new NotSettledError(sorted, runsMax));
  };
  try {
    await Promise.race([platform.idle(), exhausted]);
  } finally {
    platform.onTransaction = before;
  }
}
