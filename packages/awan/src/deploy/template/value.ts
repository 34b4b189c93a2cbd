/** Templates as plain data: what parsing yields and what every later stage reads, with the guards they share. */
import { AwsError } from "../../kernel/errors.ts";

export type Dict = Record<string, unknown>;

export const isDict = (value: unknown): value is Dict =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The one key of a single-key object: how intrinsic functions are written. */
export function soleKey(value: unknown): string | undefined {
  if (!isDict(value)) return undefined;
  const keys = Object.keys(value);
  return keys.length === 1 ? keys[0] : undefined;
}

/** Whether `value` is an intrinsic function: `Ref`, `Condition` or `Fn::…` as its only key. */
export function isIntrinsic(value: unknown): value is Dict {
  const key = soleKey(value);
  return key !== undefined && (key === "Ref" || key === "Condition" || key.startsWith("Fn::"));
}

export const validationError = (message: string): AwsError => new AwsError("ValidationError", message);

/** Scalars as CloudFormation writes them into strings. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return undefined;
}

/** Any value as text: scalars as they are written, nothing as nothing, the rest as JSON. */
export const textOf = (value: unknown): string =>
  scalarText(value) ?? (value === undefined || value === null ? "" : JSON.stringify(value));

export function deepEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => deepEqual(item, b[i]));
  if (!isDict(a) || !isDict(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && deepEqual(a[key], b[key]))
  );
}

export const clone = <Value>(value: Value): Value => structuredClone(value);
