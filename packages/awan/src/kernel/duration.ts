/** Durations as people write them: `15m`, `1.5h`, `30s`, `250ms`, `2d`, `1w`; a bare number is milliseconds. */
const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Milliseconds of a duration. Throws a RangeError that says what was expected. */
export function durationMs(duration: string | number): number {
  if (typeof duration === "number") return duration;
  let total = 0;
  let rest = duration.trim();
  while (rest !== "") {
    const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)\s*/.exec(rest);
    if (match === null)
      throw new RangeError(`not a duration: "${duration}" (write for example 30s, 15m, 1h30m, 2d)`);
    total += Number(match[1]) * (unitMs[match[2] as string] as number);
    rest = rest.slice(match[0].length);
  }
  return total;
}
