/**
 * Access control lists: canned ones, those given in grant headers, and those given as a document; who an entry lets in;
 * and how a list is told. Accounts appear under their canonical user ids.
 */
import { createHash } from "node:crypto";
import type { Principal } from "../../../host/call.ts";
import { invalidArgument, s3Error } from "../errors.ts";
import type { Grant, Permission } from "../keys.ts";
import { limits } from "../limits.ts";

export const allUsers = "http://acs.amazonaws.com/groups/global/AllUsers";
export const authenticatedUsers = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
export const logDelivery = "http://acs.amazonaws.com/groups/s3/LogDelivery";
const groups = new Set([allUsers, authenticatedUsers, logDelivery]);
const permissions = new Set<string>(["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"]);

/** The id that tools made for local clouds expect of the default account. */
const defaultAccountId = "000000000000";
const defaultCanonicalId = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a";
const canonicalIds = new Map<string, string>([[defaultAccountId, defaultCanonicalId]]);

export function canonicalUserId(accountId: string): string {
  let id = canonicalIds.get(accountId);
  if (id === undefined) {
    id = createHash("sha256").update(`canonical user of ${accountId}`).digest("hex");
    canonicalIds.set(accountId, id);
  }
  return id;
}

/** The name S3 used to tell beside a canonical id: one for the default account, one for all others. */
const displayName = (canonicalId: string): string => (canonicalId === defaultCanonicalId ? "main" : "alt");

/** Who owns what is listed. */
export const ownerOf = (accountId: string): { readonly ID: string } => ({ ID: canonicalUserId(accountId) });

/** An account with the name that only ACLs and the initiators of uploads still tell. */
export const namedOwnerOf = (accountId: string): { readonly ID: string; readonly DisplayName: string } => ({
  ID: canonicalUserId(accountId),
  DisplayName: displayName(canonicalUserId(accountId)),
});

export interface Owners {
  /** Who gets the resource. */
  readonly accountId: string;
  /** Whose bucket it is in. */
  readonly bucketAccountId: string;
}

export const privateGrants = (accountId: string): readonly Grant[] => [
  { grantee: canonicalUserId(accountId), permission: "FULL_CONTROL" },
];

const bucketCanned = new Set([
  "private",
  "public-read",
  "public-read-write",
  "authenticated-read",
  "log-delivery-write",
]);
const objectCanned = new Set([
  "private",
  "public-read",
  "public-read-write",
  "authenticated-read",
  "aws-exec-read",
  "bucket-owner-read",
  "bucket-owner-full-control",
]);

export function cannedGrants(canned: string, owners: Owners, on: "bucket" | "object"): readonly Grant[] {
  if (!(on === "bucket" ? bucketCanned : objectCanned).has(canned))
    throw invalidArgument("x-amz-acl", canned, "");
  const own = privateGrants(owners.accountId);
  const bucketOwner = canonicalUserId(owners.bucketAccountId);
  switch (canned) {
    case "public-read":
      return [...own, { grantee: allUsers, permission: "READ" }];
    case "public-read-write":
      return [...own, { grantee: allUsers, permission: "READ" }, { grantee: allUsers, permission: "WRITE" }];
    case "authenticated-read":
      return [...own, { grantee: authenticatedUsers, permission: "READ" }];
    case "log-delivery-write":
      return [
        ...own,
        { grantee: logDelivery, permission: "WRITE" },
        { grantee: logDelivery, permission: "READ_ACP" },
      ];
    case "bucket-owner-read":
      return owners.accountId === owners.bucketAccountId
        ? own
        : [...own, { grantee: bucketOwner, permission: "READ" }];
    case "bucket-owner-full-control":
      return owners.accountId === owners.bucketAccountId
        ? own
        : [...own, { grantee: bucketOwner, permission: "FULL_CONTROL" }];
    default:
      return own;
  }
}

export interface GrantHeaders {
  readonly ACL?: string | undefined;
  readonly GrantFullControl?: string | undefined;
  readonly GrantRead?: string | undefined;
  readonly GrantReadACP?: string | undefined;
  readonly GrantWrite?: string | undefined;
  readonly GrantWriteACP?: string | undefined;
}

const headerPermissions = [
  ["GrantFullControl", "FULL_CONTROL", "x-amz-grant-full-control"],
  ["GrantRead", "READ", "x-amz-grant-read"],
  ["GrantReadACP", "READ_ACP", "x-amz-grant-read-acp"],
  ["GrantWrite", "WRITE", "x-amz-grant-write"],
  ["GrantWriteACP", "WRITE_ACP", "x-amz-grant-write-acp"],
] as const satisfies readonly (readonly [keyof GrantHeaders, Permission, string])[];

