/** ListObjectVersions: every version and delete marker, keys ascending and each key's versions newest first. */
import { toldTime } from "../told-time.ts";
import type { Call } from "../../../host/call.ts";
import { authorize } from "../access/authorize.ts";
import { ownerOf } from "../access/acl.ts";
import { requestContext } from "../access/request-context.ts";
import { type Bucket, openBucket } from "../bucket.ts";
import { invalidArgument } from "../errors.ts";
import { objects, type VersionRow, versions } from "../keys.ts";
import { compareKeys, keyEncoder, pageSize, type Seek, walk } from "../listing.ts";
import { invalidVersionId } from "../preconditions.ts";
import type { Input, Output } from "../types.ts";
import { findVersion, isVersionId, orderOf } from "../versions.ts";

export interface ListedVersion {
  readonly key: string;
  readonly row: VersionRow;
  readonly latest: boolean;
}

interface Skip {
  readonly key: string;
  /** Versions of the key that are as new as this, or newer, were listed before. */
  readonly order: number;
}

/** Both tables merged by key; within a key the current version first. */
export function* versionRows(
  bucket: Bucket,
  seek: Seek,
  skip?: Skip,
): Generator<{ readonly key: string; readonly item: ListedVersion }, void> {
  const { tx } = bucket.call;
  const isSkipped = (key: string, row: VersionRow): boolean =>
    skip !== undefined && key === skip.key && row.order >= skip.order;
  const seekVersions =
    skip !== undefined && seek.from?.[0] === skip.key ? { ...seek, from: [skip.key, 1 - skip.order] } : seek;
  const current = objects.scan(tx, [bucket.name], seek);
  const others = versions.scan(tx, [bucket.name], seekVersions);
  let object = current.next();
  let other = others.next();
  let otherKey = other.done === true ? undefined : other.value.key[1];
  let lastKey: string | undefined = skip?.key;
  while (object.done !== true || other.done !== true) {
    const objectKey = object.done === true ? undefined : object.value.key[1];
    const takeObject =
      objectKey !== undefined && (otherKey === undefined || compareKeys(objectKey, otherKey) <= 0);
    const key = (takeObject ? objectKey : otherKey) as string;
    const row = (takeObject ? object.value : other.value)?.value as VersionRow;
    if (takeObject) object = current.next();
    else {
      other = others.next();
      otherKey = other.done === true ? undefined : other.value.key[1];
    }
    if (!isSkipped(key, row)) yield { key, item: { key, row, latest: takeObject || key !== lastKey } };
    lastKey = key;
  }
}

export function listObjectVersions(
  call: Call,
  input: Input<"ListObjectVersions">,
): Output<"ListObjectVersions"> {
  const bucket = openBucket(call, input);
  authorize(call, bucket, {
    action: "s3:ListBucketVersions",
    permission: { on: "bucket", permission: "READ" },
    context: { "s3:prefix": "", ...requestContext(input) },
  });
  const encode = keyEncoder(input.EncodingType);
  const { Prefix: prefix = "", KeyMarker: keyMarker = "", VersionIdMarker: versionIdMarker = "" } = input;
  if (versionIdMarker !== "" && keyMarker === "") {
    throw invalidArgument(
      "version-id-marker",
      versionIdMarker,
      "A version-id marker cannot be specified without a key marker.",
    );
  }
  if (versionIdMarker !== "" && !isVersionId(versionIdMarker)) throw invalidVersionId(versionIdMarker);
  const delimiter = input.Delimiter === "" ? undefined : input.Delimiter;
  const itemsMax = pageSize(input.MaxKeys, "max-keys");
  const marked =
    versionIdMarker === ""
      ? undefined
      : (findVersion(bucket, keyMarker, versionIdMarker)?.row.order ?? orderOf(versionIdMarker));
  const skip = marked === undefined ? undefined : { key: keyMarker, order: marked };
  const page = walk({
    prefix,
    delimiter,
    itemsMax,
    start: keyMarker === "" ? undefined : skip === undefined ? { after: keyMarker } : { from: keyMarker },
    shownPrefixOf: keyMarker === "" ? undefined : keyMarker,
    rows: (seek) => versionRows(bucket, seek, skip),
  });
  const last = page.items.at(-1);
  const ended = page.next;
  const told = toldVersions(page.items, encode);
  return {
    Name: bucket.name,
    Prefix: encode(prefix),
    KeyMarker: encode(keyMarker),
    VersionIdMarker: versionIdMarker,
    MaxKeys: itemsMax,
    ...(delimiter === undefined ? {} : { Delimiter: encode(delimiter) }),
    ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
    IsTruncated: ended !== undefined,
    ...told,
    ...(page.commonPrefixes.length === 0
      ? {}
      : { CommonPrefixes: page.commonPrefixes.map((common) => ({ Prefix: encode(common) })) }),
    ...(ended === undefined
      ? {}
      : "afterPrefix" in ended
        ? { NextKeyMarker: encode(ended.afterPrefix) }
        : { NextKeyMarker: encode(last?.key ?? ""), NextVersionIdMarker: last?.row.versionId ?? "" }),
  };
}

function toldVersions(items: readonly ListedVersion[], encode: (key: string) => string) {
  const live: NonNullable<Output<"ListObjectVersions">["Versions"]> = [];
  const markers: NonNullable<Output<"ListObjectVersions">["DeleteMarkers"]> = [];
  for (const { key, row, latest } of items) {
    const common = {
      Key: encode(key),
      VersionId: row.versionId,
      IsLatest: latest,
      LastModified: toldTime(row.modifiedAtMs),
      Owner: ownerOf(row.ownerAccountId),
    };
    if (row.kind === "marker") markers.push(common);
    else {
      live.push({
        ...common,
        ETag: `"${row.etag}"`,
        Size: row.sizeBytes,
        StorageClass: row.storageClass as "STANDARD",
        ...(row.checksum === null
          ? {}
          : { ChecksumAlgorithm: [row.checksum.algorithm], ChecksumType: row.checksum.type }),
      });
    }
  }
  return {
    ...(live.length === 0 ? {} : { Versions: live }),
    ...(markers.length === 0 ? {} : { DeleteMarkers: markers }),
  };
}
