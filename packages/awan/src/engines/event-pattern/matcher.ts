/**
 * The operators of AWS's event patterns, each a check on one leaf of the event. Compiling refuses what AWS refuses, in
 * its words; a compiled check only answers yes or no.
 */
import { compileCidr } from "./cidr.ts";
import { EventPatternError } from "./error.ts";
import { compileWildcard } from "./wildcard.ts";

export type Leaf = string | number | boolean | null;

/** One alternative of a field: a check on its value, or that the field is absent. */
export type Matcher =
  | { readonly absent: true }
  | { readonly absent: false; readonly accepts: (value: Leaf) => boolean };

type Check = (value: Leaf) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Compiles one element of a pattern's list: a literal or `{operator: argument}`. */
export function compileMatcher(element: unknown): Matcher {
  if (Array.isArray(element)) {
    throw new EventPatternError("Match value must be String, number, true, false, or null");
  }
  if (!isObject(element)) return { absent: false, accepts: (value) => value === element };
  const [name, ...others] = Object.keys(element);
  if (name === undefined || others.length > 0)
    throw new EventPatternError("Only one key allowed in match expression");
  const argument = element[name];
  if (name === "exists") {
    if (typeof argument !== "boolean") {
      throw new EventPatternError("exists match pattern must be either true or false.");
    }
    return argument ? { absent: false, accepts: () => true } : { absent: true };
  }
  return { absent: false, accepts: compileOperator(name, argument) };
}

function compileOperator(name: string, argument: unknown): Check {
  switch (name) {
    case "prefix":
    case "suffix":
      return compileAffix(name, argument);
    case "equals-ignore-case": {
      if (typeof argument !== "string")
        throw new EventPatternError("equals-ignore-case match pattern must be a string");
      const wanted = argument.toLowerCase();
      return (value) => typeof value === "string" && value.toLowerCase() === wanted;
    }
    case "wildcard":
      return compileWildcard(argument);
    case "numeric":
      return compileNumeric(argument);
    case "cidr": {
      if (typeof argument !== "string") throw new EventPatternError("prefix match pattern must be a string");
      return compileCidr(argument);
    }
    case "anything-but":
      return compileAnythingBut(argument);
    default:
      throw new EventPatternError(`Unrecognized match type ${name}`);
  }
}

function compileAffix(name: "prefix" | "suffix", argument: unknown): Check {
  if (isObject(argument)) {
    const [inner, ...others] = Object.keys(argument);
    const wanted = argument["equals-ignore-case"];
    if (inner !== "equals-ignore-case" || others.length > 0) {
      throw new EventPatternError(`Unsupported anything-but pattern: ${inner ?? ""}`);
    }
    if (typeof wanted !== "string")
      throw new EventPatternError("equals-ignore-case match pattern must be a string");
    const lower = wanted.toLowerCase();
    return (value) =>
      typeof value === "string" &&
      (name === "prefix" ? value.toLowerCase().startsWith(lower) : value.toLowerCase().endsWith(lower));
  }
  if (typeof argument !== "string") throw new EventPatternError(`${name} match pattern must be a string`);
  return affix(name, argument);
}

const affix = (name: "prefix" | "suffix", text: string): Check =>
  name === "prefix"
    ? (value) => typeof value === "string" && value.startsWith(text)
    : (value) => typeof value === "string" && value.endsWith(text);