/** The list that headers ask for, or undefined when there are none. */
export function grantsOfHeaders(
  input: GrantHeaders,
  owners: Owners,
  on: "bucket" | "object",
): readonly Grant[] | undefined {
  const grants: Grant[] = [];
  for (const [member, permission, header] of headerPermissions) {
    const value = input[member];
    if (value === undefined) continue;
    for (const part of value.split(","))
      grants.push({ grantee: granteeOfHeader(part, header, value), permission });
  }
  if (input.ACL !== undefined && grants.length > 0) {
    throw s3Error("InvalidRequest", 400, "Specifying both Canned ACLs and Header Grants is not allowed");
  }
  if (input.ACL !== undefined) return cannedGrants(input.ACL, owners, on);
  return grants.length > 0 ? grants : undefined;
}

function granteeOfHeader(part: string, header: string, whole: string): string {
  const match = /^\s*(id|uri|emailAddress)\s*=\s*"?([^"]*)"?\s*$/i.exec(part);
  if (match === null) throw invalidArgument(header, whole, "Argument format not recognized");
  const [, kind = "", value = ""] = match;
  if (kind.toLowerCase() === "uri") return checkGroup(value);
  if (kind.toLowerCase() === "id") return checkId(value, "id");
  throw unresolvableEmail(value);
}

function checkGroup(uri: string, name = "uri"): string {
  if (!groups.has(uri)) throw invalidArgument(name, uri, "Invalid group uri");
  return uri;
}

function checkId(id: string, name = "CanonicalUser/ID"): string {
  if (!/^[0-9a-f]{64}$/.test(id)) throw invalidArgument(name, id, "Invalid id");
  return id;
}

const unresolvableEmail = (email: string): Error =>
  s3Error(
    "UnresolvableGrantByEmailAddress",
    400,
    "The e-mail address you provided does not match any account on record.",
    {
      emailAddress: email,
    },
  );

export interface AccessControlDocument {
  readonly Owner?: { readonly ID?: string | undefined } | undefined;
  readonly Grants?:
    | readonly {
        readonly Permission?: string | undefined;
        readonly Grantee?:
          | {
              readonly Type?: string | undefined;
              readonly ID?: string | undefined;
              readonly URI?: string | undefined;
              readonly EmailAddress?: string | undefined;
            }
          | undefined;
      }[]
    | undefined;
}

/** The list a document asks for. Its owner must be the resource's. */
export function grantsOfDocument(document: AccessControlDocument, ownerAccountId: string): readonly Grant[] {
  const { Owner: owner, Grants: given = [] } = document;
  if (owner?.ID === undefined) throw malformedAcl();
  if (!/^[0-9a-f]{64}$/.test(owner.ID)) throw invalidArgument("CanonicalUser/ID", owner.ID, "Invalid id");
  if (owner.ID !== canonicalUserId(ownerAccountId)) throw s3Error("AccessDenied", 403, "Access Denied");
  if (given.length > limits.grantsMax) throw malformedAcl();
  return given.map(({ Permission: permission, Grantee: grantee }) => {
    if (permission === undefined || !permissions.has(permission) || grantee === undefined)
      throw malformedAcl();
    const entry = permission as Permission;
    if (grantee.URI !== undefined)
      return { grantee: checkGroup(grantee.URI, "Group/URI"), permission: entry };
    if (grantee.ID !== undefined) return { grantee: checkId(grantee.ID), permission: entry };
    if (grantee.EmailAddress !== undefined) throw unresolvableEmail(grantee.EmailAddress);
    throw malformedAcl();
  });
}

const malformedAcl = (): Error =>
  s3Error(
    "MalformedACLError",
    400,
    "The XML you provided was not well-formed or did not validate against our published schema",
  );

interface ToldGrant {
  readonly Grantee:
    | { readonly Type: "Group"; readonly URI: string }
    | { readonly Type: "CanonicalUser"; readonly ID: string; readonly DisplayName: string };
  readonly Permission: Permission;
}

/** Groups are told before accounts. */
export function toldGrants(grants: readonly Grant[]): ToldGrant[] {
  const inOrder = [
    ...grants.filter(({ grantee }) => groups.has(grantee)),
    ...grants.filter(({ grantee }) => !groups.has(grantee)),
  ];
  return inOrder.map(({ grantee, permission }) => {
    if (groups.has(grantee)) return { Grantee: { Type: "Group", URI: grantee }, Permission: permission };
    return {
      Grantee: { Type: "CanonicalUser", ID: grantee, DisplayName: displayName(grantee) },
      Permission: permission,
    };
  });
}

/** Whether a list lets somebody in. Public groups count only when `publicCounts`. */
export function grantsAllow(
  grants: readonly Grant[],
  principal: Principal,
  permission: Permission,
  publicCounts: boolean,
): boolean {
  const id = principal.kind === "anonymous" ? undefined : canonicalUserId(principal.accountId);
  return grants.some(
    (grant) =>
      (grant.permission === permission || grant.permission === "FULL_CONTROL") &&
      (grant.grantee === id ||
        (publicCounts && grant.grantee === allUsers) ||
        (publicCounts && id !== undefined && grant.grantee === authenticatedUsers)),
  );
}

/** Whether a list lets in the public. */
export const isPublicList = (grants: readonly Grant[]): boolean =>
  grants.some(({ grantee }) => grantee === allUsers || grantee === authenticatedUsers);
