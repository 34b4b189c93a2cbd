/** Tag sets of objects and buckets: as a query string in a header, as a list in a document, and S3's rules for both. */
import type { AwsError } from "../../kernel/errors.ts";
import { invalidArgument, invalidTag, malformedXml, s3Error } from "./errors.ts";
import { limits } from "./limits.ts";

type Tagged = "object" | "bucket" | "new bucket";
export type Tags = readonly (readonly [key: string, value: string])[];

const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** `a=1&b=2`, percent-encoded, as `x-amz-tagging` carries it. */
export function tagsOfHeader(header: string | undefined): Tags {
  if (header === undefined || header === "") return [];
  const tags: [string, string][] = [];
  for (const pair of header.split("&").filter((each) => each !== "")) {
    const [key = "", value = "", ...more] = pair.split("=");
    if (more.length > 0) throw malformedTagging(header);
    try {
      tags.push([
        decodeURIComponent(key.replaceAll("+", " ")),
        decodeURIComponent([value, ...more].join("=").replaceAll("+", " ")),
      ]);
    } catch {
      throw malformedTagging(header);
    }
  }
  if (new Set(tags.map(([key]) => key)).size !== tags.length) {
    throw malformedTagging(header);
  }
  return checkTags(
    tags.toSorted(([a], [b]) => (a < b ? -1 : 1)),
    "object",
  );
}

const malformedTagging = (header: string): AwsError =>
  invalidArgument(
    "x-amz-tagging",
    header,
    "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
  );

interface TagDocument {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

export function tagsOfDocument(set: readonly TagDocument[] | undefined, of: Tagged): Tags {
  if (set === undefined) return [];
  const tags = set.map(({ Key: key, Value: value }) => {
    if (key === undefined || value === undefined) throw malformedXml();
    return [key, value] as const;
  });
  const seen = new Set<string>();
  for (const [key] of tags) {
    if (seen.has(key)) throw invalidTag("Cannot provide multiple Tags with the same key", { TagKey: key });
    seen.add(key);
  }
  return checkTags(tags, of);
}

function checkTags(tags: Tags, of: Tagged): Tags {
  if (of === "object" && tags.length > limits.objectTagsMax) {
    throw s3Error("BadRequest", 400, "Object tags cannot be greater than 10");
  }
  if (of === "bucket" && tags.length > limits.bucketTagsMax) {
    throw s3Error("BadRequest", 400, "Bucket tag count cannot be greater than 50");
  }
  for (const [key, value] of tags) {
    if (key.startsWith("aws:")) {
      if (of === "new bucket") {
        throw invalidTag(
          'User-defined tag keys can\'t start with "aws:". This prefix is reserved for system tags. Remove "aws:" from your tag keys and try again.',
        );
      }
      const message =
        of === "bucket"
          ? "System tags cannot be added/updated by requester"
          : "Your TagKey cannot be prefixed with aws:";
      throw invalidTag(message, { TagKey: key });
    }
    if (key.length === 0 || key.length > limits.tagKeyLengthMax || !allowed.test(key)) {
      throw invalidTag("The TagKey you have provided is invalid", { TagKey: key });
    }
    if (value.length > limits.tagValueLengthMax || !allowed.test(value)) {
      throw invalidTag("The TagValue you have provided is invalid", { TagKey: key, TagValue: value });
    }
  }
  return tags;
}

export const toldTags = (tags: Tags): { readonly Key: string; readonly Value: string }[] =>
  tags.map(([key, value]) => ({ Key: key, Value: value }));
