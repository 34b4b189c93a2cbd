/** Tags of streams and consumers, through the old API and the new one. */
import type { Call } from "../../host/call.ts";
import { invalidArgument } from "./errors.ts";
import { tagsMax } from "./limits.ts";

export type Tags = Readonly<Record<string, string>>;

const known = /^[\u00C0-\u1FFF\u2C00-\uD7FF\w./\-=+_ @%:]*$/;

/** Whether every text may be in a tag; `act` names what is refused (`add tags to`). */
export function checkTagTexts(call: Call, name: string, act: string, texts: readonly string[]): void {
  if (!texts.every((text) => known.test(text))) {
    throw invalidArgument(
      "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @.",
    );
  }
  if (texts.some((text) => text.includes("%"))) {
    throw invalidArgument(
      `Failed to ${act} stream ${name} under account ${call.accountId} because some tags contained illegal characters. The allowed characters are Unicode letters, white-spaces, '_',',','/','=','+','-','@'.`,
    );
  }
}

/** `before` with `tags`, if all of it may be there. */
export function checkTags(
  call: Call,
  name: string,
  { before, tags }: { readonly before: Tags; readonly tags: Tags },
): Tags {
  checkTagTexts(call, name, "add tags to", Object.entries(tags).flat());
  const all = { ...before, ...tags };
  if (Object.keys(all).length > tagsMax) {
    throw invalidArgument(
      `Failed to add tags to stream ${name} under account ${call.accountId} because a given stream cannot have more than ${tagsMax} tags associated with it.`,
    );
  }
  return all;
}

export const withoutTags = (tags: Tags, keys: readonly string[]): Tags =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)));

/** In the order of their keys. */
export const listTags = (tags: Tags): { Key: string; Value: string }[] =>
  Object.entries(tags)
    .map(([Key, Value]) => ({ Key, Value }))
    .toSorted((a, b) => (a.Key < b.Key ? -1 : 1));
