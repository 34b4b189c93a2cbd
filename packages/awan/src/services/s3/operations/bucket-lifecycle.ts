/** Get, Put and DeleteBucketLifecycle: the rules, checked as S3 checks them; the duty that carries them out starts with the first. */
import type { Call } from "../../../host/call.ts";
import { authorize } from "../access/authorize.ts";
import { deleteConfig, openBucket, readConfig, writeConfig } from "../bucket.ts";
import { invalidArgument, invalidRequest, malformedXml, noSuchConfiguration } from "../errors.ts";
import { scheduleLifecycle } from "../lifecycle.ts";
import type { LifecycleConfig, LifecycleRule } from "../lifecycle-rules.ts";
import { dayMs, limits } from "../limits.ts";
import type { Input, Output } from "../types.ts";

const transitionClasses = new Set([
  "GLACIER",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "DEEP_ARCHIVE",
  "GLACIER_IR",
]);

export function getBucketLifecycleConfiguration(
  call: Call,
  input: Input<"GetBucketLifecycleConfiguration">,
): Output<"GetBucketLifecycleConfiguration"> {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:GetLifecycleConfiguration" });
  const config = readConfig(bucket, "lifecycle") as LifecycleConfig | undefined;
  if (config === undefined)
    throw noSuchConfiguration(
      "NoSuchLifecycleConfiguration",
      "The lifecycle configuration does not exist",
      bucket.name,
    );
  return {
    Rules: config.Rules.map((rule) => changeDates(rule, toDate)) as NonNullable<
      Output<"GetBucketLifecycleConfiguration">["Rules"]
    >,
    TransitionDefaultMinimumObjectSize: (config.TransitionDefaultMinimumObjectSize ??
      "all_storage_classes_128K") as "all_storage_classes_128K",
  };
}

interface Timed {
  readonly Date?: Date | number | undefined;
}

/** Dates are kept as numbers, like all times in rows. */
const toDate = <Each extends Timed>(timed: Each): Each =>
  timed.Date === undefined ? timed : { ...timed, Date: new Date(timed.Date) };
const toTime = <Each extends Timed>(timed: Each): Each =>
  timed.Date instanceof Date ? { ...timed, Date: timed.Date.getTime() } : timed;

const changeDates = (
  rule: LifecycleRule,
  change: <Each extends Timed>(timed: Each) => Each,
): LifecycleRule => ({
  ...rule,
  ...(rule.Expiration === undefined ? {} : { Expiration: change(rule.Expiration) }),
  ...(rule.Transitions === undefined ? {} : { Transitions: rule.Transitions.map((each) => change(each)) }),
});

export function putBucketLifecycleConfiguration(
  call: Call,
  input: Input<"PutBucketLifecycleConfiguration">,
): Output<"PutBucketLifecycleConfiguration"> {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:PutLifecycleConfiguration" });
  const rules = input.LifecycleConfiguration?.Rules as readonly LifecycleRule[] | undefined;
  if (rules === undefined || rules.length === 0 || rules.length > limits.lifecycleRulesMax)
    throw malformedXml();
  const ids = new Set<string>();
  const named = rules.map((rule) => {
    checkRule(rule);
    const id = rule.ID === undefined || rule.ID === "" ? call.random.uuid() : rule.ID;
    if (ids.has(id))
      throw invalidArgument("ID", id, "Rule ID must be unique. Found same ID for more than one rule");
    ids.add(id);
    return changeDates({ ...rule, ID: id }, toTime);
  });
  const minimum = input.TransitionDefaultMinimumObjectSize ?? "all_storage_classes_128K";
  if (!minimumSizes.has(minimum))
    throw invalidRequest(`Invalid TransitionDefaultMinimumObjectSize found: ${minimum as string}`);
  writeConfig(bucket, "lifecycle", { Rules: named, TransitionDefaultMinimumObjectSize: minimum });
  scheduleLifecycle(bucket);
  return { TransitionDefaultMinimumObjectSize: minimum };
}

const minimumSizes = new Set<string>(["all_storage_classes_128K", "varies_by_storage_class"]);

