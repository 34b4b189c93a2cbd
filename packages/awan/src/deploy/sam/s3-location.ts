/** Where an artifact is in S3, in SAM's two spellings: `s3://bucket/key?versionId=v` or Bucket, Key and Version. */
import { type Dict, isDict, isIntrinsic } from "../template/value.ts";
import { InvalidResource } from "./errors.ts";

export function parseS3Uri(uri: unknown): { Bucket: string; Key: string; Version?: string } | undefined {
  if (typeof uri !== "string") return undefined;
  const match = /^s3:\/\/([^/]+)\/([^?]+)(?:\?versionId=(.+))?$/.exec(uri);
  if (match === null) return undefined;
  const [, Bucket = "", Key = "", version] = match;
  return version === undefined ? { Bucket, Key } : { Bucket, Key, Version: version };
}

export function codeLocation(logicalId: string, uri: unknown, property: string): Dict {
  if (isDict(uri) && !isIntrinsic(uri)) {
    if ("S3Bucket" in uri && "S3Key" in uri) return uri;
    if (!uri["Bucket"] || !uri["Key"]) {
      throw new InvalidResource(
        logicalId,
        `'${property}' requires Bucket and Key properties to be specified.`,
      );
    }
    return location(uri["Bucket"], uri["Key"], uri["Version"]);
  }
  const parsed = parseS3Uri(uri);
  if (parsed === undefined) {
    throw new InvalidResource(
      logicalId,
      `'${property}' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter.`,
    );
  }
  return location(parsed.Bucket, parsed.Key, parsed.Version);
}

const location = (S3Bucket: unknown, S3Key: unknown, version: unknown): Dict => ({
  S3Bucket,
  S3Key,
  ...(version === undefined ? {} : { S3ObjectVersion: version }),
});
