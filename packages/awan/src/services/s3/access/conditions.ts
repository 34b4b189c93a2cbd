/** The condition operators of policies, over a request's context of single values. */
import { wildcardMatches } from "./wildcard.ts";

type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
type Test = (actual: string, expected: string) => boolean;

const numeric =
  (compare: (a: number, b: number) => boolean): Test =>
  (actual, expected) =>
    compare(Number(actual), Number(expected));
const timeOf = (text: string): number => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));
const date =
  (compare: (a: number, b: number) => boolean): Test =>
  (actual, expected) =>
    compare(timeOf(actual), timeOf(expected));

/** Operators that hold when some expected value passes; the `Not` forms hold when none does. */
const tests: Readonly<Record<string, Test>> = {
  StringEquals: (actual, expected) => actual === expected,
  StringEqualsIgnoreCase: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  StringLike: (actual, expected) => wildcardMatches(expected, actual),
  ArnEquals: (actual, expected) => wildcardMatches(expected, actual),
  ArnLike: (actual, expected) => wildcardMatches(expected, actual),
  NumericEquals: numeric((a, b) => a === b),
  NumericLessThan: numeric((a, b) => a < b),
  NumericLessThanEquals: numeric((a, b) => a <= b),
  NumericGreaterThan: numeric((a, b) => a > b),
  NumericGreaterThanEquals: numeric((a, b) => a >= b),
  DateEquals: date((a, b) => a === b),
  DateLessThan: date((a, b) => a < b),
  DateLessThanEquals: date((a, b) => a <= b),
  DateGreaterThan: date((a, b) => a > b),
  DateGreaterThanEquals: date((a, b) => a >= b),
  Bool: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  BinaryEquals: (actual, expected) => actual === expected,
  IpAddress: inNetwork,
};

const negated: Readonly<Record<string, string>> = {
  StringNotEquals: "StringEquals",
  StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
  StringNotLike: "StringLike",
  ArnNotEquals: "ArnEquals",
  ArnNotLike: "ArnLike",
  NumericNotEquals: "NumericEquals",
  DateNotEquals: "DateEquals",
  NotIpAddress: "IpAddress",
};

/** Whether every condition holds. */
export function conditionsHold(
  conditions: Conditions | undefined,
  context: Readonly<Record<string, string>>,
): boolean {
  if (conditions === undefined) return true;
  const folded = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) =>
      holds(operator, folded.get(key.toLowerCase()), (Array.isArray(values) ? values : [values]).map(String)),
    ),
  );
}

function holds(operator: string, actual: string | undefined, expected: readonly string[]): boolean {
  const forAll = operator.startsWith("ForAllValues:");
  const ifExists = operator.endsWith("IfExists");
  const name = operator.replace(/^For(Any|All)Values:/, "").replace(/IfExists$/, "");
  if (name === "Null") return expected.some((value) => (value === "true") === (actual === undefined));
  const positive = negated[name];
  if (actual === undefined) return ifExists || forAll || positive !== undefined;
  const test = tests[positive ?? name];
  if (test === undefined) return false;
  const some = expected.some((value) => test(actual, value));
  return positive === undefined ? some : !some;
}

const toNumber = (text: string): number => text.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);

function inNetwork(address: string, network: string): boolean {
  const [base = "", length = "32"] = network.split("/");
  if (!/^\d+(\.\d+){3}$/.test(address) || !/^\d+(\.\d+){3}$/.test(base)) return address === base;
  const size = 2 ** (32 - Number(length));
  return Math.floor(toNumber(address) / size) === Math.floor(toNumber(base) / size);
}
