/** ACLs of buckets and objects, bucket policies, object ownership and public access blocks. */
import type { Call } from "../../../host/call.ts";
import {
  type AccessControlDocument,
  type GrantHeaders,
  grantsOfDocument,
  grantsOfHeaders,
  isPublicList,
  namedOwnerOf,
  privateGrants,
  toldGrants,
} from "../access/acl.ts";
import { aclsDisabled, authorize, publicAccessOf } from "../access/authorize.ts";
import { checkPolicy, isPublicPolicy, policyEffect } from "../access/policy.ts";
import { requestContext } from "../access/request-context.ts";
import { type Bucket, changeBucket, openBucket } from "../bucket.ts";
import { accessDenied, invalidRequest, malformedXml, noSuchConfiguration, s3Error } from "../errors.ts";
import type { Grant, PublicAccess } from "../keys.ts";
import { limits } from "../limits.ts";
import { announce } from "../notifications.ts";
import { targetOf } from "../object-answer.ts";
import type { Input, Output } from "../types.ts";
import { rewriteVersion } from "../versions.ts";

export function getBucketAcl(call: Call, input: Input<"GetBucketAcl">): Output<"GetBucketAcl"> {
  const bucket = openBucket(call, input);
  authorize(call, bucket, {
    action: "s3:GetBucketAcl",
    permission: { on: "bucket", permission: "READ_ACP" },
  });
  return { Owner: namedOwnerOf(bucket.row.accountId), Grants: toldGrants(bucket.row.grants) };
}

export function putBucketAcl(call: Call, input: Input<"PutBucketAcl">): void {
  const bucket = openBucket(call, input);
  authorize(call, bucket, {
    action: "s3:PutBucketAcl",
    permission: { on: "bucket", permission: "WRITE_ACP" },
    context: requestContext(input),
  });
  const owner = bucket.row.accountId;
  const grants = askedGrants(input, owner, owner, "bucket");
  if (aclsDisabled(bucket.row))
    throw s3Error("AccessControlListNotSupported", 400, "The bucket does not allow ACLs");
  if (isPublicList(grants) && publicAccessOf(bucket).blockPublicAcls) throw accessDenied();
  changeBucket(bucket, { grants });
}

function askedGrants(
  input: GrantHeaders & { readonly AccessControlPolicy?: unknown },
  owner: string,
  bucketOwner: string,
  on: "bucket" | "object",
): readonly Grant[] {
  const byHeaders = grantsOfHeaders(input, { accountId: owner, bucketAccountId: bucketOwner }, on);
  const document = input.AccessControlPolicy as AccessControlDocument | undefined;
  if (byHeaders !== undefined) {
    if (document !== undefined)
      throw s3Error("UnexpectedContent", 400, "This request does not support content");
    return byHeaders;
  }
  if (document === undefined) {
    throw s3Error("MissingSecurityHeader", 400, "Your request was missing a required header", {
      MissingHeaderName: "x-amz-acl",
    });
  }
  return grantsOfDocument(document, owner);
}

export function getObjectAcl(call: Call, input: Input<"GetObjectAcl">): Output<"GetObjectAcl"> {
  const { bucket, row } = targetOf(call, input, {
    action: "s3:GetObjectAcl",
    permission: "READ_ACP",
    method: "GET",
  });
  const disabled = aclsDisabled(bucket.row);
  const owner = disabled ? bucket.row.accountId : row.ownerAccountId;
  return { Owner: namedOwnerOf(owner), Grants: toldGrants(disabled ? privateGrants(owner) : row.grants) };
}

export function putObjectAcl(call: Call, input: Input<"PutObjectAcl">): Output<"PutObjectAcl"> {
  const target = targetOf(call, input, {
    action: "s3:PutObjectAcl",
    permission: "WRITE_ACP",
    method: "PUT",
    context: requestContext(input),
  });
  const { bucket, key, row } = target;
  const grants = askedGrants(input, row.ownerAccountId, bucket.row.accountId, "object");
  if (aclsDisabled(bucket.row)) {
    if (input.ACL === "bucket-owner-full-control") return {};
    throw s3Error("AccessControlListNotSupported", 400, "The bucket does not allow ACLs");
  }
  if (isPublicList(grants) && publicAccessOf(bucket).blockPublicAcls) throw accessDenied();
  const changed = { ...row, grants };
  rewriteVersion(bucket, key, changed);
  announce(call, bucket, { event: "s3:ObjectAcl:Put", key, row: changed });
  return {};
}

export function getBucketPolicy(call: Call, input: Input<"GetBucketPolicy">): Output<"GetBucketPolicy"> {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:GetBucketPolicy" });
  if (bucket.row.policy === null) throw noPolicy(bucket);
  return { Policy: bucket.row.policy };
}

const noPolicy = (bucket: Bucket): Error =>
  noSuchConfiguration("NoSuchBucketPolicy", "The bucket policy does not exist", bucket.name);

