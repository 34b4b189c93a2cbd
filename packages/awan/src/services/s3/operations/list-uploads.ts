/** ListParts and ListMultipartUploads. */
import { toldTime } from "../told-time.ts";
import type { Call } from "../../../host/call.ts";
import { authorize } from "../access/authorize.ts";
import { namedOwnerOf, ownerOf } from "../access/acl.ts";
import { type Bucket, openBucket } from "../bucket.ts";
import { checksumMembers } from "../checksums/checksums.ts";
import { uploadParts, type UploadRow, uploads } from "../keys.ts";
import { invalidArgument } from "../errors.ts";
import { keyEncoder, pageSize, type Seek, walk } from "../listing.ts";
import { openUpload } from "../multipart.ts";
import type { Input, Output } from "../types.ts";

export function listParts(call: Call, input: Input<"ListParts">): Output<"ListParts"> {
  const bucket = openBucket(call, input);
  authorize(call, bucket, {
    action: "s3:ListMultipartUploadParts",
    key: input.Key,
    permission: { on: "bucket", permission: "READ" },
  });
  const upload = openUpload(bucket, input.Key, input.UploadId);
  const { row } = upload;
  const max = pageSize(input.MaxParts, "max-parts");
  const marker = Number(input.PartNumberMarker ?? 0);
  const told: NonNullable<Output<"ListParts">["Parts"]> = [];
  let truncated = false;
  for (const { key, value } of uploadParts.scan(bucket.call.tx, [bucket.name, upload.id], {
    from: [marker + 1],
  })) {
    if (told.length === max) {
      truncated = max > 0;
      break;
    }
    const { ChecksumType: _type, ...checksum } = row.checksumAsked ? checksumMembers(value.checksum) : {};
    told.push({
      PartNumber: key[2],
      LastModified: toldTime(value.modifiedAtMs),
      ETag: `"${value.etag}"`,
      Size: value.sizeBytes,
      ...checksum,
    });
  }
  return {
    Bucket: bucket.name,
    Key: input.Key,
    UploadId: upload.id,
    PartNumberMarker: String(marker),
    NextPartNumberMarker: String(told.at(-1)?.PartNumber ?? 0),
    MaxParts: max,
    IsTruncated: truncated,
    ...(told.length === 0 ? {} : { Parts: told }),
    Initiator: initiatorOf(row),
    Owner: ownerOf(row.ownerAccountId),
    StorageClass: row.storageClass as "STANDARD",
    ...(row.checksumAsked && row.algorithm !== null
      ? {
          ChecksumAlgorithm: row.algorithm,
          ...(row.checksumKind === null ? {} : { ChecksumType: row.checksumKind }),
        }
      : {}),
  };
}

const initiatorOf = (row: UploadRow) => namedOwnerOf(row.initiatorAccountId);

interface Listed {
  readonly key: string;
  readonly id: string;
  readonly row: UploadRow;
}

function* uploadRows(
  bucket: Bucket,
  seek: Seek,
  skip: { readonly key: string; readonly id: string } | undefined,
): Generator<{ readonly key: string; readonly item: Listed }, void> {
  for (const { key, value } of uploads.scan(bucket.call.tx, [bucket.name], seek)) {
    const [, objectKey, id] = key;
    if (skip !== undefined && objectKey === skip.key && id <= skip.id) continue;
    yield { key: objectKey, item: { key: objectKey, id, row: value } };
  }
}

export function listMultipartUploads(
  call: Call,
  input: Input<"ListMultipartUploads">,
): Output<"ListMultipartUploads"> {
  const bucket = openBucket(call, input);
  authorize(call, bucket, {
    action: "s3:ListBucketMultipartUploads",
    permission: { on: "bucket", permission: "READ" },
  });
  const encode = keyEncoder(input.EncodingType);
  const { Prefix: prefix = "", KeyMarker: keyMarker = "", UploadIdMarker: idMarker = "" } = input;
  const delimiter = input.Delimiter === "" ? undefined : input.Delimiter;
  const itemsMax = pageSize(input.MaxUploads, "max-uploads");
  if (
    keyMarker !== "" &&
    idMarker !== "" &&
    !uploads.has(bucket.call.tx, [bucket.name, keyMarker, idMarker])
  ) {
    throw invalidArgument("upload-id-marker", idMarker, "Invalid uploadId marker");
  }
  const skip = keyMarker !== "" && idMarker !== "" ? { key: keyMarker, id: idMarker } : undefined;
  const page = walk({
    prefix,
    delimiter,
    itemsMax,
    start: keyMarker === "" ? undefined : skip === undefined ? { after: keyMarker } : { from: keyMarker },
    shownPrefixOf: keyMarker === "" ? undefined : keyMarker,
    rows: (seek) => uploadRows(bucket, seek, skip),
  });
  const last = page.items.at(-1);
  const told = page.items.map(({ key, id, row }) => ({
    Key: encode(key),
    UploadId: id,
    Initiated: toldTime(row.startedAtMs),
    StorageClass: row.storageClass as "STANDARD",
    Owner: ownerOf(row.ownerAccountId),
    Initiator: initiatorOf(row),
    ...(row.checksumAsked && row.algorithm !== null
      ? {
          ChecksumAlgorithm: row.algorithm,
          ...(row.checksumKind === null ? {} : { ChecksumType: row.checksumKind }),
        }
      : {}),
  }));
  const ended = page.next;
  return {
    Bucket: bucket.name,
    KeyMarker: encode(keyMarker),
    UploadIdMarker: keyMarker === "" ? "" : idMarker,
    // AWS tells no marker after a common prefix (recorded), and whoever pages starts again there; here they go on.
    NextKeyMarker:
      ended !== undefined && "afterPrefix" in ended ? encode(ended.afterPrefix) : encode(last?.key ?? ""),
    NextUploadIdMarker: ended !== undefined && "afterPrefix" in ended ? "" : (last?.id ?? ""),
    ...(input.Prefix === undefined ? {} : { Prefix: encode(prefix) }),
    ...(delimiter === undefined ? {} : { Delimiter: encode(delimiter) }),
    MaxUploads: itemsMax,
    ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
    IsTruncated: ended !== undefined,
    ...(told.length === 0 ? {} : { Uploads: told }),
    ...(page.commonPrefixes.length === 0
      ? {}
      : { CommonPrefixes: page.commonPrefixes.map((common) => ({ Prefix: encode(common) })) }),
  };
}
