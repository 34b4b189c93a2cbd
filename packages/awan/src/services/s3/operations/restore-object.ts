/** RestoreObject: an archived object can be read for some days, once its retrieval has taken its time; and S3 Select, which AWS has closed. */
import type { Call } from "../../../host/call.ts";
import type { Duty } from "../../../host/service.ts";
import { type Bucket, findBucket } from "../bucket.ts";
import { malformedXml, s3Error } from "../errors.ts";
import type { ObjectRow } from "../keys.ts";
import { dueAfterDays } from "../lifecycle-rules.ts";
import { announce } from "../notifications.ts";
import { targetOf } from "../object-answer.ts";
import type { Input, Output } from "../types.ts";
import { findVersion, rewriteVersion } from "../versions.ts";

const hourMs = 3_600_000;
/** The long ends of "Archive retrieval options", User Guide. */
const retrievalMs: Readonly<Record<string, { readonly GLACIER: number; readonly DEEP_ARCHIVE: number }>> = {
  Expedited: { GLACIER: 5 * 60_000, DEEP_ARCHIVE: 12 * hourMs },
  Standard: { GLACIER: 5 * hourMs, DEEP_ARCHIVE: 12 * hourMs },
  Bulk: { GLACIER: 12 * hourMs, DEEP_ARCHIVE: 48 * hourMs },
};

export function restoreObject(call: Call, input: Input<"RestoreObject">): Output<"RestoreObject"> {
  const { bucket, key, row } = targetOf(call, input, {
    action: "s3:RestoreObject",
    permission: undefined,
    method: "POST",
  });
  const { Days: days, GlacierJobParameters: job, Tier: tier, Type: type } = input.RestoreRequest ?? {};
  if (type === "SELECT")
    throw s3Error("MethodNotAllowed", 405, "The specified method is not allowed against this resource.");
  const { storageClass } = row;
  if (storageClass !== "GLACIER" && storageClass !== "DEEP_ARCHIVE") {
    throw s3Error(
      "InvalidObjectState",
      403,
      "Restore is not allowed for the object's current storage class",
      { StorageClass: storageClass },
    );
  }
  if (days === undefined || days <= 0) throw malformedXml();
  const pace = retrievalMs[job?.Tier ?? tier ?? "Standard"];
  if (pace === undefined) throw malformedXml();
  if (row.restore !== null) {
    if (row.restore.untilMs === null)
      throw s3Error("RestoreAlreadyInProgress", 409, "Object restore is already in progress");
    readable(bucket, key, row, days);
    return answer(200);
  }
  rewriteVersion(bucket, key, { ...row, restore: { days, untilMs: null } });
  bucket.call.schedule("s3.restored", [bucket.name, key, row.versionId], call.nowMs + pace[storageClass]);
  announce(call, bucket, { event: "s3:ObjectRestore:Post", key, row });
  return answer(202);
}

/** The model names one status; S3 has two. */
const answer = (status: number): Output<"RestoreObject"> => ({ $status: status }) as Output<"RestoreObject">;

/** The copy can be read for `days` from now. */
function readable(bucket: Bucket, key: string, row: ObjectRow, days: number): ObjectRow {
  const untilMs = dueAfterDays(bucket.call.nowMs, days);
  const changed = { ...row, restore: { days, untilMs } };
  rewriteVersion(bucket, key, changed);
  bucket.call.schedule("s3.restoreExpired", [bucket.name, key, row.versionId], untilMs);
  return changed;
}

export const restored: Duty = (call, [bucketName, key, versionId]) => {
  const bucket = findBucket(call, bucketName as string);
  const row = bucket && findVersion(bucket, key as string, versionId as string)?.row;
  if (bucket === undefined || row?.kind !== "object" || row.restore === null) return;
  const changed = readable(bucket, key as string, row, row.restore.days);
  announce(call, bucket, { event: "s3:ObjectRestore:Completed", key: key as string, row: changed });
};

export const restoreExpired: Duty = (call, [bucketName, key, versionId]) => {
  const bucket = findBucket(call, bucketName as string);
  const row = bucket && findVersion(bucket, key as string, versionId as string)?.row;
  if (bucket === undefined || row?.kind !== "object" || row.restore === null) return;
  const changed = { ...row, restore: null };
  rewriteVersion(bucket, key as string, changed);
  announce(call, bucket, { event: "s3:ObjectRestore:Delete", key: key as string, row: changed });
};

/** S3 Select is closed to those who did not use it before July 2024. */
export function selectObjectContent(call: Call, input: Input<"SelectObjectContent">): never {
  targetOf(call, input, { action: "s3:GetObject", permission: "READ", method: "POST" });
  throw s3Error("MethodNotAllowed", 405, "The specified method is not allowed against this resource.", {
    Method: "POST",
    ResourceType: "OBJECT",
  });
}
