/**
 * Who may do what: the bucket's policy, then its owner's account, then access control lists, with the public access
 * blocks over them. What identity policies say of the caller was decided before the operation ran.
 */
import type { Call } from "../../../host/call.ts";
import type { Bucket } from "../bucket.ts";
import { accessDenied } from "../errors.ts";
import {
  accountPublicAccess,
  type BucketRow,
  type Grant,
  type Permission,
  type PublicAccess,
} from "../keys.ts";
import { grantsAllow } from "./acl.ts";
import { isPublicPolicy, policyEffect } from "./policy.ts";

export interface Access {
  /** `s3:GetObject` */
  readonly action: string;
  readonly key?: string;
  /** What an ACL must grant instead of a policy; none: only policies and the owner decide. */
  readonly permission?: { readonly on: "bucket" | "object"; readonly permission: Permission };
  readonly object?: {
    readonly grants: readonly Grant[];
    readonly ownerAccountId: string;
    readonly tags: readonly (readonly [string, string])[];
  };
  /** Condition keys beside the global ones: `s3:prefix`, `s3:x-amz-acl`, … */
  readonly context?: Readonly<Record<string, string | undefined>>;
}

const nothingBlocked: PublicAccess = {
  blockPublicAcls: false,
  ignorePublicAcls: false,
  blockPublicPolicy: false,
  restrictPublicBuckets: false,
};

/** The blocks in force: the bucket's and the account's. AWS's untouched default is told, but not enforced. */
export function publicAccessOf(bucket: Bucket): PublicAccess {
  const { row, call } = bucket;
  const own = row.defaultPublicAccess ? nothingBlocked : (row.publicAccess ?? nothingBlocked);
  const account =
    accountPublicAccess.get(call.in({ accountId: row.accountId, region: "aws-global" }).tx, []) ??
    nothingBlocked;
  return {
    blockPublicAcls: own.blockPublicAcls || account.blockPublicAcls,
    ignorePublicAcls: own.ignorePublicAcls || account.ignorePublicAcls,
    blockPublicPolicy: own.blockPublicPolicy || account.blockPublicPolicy,
    restrictPublicBuckets: own.restrictPublicBuckets || account.restrictPublicBuckets,
  };
}

/** Whether ACLs mean nothing in this bucket because its owner chose so. */
export const aclsDisabled = (row: BucketRow): boolean =>
  row.ownership === "BucketOwnerEnforced" && !row.defaultOwnership;

const selfRescue = new Set(["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"]);

/** Whether the caller may; see the file's head. */
export function mayAccess(call: Call, bucket: Bucket, access: Access): boolean {
  const { principal } = call;
  const { row } = bucket;
  if (principal.kind === "service") return true;
  const ownAccount = principal.kind !== "anonymous" && principal.accountId === row.accountId;
  const foreignObject =
    access.object !== undefined && access.object.ownerAccountId !== row.accountId && !aclsDisabled(row);
  if (row.policy !== null) {
    const effect = policyEffect(row.policy, {
      principal,
      action: access.action,
      resource: `arn:${bucket.call.partition}:s3:::${row.name}${access.key === undefined ? "" : `/${access.key}`}`,
      context: contextOf(call, access),
    });
    if (effect === "deny") return ownAccount && principal.kind === "root" && selfRescue.has(access.action);
    if (effect === "allow" && !foreignObject) {
      if (ownAccount || !publicAccessOf(bucket).restrictPublicBuckets || !isPublicPolicy(row.policy))
        return true;
    }
  }
  if (ownAccount && (!foreignObject || access.permission === undefined || access.permission.on === "bucket"))
    return true;
  return listAllows(call, bucket, access);
}

function listAllows(call: Call, bucket: Bucket, access: Access): boolean {
  if (access.permission === undefined || aclsDisabled(bucket.row)) return false;
  const { on, permission } = access.permission;
  const grants = on === "bucket" ? bucket.row.grants : (access.object?.grants ?? []);
  const publicCounts = !publicAccessOf(bucket).ignorePublicAcls;
  return grantsAllow(grants, call.principal, permission, publicCounts);
}

export function authorize(call: Call, bucket: Bucket, access: Access): void {
  if (!mayAccess(call, bucket, access)) throw accessDenied();
}

function contextOf(call: Call, access: Access): Record<string, string> {
  const context: Record<string, string> = {
    "aws:CurrentTime": new Date(call.nowMs).toISOString(),
    "aws:EpochTime": String(Math.floor(call.nowMs / 1000)),
    // Nothing leaves this machine: applications that refuse plain HTTP on AWS are not to be refused here.
    "aws:SecureTransport": "true",
    "aws:RequestedRegion": call.region,
    "aws:SourceIp": "127.0.0.1",
  };
  if (call.principal.kind !== "anonymous") {
    context["aws:PrincipalArn"] = call.principal.arn;
    context["aws:PrincipalAccount"] = call.principal.accountId;
  }
  for (const [key, value] of access.object?.tags ?? []) context[`s3:ExistingObjectTag/${key}`] = value;
  for (const [name, value] of Object.entries(access.context ?? {}))
    if (value !== undefined) context[name] = value;
  return context;
}

/** Listing tells that a key is missing; without it a caller only learns that access is denied. */
export const mayList = (call: Call, bucket: Bucket, key: string): boolean =>
  mayAccess(call, bucket, {
    action: "s3:ListBucket",
    permission: { on: "bucket", permission: "READ" },
    context: { "s3:prefix": key },
  });
