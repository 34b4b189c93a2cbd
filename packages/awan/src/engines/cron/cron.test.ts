/** AWS's own examples of schedule expressions, the refusals its service gives, and an obvious oracle beside the search. */
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { nextTimeMs, parseSchedule } from "./cron.ts";

const next = (expression: string, after: string): string | undefined => {
  const schedule = parseSchedule(expression);
  if (schedule === undefined) throw new Error(`refused: ${expression}`);
  const atMs = nextTimeMs(schedule, Date.parse(after));
  return atMs === undefined ? undefined : new Date(atMs).toISOString().slice(0, 16);
};

describe("next time", () => {
  test.each([
    ["cron(0 10 * * ? *)", "2026-01-01T10:00:00Z", "2026-01-02T10:00"],
    ["cron(15 12 * * ? *)", "2026-01-01T10:00:00Z", "2026-01-01T12:15"],
    ["cron(0 18 ? * MON-FRI *)", "2026-11-20T18:00:00Z", "2026-11-23T18:00"],
    ["cron(0 8 1 * ? *)", "2026-01-01T08:00:00Z", "2026-02-01T08:00"],
    ["cron(0/15 * * * ? *)", "2026-01-01T10:50:30Z", "2026-01-01T11:00"],
    ["cron(0/5 8-17 ? * MON-FRI *)", "2026-11-20T17:55:00Z", "2026-11-23T08:00"],
    ["cron(0/30 20-2 ? * MON-FRI *)", "2026-11-20T02:30:00Z", "2026-11-20T20:00"],
    ["cron(0 2 ? * SAT#3 *)", "2026-11-01T00:00:00Z", "2026-11-21T02:00"],
    ["cron(15 10 ? * 6L 2026-2027)", "2026-11-01T00:00:00Z", "2026-11-27T10:15"],
    ["cron(15 10 ? * 6L 2002-2005)", "2026-11-01T00:00:00Z", undefined],
    ["cron(0 0 L * ? *)", "2028-02-01T00:00:00Z", "2028-02-29T00:00"],
    ["cron(0 0 LW * ? *)", "2026-05-01T00:00:00Z", "2026-05-29T00:00"],
    ["cron(0 0 15W * ? *)", "2026-08-01T00:00:00Z", "2026-08-14T00:00"],
    ["cron(0 0 1W * ? *)", "2026-07-31T00:00:00Z", "2026-08-03T00:00"],
    ["cron(0 0 29 2 ? *)", "2026-11-21T00:00:00Z", "2028-02-29T00:00"],
    ["cron(0 0 ? * FRI-MON *)", "2026-11-23T00:00:00Z", "2026-11-27T00:00"],
    ["cron(0 0 1 JAN,JUL ? *)", "2026-02-01T00:00:00Z", "2026-07-01T00:00"],
    ["rate(5 minutes)", "2026-01-01T00:00:00Z", "2026-01-01T00:05"],
    ["rate(1 day)", "2026-01-01T00:00:00Z", "2026-01-02T00:00"],
  ])("%s after %s", (expression, after, expected) => {
    expect(next(expression, after)).toBe(expected);
  });

  property.prop([
    fc.integer({ min: 0, max: 59 }),
    fc.integer({ min: 0, max: 23 }),
    fc.integer({ min: 1, max: 7 }),
    fc.integer({ min: 1_600_000_000, max: 2_000_000_000 }),
  ])("is the first minute that fits", (minute, hour, weekDay, afterSeconds) => {
    const schedule = parseSchedule(`cron(${minute} ${hour} ? * ${weekDay} *)`);
    const afterMs = afterSeconds * 1000;
    let expected = Math.floor(afterMs / 60_000) * 60_000 + 60_000;
    const fits = (atMs: number): boolean => {
      const at = new Date(atMs);
      return at.getUTCMinutes() === minute && at.getUTCHours() === hour && at.getUTCDay() + 1 === weekDay;
    };
    while (!fits(expected)) expected += 60_000;
    expect(schedule && nextTimeMs(schedule, afterMs)).toBe(expected);
  });
});

test.each([
  "rate(10 seconds)",
  "rate(1 minutes)",
  "rate(10 minute)",
  "rate()",
  "rate(10)",
  "rate(foo minutes)",
  "rate(0 minutes)",
  "rate(-10 minutes)",
  "rate(10 MINUTES)",
  "rate( 10 minutes )",
  " rate(10 minutes)",
  "cron(0 1 * * * *)",
  "cron(0 1 ? * ? *)",
  "cron(7 20 * * NOT *)",
  "cron(INVALID)",
  "cron(0 dummy ? * MON-FRI *)",
  "cron(71 8 1 * ? *)",
  "cron(0 8 1 * ?)",
  "cron(0/0 8 1 * ? *)",
  "0 10 * * ? *",
])("%s is refused", (expression) => {
  expect(parseSchedule(expression)).toBeUndefined();
});
