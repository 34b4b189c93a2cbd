/**
 * The six fields of AWS's cron expressions, each as the set of values it allows; days also by rules (L, W, #) that only a
 * month can answer. Undefined means the expression is refused: AWS never says why.
 */
export interface DaysOfMonth {
  readonly values: ReadonlySet<number>;
  /** `L` */
  readonly last: boolean;
  /** `15W`: the weekday nearest to this day of the same month. */
  readonly nearestWeekday: number | undefined;
  /** `LW` */
  readonly lastWeekday: boolean;
}

/** Days of the week, Sunday as 1. */
export interface DaysOfWeek {
  readonly values: ReadonlySet<number>;
  /** `6L`: the last Friday of the month. */
  readonly last: number | undefined;
  /** `6#3`: the third Friday of the month. */
  readonly nth: { readonly day: number; readonly week: number } | undefined;
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const monthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const monthDays: Bounds = { min: 1, max: 31 };
const weekDays: Bounds = { min: 1, max: 7, names: dayNames };
export const bounds = {
  minute: { min: 0, max: 59 },
  hour: { min: 0, max: 23 },
  month: { min: 1, max: 12, names: monthNames },
  year: { min: 1970, max: 2199 },
} as const satisfies Record<string, Bounds>;

function valueOf(text: string, { min, max, names }: Bounds): number | undefined {
  const named = names?.indexOf(text.toUpperCase()) ?? -1;
  if (named >= 0) return min + named;
  if (!/^\d{1,4}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}

/** `*`, `5`, `1-5`, `MON,WED`, `0/15`, `10-30/5`. */
export function parseValues(field: string, limits: Bounds): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const part of field.split(",")) {
    const match = /^(\*|[^-/]+)(?:-([^-/]+))?(?:\/(\d{1,4}))?$/.exec(part);
    if (match === null) return undefined;
    const [, first = "", end, step] = match;
    if (first === "*" && end !== undefined) return undefined;
    const from = first === "*" ? limits.min : valueOf(first, limits);
    const openEnd = first === "*" || step !== undefined ? limits.max : from;
    const to = end === undefined ? openEnd : valueOf(end, limits);
    const by = step === undefined ? 1 : Number(step);
    if (from === undefined || to === undefined || by === 0) return undefined;
    if (from <= to) {
      for (let value = from; value <= to; value += by) values.add(value);
    } else {
      // A range may run over the end: FRI-MON.
      const count = limits.max - limits.min + 1;
      for (let value = from; value <= to + count; value += by) {
        values.add(limits.min + ((value - limits.min) % count));
      }
    }
  }
  return values;
}

const none: ReadonlySet<number> = new Set();
const onlyMonthDays = (values: ReadonlySet<number>): DaysOfMonth => ({
  values,
  last: false,
  nearestWeekday: undefined,
  lastWeekday: false,
});

export function parseDaysOfMonth(field: string): DaysOfMonth | undefined {
  if (field === "L") return { values: none, last: true, nearestWeekday: undefined, lastWeekday: false };
  if (field === "LW") return { values: none, last: false, nearestWeekday: undefined, lastWeekday: true };
  const nearest = /^(\d{1,2})W$/.exec(field);
  if (nearest !== null) {
    const day = valueOf(nearest[1] ?? "", monthDays);
    if (day === undefined) return undefined;
    return { values: none, last: false, nearestWeekday: day, lastWeekday: false };
  }
  const values = parseValues(field, monthDays);
  return values === undefined ? undefined : onlyMonthDays(values);
}

export function parseDaysOfWeek(field: string): DaysOfWeek | undefined {
  if (field === "L") return { values: new Set([7]), last: undefined, nth: undefined };
  const last = /^(\w{1,3})L$/.exec(field);
  if (last !== null) {
    const day = valueOf(last[1] ?? "", weekDays);
    return day === undefined ? undefined : { values: none, last: day, nth: undefined };
  }
  const nth = /^(\w{1,3})#([1-5])$/.exec(field);
  if (nth !== null) {
    const day = valueOf(nth[1] ?? "", weekDays);
    return day === undefined
      ? undefined
      : { values: none, last: undefined, nth: { day, week: Number(nth[2]) } };
  }
  const values = parseValues(field, weekDays);
  return values === undefined ? undefined : { values, last: undefined, nth: undefined };
}
