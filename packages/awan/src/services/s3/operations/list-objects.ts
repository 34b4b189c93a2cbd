/** ListObjects and ListObjectsV2: current objects in the order of their keys' bytes. */
import { toldTime } from "../told-time.ts";
import type { Call } from "../../../host/call.ts";
import { authorize } from "../access/authorize.ts";
import { ownerOf } from "../access/acl.ts";
import { requestContext } from "../access/request-context.ts";
import { type Bucket, openBucket } from "../bucket.ts";
import { invalidArgument } from "../errors.ts";
import { type ObjectRow, objects } from "../keys.ts";
import {
  keyEncoder,
  type Page,
  pageSize,
  type Position,
  positionOfToken,
  type Seek,
  tokenOf,
  walk,
} from "../listing.ts";
import type { Input, Output } from "../types.ts";

interface Listed {
  readonly key: string;
  readonly row: ObjectRow;
}

export function* currentRows(
  bucket: Bucket,
  seek: Seek,
): Generator<{ readonly key: string; readonly item: Listed }, void> {
  for (const { key, value } of objects.scan(bucket.call.tx, [bucket.name], seek)) {
    yield { key: key[1], item: { key: key[1], row: value } };
  }
}

function admit(call: Call, input: Input<"ListObjects"> | Input<"ListObjectsV2">): Bucket {
  const bucket = openBucket(call, input);
  authorize(call, bucket, {
    action: "s3:ListBucket",
    permission: { on: "bucket", permission: "READ" },
    context: { "s3:prefix": "", ...requestContext(input) },
  });
  return bucket;
}

/** A thousand of one shape: decisions/0012. */
const contentsOf = (page: Page<Listed>, encode: (key: string) => string, withOwner: boolean) =>
  page.items.map(({ key, row }) => ({
    Key: encode(key),
    LastModified: toldTime(row.modifiedAtMs),
    ETag: `"${row.etag}"`,
    ChecksumAlgorithm: row.checksum === null ? undefined : [row.checksum.algorithm],
    ChecksumType: row.checksum?.type,
    Size: row.sizeBytes,
    StorageClass: row.storageClass as "STANDARD",
    Owner: withOwner ? ownerOf(row.ownerAccountId) : undefined,
  }));

const prefixesOf = (page: Page<unknown>, encode: (key: string) => string) =>
  page.commonPrefixes.length === 0
    ? {}
    : { CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })) };

export function listObjects(call: Call, input: Input<"ListObjects">): Output<"ListObjects"> {
  const bucket = admit(call, input);
  const encode = keyEncoder(input.EncodingType);
  const { Prefix: prefix = "", Marker: marker = "" } = input;
  const delimiter = input.Delimiter === "" ? undefined : input.Delimiter;
  const itemsMax = pageSize(input.MaxKeys, "max-keys");
  const page = walk({
    prefix,
    delimiter,
    itemsMax,
    start: marker === "" ? undefined : { after: marker },
    shownPrefixOf: marker === "" ? undefined : marker,
    rows: (seek) => currentRows(bucket, seek),
  });
  const contents = contentsOf(page, encode, call.principal.kind !== "anonymous");
  return {
    ...regionHeader(bucket),
    Name: bucket.name,
    // Alone of all names this one is told as it came.
    Prefix: prefix,
    Marker: encode(marker),
    MaxKeys: itemsMax,
    ...(delimiter === undefined ? {} : { Delimiter: encode(delimiter) }),
    ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
    IsTruncated: page.next !== undefined,
    ...(contents.length === 0 ? {} : { Contents: contents }),
    ...prefixesOf(page, encode),
    // Without a delimiter the last key is the marker of the next page, and is not repeated.
    ...(page.next !== undefined && delimiter !== undefined ? { NextMarker: encode(lastOf(page.next)) } : {}),
  };
}

/** No member of the model, but what clients find a bucket's region by. */
const regionHeader = (bucket: Bucket): object => ({ $headers: { "x-amz-bucket-region": bucket.row.region } });

const lastOf = (position: Position): string =>
  "after" in position ? position.after : "afterPrefix" in position ? position.afterPrefix : position.from;

export function listObjectsV2(call: Call, input: Input<"ListObjectsV2">): Output<"ListObjectsV2"> {
  const bucket = admit(call, input);
  const encode = keyEncoder(input.EncodingType);
  const { Prefix: prefix = "", StartAfter: startAfter, ContinuationToken: token } = input;
  if (token === "")
    throw invalidArgument("continuation-token", undefined, "The continuation token provided is incorrect");
  const delimiter = input.Delimiter === "" ? undefined : input.Delimiter;
  const itemsMax = pageSize(input.MaxKeys, "max-keys");
  const page = walk({
    prefix,
    delimiter,
    itemsMax,
    start:
      token !== undefined
        ? positionOfToken(token)
        : startAfter === undefined || startAfter === ""
          ? undefined
          : { after: startAfter },
    shownPrefixOf: undefined,
    rows: (seek) => currentRows(bucket, seek),
  });
  const contents = contentsOf(page, encode, input.FetchOwner === true);
  return {
    ...regionHeader(bucket),
    Name: bucket.name,
    Prefix: encode(prefix),
    ...(token === undefined ? {} : { ContinuationToken: token }),
    ...(startAfter === undefined || token !== undefined ? {} : { StartAfter: encode(startAfter) }),
    MaxKeys: itemsMax,
    ...(delimiter === undefined ? {} : { Delimiter: encode(delimiter) }),
    ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
    KeyCount: page.items.length + page.commonPrefixes.length,
    IsTruncated: page.next !== undefined,
    ...(contents.length === 0 ? {} : { Contents: contents }),
    ...prefixesOf(page, encode),
    ...(page.next === undefined ? {} : { NextContinuationToken: tokenOf(page.next) }),
  };
}
