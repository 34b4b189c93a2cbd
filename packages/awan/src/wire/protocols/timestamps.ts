/** Timestamps on the wire: epoch seconds, RFC 3339 date-times and HTTP dates, read leniently and written as AWS does. */
import { AwsError } from "../../kernel/errors.ts";
import type { TimestampFormat } from "../../model/shape.ts";

export type WireFormat = Exclude<TimestampFormat, "default">;

const numeric = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/** The format to use where the binding location's default is `fallback`. */
export function formatOr(format: TimestampFormat, fallback: WireFormat): WireFormat {
  return format === "default" ? fallback : format;
}

/** A date from a number of seconds, a numeric string or either date form, whatever the model prefers. */
export function parseTimestamp(value: unknown): Date {
  let date: Date | undefined;
  if (value instanceof Date) date = value;
  else if (typeof value === "number") date = fromSeconds(value);
  else if (typeof value === "string")
    date = numeric.test(value) ? fromSeconds(Number(value)) : new Date(value);
  if (date === undefined || Number.isNaN(date.getTime())) {
    throw new AwsError("SerializationException", `${describe(value)} cannot be converted to a timestamp`);
  }
  return date;
}

export function formatTimestamp(date: Date, format: WireFormat): string | number {
  switch (format) {
    case "epoch-seconds":
      return date.getTime() / 1000;
    case "http-date":
      return date.toUTCString();
    default:
      return "keepsMilliseconds" in date ? date.toISOString() : date.toISOString().replace(".000Z", "Z");
  }
}

function fromSeconds(seconds: number): Date {
  // Rounded, because seconds with three decimals times 1000 need not be whole.
  return new Date(Math.round(seconds * 1000));
}

function describe(value: unknown): string {
  return typeof value === "string" ? `'${value}'` : typeof value;
}
