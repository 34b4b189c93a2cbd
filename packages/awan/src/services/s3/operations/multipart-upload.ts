/** CreateMultipartUpload, UploadPart and UploadPartCopy. */
import { toldTime } from "../told-time.ts";
import type { Call } from "../../../host/call.ts";
import { type Answer, Perform } from "../../../host/service.ts";
import { authorize } from "../access/authorize.ts";
import { requestContext } from "../access/request-context.ts";
import { attributesOf, checkKey } from "../attributes.ts";
import { type Bucket, openBucket } from "../bucket.ts";
import { withWrittenBlob } from "../blob-references.ts";
import {
  type Algorithm,
  type ChecksumKind,
  defaultKind,
  givenChecksums,
  isAlgorithm,
  offersKind,
} from "../checksums/checksums.ts";
import { copySourceOf, sourceConditions } from "../copy-source.ts";
import { customerKeyOf, type EncryptionHeaders, encryptionMembers, etagOf } from "../encryption.ts";
import { invalidArgument, invalidRequest } from "../errors.ts";
import { uploads } from "../keys.ts";
import { limits } from "../limits.ts";
import { keepPart, newUploadId, openUpload, type Upload } from "../multipart.ts";
import { checkCopySource } from "../preconditions.ts";
import { type ByteRange, piecesOf } from "../read.ts";
import { checkPromises, storeBody, type Stored } from "../store.ts";
import type { Input, Output } from "../types.ts";
import { bodyOf } from "./put-object.ts";

export function admitUpload(
  call: Call,
  input: { readonly Bucket: string; readonly Key: string; readonly ExpectedBucketOwner?: string | undefined },
): Bucket {
  const bucket = openBucket(call, input);
  checkKey(input.Key);
  authorize(call, bucket, {
    action: "s3:PutObject",
    key: input.Key,
    permission: { on: "bucket", permission: "WRITE" },
    context: requestContext(input),
  });
  return bucket;
}

export function createMultipartUpload(
  call: Call,
  input: Input<"CreateMultipartUpload">,
): Output<"CreateMultipartUpload"> {
  const bucket = admitUpload(call, input);
  const { algorithm, kind } = checksumOf(input);
  const attributes = attributesOf(call, bucket, input);
  const id = newUploadId(call);
  uploads.set(bucket.call.tx, [bucket.name, input.Key, id], {
    ...attributes,
    startedAtMs: call.nowMs,
    overtaken: false,
    initiatorArn: call.principal.arn,
    initiatorAccountId: call.principal.kind === "anonymous" ? bucket.row.accountId : call.principal.accountId,
    algorithm: algorithm ?? "CRC64NVME",
    checksumKind: kind,
    checksumAsked: algorithm !== undefined,
  });
  return {
    Bucket: bucket.name,
    Key: input.Key,
    UploadId: id,
    ...encryptionMembers(attributes.encryption),
    ...(algorithm === undefined ? {} : { ChecksumAlgorithm: algorithm, ChecksumType: kind }),
  };
}

function checksumOf(input: Input<"CreateMultipartUpload">): {
  readonly algorithm: Algorithm | undefined;
  readonly kind: ChecksumKind;
} {
  const { ChecksumAlgorithm: algorithm, ChecksumType: kind } = input;
  if (algorithm === undefined) {
    if (kind !== undefined)
      throw invalidRequest(
        "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
      );
    return { algorithm: undefined, kind: "FULL_OBJECT" };
  }
  if (!isAlgorithm(algorithm)) {
    throw invalidRequest(
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
    );
  }
  if (kind === undefined) return { algorithm, kind: defaultKind(algorithm) };
  if (kind !== "COMPOSITE" && kind !== "FULL_OBJECT")
    throw invalidRequest(`Value for x-amz-checksum-type header is invalid.`);
  if (!offersKind(algorithm, kind)) {
    throw invalidRequest(
      `The ${kind} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  return { algorithm, kind };
}

const checkPartNumber = (partNumber: number): void => {
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > limits.partNumberMax) {
    throw invalidArgument(
      "partNumber",
      String(partNumber),
      "Part number must be an integer between 1 and 10000, inclusive",
    );
  }
};

export function uploadPart(call: Call, input: Input<"UploadPart">): Answer<Output<"UploadPart">> {
  const { row } = admitPart(call, input);
  const promised = givenChecksums(input);
  const asked = promised[0]?.[0] ?? input.ChecksumAlgorithm;
  if (row.checksumAsked && asked !== undefined && asked !== row.algorithm) {
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${row.algorithm?.toLowerCase() ?? "null"}, actual checksum Type: ${asked.toLowerCase()}`,
    );
  }
  const own = row.algorithm ?? "CRC64NVME";
  const request = {
    body: input.Body,
    contentLength: input.ContentLength,
    contentMd5: (input as { readonly ContentMD5?: string }).ContentMD5,
    promised,
    algorithm: isAlgorithm(asked) ? asked : own,
    also: own,
    sizeBytesMax: limits.putSizeBytesMax,
    isPart: true,
  };
  checkPromises(request);
  return storeBody(call, request, (later, stored) => {
    const upload = admitPart(later, input);
    const etag = finishPart(upload, input.PartNumber, stored);
    return {
      ETag: `"${etag}"`,
      ...(stored.checksumGiven || upload.row.checksumAsked
        ? { [`Checksum${stored.algorithm}`]: stored.checksum }
        : {}),
      ...encryptionMembers(upload.row.encryption),
    };
  });
}

