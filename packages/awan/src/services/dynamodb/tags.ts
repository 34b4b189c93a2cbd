/** Tags of tables: a map per ARN. */
import type { Tag } from "@aws-sdk/client-dynamodb";
import { invalidParameter, validationError } from "./errors.ts";
import { limits } from "./limits.ts";
import { consistencyTag } from "./staleness.ts";
import { throughputTag } from "./throughput.ts";

export type TagMap = Readonly<Record<string, string>>;

const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

export function checkTags(tags: readonly Tag[]): void {
  const seen = new Set<string>();
  for (const { Key: key = "", Value: value } of tags) {
    if (key === "") throw invalidParameter("Tag key must not be empty");
    if (value === undefined) throw invalidParameter(`Tag value must not be null for key: ${key}`);
    if (!allowed.test(key) || !allowed.test(value)) {
      throw invalidParameter(
        "Tag keys and values may only contain letters, whitespace, numbers and + - = . _ : / @",
      );
    }
    if (key.length > 128) throw invalidParameter(`Tag key exceeds the maximum length of 128: ${key}`);
    if (value.length > 256) {
      throw invalidParameter(`Tag value exceeds the maximum length of 256: ${value}`);
    }
    if (seen.has(key)) throw invalidParameter(`Duplicate tag key: ${key}`);
    seen.add(key);
  }
}

export function checkTagCount(tags: TagMap): void {
  if (Object.keys(tags).length > limits.tagsMax) {
    throw validationError("Too many tags: Number of tags exceeds the limit of 50 per resource");
  }
}

/** Whether a table's tags ask for eventually consistent reads that lag. */
export const isLagging = (tags: TagMap): boolean => tags[consistencyTag] === "eventual";

/** Whether a table's tags ask for its provisioned throughput to be enforced. */
export const isEnforcing = (tags: TagMap): boolean => tags[throughputTag] === "enforced";
