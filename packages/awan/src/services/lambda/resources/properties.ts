/** From CloudFormation's properties to the members operations take. */
import type { Properties } from "../../../host/resource.ts";
import { AwsError } from "../../../kernel/errors.ts";

export type Record_ = Record<string, unknown>;

/** Runs `body`; what is already gone counts as deleted. */
export function unlessGone(body: () => void): void {
  try {
    body();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ResourceNotFoundException") throw error;
  }
}

/** CloudFormation's texts for numbers and booleans become what the operations take. */
export const toNumber = (value: unknown): number | undefined =>
  value === undefined || value === null ? undefined : Number(value);
export const toBoolean = (value: unknown): boolean | undefined =>
  value === undefined || value === null ? undefined : value === true || value === "true";

export function pick(properties: Properties, names: readonly string[]): Record_ {
  const picked: Record_ = {};
  for (const name of names) if (properties[name] !== undefined) picked[name] = properties[name];
  return picked;
}

export const tagsOf = (tags: unknown): Record<string, string> =>
  Object.fromEntries(
    ((tags ?? []) as { Key: string; Value: unknown }[]).map(({ Key, Value }) => [Key, String(Value)]),
  );

export const strings = (map: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries((map ?? {}) as Record_).map(([name, value]) => [name, String(value)]));

/** A property that is text, or `otherwise`. */
export function text(value: unknown, otherwise = ""): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : otherwise;
}
