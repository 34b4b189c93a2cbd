/** What GetObject and HeadObject tell of a version, and how both find it. */
import { toldTime } from "./told-time.ts";
import type { Call } from "../../host/call.ts";
import { authorize, mayList } from "./access/authorize.ts";
import { requestContext } from "./access/request-context.ts";
import { toldMetadata } from "./attributes.ts";
import { type Bucket, openBucket } from "./bucket.ts";
import { type Checksum, checksumMembers } from "./checksums/checksums.ts";
import { checkReadKey, encryptionMembers, type EncryptionHeaders } from "./encryption.ts";
import {
  accessDenied,
  invalidArgument,
  methodNotAllowed,
  noSuchKey,
  noSuchVersion,
  s3Error,
} from "./errors.ts";
import type { CompletedPartRow, ObjectRow, VersionRow } from "./keys.ts";
import { partNumbers, parts } from "./keys.ts";
import { expirationHeader } from "./lifecycle-rules.ts";
import { checkRead, invalidVersionId, type ReadConditions } from "./preconditions.ts";
import { type ByteRange, contentRangeOf, parseRange } from "./read.ts";
import { findVersion, isVersionId, newestVersion } from "./versions.ts";

export interface VersionInput {
  readonly Bucket: string | undefined;
  readonly Key: string | undefined;
  readonly VersionId?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
}

export interface Target {
  readonly bucket: Bucket;
  readonly key: string;
  readonly row: ObjectRow;
}

export interface Wish {
  /** `s3:GetObject`; with a version id, `s3:GetObjectVersion`. */
  readonly action: string;
  readonly permission: "READ" | "READ_ACP" | "WRITE_ACP" | undefined;
  readonly method: string;
  readonly context?: Readonly<Record<string, string | undefined>>;
}

const versioned = (action: string, versionId: string | undefined): string =>
  versionId === undefined ? action : action.replace(/^(s3:(?:Get|Put|Delete)Object)/, "$1Version");

/** The version asked for, which the caller may access. Delete markers and what is missing are refused as S3 does. */
export function targetOf(call: Call, input: VersionInput, wish: Wish): Target {
  const bucket = openBucket(call, input);
  const key = input.Key ?? "";
  const { VersionId: versionId } = input;
  if (versionId === "") throw invalidArgument("versionId", "", "Version id cannot be the empty string");
  if (versionId !== undefined && !isVersionId(versionId)) throw invalidVersionId(versionId);
  if (versionId !== undefined && versionId !== "null" && bucket.row.versioning === "Off") {
    throw invalidVersionId(versionId);
  }
  const found =
    versionId === undefined ? newestVersion(bucket, key) : findVersion(bucket, key, versionId)?.row;
  const row = found?.kind === "object" ? found : undefined;
  const access = {
    action: versioned(wish.action, versionId),
    key,
    ...(wish.permission === undefined
      ? {}
      : { permission: { on: "object", permission: wish.permission } as const }),
    ...(row === undefined ? {} : { object: row }),
    context: () => ({ ...requestContext(input), ...wish.context }),
  };
  if (row !== undefined) {
    authorize(call, bucket, access);
    return { bucket, key, row };
  }
  if (!mayList(call, bucket, key)) {
    authorize(call, bucket, access);
    throw accessDenied();
  }
  throw missing(bucket.name, key, versionId, found, wish);
}

function missing(
  bucket: string,
  key: string,
  versionId: string | undefined,
  found: VersionRow | undefined,
  { method, action }: Wish,
): Error {
  // Where tags are asked for, the key is told with its bucket (recorded).
  const told = action === "s3:GetObjectTagging" && versionId === undefined ? `${bucket}/${key}` : key;
  if (found === undefined) return versionId === undefined ? noSuchKey(told) : noSuchVersion(key, versionId);
  const headers = { "x-amz-delete-marker": "true", "x-amz-version-id": found.versionId };
  const isRead = (method === "GET" || method === "HEAD") && !action.endsWith("Tagging");
  if (versionId === undefined && isRead) return noSuchKey(key, headers);
  return methodNotAllowed(method, "DeleteMarker", {
    ...headers,
    allow: "DELETE",
    "last-modified": new Date(found.modifiedAtMs).toUTCString(),
  });
}

