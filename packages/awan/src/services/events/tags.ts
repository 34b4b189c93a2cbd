/** Tags of buses and rules. */
import { validation } from "./errors.ts";
import type { TagRow } from "./keys.ts";
import { limits } from "./limits.ts";

interface GivenTag {
  readonly Key: string | undefined;
  readonly Value: string | undefined;
}

export function withTags(before: readonly TagRow[], given: readonly GivenTag[] = []): readonly TagRow[] {
  const all = new Map(before.map(({ Key, Value }) => [Key, Value]));
  for (const { Key, Value } of given) all.set(Key ?? "", Value ?? "");
  if (all.size > limits.tagsMax) throw validation("Too many tags.");
  return [...all].map(([Key, Value]) => ({ Key, Value }));
}

export const withoutTags = (before: readonly TagRow[], keys: readonly string[]): readonly TagRow[] =>
  before.filter(({ Key }) => !keys.includes(Key));
