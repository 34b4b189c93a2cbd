/** Roles, users and groups as owners of policies: finding them, and the operations they share. */
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";
import { deleteConflict, limitExceeded, noSuchEntity, validationError } from "./errors.ts";
import {
  attachments,
  attachmentsByPolicy,
  boundaries,
  groups,
  type IdentityKind,
  inlinePolicies,
  policies,
  type RoleRow,
  roles,
  type UserRow,
  users,
} from "./keys.ts";
import { inlineSizeMax, managedPoliciesPerIdentityMax } from "./limits.ts";
import { checkDocument } from "./policy-document.ts";

export interface Identity {
  readonly kind: IdentityKind;
  readonly name: string;
}

export function findRole(call: Call, roleName: string): RoleRow {
  const row = roles.get(call.tx, [roleName]);
  if (row === undefined) throw noSuchEntity(`The role with name ${roleName} cannot be found.`);
  return row;
}

export function findUser(call: Call, userName: string): UserRow {
  const row = users.get(call.tx, [userName]);
  if (row === undefined) throw noSuchEntity(`The user with name ${userName} cannot be found.`);
  return row;
}

export function checkIdentityExists(call: Call, { kind, name }: Identity): void {
  const exists = { role: roles, user: users, group: groups }[kind].has(call.tx, [name]);
  if (!exists) throw noSuchEntity(`The ${kind} with name ${name} cannot be found.`);
}

/** Service-linked roles are AWS's to change. */
export function checkModifiable(roleName: string, row: RoleRow): void {
  if (row.path.startsWith("/aws-service-role/")) {
    throw new AwsError(
      "UnmodifiableEntityException",
      `Cannot perform the operation on the protected role '${roleName}' - this role is only modifiable by AWS`,
    );
  }
}

/** The identity exists, and its policies may be changed. */
function checkChangeable(call: Call, identity: Identity): void {
  checkIdentityExists(call, identity);
  if (identity.kind === "role") checkModifiable(identity.name, findRole(call, identity.name));
}

/** AWS's own policies: `arn:aws:iam::aws:policy/…`. */
export const isAwsManaged = (policyArn: string): boolean =>
  /^arn:aws[a-z-]*:iam::aws:policy\/.+/.test(policyArn);

export function attach(call: Call, identity: Identity, policyArn: string): void {
  checkChangeable(call, identity);
  if (!policyArn.startsWith("arn:")) throw validationError("Invalid ARN:  Could not be parsed!");
  if (!isAwsManaged(policyArn) && !policies.has(call.tx, [policyArn])) {
    throw noSuchEntity(`Policy ${policyArn} does not exist or is not attachable.`);
  }
  const { kind, name } = identity;
  if (attachments.has(call.tx, [kind, name, policyArn])) return;
  let count = 0;
  for (const _ of attachments.scan(call.tx, [kind, name])) count += 1;
  if (count >= managedPoliciesPerIdentityMax) {
    const quota = `PoliciesPer${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
    throw limitExceeded(`Cannot exceed quota for ${quota}: ${managedPoliciesPerIdentityMax}`);
  }
  attachments.set(call.tx, [kind, name, policyArn], call.nowMs);
  attachmentsByPolicy.set(call.tx, [policyArn, kind, name], null);
}

export function detach(call: Call, identity: Identity, policyArn: string): void {
  checkChangeable(call, identity);
  const { kind, name } = identity;
  if (!attachments.has(call.tx, [kind, name, policyArn]))
    throw noSuchEntity(`Policy ${policyArn} was not found.`);
  attachments.delete(call.tx, [kind, name, policyArn]);
  attachmentsByPolicy.delete(call.tx, [policyArn, kind, name]);
}

export function putInline(
  call: Call,
  identity: Identity,
  policy: { readonly name: string; readonly document: string },
): void {
  checkChangeable(call, identity);
  checkDocument(policy.document, "identity");
  const { kind, name } = identity;
  let size = sizeOf(policy.document);
  for (const { key, value } of inlinePolicies.scan(call.tx, [kind, name])) {
    if (key[2] !== policy.name) size += sizeOf(value);
  }
  if (size > inlineSizeMax[kind]) {
    throw limitExceeded(`Maximum policy size of ${inlineSizeMax[kind]} bytes exceeded for ${kind} ${name}`);
  }
  inlinePolicies.set(call.tx, [kind, name, policy.name], policy.document);
}

/** White space does not count. */
export const sizeOf = (document: string): number => document.replaceAll(/\s/g, "").length;

export function getInline(call: Call, identity: Identity, policyName: string): string {
  checkIdentityExists(call, identity);
  const document = inlinePolicies.get(call.tx, [identity.kind, identity.name, policyName]);
  if (document === undefined)
    throw noSuchEntity(`The ${identity.kind} policy with name ${policyName} cannot be found.`);
  return document;
}

export function deleteInline(call: Call, identity: Identity, policyName: string): void {
  getInline(call, identity, policyName);
  inlinePolicies.delete(call.tx, [identity.kind, identity.name, policyName]);
}

/** Refuses to delete an identity that still has policies. */
export function checkNoPolicies(call: Call, { kind, name }: Identity): void {
  if (attachments.first(call.tx, [kind, name]) !== undefined) {
    throw deleteConflict("Cannot delete entity, must detach all policies first.");
  }
  if (inlinePolicies.first(call.tx, [kind, name]) !== undefined) {
    throw deleteConflict("Cannot delete entity, must delete policies first.");
  }
}

/** Keeps the index of permissions boundaries in step with the identity's row. */
export function moveBoundary(
  call: Call,
  { kind, name }: Identity,
  change: { readonly from: string | null; readonly to: string | null },
): void {
  if (change.to !== null && !isAwsManaged(change.to) && !policies.has(call.tx, [change.to])) {
    throw noSuchEntity(`Scope ARN: ${change.to} does not exist or is not attachable.`);
  }
  if (change.from !== null) boundaries.delete(call.tx, [change.from, kind, name]);
  if (change.to !== null) boundaries.set(call.tx, [change.to, kind, name], null);
}