export interface ReadInput extends VersionInput, ReadConditions, EncryptionHeaders {
  readonly Range?: string | undefined;
  readonly PartNumber?: number | undefined;
  readonly ChecksumMode?: string | undefined;
  readonly ResponseCacheControl?: string | undefined;
  readonly ResponseContentDisposition?: string | undefined;
  readonly ResponseContentEncoding?: string | undefined;
  readonly ResponseContentLanguage?: string | undefined;
  readonly ResponseContentType?: string | undefined;
  readonly ResponseExpires?: Date | undefined;
}

interface Slice {
  readonly range: ByteRange;
  readonly partial: boolean;
  readonly checksum: Checksum | null;
}

/** The bytes asked for: all, a range, or a part. */
function sliceOf(target: Target, input: ReadInput): Slice {
  const { bucket, row } = target;
  const { Range: header, PartNumber: partNumber } = input;
  if (header !== undefined && partNumber !== undefined) {
    throw s3Error("InvalidRequest", 400, "Cannot specify both Range header and partNumber query parameter");
  }
  if (partNumber !== undefined) {
    if (partNumber < 1 || partNumber > 10_000) {
      throw invalidArgument(
        "partNumber",
        String(partNumber),
        "Part number must be an integer between 1 and 10000, inclusive",
      );
    }
    return partOf(bucket, row, partNumber);
  }
  const range = parseRange(header, row.sizeBytes);
  if (range === undefined)
    return { range: { start: 0, end: row.sizeBytes }, partial: false, checksum: row.checksum };
  const whole = range.start === 0 && range.end === row.sizeBytes;
  return { range, partial: true, checksum: whole ? row.checksum : null };
}

function partOf(bucket: Bucket, row: ObjectRow, partNumber: number): Slice {
  const { tx } = bucket.call;
  if (row.partCount === 0 || row.body.in !== "parts") {
    if (partNumber > 1) throw invalidPartNumber(partNumber, 1);
    return { range: { start: 0, end: row.sizeBytes }, partial: true, checksum: row.checksum };
  }
  const start = partNumbers.get(tx, [bucket.name, row.body.id, partNumber]);
  const part = start === undefined ? undefined : parts.get(tx, [bucket.name, row.body.id, start]);
  if (start === undefined || part === undefined) throw invalidPartNumber(partNumber, row.partCount);
  return {
    range: { start, end: start + part.sizeBytes },
    partial: true,
    checksum: checksumOfPart(row, part),
  };
}

/** Full-object uploads tell no checksums of their parts, unless the part is the whole. */
function checksumOfPart(row: ObjectRow, part: CompletedPartRow): Checksum | null {
  if (row.checksum?.type === "FULL_OBJECT") return row.partCount === 1 ? row.checksum : null;
  return row.checksum === null || part.checksum === null ? null : { ...part.checksum, type: "COMPOSITE" };
}

const invalidPartNumber = (asked: number, count: number): Error =>
  s3Error("InvalidPartNumber", 416, "The requested partnumber is not satisfiable", {
    PartNumberRequested: asked,
    ActualPartCount: count,
  });

