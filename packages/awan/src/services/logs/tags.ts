/** Tags of log groups: reading, changing and what is allowed. */
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";
import { invalidParameter } from "./errors.ts";
import { findGroup } from "./group.ts";
import { groups } from "./keys.ts";
import { tagsMax } from "./limits.ts";

type Tags = Readonly<Record<string, string>>;

export function checkNewTags(tags: Tags): void {
  for (const key of Object.keys(tags)) {
    if (key.toLowerCase().startsWith("aws:")) {
      throw invalidParameter("System tags (those that start with 'aws:') are not allowed.");
    }
  }
  if (Object.keys(tags).length > tagsMax) {
    throw new AwsError("TooManyTagsException", "A resource can have no more than 50 tags.");
  }
}

export function addTags(call: Call, groupName: string, tags: Tags): void {
  const row = findGroup(call, groupName);
  const merged = { ...row.tags, ...tags };
  checkNewTags(merged);
  groups.set(call.tx, [groupName], { ...row, tags: merged });
}

export function removeTags(call: Call, groupName: string, names: readonly string[]): void {
  const row = findGroup(call, groupName);
  const left = Object.fromEntries(Object.entries(row.tags).filter(([name]) => !names.includes(name)));
  groups.set(call.tx, [groupName], { ...row, tags: left });
}
