/**
 * Python 2.7 had two kinds of strings and printed them differently: `u'…'` what came out of a template, `'…'` what the
 * translator's own code wrote. Inside an API document the second kind, keys too, carries an invisible mark; everything
 * unmarked is the first kind. The marks are taken off before a template leaves the transform.
 */
import { isDict } from "../../template/value.ts";

const mark = "\u{e000}";
const decimalMark = "\u{e001}";

/** A number that was written with a fraction of zero: Python prints it so, JavaScript has forgotten it. */
export const decimal = (value: number): string => `${decimalMark}${value}.0`;

export const isDecimal = (text: string): boolean => text.startsWith(decimalMark);

export const byteString = (text: string): string => mark + text;

export const isByteString = (text: string): boolean => text.startsWith(mark);

export const withoutMark = (text: string): string =>
  text.startsWith(mark) || text.startsWith(decimalMark) ? text.slice(1) : text;

/** A literal of our own: every key and every string in it is a byte string. Its dictionaries are Python 3's: ordered. */
export function byteStrings(literal: unknown): unknown {
  if (typeof literal === "string") return byteString(literal);
  if (Array.isArray(literal)) return literal.map(byteStrings);
  if (!isDict(literal)) return literal;
  return Object.fromEntries(
    Object.entries(literal).map(([key, value]) => [byteString(key), byteStrings(value)]),
  );
}
