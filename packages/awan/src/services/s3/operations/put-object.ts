/** PutObject: everything that can be refused is refused before the body is read, and once more when it has been. */
import type { Call } from "../../../host/call.ts";
import type { Answer } from "../../../host/service.ts";
import { authorize } from "../access/authorize.ts";
import { requestContext } from "../access/request-context.ts";
import { attributesOf, checkKey } from "../attributes.ts";
import { type Bucket, openBucket } from "../bucket.ts";
import { retainBlob } from "../blob-references.ts";
import { checksumMembers, givenChecksums, isAlgorithm } from "../checksums/checksums.ts";
import { encryptionMembers, etagOf } from "../encryption.ts";
import { noSuchKey, s3Error } from "../errors.ts";
import type { Body, ObjectRow } from "../keys.ts";
import { expirationHeader } from "../lifecycle-rules.ts";
import { limits } from "../limits.ts";
import { announce } from "../notifications.ts";
import { checkWrite } from "../preconditions.ts";
import { replicate } from "../replication.ts";
import { checkPromises, storeBody, type Stored } from "../store.ts";
import type { Input, Output } from "../types.ts";
import { addObject, keepBytes, newestVersion } from "../versions.ts";

export const putObject = (call: Call, input: Input<"PutObject">): Answer<Output<"PutObject">> =>
  putObjectAs(call, input, "s3:ObjectCreated:Put");

/** A write of a whole object, announced as `event`. */
export function putObjectAs(
  call: Call,
  input: Input<"PutObject">,
  event: string,
): Answer<Output<"PutObject">> {
  const bucket = admit(call, input);
  const asked = input.ChecksumAlgorithm;
  if (asked !== undefined && !isAlgorithm(asked)) {
    throw s3Error(
      "InvalidRequest",
      400,
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
    );
  }
  const request = {
    body: input.Body,
    contentLength: input.ContentLength,
    contentMd5: (input as { readonly ContentMD5?: string }).ContentMD5,
    promised: givenChecksums(input),
    algorithm: asked ?? ("CRC64NVME" as const),
    sizeBytesMax: limits.putSizeBytesMax,
  };
  checkPromises(request);
  return storeBody(call, request, (later, stored) => {
    // A body that was read meanwhile comes to another state.
    const now = later === call ? bucket : admit(later, input);
    return putAnswer(now, input.Key, write(later, now, input, stored, event));
  });
}

/** The bucket, if the caller may write this object now. */
function admit(call: Call, input: Input<"PutObject">): Bucket {
  const bucket = openBucket(call, input);
  checkKey(input.Key);
  authorize(call, bucket, {
    action: "s3:PutObject",
    key: input.Key,
    permission: { on: "bucket", permission: "WRITE" },
    context: () => requestContext(input),
  });
  if (input.WriteOffsetBytes !== undefined) {
    throw s3Error(
      "NotImplemented",
      501,
      "A header you provided implies functionality that is not implemented",
      { Header: "x-amz-write-offset-bytes" },
    );
  }
  const newest = newestVersion(bucket, input.Key);
  checkWrite(newest?.kind === "object" ? newest : undefined, input, () => noSuchKey(input.Key));
  return bucket;
}

/** Makes an object of a body that was stored. */
export function putStored(call: Call, input: Input<"PutObject">, stored: Stored, event: string): ObjectRow {
  return write(call, admit(call, input), input, stored, event);
}

function write(
  call: Call,
  bucket: Bucket,
  input: Input<"PutObject">,
  stored: Stored,
  event: string,
): ObjectRow {
  const attributes = attributesOf(call, bucket, input);
  const row = addObject(bucket, input.Key, {
    etag: etagOf(call, attributes.encryption, stored.md5),
    sizeBytes: stored.sizeBytes,
    modifiedAtMs: call.nowMs,
    body: bodyOf(bucket, stored),
    checksum: { algorithm: stored.algorithm, value: stored.checksum, type: "FULL_OBJECT" },
    partCount: 0,
    restore: null,
    replicationStatus: null,
    system: attributes.system,
    metadata: attributes.metadata,
    tags: attributes.tags,
    storageClass: attributes.storageClass,
    encryption: attributes.encryption,
    grants: attributes.grants,
    ownerAccountId: attributes.ownerAccountId,
    retention: attributes.retention,
    legalHold: attributes.legalHold,
  });
  const written = replicate(call, bucket, input.Key, row);
  announce(call, bucket, { event, key: input.Key, row: written });
  return written;
}

export function bodyOf(bucket: Bucket, stored: Stored): Body {
  if (stored.blob !== null) {
    retainBlob(bucket.call, stored.blob);
    return { in: "blob", blob: stored.blob };
  }
  return stored.bytes === null ? { in: "empty" } : keepBytes(bucket, stored.bytes);
}

export function putAnswer(bucket: Bucket, key: string, row: ObjectRow): Output<"PutObject"> {
  return {
    ETag: `"${row.etag}"`,
    ...checksumMembers(row.checksum),
    ...encryptionMembers(row.encryption),
    ...(row.encryption.context === null ? {} : { SSEKMSEncryptionContext: row.encryption.context }),
    ...(bucket.row.versioning === "Enabled" ? { VersionId: row.versionId } : {}),
    ...expirationHeader(bucket, key, row),
  };
}
