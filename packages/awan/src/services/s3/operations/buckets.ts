/** CreateBucket, HeadBucket, DeleteBucket, ListBuckets and GetBucketLocation. */
import { toldTime } from "../told-time.ts";
import type { Call } from "../../../host/call.ts";
import { authorize } from "../access/authorize.ts";
import { grantsOfHeaders, ownerOf, privateGrants } from "../access/acl.ts";
import {
  addBucket,
  findBucket,
  invalidBucketName,
  isBucketName,
  openBucket,
  removeBucket,
  writeConfig,
} from "../bucket.ts";
import { accessDenied, invalidArgument, s3Error } from "../errors.ts";
import { objects, owned, uploads, versions } from "../keys.ts";
import { limits } from "../limits.ts";
import { tagsOfDocument } from "../tags.ts";
import type { Input, Output } from "../types.ts";

const ownerships = new Set(["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"]);
const region = /^[a-z]{2}(-[a-z]+)+-\d$/;
const areas =
  /^(af-south|ap-(east|south|northeast|southeast)|ca-(central|west)|cn-(north|northwest)|eu-(central|north|south|west)|il-central|me-(central|south)|mx-central|sa-east|us-(east|west|gov-east|gov-west))-\d$/;
const isRegion = (name: string): boolean => areas.test(name);

export function createBucket(call: Call, input: Input<"CreateBucket">): Output<"CreateBucket"> {
  if (call.principal.kind === "anonymous") throw accessDenied();
  const name = input.Bucket;
  if (!isBucketName(name)) throw invalidBucketName(name);
  const place = placeOf(call, input.CreateBucketConfiguration?.LocationConstraint);
  const { ObjectOwnership: ownership } = input;
  if (ownership !== undefined && !ownerships.has(ownership)) {
    throw invalidArgument(
      "x-amz-object-ownership",
      undefined,
      `Invalid x-amz-object-ownership header: ${ownership as string}`,
    );
  }
  const existing = findBucket(call, name);
  if (existing !== undefined) return recreate(call, existing.row, place, input);
  const { accountId } = call;
  const grants = grantsOfHeaders(input, { accountId, bucketAccountId: accountId }, "bucket");
  if (grants !== undefined && input.ACL !== "private" && ownership === "BucketOwnerEnforced") {
    throw s3Error(
      "InvalidBucketAclWithObjectOwnership",
      400,
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    );
  }
  const bucket = addBucket(call, {
    name,
    accountId,
    region: place,
    constraint: input.CreateBucketConfiguration?.LocationConstraint ?? null,
    createdAtMs: call.nowMs,
    ownership: ownership ?? (grants === undefined ? "BucketOwnerEnforced" : "ObjectWriter"),
    defaultOwnership: ownership === undefined,
    defaultPublicAccess: true,
    versioning: input.ObjectLockEnabledForBucket === true ? "Enabled" : "Off",
    lock: input.ObjectLockEnabledForBucket === true ? { mode: null, days: null, years: null } : null,
    grants: grants ?? privateGrants(accountId),
    publicAccess: {
      blockPublicAcls: true,
      ignorePublicAcls: true,
      blockPublicPolicy: true,
      restrictPublicBuckets: true,
    },
    policy: null,
    configs: [],
  });
  const tags = input.CreateBucketConfiguration?.Tags;
  if (tags !== undefined && tags.length > 0)
    writeConfig(bucket, "tagging", { tags: tagsOfDocument(tags, "new bucket") });
  return createdAnswer(call, name, place);
}

const createdAnswer = (call: Call, name: string, place: string): Output<"CreateBucket"> => ({
  Location:
    place === "us-east-1" && call.region === "us-east-1"
      ? `/${name}`
      : `${call.endpoint.replace("://", `://${name}.`)}/`,
  BucketArn: `arn:${call.partition}:s3:::${name}`,
});

/** Creating one's own bucket again succeeds in us-east-1 only, as AWS keeps for old clients. */
function recreate(
  call: Call,
  row: { readonly accountId: string; readonly region: string },
  place: string,
  input: Input<"CreateBucket">,
): Output<"CreateBucket"> {
  const name = input.Bucket;
  if (row.accountId !== call.accountId) {
    throw s3Error(
      "BucketAlreadyExists",
      409,
      "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
      { BucketName: name },
    );
  }
  if (
    row.region !== "us-east-1" ||
    place !== "us-east-1" ||
    (input.CreateBucketConfiguration?.Tags?.length ?? 0) > 0
  ) {
    throw s3Error(
      "BucketAlreadyOwnedByYou",
      409,
      "Your previous request to create the named bucket succeeded and you already own it.",
      { BucketName: name },
    );
  }
  return createdAnswer(call, name, place);
}