/** `["=", 5]`, `["<", 1]`, `[">", 0, "<=", 5]`. */
function compileNumeric(argument: unknown): Check {
  if (!Array.isArray(argument)) throw new EventPatternError("Value of numeric must be an array.");
  const parts = argument as unknown[];
  if (parts.length === 0) throw new EventPatternError("Invalid member in numeric match: ]");
  const [operator, operand] = [requireOperator(parts[0]), requireNumber(parts[0], parts, 1)];
  if (operator === "=") {
    if (parts.length > 2) throw new EventPatternError("Too many terms in numeric expression");
    return (value) => value === operand;
  }
  if (operator === "<" || operator === "<=") {
    if (parts.length > 2) throw new EventPatternError("Too many terms in numeric expression");
    return below(operator, operand);
  }
  if (operator !== ">" && operator !== ">=")
    throw new EventPatternError(`Unrecognized numeric range operator: ${operator}`);
  const lower: Check = (value) =>
    typeof value === "number" && (operator === ">" ? value > operand : value >= operand);
  if (parts.length === 2) return lower;
  const upperOperator = requireOperator(parts[2]);
  if (upperOperator !== "<" && upperOperator !== "<=") {
    throw new EventPatternError(`Bad numeric range operator: ${upperOperator}`);
  }
  const upperOperand = requireNumber(upperOperator, parts, 3);
  if (parts.length > 4) throw new EventPatternError("Too many terms in numeric expression");
  if (operand >= upperOperand) throw new EventPatternError("Bottom must be less than top");
  const upper = below(upperOperator, upperOperand);
  return (value) => lower(value) && upper(value);
}

const below = (operator: "<" | "<=", operand: number): Check =>
  operator === "<"
    ? (value) => typeof value === "number" && value < operand
    : (value) => typeof value === "number" && value <= operand;

function requireOperator(part: unknown): string {
  if (typeof part !== "string")
    throw new EventPatternError(`Invalid member in numeric match: ${JSON.stringify(part)}`);
  return part;
}

function requireNumber(operator: unknown, parts: readonly unknown[], at: number): number {
  const part = parts[at];
  if (typeof part !== "number") throw new EventPatternError(`Value of ${String(operator)} must be numeric`);
  if (Math.abs(part) > 5e9 && !Number.isInteger(part))
    throw new EventPatternError(`Value of ${String(operator)} must be between -5.0E9 and 5.0E9, inclusive`);
  return part;
}

const notSingle = "Value of anything-but must be an array or single string/number value.";

function compileAnythingBut(argument: unknown): Check {
  if (isObject(argument)) return compileAnythingButOperator(argument);
  if (Array.isArray(argument)) {
    if (argument.length === 0) throw new EventPatternError("Empty arrays are not allowed");
    const refused = new Set<unknown>();
    for (const each of argument as unknown[]) {
      if (typeof each !== "string" && typeof each !== "number") {
        throw new EventPatternError("Inside anything but list, start|null|boolean is not supported.");
      }
      refused.add(each);
    }
    if (new Set([...refused].map((each) => typeof each)).size > 1) {
      throw new EventPatternError(
        "Inside anything but list, either all values are number or string, mixed type is not supported",
      );
    }
    return (value) => !refused.has(value);
  }
  if (typeof argument !== "string" && typeof argument !== "number") throw new EventPatternError(notSingle);
  return (value) => value !== argument;
}

function compileAnythingButOperator(argument: Record<string, unknown>): Check {
  const [name, ...others] = Object.keys(argument);
  if (name === undefined || others.length > 0)
    throw new EventPatternError("Only one key allowed in match expression");
  const inner = argument[name];
  const list = Array.isArray(inner) ? (inner as unknown[]) : [inner];
  if (list.length === 0) throw new EventPatternError("Empty arrays are not allowed");
  switch (name) {
    case "prefix":
    case "suffix": {
      if (isObject(inner)) throw new EventPatternError(notSingle);
      const checks = list.map((each) => {
        if (typeof each !== "string")
          throw new EventPatternError("prefix/suffix match pattern must be a string");
        if (each === "") throw new EventPatternError("Null prefix/suffix not allowed");
        return affix(name, each);
      });
      return (value) => !checks.some((check) => check(value));
    }
    case "equals-ignore-case": {
      const refused = list.map((each) => {
        if (typeof each !== "string") {
          throw new EventPatternError(
            "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.",
          );
        }
        return each.toLowerCase();
      });
      return (value) => typeof value !== "string" || !refused.includes(value.toLowerCase());
    }
    case "wildcard": {
      const checks = list.map((each) => compileWildcard(each));
      return (value) => !checks.some((check) => check(value));
    }
    default:
      throw new EventPatternError(`Unsupported anything-but pattern: ${name}`);
  }
}