export function putBucketPolicy(call: Call, input: Input<"PutBucketPolicy">): void {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:PutBucketPolicy" });
  const policy = (input.Policy as string | undefined) ?? "";
  if (Buffer.byteLength(policy) > limits.policySizeBytesMax) {
    throw s3Error("PolicyTooLarge", 400, "Your policy exceeds the maximum allowed document size.");
  }
  checkPolicy(policy, bucket.name);
  if (publicAccessOf(bucket).blockPublicPolicy && isPublicPolicy(policy)) throw accessDenied();
  if (input.ConfirmRemoveSelfBucketAccess !== true && locksOut(call, bucket, policy)) {
    throw accessDenied();
  }
  changeBucket(bucket, { policy });
}

/** Whether the policy would keep its own author from ever changing it again; root users always can. */
function locksOut(call: Call, bucket: Bucket, policy: string): boolean {
  if (call.principal.kind === "root" || call.principal.kind === "service") return false;
  return ["s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:GetBucketPolicy"].some(
    (action) =>
      policyEffect(policy, call.principal, {
        action,
        resource: `arn:${call.partition}:s3:::${bucket.name}`,
        context: {},
      }) === "deny",
  );
}

export function deleteBucketPolicy(call: Call, input: Input<"DeleteBucketPolicy">): void {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:DeleteBucketPolicy" });
  changeBucket(bucket, { policy: null });
}

export function getBucketPolicyStatus(
  call: Call,
  input: Input<"GetBucketPolicyStatus">,
): Output<"GetBucketPolicyStatus"> {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:GetBucketPolicyStatus" });
  const { row } = bucket;
  const { ignorePublicAcls, restrictPublicBuckets } = publicAccessOf(bucket);
  const byPolicy = row.policy !== null && !restrictPublicBuckets && isPublicPolicy(row.policy);
  const byList = !aclsDisabled(row) && !ignorePublicAcls && isPublicList(row.grants);
  if (row.policy === null && !byList && isUntouched(row.grants)) {
    return { PolicyStatus: { IsPublic: false } };
  }
  return { PolicyStatus: { IsPublic: byPolicy || byList } };
}

const isUntouched = (grants: readonly Grant[]): boolean => grants.length === 1;

const ownerships = new Set(["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"]);

export function getBucketOwnershipControls(
  call: Call,
  input: Input<"GetBucketOwnershipControls">,
): Output<"GetBucketOwnershipControls"> {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:GetBucketOwnershipControls" });
  const { ownership } = bucket.row;
  if (ownership === null)
    throw noSuchConfiguration(
      "OwnershipControlsNotFoundError",
      "The bucket ownership controls were not found",
      bucket.name,
    );
  return { OwnershipControls: { Rules: [{ ObjectOwnership: ownership }] } };
}

export function putBucketOwnershipControls(call: Call, input: Input<"PutBucketOwnershipControls">): void {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:PutBucketOwnershipControls" });
  const rules = input.OwnershipControls?.Rules ?? [];
  const ownership = rules[0]?.ObjectOwnership;
  if (rules.length !== 1 || ownership === undefined || !ownerships.has(ownership)) throw malformedXml();
  const own = privateGrants(bucket.row.accountId);
  const onlyOwner = bucket.row.grants.every((grant) => grant.grantee === own[0]?.grantee);
  if (ownership === "BucketOwnerEnforced" && !onlyOwner) {
    throw s3Error(
      "InvalidBucketAclWithObjectOwnership",
      400,
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    );
  }
  changeBucket(bucket, { ownership: ownership, defaultOwnership: false });
}

export function deleteBucketOwnershipControls(
  call: Call,
  input: Input<"DeleteBucketOwnershipControls">,
): void {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:PutBucketOwnershipControls" });
  changeBucket(bucket, { ownership: null, defaultOwnership: false });
}

export function getPublicAccessBlock(
  call: Call,
  input: Input<"GetPublicAccessBlock">,
): Output<"GetPublicAccessBlock"> {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:GetBucketPublicAccessBlock" });
  const { publicAccess } = bucket.row;
  if (publicAccess === null) {
    throw noSuchConfiguration(
      "NoSuchPublicAccessBlockConfiguration",
      "The public access block configuration was not found",
      bucket.name,
    );
  }
  return { PublicAccessBlockConfiguration: toldPublicAccess(publicAccess) };
}

export const toldPublicAccess = (access: PublicAccess) => ({
  BlockPublicAcls: access.blockPublicAcls,
  IgnorePublicAcls: access.ignorePublicAcls,
  BlockPublicPolicy: access.blockPublicPolicy,
  RestrictPublicBuckets: access.restrictPublicBuckets,
});

export function putPublicAccessBlock(call: Call, input: Input<"PutPublicAccessBlock">): void {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:PutBucketPublicAccessBlock" });
  const asked = input.PublicAccessBlockConfiguration;
  if (asked === undefined) throw invalidRequest("Must specify at least one configuration.");
  changeBucket(bucket, {
    publicAccess: {
      blockPublicAcls: asked.BlockPublicAcls ?? false,
      ignorePublicAcls: asked.IgnorePublicAcls ?? false,
      blockPublicPolicy: asked.BlockPublicPolicy ?? false,
      restrictPublicBuckets: asked.RestrictPublicBuckets ?? false,
    },
    defaultPublicAccess: false,
  });
}

export function deletePublicAccessBlock(call: Call, input: Input<"DeletePublicAccessBlock">): void {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:PutBucketPublicAccessBlock" });
  changeBucket(bucket, { publicAccess: null, defaultPublicAccess: false });
}