function admitPart(call: Call, input: Input<"UploadPart"> | Input<"UploadPartCopy">): Upload {
  const bucket = admitUpload(call, input);
  checkPartNumber(input.PartNumber);
  const upload = openUpload(bucket, input.Key, input.UploadId);
  checkUploadKey(upload, input);
  return upload;
}

/** Parts of an SSE-C upload, and its completion, bring the key that began it. */
export function checkUploadKey(upload: Upload, input: EncryptionHeaders): void {
  const { encryption } = upload.row;
  const given = customerKeyOf(input);
  if (encryption.kind !== "customer") {
    if (given !== undefined)
      throw invalidRequest(
        "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.",
      );
    return;
  }
  if (given === undefined) {
    throw invalidRequest(
      "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.",
    );
  }
  if (given !== encryption.customerKeyMd5)
    throw invalidRequest("The provided encryption parameters did not match the ones used originally.");
}

/** The part's ETag. */
function finishPart(upload: Upload, partNumber: number, stored: Stored): string {
  const { algorithm, encryption } = upload.row;
  const etag = etagOf(upload.bucket.call, encryption, stored.md5);
  keepPart(upload, partNumber, {
    etag,
    sizeBytes: stored.sizeBytes,
    modifiedAtMs: upload.bucket.call.nowMs,
    body: bodyOf(upload.bucket, stored),
    checksum: {
      algorithm: algorithm ?? "CRC64NVME",
      value: stored.also ?? stored.checksum,
      type: "FULL_OBJECT",
    },
  });
  return etag;
}

export function uploadPartCopy(call: Call, input: Input<"UploadPartCopy">): Answer<Output<"UploadPartCopy">> {
  const { row } = admitPart(call, input);
  const source = copySourceOf(call, input);
  checkCopySource(source.row, sourceConditions(input), call.nowMs);
  const range = copyRange(input.CopySourceRange, source.row.sizeBytes);
  const sizeBytes = range.end - range.start;
  if (sizeBytes > limits.copySizeBytesMax)
    throw invalidRequest(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${limits.copySizeBytesMax}`,
    );
  const pieces = piecesOf(source.bucket, source.row.body, range);
  const algorithm = row.algorithm ?? "CRC64NVME";
  return new Perform<Output<"UploadPartCopy">>(
    "s3.restore",
    { pieces, sizeBytes, algorithm },
    (later, stored: Stored) => {
      const done = (last: Call): Output<"UploadPartCopy"> => {
        const upload = admitPart(last, input);
        const etag = finishPart(upload, input.PartNumber, stored);
        return {
          CopyPartResult: {
            ETag: `"${etag}"`,
            LastModified: toldTime(last.nowMs),
            ...(upload.row.checksumAsked ? { [`Checksum${stored.algorithm}`]: stored.checksum } : {}),
          },
          ...(source.row.versionId === "null" ? {} : { CopySourceVersionId: source.row.versionId }),
          ...encryptionMembers(upload.row.encryption),
        };
      };
      return stored.blob === null ? done(later) : withWrittenBlob(later, stored.blob, done);
    },
  );
}

function copyRange(header: string | undefined, sizeBytes: number): ByteRange {
  if (header === undefined) return { start: 0, end: sizeBytes };
  const match = /^bytes=(\d+)-(\d+)$/.exec(header);
  if (match === null) throw malformedRange(header);
  const start = Number(match[1]);
  const end = Number(match[2]) + 1;
  if (start >= end) throw malformedRange(header);
  if (start >= sizeBytes)
    throw invalidRequest("The specified copy range is invalid for the source object size");
  if (end > sizeBytes) {
    throw invalidArgument(
      "x-amz-copy-source-range",
      header,
      `Range specified is not valid for source object of size: ${sizeBytes}`,
    );
  }
  return { start, end };
}

const malformedRange = (header: string): Error =>
  invalidArgument(
    "x-amz-copy-source-range",
    header,
    "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
  );
