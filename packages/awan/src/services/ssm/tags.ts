/** Tags of parameters. */
import type { Tag } from "@aws-sdk/client-ssm";
import { AwsError } from "../../kernel/errors.ts";
import { tagsMax } from "./limits.ts";

export function checkNewTags(
  list: readonly Tag[],
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const tags: Record<string, string> = { ...before };
  for (const { Key, Value } of list) tags[Key as string] = Value ?? "";
  if (Object.keys(tags).length > tagsMax) throw new AwsError("TooManyTagsError", "");
  return tags;
}
