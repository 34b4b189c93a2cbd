/**
 * Who may do what: the bucket's policy, then its owner's account, then access control lists, with the public access
 * blocks over them. Policies are read by the one evaluator there is (`engines/iam-policy`); what the caller's own
 * policies say counts where IAM is enforced.
 */
import type { Call } from "../../../host/call.ts";
import type { Access as HostAccess } from "../../../host/authorization.ts";
import type { HttpRequest } from "../../../host/http.ts";
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
  readonly context?: ContextKeys | (() => ContextKeys);
}

type ContextKeys = Readonly<Record<string, string | undefined>>;

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
  const request = requestOf(call, bucket, access);
  const throughPoint = accessPointEffect(call, bucket, access);
  if (throughPoint === "deny" || (throughPoint === "none" && !ownAccount)) return false;
  const effect = row.policy === null ? "none" : policyEffect(row.policy, principal, request);
  if (effect === "deny") return ownAccount && principal.kind === "root" && selfRescue.has(access.action);
  const allowed = call.allows(request.of(row.accountId, row.policy ?? undefined));
  const foreignObject =
    access.object !== undefined && access.object.ownerAccountId !== row.accountId && !aclsDisabled(row);
  if (ownAccount) {
    if (!allowed) return false;
    if (effect === "allow" && !foreignObject) return true;
    if (!foreignObject || access.permission === undefined || access.permission.on === "bucket") return true;
  } else if (effect === "allow" && allowed && !foreignObject) {
    if (!publicAccessOf(bucket).restrictPublicBuckets || !isPublicPolicy(row.policy ?? "")) return true;
  }
  return listAllows(call, bucket, access) && callerMay(call, request);
}

/** What the policy of the access point says by which the bucket was reached; `allow` when there is no access point. */
function accessPointEffect(call: Call, bucket: Bucket, access: Access): "allow" | "deny" | "none" {
  const { accessPoint } = bucket;
  if (accessPoint === undefined) return "allow";
  const { policy } = accessPoint.row;
  if (policy === null) return "none";
  const resource = access.key === undefined ? accessPoint.arn : `${accessPoint.arn}/object/${access.key}`;
  const request = new Request(access.action, resource, () => contextOf(call, bucket, access));
  return policyEffect(policy, call.principal, request);
}

/** Whether the caller's own policies let it, whosever the resource is. */
function callerMay(call: Call, request: Request): boolean {
  const { kind, accountId } = call.principal;
  return kind === "anonymous" || call.allows(request.of(accountId));
}

function listAllows(call: Call, bucket: Bucket, access: Access): boolean {
  if (access.permission === undefined || aclsDisabled(bucket.row)) return false;
  const { on, permission } = access.permission;
  const grants = on === "bucket" ? bucket.row.grants : (access.object?.grants ?? []);
  const publicCounts = !publicAccessOf(bucket).ignorePublicAcls;
  return grantsAllow(grants, call.principal, permission, publicCounts);
}

export function authorize(call: Call, bucket: Bucket, access: Access): void {
  if (mayAccess(call, bucket, access)) return;
  const { principal } = call;
  if (principal.kind === "anonymous" || principal.accountId !== bucket.row.accountId) throw accessDenied();
  const request = requestOf(call, bucket, access);
  if (callerMay(call, request)) throw accessDenied();
  throw accessDenied(
    `User: ${principal.arn} is not authorized to perform: ${request.action} on resource: "${request.resource}" because no identity-based policy allows the ${request.action} action`,
  );
}

/** A request as policies see it. The context is made when some policy looks at it. */
class Request {
  readonly action: string;
  readonly resource: string;
  readonly #make: () => Record<string, string>;
  #context: Record<string, string> | undefined;

  constructor(action: string, resource: string, make: () => Record<string, string>) {
    this.action = action;
    this.resource = resource;
    this.#make = make;
  }

