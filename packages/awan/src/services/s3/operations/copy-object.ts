/** CopyObject: a new object from an old one's bytes; blobs are shared, and hashed again only where a checksum is missing. */
import { toldTime } from "../told-time.ts";
import type { Call } from "../../../host/call.ts";
import { type Answer, Perform } from "../../../host/service.ts";
import { authorize } from "../access/authorize.ts";
import { requestContext } from "../access/request-context.ts";
import { type AttributeInput, attributesOf, checkKey, metadataOf, systemMetadataOf } from "../attributes.ts";
import { type Bucket, openBucket } from "../bucket.ts";
import { type Algorithm, type Checksum, checksumMembers, isAlgorithm } from "../checksums/checksums.ts";
import { copySourceOf, sourceConditions } from "../copy-source.ts";
import { encryptionMembers, etagOf } from "../encryption.ts";
import { invalidArgument, invalidRequest, noSuchKey } from "../errors.ts";
import type { Body, ObjectAttributes } from "../keys.ts";
import { expirationHeader } from "../lifecycle-rules.ts";
import { limits } from "../limits.ts";
import { announce } from "../notifications.ts";
import type { Target } from "../object-answer.ts";
import { checkCopySource, checkWrite } from "../preconditions.ts";
import { piecesOf } from "../read.ts";
import type { Hashed } from "../rehash.ts";
import { replicate } from "../replication.ts";
import type { Input, Output } from "../types.ts";
import { addObject, copyParts, currentObject, shareBody } from "../versions.ts";

export function copyObject(call: Call, input: Input<"CopyObject">): Answer<Output<"CopyObject">> {
  const { source } = admit(call, input);
  const algorithm = algorithmOf(input, source.row.checksum);
  // A whole checksum of the wanted kind, and an ETag that is an MD5, can be taken over.
  if (
    source.row.partCount === 0 &&
    source.row.encryption.kind === "AES256" &&
    source.row.checksum?.algorithm === algorithm &&
    source.row.checksum.type === "FULL_OBJECT"
  ) {
    return finish(call, input, { md5: source.row.etag, checksum: source.row.checksum.value, algorithm });
  }
  const pieces = piecesOf(source.bucket, source.row.body, { start: 0, end: source.row.sizeBytes });
  return new Perform<Output<"CopyObject">>("s3.rehash", { pieces, algorithm }, (later, hashed: Hashed) =>
    finish(later, input, hashed),
  );
}

function algorithmOf(input: Input<"CopyObject">, checksum: Checksum | null): Algorithm {
  const { ChecksumAlgorithm: asked } = input;
  if (asked === undefined) return checksum?.algorithm ?? "CRC64NVME";
  if (!isAlgorithm(asked)) {
    throw invalidRequest(
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
    );
  }
  return asked;
}

function admit(call: Call, input: Input<"CopyObject">): { readonly bucket: Bucket; readonly source: Target } {
  const bucket = openBucket(call, input);
  checkKey(input.Key);
  authorize(call, bucket, {
    action: "s3:PutObject",
    key: input.Key,
    permission: { on: "bucket", permission: "WRITE" },
    context: requestContext(input),
  });
  const source = copySourceOf(call, input);
  checkCopySource(source.row, sourceConditions(input), call.nowMs);
  if (source.row.sizeBytes > limits.copySizeBytesMax) {
    throw invalidRequest(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${limits.copySizeBytesMax}`,
    );
  }
  checkDirectives(input);
  if (isPointless(input, bucket, source)) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  checkWrite(currentObject(bucket, input.Key), input, () => noSuchKey(input.Key));
  return { bucket, source };
}

function checkDirectives(input: Input<"CopyObject">): void {
  const { MetadataDirective: metadata, TaggingDirective: tagging } = input;
  if (metadata !== undefined && metadata !== "COPY" && metadata !== "REPLACE") {
    throw invalidArgument("x-amz-metadata-directive", metadata, "Unknown metadata directive.");
  }
  if (tagging !== undefined && tagging !== "COPY" && tagging !== "REPLACE") {
    throw invalidArgument("x-amz-tagging-directive", tagging, "Unknown tagging directive.");
  }
}

function isPointless(input: Input<"CopyObject">, bucket: Bucket, source: Target): boolean {
  return (
    source.bucket.name === bucket.name &&
    source.key === input.Key &&
    source.row.versionId === (currentObject(bucket, input.Key)?.versionId ?? "") &&
    input.MetadataDirective !== "REPLACE" &&
    input.StorageClass === undefined &&
    input.ServerSideEncryption === undefined &&
    (input as AttributeInput).SSECustomerAlgorithm === undefined &&
    input.WebsiteRedirectLocation === undefined &&
    input.ChecksumAlgorithm === undefined &&
    !bucket.row.configs.includes("encryption") &&
    source.row.encryption.kind === "AES256" &&
    !(input.CopySource.includes("versionId=") && bucket.row.versioning !== "Off")
  );
}

function finish(call: Call, input: Input<"CopyObject">, hashed: Hashed): Answer<Output<"CopyObject">> {
  const { bucket, source } = admit(call, input);
  const attributes = copiedAttributes(call, bucket, source, input);
  const row = addObject(bucket, input.Key, {
    ...attributes,
    etag: etagOf(call, attributes.encryption, hashed.md5),
    sizeBytes: source.row.sizeBytes,
    modifiedAtMs: call.nowMs,
    body: copyBody(source, bucket),
    checksum: { algorithm: hashed.algorithm, value: hashed.checksum, type: "FULL_OBJECT" },
    partCount: 0,
    restore: null,
    replicationStatus: null,
  });
  const written = replicate(call, bucket, input.Key, row);
  announce(call, bucket, { event: "s3:ObjectCreated:Copy", key: input.Key, row: written });
  return {
    CopyObjectResult: {
      ETag: `"${row.etag}"`,
      LastModified: toldTime(row.modifiedAtMs),
      ...checksumMembers(row.checksum),
    },
    ...encryptionMembers(row.encryption),
    ...(source.row.versionId === "null" ? {} : { CopySourceVersionId: source.row.versionId }),
    ...(bucket.row.versioning === "Off" ? {} : { VersionId: row.versionId }),
    ...expirationHeader(bucket, input.Key, row),
  };
}

export function copyBody(source: Target, bucket: Bucket): Body {
  const { body } = source.row;
  return body.in === "parts"
    ? copyParts(source.bucket, body.id, bucket)
    : shareBody(source.bucket, body, bucket);
}

/** Metadata and tags are copied unless replaced; ACL, class, encryption and lock are always the request's own. */
function copiedAttributes(
  call: Call,
  bucket: Bucket,
  source: Target,
  input: Input<"CopyObject">,
): ObjectAttributes {
  const given = input as AttributeInput;
  const own = attributesOf(
    call,
    bucket,
    input.TaggingDirective === "REPLACE" ? given : { ...given, Tagging: undefined },
  );
  const replace = input.MetadataDirective === "REPLACE";
  const { WebsiteRedirectLocation: _redirect, ...sourceSystem } = source.row.system;
  return {
    ...own,
    system: replace
      ? systemMetadataOf(given)
      : {
          ...sourceSystem,
          ...(given.WebsiteRedirectLocation === undefined
            ? {}
            : { WebsiteRedirectLocation: given.WebsiteRedirectLocation }),
        },
    metadata: replace ? metadataOf(given.Metadata) : source.row.metadata,
    tags: input.TaggingDirective === "REPLACE" ? own.tags : source.row.tags,
  };
}
