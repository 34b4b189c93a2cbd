/** DeleteObject and DeleteObjects: a delete without a version id hides a versioned object, one with an id removes that version. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import { authorize } from "../access/authorize.ts";
import { checkKey } from "../attributes.ts";
import { type Bucket, openBucket } from "../bucket.ts";
import { invalidArgument, malformedXml, noSuchKey, noSuchVersion, s3Error } from "../errors.ts";
import type { MarkerRow } from "../keys.ts";
import { limits } from "../limits.ts";
import { announce } from "../notifications.ts";
import { checkRemovable } from "../object-lock.ts";
import { checkDelete, type DeleteConditions, invalidVersionId } from "../preconditions.ts";
import { replicateMarker } from "../replication.ts";
import type { Input, Output } from "../types.ts";
import {
  currentObject,
  deleteCurrent,
  deleteVersion,
  findVersion,
  isVersionId,
  newestVersion,
} from "../versions.ts";

interface Deletion extends DeleteConditions {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly bypass: boolean | undefined;
  /** One of many: some refusals differ. */
  readonly batch: boolean;
}

interface Deleted {
  readonly versionId?: string;
  /** The version removed was a marker, or a marker was made. */
  readonly marker: boolean;
  readonly made: boolean;
}

function remove(call: Call, bucket: Bucket, deletion: Deletion): Deleted {
  const { key, versionId, bypass } = deletion;
  checkKey(key);
  const access = { key, permission: { on: "bucket", permission: "WRITE" } as const };
  authorize(call, bucket, {
    ...access,
    action: versionId === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion",
  });
  if (versionId === undefined) {
    checkDelete(newestVersion(bucket, key), deletion, () => noSuchKey(key));
    const existed = currentObject(bucket, key);
    const marker = deleteCurrent(bucket, key, bucket.row.accountId);
    if (marker === undefined) {
      // Deleting what is not there is told too.
      announce(call, bucket, { event: "s3:ObjectRemoved:Delete", key, row: existed ?? nothing(call) });
      return { marker: false, made: false };
    }
    announce(call, bucket, { event: "s3:ObjectRemoved:DeleteMarkerCreated", key, row: marker });
    replicateMarker(call, bucket, key);
    return { versionId: marker.versionId, marker: true, made: true };
  }
  if (!isVersionId(versionId))
    throw deletion.batch ? noSuchVersion(key, versionId) : invalidVersionId(versionId);
  if (bucket.row.versioning === "Off" && versionId !== "null") {
    throw deletion.batch ? noSuchVersion(key, versionId) : invalidVersionId(versionId);
  }
  const found = findVersion(bucket, key, versionId);
  checkDelete(found?.row, deletion, () => noSuchKey(key));
  if (found === undefined) return { versionId, marker: false, made: false };
  checkRemovable(call, bucket, key, found.row, bypass);
  deleteVersion(bucket, key, found);
  announce(call, bucket, { event: "s3:ObjectRemoved:Delete", key, row: found.row });
  return { versionId, marker: found.row.kind === "marker", made: false };
}

export function deleteObject(call: Call, input: Input<"DeleteObject">): Output<"DeleteObject"> {
  const bucket = openBucket(call, input);
  const { Key: key, VersionId: versionId, BypassGovernanceRetention: bypass } = input;
  if (versionId === "")
    throw s3Error("InvalidArgument", 400, "Version id cannot be the empty string", {
      ArgumentName: "versionId",
      ArgumentValue: "",
    });
  checkBypass(bucket, bypass);
  const deleted = remove(call, bucket, { ...conditionsOf(input), key, versionId, bypass, batch: false });
  return {
    ...(deleted.versionId === undefined ? {} : { VersionId: deleted.versionId }),
    ...(deleted.marker ? { DeleteMarker: true } : {}),
  };
}

const nothing = (call: Call): MarkerRow => ({
  kind: "marker",
  versionId: "null",
  order: call.nowMs * 1000,
  modifiedAtMs: call.nowMs,
  ownerAccountId: call.accountId,
  noncurrentSinceMs: null,
});

function checkBypass(bucket: Bucket, bypass: boolean | undefined): void {
  if (bypass === undefined || bucket.row.lock !== null) return;
  throw invalidArgument(
    "x-amz-bypass-governance-retention",
    undefined,
    "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.",
  );
}

const conditionsOf = (input: DeleteConditions): DeleteConditions => ({
  IfMatch: input.IfMatch,
  IfMatchLastModifiedTime: input.IfMatchLastModifiedTime,
  IfMatchSize: input.IfMatchSize,
});

export function deleteObjects(call: Call, input: Input<"DeleteObjects">): Output<"DeleteObjects"> {
  const bucket = openBucket(call, input);
  const { Objects: objects = [], Quiet: quiet = false } = input.Delete ?? {};
  if (objects.length === 0 || objects.length > limits.deleteObjectsMax) throw malformedXml();
  checkBypass(bucket, input.BypassGovernanceRetention);
  const deletedEntries: NonNullable<Output<"DeleteObjects">["Deleted"]> = [];
  const errors: NonNullable<Output<"DeleteObjects">["Errors"]> = [];
  for (const object of objects) {
    const { Key: key = "", VersionId: versionId } = object;
    const outcome = call.tx.draft.attempt(() =>
      remove(call, bucket, {
        key,
        versionId,
        batch: true,
        bypass: input.BypassGovernanceRetention,
        IfMatch: object.ETag,
        IfMatchLastModifiedTime: object.LastModifiedTime,
        IfMatchSize: object.Size,
      }),
    );
    const asked = { Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) };
    if (outcome instanceof AwsError) errors.push({ ...asked, Code: outcome.code, Message: outcome.message });
    else if (!quiet) deletedEntries.push({ ...asked, ...markerMembers(outcome) });
  }
  return {
    ...(deletedEntries.length === 0 ? {} : { Deleted: deletedEntries }),
    ...(errors.length === 0 ? {} : { Errors: errors }),
  };
}

const markerMembers = (deleted: Deleted): { DeleteMarker?: boolean; DeleteMarkerVersionId?: string } =>
  deleted.marker && deleted.versionId !== undefined
    ? { DeleteMarker: true, DeleteMarkerVersionId: deleted.versionId }
    : {};
