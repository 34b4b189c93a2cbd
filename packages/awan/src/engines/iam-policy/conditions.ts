/** Condition operators ("IAM JSON policy elements: Condition operators"): each compares one value of the request with one of the policy. */
import type { Condition } from "./document.ts";
import { type Context, matchesArn, matchesPattern, protect, unprotect, withVariables } from "./pattern.ts";

type Compare = (actual: string, wanted: string) => boolean;

const numeric =
  (stands: (a: number, b: number) => boolean): Compare =>
  (actual, wanted) => {
    const [a, b] = [Number(actual), Number(wanted)];
    return actual !== "" && wanted !== "" && !Number.isNaN(a) && !Number.isNaN(b) && stands(a, b);
  };

/** ISO 8601 or epoch seconds. */
const timeOf = (text: string): number =>
  /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
const dated =
  (stands: (a: number, b: number) => boolean): Compare =>
  (actual, wanted) => {
    const [a, b] = [timeOf(actual), timeOf(wanted)];
    return !Number.isNaN(a) && !Number.isNaN(b) && stands(a, b);
  };

/** Operators that say yes; those with Not are the negation of one of these. */
const positive: Readonly<Record<string, Compare>> = {
  StringEquals: (actual, wanted) => actual === wanted,
  StringEqualsIgnoreCase: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  StringLike: (actual, wanted) => matchesPattern(wanted, actual),
  NumericEquals: numeric((a, b) => a === b),
  NumericLessThan: numeric((a, b) => a < b),
  NumericLessThanEquals: numeric((a, b) => a <= b),
  NumericGreaterThan: numeric((a, b) => a > b),
  NumericGreaterThanEquals: numeric((a, b) => a >= b),
  DateEquals: dated((a, b) => a === b),
  DateLessThan: dated((a, b) => a < b),
  DateLessThanEquals: dated((a, b) => a <= b),
  DateGreaterThan: dated((a, b) => a > b),
  DateGreaterThanEquals: dated((a, b) => a >= b),
  Bool: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  BinaryEquals: (actual, wanted) => actual === wanted,
  IpAddress: (actual, wanted) => inRange(actual, wanted),
  ArnEquals: matchesArnWanted,
  ArnLike: matchesArnWanted,
};

function matchesArnWanted(actual: string, wanted: string): boolean {
  return (wanted === "*" || wanted.split(":").length >= 6) && matchesArn(wanted, actual);
}

const negated: Readonly<Record<string, string>> = {
  StringNotEquals: "StringEquals",
  StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
  StringNotLike: "StringLike",
  NumericNotEquals: "NumericEquals",
  DateNotEquals: "DateEquals",
  NotIpAddress: "IpAddress",
  ArnNotEquals: "ArnEquals",
  ArnNotLike: "ArnLike",
};

/** Whether the request's context satisfies the condition. An operator that does not exist is never satisfied. */
export function holds(condition: Condition, context: Context, hasVariables: boolean): boolean {
  const given = context[condition.key];
  if (condition.operator === "Null")
    return condition.values.some((value) => (value === "true") === (given === undefined));
  const isNegated = Object.hasOwn(negated, condition.operator);
  const compare = positive[isNegated ? (negated[condition.operator] as string) : condition.operator];
  if (compare === undefined) return false;
  if (given === undefined)
    return isNegated || condition.ifExists || condition.quantifier === "ForAllValues"
      ? condition.quantifier !== "ForAnyValue" || condition.ifExists
      : false;
  const wanted = condition.values.flatMap((value) => {
    const text = hasVariables ? withVariables(value, context) : value;
    return text === undefined ? [] : [text];
  });
  const isPattern = /Like$|^Arn/.test(condition.operator);
  const matchesOne = (actual: string): boolean =>
    wanted.some((value) =>
      isPattern ? compare(protect(actual), value) : compare(actual, unprotect(value)),
    ) !== isNegated;
  const actual = typeof given === "string" ? [given] : given;
  if (condition.quantifier === "ForAllValues") return actual.every(matchesOne);
  // Without a quantifier a negated operator must hold for every value, a positive one for any.
  if (condition.quantifier === undefined && isNegated) return actual.every(matchesOne);
  return actual.some(matchesOne);
}

/** An address within `10.0.0.0/8`, `2001:db8::/32`, or equal to it. */
function inRange(address: string, range: string): boolean {
  const [base = "", length] = range.split("/");
  const [a, b] = [bitsOf(address), bitsOf(base)];
  if (a === undefined || b === undefined || a.width !== b.width) return false;
  const shift = BigInt(a.width - (length === undefined ? a.width : Number(length)));
  return a.value >> shift === b.value >> shift;
}

interface Bits {
  readonly value: bigint;
  readonly width: number;
}

function bitsOf(address: string): Bits | undefined {
  if (address.includes(":")) return bits6(address);
  const parts = address.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255))
    return undefined;
  return { value: parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n), width: 32 };
}

function bits6(address: string): Bits | undefined {
  const [head = "", tail] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const missing = 8 - left.length - right.length;
  if (missing < 0 || (tail === undefined && missing !== 0)) return undefined;
  const groups = [...left, ...Array<string>(missing).fill("0"), ...right];
  if (groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return { value: groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n), width: 128 };
}
