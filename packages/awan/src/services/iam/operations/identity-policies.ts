/** Inline policies and attachments of roles, users and groups: the same operations three times. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../client.ts";
import { encodeDocument, globally, page, type PageInput } from "../entity.ts";
import {
  attach,
  checkIdentityExists,
  deleteInline,
  detach,
  getInline,
  type Identity,
  putInline,
} from "../identity.ts";
import { attachments, inlinePolicies } from "../keys.ts";

const role = (name: string): Identity => ({ kind: "role", name });
const user = (name: string): Identity => ({ kind: "user", name });
const group = (name: string): Identity => ({ kind: "group", name });

function listInline(original: Call, identity: Identity, input: PageInput) {
  const call = globally(original);
  checkIdentityExists(call, identity);
  const prefix = [identity.kind, identity.name];
  const { items, ...rest } = page(call, { table: inlinePolicies, prefix, input }, (key) => key[2]);
  return { PolicyNames: items, ...rest };
}

function listAttached(
  original: Call,
  identity: Identity,
  input: PageInput & { readonly PathPrefix?: string | undefined },
) {
  const call = globally(original);
  checkIdentityExists(call, identity);
  const prefix = [identity.kind, identity.name];
  const { items, ...rest } = page(call, { table: attachments, prefix, input }, ([, , PolicyArn]) => {
    const resource = PolicyArn.slice(PolicyArn.indexOf(":policy/") + ":policy".length);
    if (!resource.startsWith(input.PathPrefix ?? "/")) return undefined;
    return { PolicyName: PolicyArn.slice(PolicyArn.lastIndexOf("/") + 1), PolicyArn };
  });
  return { AttachedPolicies: items, ...rest };
}

export function attachRolePolicy(call: Call, input: Input<"AttachRolePolicy">): void {
  attach(globally(call), role(input.RoleName), input.PolicyArn);
}
export function attachUserPolicy(call: Call, input: Input<"AttachUserPolicy">): void {
  attach(globally(call), user(input.UserName), input.PolicyArn);
}
export function attachGroupPolicy(call: Call, input: Input<"AttachGroupPolicy">): void {
  attach(globally(call), group(input.GroupName), input.PolicyArn);
}
export function detachRolePolicy(call: Call, input: Input<"DetachRolePolicy">): void {
  detach(globally(call), role(input.RoleName), input.PolicyArn);
}
export function detachUserPolicy(call: Call, input: Input<"DetachUserPolicy">): void {
  detach(globally(call), user(input.UserName), input.PolicyArn);
}
export function detachGroupPolicy(call: Call, input: Input<"DetachGroupPolicy">): void {
  detach(globally(call), group(input.GroupName), input.PolicyArn);
}
export function listAttachedRolePolicies(
  call: Call,
  input: Input<"ListAttachedRolePolicies">,
): Output<"ListAttachedRolePolicies"> {
  return listAttached(call, role(input.RoleName), input);
}
export function listAttachedUserPolicies(
  call: Call,
  input: Input<"ListAttachedUserPolicies">,
): Output<"ListAttachedUserPolicies"> {
  return listAttached(call, user(input.UserName), input);
}
export function listAttachedGroupPolicies(
  call: Call,
  input: Input<"ListAttachedGroupPolicies">,
): Output<"ListAttachedGroupPolicies"> {
  return listAttached(call, group(input.GroupName), input);
}

export function putRolePolicy(call: Call, input: Input<"PutRolePolicy">): void {
  putInline(globally(call), role(input.RoleName), { name: input.PolicyName, document: input.PolicyDocument });
}
export function putUserPolicy(call: Call, input: Input<"PutUserPolicy">): void {
  putInline(globally(call), user(input.UserName), { name: input.PolicyName, document: input.PolicyDocument });
}
export function putGroupPolicy(call: Call, input: Input<"PutGroupPolicy">): void {
  putInline(globally(call), group(input.GroupName), {
    name: input.PolicyName,
    document: input.PolicyDocument,
  });
}
export function getRolePolicy(call: Call, input: Input<"GetRolePolicy">): Output<"GetRolePolicy"> {
  const document = getInline(globally(call), role(input.RoleName), input.PolicyName);
  return { RoleName: input.RoleName, PolicyName: input.PolicyName, PolicyDocument: encodeDocument(document) };
}
export function getUserPolicy(call: Call, input: Input<"GetUserPolicy">): Output<"GetUserPolicy"> {
  const document = getInline(globally(call), user(input.UserName), input.PolicyName);
  return { UserName: input.UserName, PolicyName: input.PolicyName, PolicyDocument: encodeDocument(document) };
}
export function getGroupPolicy(call: Call, input: Input<"GetGroupPolicy">): Output<"GetGroupPolicy"> {
  const document = getInline(globally(call), group(input.GroupName), input.PolicyName);
  return {
    GroupName: input.GroupName,
    PolicyName: input.PolicyName,
    PolicyDocument: encodeDocument(document),
  };
}
export function deleteRolePolicy(call: Call, input: Input<"DeleteRolePolicy">): void {
  deleteInline(globally(call), role(input.RoleName), input.PolicyName);
}
export function deleteUserPolicy(call: Call, input: Input<"DeleteUserPolicy">): void {
  deleteInline(globally(call), user(input.UserName), input.PolicyName);
}
export function deleteGroupPolicy(call: Call, input: Input<"DeleteGroupPolicy">): void {
  deleteInline(globally(call), group(input.GroupName), input.PolicyName);
}
export function listRolePolicies(call: Call, input: Input<"ListRolePolicies">): Output<"ListRolePolicies"> {
  return listInline(call, role(input.RoleName), input);
}
export function listUserPolicies(call: Call, input: Input<"ListUserPolicies">): Output<"ListUserPolicies"> {
  return listInline(call, user(input.UserName), input);
}
export function listGroupPolicies(
  call: Call,
  input: Input<"ListGroupPolicies">,
): Output<"ListGroupPolicies"> {
  return listInline(call, group(input.GroupName), input);
}