  get context(): Readonly<Record<string, string>> {
    return (this.#context ??= this.#make());
  }

  /** As the host decides it. */
  of(resourceAccountId: string, resourcePolicy?: string): HostAccess {
    // oxlint-disable-next-line typescript/no-this-alias
    const request = this;
    return {
      action: this.action,
      resource: this.resource,
      resourceAccountId,
      resourcePolicy,
      get context() {
        return request.context;
      },
    };
  }
}

function requestOf(call: Call, bucket: Bucket, access: Access): Request {
  const key = access.key === undefined ? "" : `/${access.key}`;
  const resource = `arn:${bucket.call.partition}:s3:::${bucket.name}${key}`;
  return new Request(access.action, resource, () => contextOf(call, bucket, access));
}

/** Condition keys in lower case: the global ones that concern S3, and S3's own. */
function contextOf(call: Call, bucket: Bucket, access: Access): Record<string, string> {
  const { principal, http } = call;
  const context: Record<string, string> = {
    "aws:currenttime": new Date(call.nowMs).toISOString(),
    "aws:epochtime": String(Math.floor(call.nowMs / 1000)),
    // Nothing leaves this machine. Buckets that refuse plain HTTP are everywhere: CDK's and the Serverless Framework's
    // own deployment buckets do.
    "aws:securetransport": "true",
    "aws:requestedregion": bucket.row.region,
    "aws:resourceaccount": bucket.row.accountId,
    "s3:resourceaccount": bucket.row.accountId,
    "aws:principalisawsservice": "false",
    "aws:sourceip": sourceIpOf(call),
  };
  if (http !== undefined) Object.assign(context, signatureContext(http));
  if (bucket.accessPoint !== undefined) {
    const { arn, accountId, row } = bucket.accessPoint;
    context["s3:dataaccesspointarn"] = arn;
    context["s3:dataaccesspointaccount"] = accountId;
    context["s3:accesspointnetworkorigin"] = row.vpcId === null ? "Internet" : "VPC";
  }
  if (principal.kind !== "anonymous") {
    context["aws:principalarn"] = principal.arn;
    context["aws:principalaccount"] = principal.accountId;
  }
  for (const [key, value] of access.object?.tags ?? [])
    context[`s3:existingobjecttag/${key}`.toLowerCase()] = value;
  const own = typeof access.context === "function" ? access.context() : (access.context ?? {});
  for (const [name, value] of Object.entries(own))
    if (value !== undefined) context[name.toLowerCase()] = value;
  return context;
}

/** How the request was signed, and what its headers tell. */
function signatureContext({ headers, target }: HttpRequest): Record<string, string> {
  const { authorization, referer, "user-agent": userAgent } = headers;
  const isPresigned = /[?&](X-Amz-Signature|Signature)=/.test(target);
  const isOld = authorization?.startsWith("AWS ") === true || /[?&]AWSAccessKeyId=/.test(target);
  const isSigned = authorization !== undefined || isPresigned;
  return {
    ...(referer === undefined ? {} : { "aws:referer": referer }),
    ...(userAgent === undefined ? {} : { "aws:useragent": userAgent }),
    ...(isSigned
      ? {
          "s3:authtype": isPresigned ? "REST-QUERY-STRING" : "REST-HEADER",
          "s3:signatureversion": isOld ? "AWS" : "AWS4-HMAC-SHA256",
        }
      : {}),
  };
}

/** Where a request came from; what the cloud does by itself comes from this machine. */
export const sourceIpOf = (call: Call): string =>
  call.http?.remoteAddress.replace(/^::ffff:/, "") || "127.0.0.1";

/** Listing tells that a key is missing; without it a caller only learns that access is denied. */
export const mayList = (call: Call, bucket: Bucket, key: string): boolean =>
  mayAccess(call, bucket, {
    action: "s3:ListBucket",
    permission: { on: "bucket", permission: "READ" },
    context: { "s3:prefix": key },
  });
