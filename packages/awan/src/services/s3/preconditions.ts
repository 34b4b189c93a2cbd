/** If-Match and its relatives: on reads (RFC 9110 §13.2.2, in its order), on copies, and on writes and deletes. */
import { invalidArgument, notModified, preconditionFailed, s3Error } from "./errors.ts";
import type { ObjectRow, VersionRow } from "./keys.ts";

export interface ReadConditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly IfModifiedSince?: Date | undefined;
  readonly IfUnmodifiedSince?: Date | undefined;
}

const matches = (list: string, etag: string): boolean =>
  list.split(",").some((each) => {
    const wanted = each.trim().replace(/^W\//, "").replaceAll('"', "");
    return wanted === "*" || wanted === etag;
  });

/** HTTP dates have no fractions of a second. */
const secondOf = (timeMs: number): number => Math.floor(timeMs / 1000);

export function checkRead(row: ObjectRow, conditions: ReadConditions, nowMs: number): void {
  const failed = failedRead(row, conditions, nowMs);
  if (failed === undefined) return;
  const { name, notModified: unchanged } = failed;
  if (!unchanged) throw preconditionFailed(name);
  throw notModified({
    etag: `"${row.etag}"`,
    "last-modified": new Date(row.modifiedAtMs).toUTCString(),
    ...(row.versionId === "null" ? {} : { "x-amz-version-id": row.versionId }),
    ...(row.system.CacheControl === undefined ? {} : { "cache-control": row.system.CacheControl }),
    ...(row.system.Expires === undefined ? {} : { expires: row.system.Expires }),
  });
}

/** On a copy every failure is a failed precondition. */
export function checkCopySource(row: ObjectRow, conditions: ReadConditions, nowMs: number): void {
  const failed = failedRead(row, conditions, nowMs);
  if (failed !== undefined) throw preconditionFailed(`x-amz-copy-source-${failed.name}`);
}

function failedRead(
  row: ObjectRow,
  conditions: ReadConditions,
  nowMs: number,
): { readonly name: string; readonly notModified: boolean } | undefined {
  const {
    IfMatch: match,
    IfNoneMatch: noneMatch,
    IfModifiedSince: modified,
    IfUnmodifiedSince: unmodified,
  } = conditions;
  const at = secondOf(row.modifiedAtMs);
  if (match !== undefined) {
    if (!matches(match, row.etag)) return { name: "If-Match", notModified: false };
  } else if (unmodified !== undefined && at > secondOf(unmodified.getTime())) {
    return { name: "If-Unmodified-Since", notModified: false };
  }
  if (noneMatch !== undefined) {
    if (matches(noneMatch, row.etag)) return { name: "If-None-Match", notModified: true };
  } else if (modified !== undefined && modified.getTime() <= nowMs && at <= secondOf(modified.getTime())) {
    return { name: "If-Modified-Since", notModified: true };
  }
  return undefined;
}

export interface WriteConditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
}

/** Whether the object that is there (or not) lets a conditional write happen. */
export function checkWrite(
  current: ObjectRow | undefined,
  conditions: WriteConditions,
  missing: () => Error,
): void {
  const { IfMatch: match, IfNoneMatch: noneMatch } = conditions;
  if (match !== undefined && noneMatch !== undefined) {
    throw s3Error(
      "NotImplemented",
      501,
      "A header you provided implies functionality that is not implemented",
      {
        Header: "If-Match,If-None-Match",
        additionalMessage: "Multiple conditional request headers present in the request",
      },
    );
  }
  if (noneMatch !== undefined) {
    if (noneMatch !== "*") throw unacceptable("If-None-Match");
    if (current !== undefined) throw preconditionFailed("If-None-Match");
  }
  if (match !== undefined) {
    if (match === "*") throw unacceptable("If-Match");
    if (current === undefined) throw missing();
    if (!matches(match, current.etag)) throw preconditionFailed("If-Match");
  }
}

const unacceptable = (header: string): Error =>
  s3Error("NotImplemented", 501, "A header you provided implies functionality that is not implemented", {
    Header: header,
    additionalMessage: `We don't accept the provided value of ${header} header for this API`,
  });

export interface DeleteConditions {
  readonly IfMatch?: string | undefined;
  readonly IfMatchLastModifiedTime?: Date | undefined;
  readonly IfMatchSize?: number | undefined;
}

export function checkDelete(
  current: VersionRow | undefined,
  conditions: DeleteConditions,
  missing: () => Error,
): void {
  const { IfMatch: match, IfMatchLastModifiedTime: modified, IfMatchSize: size } = conditions;
  if (match === undefined && modified === undefined && size === undefined) return;
  if (current === undefined || current.kind === "marker") {
    if (match === "*" || match !== undefined || modified !== undefined || size !== undefined) throw missing();
    return;
  }
  if (match !== undefined && !matches(match, current.etag)) throw preconditionFailed("If-Match");
  if (modified !== undefined && secondOf(modified.getTime()) !== secondOf(current.modifiedAtMs)) {
    throw preconditionFailed("If-Match-Last-Modified-Time");
  }
  if (size !== undefined && size !== current.sizeBytes) throw preconditionFailed("If-Match-Size");
}

/** A version id that S3 cannot have given out. */
export const invalidVersionId = (versionId: string): Error =>
  invalidArgument("versionId", versionId, "Invalid version id specified");
