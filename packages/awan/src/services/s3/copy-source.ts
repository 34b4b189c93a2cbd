/** `x-amz-copy-source`: a bucket, a key and perhaps a version, percent-encoded; and the object it names, if the caller may read it. */
import type { Call } from "../../host/call.ts";
import { checkReadKey } from "./encryption.ts";
import { invalidArgument, s3Error } from "./errors.ts";
import { isFrozen, type Target, targetOf } from "./object-answer.ts";
import type { ReadConditions } from "./preconditions.ts";

export interface CopyInput {
  readonly CopySource: string;
  readonly CopySourceIfMatch?: string | undefined;
  readonly CopySourceIfNoneMatch?: string | undefined;
  readonly CopySourceIfModifiedSince?: Date | undefined;
  readonly CopySourceIfUnmodifiedSince?: Date | undefined;
  readonly CopySourceSSECustomerAlgorithm?: string | undefined;
  readonly CopySourceSSECustomerKey?: string | undefined;
  readonly CopySourceSSECustomerKeyMD5?: string | undefined;
  readonly ExpectedSourceBucketOwner?: string | undefined;
}

interface SourceName {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string;
}

export function parseCopySource(header: string): SourceName {
  const question = header.lastIndexOf("?versionId=");
  const path = question === -1 ? header : header.slice(0, question);
  const versionId = question === -1 ? undefined : header.slice(question + "?versionId=".length);
  const decoded = decode(path, header).replace(/^\//, "");
  const accessPoint = /^(arn:aws[a-z-]*:s3:[^/]*:accesspoint\/[^/]+)\/object\/(.+)$/s.exec(decoded);
  const slash = decoded.indexOf("/");
  const bucket = accessPoint?.[1] ?? (slash === -1 ? "" : decoded.slice(0, slash));
  const key = accessPoint?.[2] ?? decoded.slice(slash + 1);
  if (bucket === "" || key === "") {
    throw invalidArgument("x-amz-copy-source", "x-amz-copy-source", "Invalid copy source object key");
  }
  if (versionId === "")
    throw invalidArgument("x-amz-copy-source", header, "Version id cannot be the empty string");
  return {
    Bucket: bucket,
    Key: key,
    ...(versionId === undefined ? {} : { VersionId: decodeURIComponent(versionId) }),
  };
}

function decode(path: string, header: string): string {
  try {
    return decodeURIComponent(path.replaceAll("+", " "));
  } catch {
    throw invalidArgument("x-amz-copy-source", header, "Invalid copy source encoding");
  }
}

/** The version to copy. */
export function copySourceOf(call: Call, input: CopyInput): Target {
  const name = parseCopySource(input.CopySource);
  const { ExpectedSourceBucketOwner: owner } = input;
  const target = targetOf(
    call,
    { ...name, ...(owner === undefined ? {} : { ExpectedBucketOwner: owner }) },
    { action: "s3:GetObject", permission: "READ", method: "GET" },
  );
  checkReadKey(target.row.encryption, {
    SSECustomerAlgorithm: input.CopySourceSSECustomerAlgorithm,
    SSECustomerKey: input.CopySourceSSECustomerKey,
    SSECustomerKeyMD5: input.CopySourceSSECustomerKeyMD5,
  });
  if (isFrozen(target.row)) {
    throw s3Error(
      "ObjectNotInActiveTierError",
      403,
      "The source object of the COPY operation is not in the active tier and is only stored in Amazon Glacier.",
    );
  }
  return target;
}

export const sourceConditions = (input: CopyInput): ReadConditions => ({
  IfMatch: input.CopySourceIfMatch,
  IfNoneMatch: input.CopySourceIfNoneMatch,
  IfModifiedSince: input.CopySourceIfModifiedSince,
  IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
});
