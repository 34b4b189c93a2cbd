/** Where code and documents are in S3: an `s3://` address or an object of bucket, key and version. */
import { type Dict, isDict } from "../template/value.ts";
import { InvalidResource } from "./errors.ts";
import { given } from "./python/text.ts";

export interface S3Location {
  readonly Bucket: unknown;
  readonly Key: unknown;
  readonly Version?: unknown;
}

export function parseS3Uri(uri: unknown): S3Location | undefined {
  if (typeof uri !== "string") return undefined;
  const [, bucket, path, query] = /^s3:\/\/([^/?#]+)(\/[^?#]*)(?:\?([^#]*))?/i.exec(uri) ?? [];
  if (bucket === undefined || path === undefined || /[[\]]/.test(bucket)) return undefined;
  const versions = new URLSearchParams(query ?? "").getAll("versionId").filter((version) => version !== "");
  const key = path.replace(/^\/+/, "");
  return { Bucket: bucket, Key: key, ...(versions.length === 1 ? { Version: versions[0] } : {}) };
}

/** The location as APIs' and state machines' definitions have it. */
export function definitionLocation(logicalId: string, value: unknown): S3Location {
  if (isDict(value)) {
    if (!given(value["Bucket"]) || !given(value["Key"])) {
      throw new InvalidResource(
        logicalId,
        "'DefinitionUri' requires Bucket and Key properties to be specified.",
      );
    }
    return {
      Bucket: value["Bucket"],
      Key: value["Key"],
      ...("Version" in value ? { Version: value["Version"] } : {}),
    };
  }
  const parsed = parseS3Uri(value);
  if (parsed === undefined) {
    throw new InvalidResource(
      logicalId,
      "'DefinitionUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter.",
    );
  }
  return parsed;
}

const dynamicReference = /{{resolve:(?:ssm|ssm-secure|secretsmanager):[a-zA-Z0-9_.\-/]+(?::\d+)?}}/;

/** The location as functions' and layers' code has it. */
export function codeLocation(logicalId: string, property: string, value: unknown): Dict {
  if (isDict(value)) {
    if (!given(value["Bucket"]) || !given(value["Key"])) {
      throw new InvalidResource(
        logicalId,
        `'${property}' requires Bucket and Key properties to be specified.`,
      );
    }
    return codeOf(value as unknown as S3Location);
  }
  if (typeof value !== "string")
    throw new InvalidResource(logicalId, `'${property}' must be of type dict or string.`);
  if (dynamicReference.exec(value)?.[0].includes("/") === true) {
    throw new InvalidResource(
      logicalId,
      `Unsupported dynamic reference detected in '${property}'. Please consider using alternative 'FunctionCode' object format.`,
    );
  }
  const parsed = parseS3Uri(value);
  if (parsed === undefined) {
    throw new InvalidResource(
      logicalId,
      `'${property}' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter.`,
    );
  }
  return codeOf(parsed);
}

const codeOf = (location: S3Location): Dict => ({
  S3Bucket: location.Bucket,
  S3Key: location.Key,
  ...("Version" in location ? { S3ObjectVersion: location.Version } : {}),
});
