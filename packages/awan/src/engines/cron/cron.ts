/**
 * AWS's schedule expressions: `rate(5 minutes)`, `cron(0 10 ? * MON-FRI *)` in UTC, and when they are next due. Pure: time is
 * an argument. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
import {
  bounds,
  type DaysOfMonth,
  type DaysOfWeek,
  parseDaysOfMonth,
  parseDaysOfWeek,
  parseValues,
} from "./fields.ts";

export interface Rate {
  readonly kind: "rate";
  readonly everyMs: number;
}

export interface Cron {
  readonly kind: "cron";
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  /** Undefined for `?`. */
  readonly daysOfMonth: DaysOfMonth | undefined;
  readonly months: ReadonlySet<number>;
  /** Undefined for `?`. */
  readonly daysOfWeek: DaysOfWeek | undefined;
  readonly years: ReadonlySet<number>;
}

export type Schedule = Rate | Cron;

const minuteMs = 60_000;
const dayMs = 86_400_000;
const unitsMs: Readonly<Record<string, number>> = { minute: minuteMs, hour: 3_600_000, day: dayMs };

/** Undefined when AWS would refuse the expression. */
export function parseSchedule(expression: string): Schedule | undefined {
  const call = /^(rate|cron)\((.*)\)$/.exec(expression);
  if (call === null) return undefined;
  return call[1] === "rate" ? parseRate(call[2] ?? "") : parseCron(call[2] ?? "");
}

/** One of something is singular, and only one. */
function parseRate(text: string): Rate | undefined {
  const match = /^([1-9]\d{0,8}) (minute|hour|day)(s?)$/.exec(text);
  if (match === null) return undefined;
  const [, count = "", unit = "", plural = ""] = match;
  if ((count === "1") !== (plural === "")) return undefined;
  return { kind: "rate", everyMs: Number(count) * (unitsMs[unit] ?? 0) };
}

/** Minutes, hours, day of the month, month, day of the week, year; exactly one of the days is `?`. */
export function parseCron(text: string): Cron | undefined {
  const fields = text.trim().split(/ +/);
  if (fields.length !== 6) return undefined;
  const [minute = "", hour = "", monthDay = "", month = "", weekDay = "", year = ""] = fields;
  if ((monthDay === "?") === (weekDay === "?")) return undefined;
  const minutes = parseValues(minute, bounds.minute);
  const hours = parseValues(hour, bounds.hour);
  const months = parseValues(month, bounds.month);
  const years = parseValues(year, bounds.year);
  const daysOfMonth = monthDay === "?" ? undefined : parseDaysOfMonth(monthDay);
  const daysOfWeek = weekDay === "?" ? undefined : parseDaysOfWeek(weekDay);
  const hasDays = daysOfMonth !== undefined || daysOfWeek !== undefined;
  if (minutes === undefined || hours === undefined || months === undefined || years === undefined) {
    return undefined;
  }
  return hasDays ? { kind: "cron", minutes, hours, daysOfMonth, months, daysOfWeek, years } : undefined;
}

/** The first time later than `afterMs`; undefined when there is none any more. A rate counts from `afterMs`. */
export function nextTimeMs(schedule: Schedule, afterMs: number): number | undefined {
  if (schedule.kind === "rate") return afterMs + schedule.everyMs;
  const first = Math.floor(afterMs / minuteMs) * minuteMs + minuteMs;
  const start = new Date(first);
  let [year, month] = [start.getUTCFullYear(), start.getUTCMonth()];
  for (; year <= bounds.year.max; year += 1, month = 0) {
    if (!schedule.years.has(year)) continue;
    for (; month < 12; month += 1) {
      if (!schedule.months.has(month + 1)) continue;
      const found = inMonth(schedule, { year, month }, first);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

interface Month {
  readonly year: number;
  /** January is 0. */
  readonly month: number;
}

function inMonth(cron: Cron, { year, month }: Month, fromMs: number): number | undefined {
  const days = daysIn({ year, month });
  for (let day = 1; day <= days; day += 1) {
    const startMs = Date.UTC(year, month, day);
    if (startMs + dayMs <= fromMs || !isDay(cron, { year, month }, day)) continue;
    for (let hour = 0; hour < 24; hour += 1) {
      const hourMs = startMs + hour * 3_600_000;
      if (!cron.hours.has(hour) || hourMs + 3_600_000 <= fromMs) continue;
      for (let minute = 0; minute < 60; minute += 1) {
        const atMs = hourMs + minute * minuteMs;
        if (cron.minutes.has(minute) && atMs >= fromMs) return atMs;
      }
    }
  }
  return undefined;
}

const daysIn = ({ year, month }: Month): number => new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
/** Sunday is 1. */
const weekDayOf = ({ year, month }: Month, day: number): number =>
  new Date(Date.UTC(year, month, day)).getUTCDay() + 1;

function isDay(cron: Cron, at: Month, day: number): boolean {
  const { daysOfMonth, daysOfWeek } = cron;
  if (daysOfMonth !== undefined) return isDayOfMonth(daysOfMonth, at, day);
  if (daysOfWeek === undefined) return false;
  const weekDay = weekDayOf(at, day);
  const { values, last, nth } = daysOfWeek;
  if (last !== undefined) return weekDay === last && day + 7 > daysIn(at);
  if (nth !== undefined) return weekDay === nth.day && Math.ceil(day / 7) === nth.week;
  return values.has(weekDay);
}

function isDayOfMonth(days: DaysOfMonth, at: Month, day: number): boolean {
  const count = daysIn(at);
  if (days.last) return day === count;
  if (days.lastWeekday) return day === nearestWeekday(at, count);
  if (days.nearestWeekday === undefined) return days.values.has(day);
  return days.nearestWeekday <= count && day === nearestWeekday(at, days.nearestWeekday);
}

/** Never in another month. */
function nearestWeekday(at: Month, day: number): number {
  const weekDay = weekDayOf(at, day);
  if (weekDay === 7) return day === 1 ? 3 : day - 1;
  if (weekDay === 1) return day === daysIn(at) ? day - 2 : day + 1;
  return day;
}
