/** Object lock: a bucket's configuration, a version's retention and legal hold. */
import type { Call } from "../../../host/call.ts";
import { authorize } from "../access/authorize.ts";
import { type Bucket, changeBucket, openBucket } from "../bucket.ts";
import { invalidArgument, invalidRequest, malformedXml, s3Error } from "../errors.ts";
import type { RetentionMode } from "../keys.ts";
import { limits } from "../limits.ts";
import { checkRetentionChange } from "../object-lock.ts";
import { targetOf } from "../object-answer.ts";
import type { Input, Output } from "../types.ts";
import { rewriteVersion } from "../versions.ts";

const isMode = (mode: string | undefined): mode is RetentionMode =>
  mode === "GOVERNANCE" || mode === "COMPLIANCE";

export function getObjectLockConfiguration(
  call: Call,
  input: Input<"GetObjectLockConfiguration">,
): Output<"GetObjectLockConfiguration"> {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:GetBucketObjectLockConfiguration" });
  const { lock } = bucket.row;
  if (lock === null) {
    throw s3Error(
      "ObjectLockConfigurationNotFoundError",
      404,
      "Object Lock configuration does not exist for this bucket",
      { BucketName: bucket.name },
    );
  }
  const { mode, days, years } = lock;
  return {
    ObjectLockConfiguration: {
      ObjectLockEnabled: "Enabled",
      ...(mode === null
        ? {}
        : {
            Rule: {
              DefaultRetention: {
                Mode: mode,
                ...(days === null ? {} : { Days: days }),
                ...(years === null ? {} : { Years: years }),
              },
            },
          }),
    },
  };
}

export function putObjectLockConfiguration(
  call: Call,
  input: Input<"PutObjectLockConfiguration">,
): Output<"PutObjectLockConfiguration"> {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:PutBucketObjectLockConfiguration" });
  const configuration = input.ObjectLockConfiguration;
  if (configuration === undefined) throw malformedXml();
  if (bucket.row.versioning !== "Enabled") {
    throw s3Error(
      "InvalidBucketState",
      409,
      "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
    );
  }
  if (configuration.ObjectLockEnabled !== "Enabled") throw malformedXml();
  if (configuration.Rule === undefined) {
    changeBucket(bucket, { lock: { mode: null, days: null, years: null } });
    return {};
  }
  const retention = configuration.Rule.DefaultRetention;
  const { Mode: mode, Days: days, Years: years } = retention ?? {};
  if (retention === undefined || !isMode(mode) || (days === undefined) === (years === undefined))
    throw malformedXml();
  checkPeriod("days", days, limits.retentionDaysMax);
  checkPeriod("years", years, limits.retentionYearsMax);
  changeBucket(bucket, { lock: { mode, days: days ?? null, years: years ?? null } });
  return {};
}

function checkPeriod(unit: "days" | "years", period: number | undefined, max: number): void {
  if (period === undefined) return;
  if (period <= 0)
    throw s3Error("InvalidRetentionPeriod", 400, "Default retention period must be a positive integer value");
  if (period > max)
    throw s3Error(
      "InvalidRetentionPeriod",
      400,
      `Default retention period too large. Maximum value is ${max} ${unit}.`,
    );
}

function checkLockable(bucket: Bucket): void {
  if (bucket.row.lock === null) throw invalidRequest("Bucket is missing Object Lock Configuration");
}

export function getObjectRetention(
  call: Call,
  input: Input<"GetObjectRetention">,
): Output<"GetObjectRetention"> {
  const { bucket, row } = targetOf(call, input, {
    action: "s3:GetObjectRetention",
    permission: undefined,
    method: "GET",
  });
  checkLockable(bucket);
  if (row.retention === null) throw noLock();
  return { Retention: { Mode: row.retention.mode, RetainUntilDate: new Date(row.retention.untilMs) } };
}

const noLock = (): Error =>
  s3Error(
    "NoSuchObjectLockConfiguration",
    404,
    "The specified object does not have a ObjectLock configuration",
  );

export function putObjectRetention(
  call: Call,
  input: Input<"PutObjectRetention">,
): Output<"PutObjectRetention"> {
  const { bucket, key, row } = targetOf(call, input, {
    action: "s3:PutObjectRetention",
    permission: undefined,
    method: "PUT",
  });
  checkLockable(bucket);
  const { Mode: mode, RetainUntilDate: until } = input.Retention ?? {};
  if ((mode === undefined) !== (until === undefined) || (mode !== undefined && !isMode(mode)))
    throw malformedXml();
  if (until !== undefined && until.getTime() <= call.nowMs) {
    throw invalidArgument(
      "RetainUntilDate",
      until.toISOString(),
      "The retain until date must be in the future!",
    );
  }
  const retention = mode === undefined || until === undefined ? null : { mode, untilMs: until.getTime() };
  checkRetentionChange(call, bucket, key, row, retention, input.BypassGovernanceRetention);
  rewriteVersion(bucket, key, { ...row, retention });
  return {};
}

export function getObjectLegalHold(
  call: Call,
  input: Input<"GetObjectLegalHold">,
): Output<"GetObjectLegalHold"> {
  const { bucket, row } = targetOf(call, input, {
    action: "s3:GetObjectLegalHold",
    permission: undefined,
    method: "GET",
  });
  checkLockable(bucket);
  if (row.legalHold === null) throw noLock();
  return { LegalHold: { Status: row.legalHold ? "ON" : "OFF" } };
}

export function putObjectLegalHold(
  call: Call,
  input: Input<"PutObjectLegalHold">,
): Output<"PutObjectLegalHold"> {
  const { bucket, key, row } = targetOf(call, input, {
    action: "s3:PutObjectLegalHold",
    permission: undefined,
    method: "PUT",
  });
  const status = input.LegalHold?.Status;
  if (status !== "ON" && status !== "OFF") throw malformedXml();
  checkLockable(bucket);
  rewriteVersion(bucket, key, { ...row, legalHold: status === "ON" });
  return {};
}
