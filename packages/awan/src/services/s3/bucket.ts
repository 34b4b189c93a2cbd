/**
 * A bucket as operations see it: found by its global name, with the transaction turned to its owner's account and its
 * region, and its stored configurations.
 */
import type { Call } from "../../host/call.ts";
import { accessDenied, noSuchBucket, s3Error } from "./errors.ts";
import {
  type AccessPointRow,
  accessPointAliases,
  accessPoints,
  buckets,
  type BucketRow,
  type ConfigKind,
  configs,
  globalScope,
  logLines,
  names,
  owned,
} from "./keys.ts";
import { limits } from "./limits.ts";

export interface Bucket {
  readonly name: string;
  /** The caller's call in the bucket's account and region. */
  readonly call: Call;
  readonly row: BucketRow;
  /** The access point it was reached through, and where that is. */
  readonly accessPoint?: { readonly arn: string; readonly accountId: string; readonly row: AccessPointRow };
}

const anyBucketName = /^[A-Za-z0-9][A-Za-z0-9._:/-]{2,254}$/;

export const invalidBucketName = (bucket: string): Error =>
  s3Error("InvalidBucketName", 400, "The specified bucket is not valid.", { BucketName: bucket });

/** The bucket of that name or access point; NoSuchBucket, InvalidBucketName or, if it has another owner, AccessDenied. */
export function openBucket(
  call: Call,
  input: { readonly Bucket?: string | undefined; readonly ExpectedBucketOwner?: string | undefined },
): Bucket {
  const asked = input.Bucket ?? "";
  const bucket = findBucket(call, asked);
  if (bucket === undefined) {
    if (!anyBucketName.test(asked)) throw invalidBucketName(asked);
    throw noSuchBucket(asked);
  }
  const expected = input.ExpectedBucketOwner;
  if (expected !== undefined && expected !== bucket.row.accountId) {
    if (!/^\d{12}$/.test(expected) && call.principal.kind !== "anonymous") {
      throw s3Error(
        "InvalidBucketOwnerAWSAccountID",
        400,
        `The value of the expected bucket owner parameter must be an AWS Account ID... [${expected}]`,
      );
    }
    throw accessDenied();
  }
  return bucket;
}

export function findBucket(call: Call, asked: string): Bucket | undefined {
  const accessPoint = accessPointOf(call, asked);
  const name = accessPoint?.row.bucket ?? asked;
  const place = names.get(call.in(globalScope).tx, [name]);
  if (place === undefined) return undefined;
  const home = call.in(place);
  const row = buckets.get(home.tx, [name]);
  if (row === undefined) return undefined;
  return accessPoint === undefined ? { name, call: home, row } : { name, call: home, row, accessPoint };
}

/** An access point's ARN or alias names the bucket behind it. */
function accessPointOf(call: Call, asked: string): Bucket["accessPoint"] {
  const arn = asked.endsWith("-s3alias")
    ? accessPointAliases.get(call.in(globalScope).tx, [asked])
    : asked.startsWith("arn:")
      ? asked
      : undefined;
  if (arn === undefined) return undefined;
  const match = /^arn:aws[a-z-]*:s3:([a-z0-9-]+):(\d{12}):accesspoint[/:]([a-z0-9-]+)$/.exec(arn);
  if (match === null) return undefined;
  const [, region = "", accountId = "", name = ""] = match;
  const row = accessPoints.get(call.in({ accountId, region }).tx, [name]);
  return row === undefined
    ? undefined
    : { arn: arn.replace(":accesspoint:", ":accesspoint/"), accountId, row };
}

/** Writes a changed row. Answers the bucket as it is now. */
export function changeBucket(bucket: Bucket, change: Partial<BucketRow>): Bucket {
  const row = { ...bucket.row, ...change };
  buckets.set(bucket.call.tx, [bucket.name], row);
  return { ...bucket, row };
}

export function readConfig(bucket: Bucket, kind: ConfigKind, id = ""): object | undefined {
  if (!bucket.row.configs.includes(kind)) return undefined;
  return configs.get(bucket.call.tx, [bucket.name, kind, id]);
}

export function* listConfigs(bucket: Bucket, kind: ConfigKind): Generator<object, void> {
  for (const { value } of configs.scan(bucket.call.tx, [bucket.name, kind])) yield value;
}

export function writeConfig(bucket: Bucket, kind: ConfigKind, value: object, id = ""): void {
  configs.set(bucket.call.tx, [bucket.name, kind, id], value);
  if (!bucket.row.configs.includes(kind)) changeBucket(bucket, { configs: [...bucket.row.configs, kind] });
}

/** Whether there was one. */
export function deleteConfig(bucket: Bucket, kind: ConfigKind, id = ""): boolean {
  const { tx } = bucket.call;
  if (!configs.has(tx, [bucket.name, kind, id])) return false;
  configs.delete(tx, [bucket.name, kind, id]);
  if (configs.first(tx, [bucket.name, kind]) === undefined) {
    changeBucket(bucket, { configs: bucket.row.configs.filter((other) => other !== kind) });
  }
  return true;
}

export function addBucket(call: Call, row: BucketRow): Bucket {
  const home = call.in(row);
  const everywhere = call.in(globalScope);
  if (names.first(everywhere.tx, []) === undefined) everywhere.keep("s3.orphans", []);
  names.set(everywhere.tx, [row.name], { accountId: row.accountId, region: row.region });
  owned.set(call.in({ accountId: row.accountId, region: "aws-global" }).tx, [row.name], {
    region: row.region,
    createdAtMs: row.createdAtMs,
  });
  buckets.set(home.tx, [row.name], row);
  return { name: row.name, call: home, row };
}

/** Forgets an empty bucket and its configurations. */
export function removeBucket(bucket: Bucket): void {
  const { call, name, row } = bucket;
  for (const { key } of configs.scan(call.tx, [name])) configs.delete(call.tx, key);
  for (const { key } of logLines.scan(call.tx, [name])) logLines.delete(call.tx, key);
  buckets.delete(call.tx, [name]);
  names.delete(call.in(globalScope).tx, [name]);
  owned.delete(call.in({ accountId: row.accountId, region: "aws-global" }).tx, [name]);
  call.unschedule("s3.lifecycle", [name]);
}

const bucketName = /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/;
const ipAddress = /^\d+\.\d+\.\d+\.\d+$/;
const reservedPrefixes = ["xn--", "sthree-"];
const reservedSuffixes = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/** "General purpose bucket naming rules" of the User Guide. */
export function isBucketName(name: string): boolean {
  return (
    name.length >= limits.bucketNameLengthMin &&
    name.length <= limits.bucketNameLengthMax &&
    bucketName.test(name) &&
    !/\.\.|\.-|-\./.test(name) &&
    !ipAddress.test(name) &&
    !reservedPrefixes.some((prefix) => name.startsWith(prefix)) &&
    !reservedSuffixes.some((suffix) => name.endsWith(suffix))
  );
}
