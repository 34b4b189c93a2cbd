/** Tags of delivery streams. */
import { invalidArgument, limitExceeded } from "./errors.ts";
import { tagsMax } from "./limits.ts";

export type Tags = Readonly<Record<string, string>>;

export const tagsOf = (
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined,
): Tags => Object.fromEntries((tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));

/** `before` with `tags`, if all of it may be there. */
export function checkTags(before: Tags, tags: Tags): Tags {
  if (Object.keys(tags).some((key) => key.toLowerCase().startsWith("aws:"))) {
    throw invalidArgument("Tag keys starting with aws: are reserved for system use.");
  }
  const all = { ...before, ...tags };
  if (Object.keys(all).length > tagsMax) {
    throw limitExceeded(`A delivery stream cannot have more than ${tagsMax} tags.`);
  }
  return all;
}