/** Everything but the body. */
export function describe(call: Call, target: Target, input: ReadInput) {
  const { bucket, key, row } = target;
  checkReadKey(row.encryption, input);
  checkRead(row, input, call.nowMs);
  const slice = sliceOf(target, input);
  const { range, partial } = slice;
  const { Expires: expires, ...system } = row.system;
  if (call.principal.kind === "anonymous") checkNoOverrides(input);
  const output = {
    ...system,
    ...(expires === undefined ? {} : expiresMembers(expires)),
    ...overridesOf(input),
    AcceptRanges: "bytes",
    LastModified: toldTime(row.modifiedAtMs),
    ContentLength: range.end - range.start,
    ETag: `"${row.etag}"`,
    Metadata: toldMetadata(row.metadata),
    ...encryptionMembers(row.encryption),
    ...(partial && row.sizeBytes > 0 ? { ContentRange: contentRangeOf(range, row.sizeBytes) } : {}),
    ...(input.ChecksumMode?.toUpperCase() === "ENABLED" ? checksumMembers(slice.checksum) : {}),
    ...(bucket.row.versioning === "Off" ? {} : { VersionId: row.versionId }),
    ...(row.storageClass === "STANDARD" ? {} : { StorageClass: row.storageClass as "STANDARD_IA" }),
    ...(row.tags.length === 0 ? {} : { TagCount: row.tags.length }),
    ...(input.PartNumber !== undefined && row.partCount > 0 ? { PartsCount: row.partCount } : {}),
    ...(row.replicationStatus === null ? {} : { ReplicationStatus: row.replicationStatus }),
    ...restoreMembers(row),
    ...lockMembers(row),
    // Not where a version is asked for, even the current one (recorded).
    ...(input.VersionId === undefined ? expirationHeader(bucket, key, row) : {}),
  };
  return { output, range };
}

const expiresMembers = (expires: string): { readonly Expires?: Date; readonly ExpiresString: string } => {
  const time = Date.parse(expires);
  return { ...(Number.isNaN(time) ? {} : { Expires: new Date(time) }), ExpiresString: expires };
};

const overrides = {
  ResponseCacheControl: "CacheControl",
  ResponseContentDisposition: "ContentDisposition",
  ResponseContentEncoding: "ContentEncoding",
  ResponseContentLanguage: "ContentLanguage",
  ResponseContentType: "ContentType",
} as const;

function overridesOf(input: ReadInput): Record<string, unknown> {
  const changed: Record<string, unknown> = {};
  for (const [asked, member] of Object.entries(overrides)) {
    const value = input[asked as keyof typeof overrides];
    if (value === undefined) continue;
    if (/[\u0100-\uffff]/.test(value)) {
      const argument = asked.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
      throw invalidArgument(argument, value, "Header value cannot be represented using ISO-8859-1.");
    }
    changed[member] = value;
  }
  if (input.ResponseExpires !== undefined)
    Object.assign(changed, expiresMembers(input.ResponseExpires.toUTCString()));
  return changed;
}

function checkNoOverrides(input: ReadInput): void {
  const given = Object.keys(input).some((name) => name.startsWith("Response"));
  if (given)
    throw s3Error(
      "InvalidRequest",
      400,
      "Request specific response headers cannot be used for anonymous GET requests.",
    );
}

function restoreMembers(row: ObjectRow): { readonly Restore?: string } {
  const { restore } = row;
  if (restore === null) return {};
  if (restore.untilMs === null) return { Restore: 'ongoing-request="true"' };
  return { Restore: `ongoing-request="false", expiry-date="${new Date(restore.untilMs).toUTCString()}"` };
}

/** Whether the bytes of an archived object cannot be read now. */
export const isFrozen = (row: ObjectRow): boolean =>
  (row.storageClass === "GLACIER" || row.storageClass === "DEEP_ARCHIVE") &&
  (row.restore === null || row.restore.untilMs === null);

function lockMembers(row: ObjectRow) {
  return {
    ...(row.retention === null
      ? {}
      : { ObjectLockMode: row.retention.mode, ObjectLockRetainUntilDate: new Date(row.retention.untilMs) }),
    ...(row.legalHold !== null
      ? { ObjectLockLegalHoldStatus: row.legalHold ? ("ON" as const) : ("OFF" as const) }
      : {}),
  };
}