function placeOf(call: Call, constraint: string | undefined): string {
  if (constraint === undefined || constraint === "") {
    if (call.region !== "us-east-1" && region.test(call.region)) {
      throw s3Error(
        "IllegalLocationConstraintException",
        400,
        "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.",
      );
    }
    return "us-east-1";
  }
  const wanted = constraint === "EU" ? "eu-west-1" : constraint;
  if (call.region !== "us-east-1" && region.test(call.region) && call.region !== wanted) {
    throw illegalConstraint(constraint);
  }
  if (constraint === "us-east-1" || (constraint !== "EU" && !region.test(constraint))) {
    throw s3Error("InvalidLocationConstraint", 400, "The specified location-constraint is not valid", {
      LocationConstraint: constraint,
    });
  }
  return wanted;
}

const illegalConstraint = (constraint: string): Error =>
  s3Error(
    "IllegalLocationConstraintException",
    400,
    `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );

export function headBucket(call: Call, input: Input<"HeadBucket">): Output<"HeadBucket"> {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:ListBucket", permission: { on: "bucket", permission: "READ" } });
  return {
    BucketArn: `arn:${call.partition}:s3:::${bucket.name}`,
    ...({ $headers: { "content-type": "application/xml" } } as object),
    BucketRegion: bucket.row.region,
    AccessPointAlias: input.Bucket.endsWith("-s3alias"),
  };
}

export function deleteBucket(call: Call, input: Input<"DeleteBucket">): void {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:DeleteBucket" });
  const { tx } = bucket.call;
  if (objects.first(tx, [bucket.name]) !== undefined) throw notEmpty(bucket.name, false);
  if (versions.first(tx, [bucket.name]) !== undefined) throw notEmpty(bucket.name, true);
  if (uploads.first(tx, [bucket.name]) !== undefined) throw notEmpty(bucket.name, false);
  removeBucket(bucket);
}

const notEmpty = (name: string, versioned: boolean): Error =>
  s3Error(
    "BucketNotEmpty",
    409,
    versioned
      ? "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
      : "The bucket you tried to delete is not empty",
    { BucketName: name },
  );

export function listBuckets(call: Call, input: Input<"ListBuckets">): Output<"ListBuckets"> {
  if (call.principal.kind === "anonymous") throw accessDenied();
  const {
    Prefix: prefix = "",
    BucketRegion: onlyRegion,
    ContinuationToken: token,
    MaxBuckets: asked,
  } = input;
  if (asked !== undefined && (!Number.isInteger(asked) || asked < 1 || asked > limits.listBucketsMax)) {
    throw invalidArgument(
      "max-buckets",
      String(asked),
      "Argument max-buckets must be an integer between 1 and 10000",
    );
  }
  if (onlyRegion !== undefined && !isRegion(onlyRegion)) {
    throw invalidArgument(
      "bucket-region",
      undefined,
      `Argument value ${onlyRegion} is not a valid AWS Region`,
    );
  }
  const max = asked ?? limits.listBucketsMax;
  const paged =
    asked !== undefined || token !== undefined || onlyRegion !== undefined || input.Prefix !== undefined;
  const { tx } = call.in({ region: "aws-global" });
  const after = token === undefined || token === "" ? "" : Buffer.from(token, "base64").toString("utf8");
  const listed: NonNullable<Output<"ListBuckets">["Buckets"]> = [];
  let next: string | undefined;
  for (const { key, value } of owned.scan(tx, [], after === "" ? { from: [prefix] } : { after: [after] })) {
    const [name] = key;
    if (!name.startsWith(prefix)) break;
    if (onlyRegion !== undefined && value.region !== onlyRegion) continue;
    if (listed.length === max) {
      next = listed.at(-1)?.Name;
      break;
    }
    listed.push({
      Name: name,
      CreationDate: toldTime(value.createdAtMs),
      ...(paged ? { BucketRegion: value.region } : {}),
      BucketArn: `arn:${call.partition}:s3:::${name}`,
    });
  }
  return {
    Owner: ownerOf(call.accountId),
    Buckets: listed,
    ...(input.Prefix === undefined ? {} : { Prefix: prefix }),
    ...(next === undefined ? {} : { ContinuationToken: Buffer.from(next, "utf8").toString("base64") }),
  };
}

export function getBucketLocation(
  call: Call,
  input: Input<"GetBucketLocation">,
): Output<"GetBucketLocation"> {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:GetBucketLocation" });
  const place = bucket.row.constraint ?? bucket.row.region;
  return place === "us-east-1" ? {} : { LocationConstraint: place as "us-west-2" };
}

export function listDirectoryBuckets(): never {
  throw s3Error("NotImplemented", 501, "Awan does not implement directory buckets.");
}
