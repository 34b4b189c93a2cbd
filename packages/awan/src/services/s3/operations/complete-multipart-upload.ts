/** CompleteMultipartUpload and AbortMultipartUpload. */
import type { Call } from "../../../host/call.ts";
import { authorize } from "../access/authorize.ts";
import { type Bucket, openBucket } from "../bucket.ts";
import { checksumMembers } from "../checksums/checksums.ts";
import { customerKeyOf, encryptionMembers } from "../encryption.ts";
import { invalidRequest, malformedXml, noSuchKey, preconditionFailed, s3Error } from "../errors.ts";
import { type Encryption, finishedUploads, type ObjectRow } from "../keys.ts";
import { expirationHeader } from "../lifecycle-rules.ts";
import { dayMs } from "../limits.ts";
import {
  checkForms,
  checkKind,
  checkWhole,
  chooseParts,
  forgetUpload,
  joinParts,
  openUpload,
  type Upload,
} from "../multipart.ts";
import { announce } from "../notifications.ts";
import { checkWrite } from "../preconditions.ts";
import { replicate } from "../replication.ts";
import type { Input, Output } from "../types.ts";
import { addObject, currentObject } from "../versions.ts";
import { admitUpload, checkUploadKey } from "./multipart-upload.ts";

export function completeMultipartUpload(
  call: Call,
  input: Input<"CompleteMultipartUpload">,
): Output<"CompleteMultipartUpload"> {
  const bucket = admitUpload(call, input);
  const { Key: key, UploadId: id } = input;
  const asked = input.MultipartUpload?.Parts;
  const finished = finishedUploads.get(bucket.call.tx, [bucket.name, id]);
  if (finished !== undefined && finished.key === key)
    return completedAgain(call, bucket, key, finished.etag, finished.versionId);
  const upload = openUpload(bucket, key, id);
  if (input.MultipartUpload === undefined) throw invalidRequest("You must specify at least one part");
  if (asked === undefined || asked.length === 0) throw malformedXml();
  checkKind(upload, input.ChecksumType);
  if (customerKeyOf(input) !== undefined) checkUploadKey(upload, input);
  if (upload.row.checksumAsked) checkForms(input);
  const chosen = chooseParts(upload, asked);
  checkWrite(currentObject(bucket, key), input, () => noSuchKey(key));
  checkNotOvertaken(upload, input);
  const joined = joinParts(upload, chosen);
  checkWhole(joined, input, upload);
  forgetUpload(upload, new Set(chosen.map((part) => part.partNumber)));
  const {
    startedAtMs: _s,
    overtaken: _o,
    initiatorArn: _i,
    initiatorAccountId: _a,
    algorithm: _g,
    checksumKind: _k,
    checksumAsked: _c,
    ...attributes
  } = upload.row;
  const row = addObject(bucket, key, {
    ...attributes,
    ...joined,
    modifiedAtMs: call.nowMs,
    restore: null,
    replicationStatus: null,
  });
  finishedUploads.set(bucket.call.tx, [bucket.name, id], { key, etag: row.etag, versionId: row.versionId });
  bucket.call.schedule("s3.forgetFinished", [bucket.name, id], call.nowMs + dayMs);
  const written = replicate(call, bucket, key, row);
  announce(call, bucket, { event: "s3:ObjectCreated:CompleteMultipartUpload", key, row: written });
  return completed(call, bucket, key, row);
}

function checkNotOvertaken(upload: Upload, input: Input<"CompleteMultipartUpload">): void {
  const condition =
    input.IfNoneMatch !== undefined ? "If-None-Match" : input.IfMatch !== undefined ? "If-Match" : undefined;
  if (condition === undefined || !upload.row.overtaken) return;
  throw s3Error(
    "ConditionalRequestConflict",
    409,
    "The conditional request cannot succeed due to a conflicting operation against this resource.",
    { Condition: condition, Key: upload.key },
  );
}

function completed(
  call: Call,
  bucket: Bucket,
  key: string,
  row: ObjectRow,
): Output<"CompleteMultipartUpload"> {
  const path = key
    .split("/")
    .map((part) => encodeURIComponent(part))
    .join("%2F");
  return {
    Location: `${call.endpoint}/${bucket.name}/${path}`,
    Bucket: bucket.name,
    Key: key,
    ETag: `"${row.etag}"`,
    ...checksumMembers(row.checksum),
    ...encryptionMembers(row.encryption),
    ...(bucket.row.versioning === "Enabled" ? { VersionId: row.versionId } : {}),
    ...expirationHeader(bucket, key, row),
    // The model has no members for these.
    ...(row.encryption.kind === "customer" ? { $headers: customerHeaders(row.encryption) } : {}),
  };
}

const customerHeaders = (encryption: Encryption): Record<string, string> => ({
  "x-amz-server-side-encryption-customer-algorithm": "AES256",
  "x-amz-server-side-encryption-customer-key-md5": encryption.customerKeyMd5 ?? "",
});

/** A completion that is repeated (its answer was lost) succeeds again. */
function completedAgain(
  call: Call,
  bucket: Bucket,
  key: string,
  etag: string,
  versionId: string,
): Output<"CompleteMultipartUpload"> {
  const row = currentObject(bucket, key);
  if (row !== undefined && row.etag === etag) return completed(call, bucket, key, row);
  return {
    Location: `${call.endpoint}/${bucket.name}/${key}`,
    Bucket: bucket.name,
    Key: key,
    ETag: `"${etag}"`,
    ...(bucket.row.versioning === "Enabled" ? { VersionId: versionId } : {}),
  };
}

export function abortMultipartUpload(
  call: Call,
  input: Input<"AbortMultipartUpload">,
): Output<"AbortMultipartUpload"> {
  const bucket = openBucket(call, input);
  authorize(call, bucket, {
    action: "s3:AbortMultipartUpload",
    key: input.Key,
    permission: { on: "bucket", permission: "WRITE" },
  });
  const upload = openUpload(bucket, input.Key, input.UploadId);
  const { IfMatchInitiatedTime: initiated } = input;
  if (
    initiated !== undefined &&
    Math.floor(initiated.getTime() / 1000) !== Math.floor(upload.row.startedAtMs / 1000)
  ) {
    throw preconditionFailed("x-amz-if-match-initiated-time");
  }
  forgetUpload(upload);
  return {};
}