function checkRule(rule: LifecycleRule): void {
  if (rule.ID !== undefined && rule.ID.length > limits.lifecycleRuleIdLengthMax) {
    throw invalidArgument("ID", rule.ID, "ID length should not exceed allowed limit of 255");
  }
  if (rule.Status !== "Enabled" && rule.Status !== "Disabled") throw malformedXml();
  if (rule.Filter === undefined && rule.Prefix === undefined) throw malformedXml();
  if (rule.Filter !== undefined && rule.Prefix !== undefined) throw malformedXml();
  const { Expiration: expiration, Transitions: transitions = [] } = rule;
  const noncurrent = rule.NoncurrentVersionExpiration;
  const abort = rule.AbortIncompleteMultipartUpload;
  if (
    expiration === undefined &&
    transitions.length === 0 &&
    noncurrent === undefined &&
    abort === undefined &&
    rule.NoncurrentVersionTransitions === undefined
  ) {
    throw invalidRequest("At least one action needs to be specified in a rule");
  }
  checkFilter(rule);
  if (expiration !== undefined) checkExpiration(rule);
  for (const transition of transitions) {
    if (!transitionClasses.has(transition.StorageClass ?? "")) throw malformedXml();
    if ((transition.Days === undefined) === (transition.Date === undefined)) throw malformedXml();
    if (transition.Days !== undefined && transition.Days < 0)
      throw invalidArgument(
        "Days",
        String(transition.Days),
        "'Days' in Transition action must be nonnegative",
      );
    checkDate(transition.Date);
  }
  for (const transition of rule.NoncurrentVersionTransitions ?? []) {
    if (!transitionClasses.has(transition.StorageClass ?? "") || transition.NoncurrentDays === undefined)
      throw malformedXml();
  }
  if (noncurrent !== undefined && noncurrent.NoncurrentDays === undefined) throw malformedXml();
  if (noncurrent !== undefined && (noncurrent.NoncurrentDays ?? 0) <= 0) {
    throw invalidArgument(
      "NoncurrentDays",
      String(noncurrent.NoncurrentDays),
      "'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer",
    );
  }
  if (abort !== undefined) {
    if ((abort.DaysAfterInitiation ?? 0) <= 0)
      throw invalidArgument(
        "DaysAfterInitiation",
        String(abort.DaysAfterInitiation),
        "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer",
      );
    if (rule.Filter?.Tag !== undefined || rule.Filter?.And?.Tags !== undefined) {
      throw invalidRequest("AbortIncompleteMultipartUpload cannot be specified with Tags.");
    }
  }
}

function checkFilter(rule: LifecycleRule): void {
  const { Filter: filter } = rule;
  if (filter === undefined) return;
  if (Object.values(filter).filter((value) => value !== undefined).length > 1) throw malformedXml();
  const keys = (filter.And?.Tags ?? []).map((tag) => tag.Key);
  if (new Set(keys).size !== keys.length) throw invalidRequest("Duplicate Tag Keys are not allowed.");
}

function checkExpiration(rule: LifecycleRule): void {
  const { Days: days, Date: date, ExpiredObjectDeleteMarker: marker } = rule.Expiration ?? {};
  if ([days, date, marker].filter((value) => value !== undefined).length !== 1) throw malformedXml();
  if (days !== undefined && days <= 0)
    throw invalidArgument("Days", String(days), "'Days' for Expiration action must be a positive integer");
  if (marker === true && (rule.Filter?.Tag !== undefined || rule.Filter?.And?.Tags !== undefined)) {
    throw invalidRequest("ExpiredObjectDeleteMarker cannot be specified with Tags.");
  }
  checkDate(date);
}

function checkDate(date: Date | number | undefined): void {
  if (date === undefined) return;
  const time = new Date(date).getTime();
  if (Number.isNaN(time)) throw malformedXml();
  if (time % dayMs !== 0)
    throw invalidArgument("Date", new Date(time).toISOString(), "'Date' must be at midnight GMT");
}

export function deleteBucketLifecycle(call: Call, input: Input<"DeleteBucketLifecycle">): void {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:PutLifecycleConfiguration" });
  deleteConfig(bucket, "lifecycle");
  bucket.call.unschedule("s3.lifecycle", [bucket.name]);
}
