/** Roles: create, read, change, delete; service-linked ones too. */
import type { Role } from "@aws-sdk/client-iam";
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../client.ts";
import { checkPath, encodeDocument, globally, iamArn, newId, page, tagList, tagsFrom } from "../entity.ts";
import { alreadyExists, deleteConflict, invalidInput } from "../errors.ts";
import { checkModifiable, checkNoPolicies, findRole, moveBoundary } from "../identity.ts";
import { attachments, attachmentsByPolicy, profilesByRole, type RoleRow, roles } from "../keys.ts";
import { sessionSecondsDefault } from "../limits.ts";
import { checkDocument } from "../policy-document.ts";
import { linkedRole } from "../service-linked.ts";
import { settledTrust } from "../settled-trust.ts";

export function roleRecord(roleName: string, row: RoleRow): Role {
  return {
    Path: row.path,
    RoleName: roleName,
    RoleId: row.id,
    Arn: row.arn,
    CreateDate: new Date(row.createdAtMs),
    AssumeRolePolicyDocument: encodeDocument(row.trustPolicy),
    ...(row.description === null ? {} : { Description: row.description }),
    MaxSessionDuration: row.sessionSecondsMax,
  };
}

/** What GetRole shows beyond what lists do. */
function wholeRole(roleName: string, row: RoleRow): Role {
  return {
    ...roleRecord(roleName, row),
    ...(row.boundaryArn === null
      ? {}
      : {
          PermissionsBoundary: {
            PermissionsBoundaryType: "Policy" as never,
            PermissionsBoundaryArn: row.boundaryArn,
          },
        }),
    ...(Object.keys(row.tags).length === 0 ? {} : { Tags: tagList(row.tags) }),
    RoleLastUsed: {},
  };
}

export function createRole(original: Call, input: Input<"CreateRole">): Output<"CreateRole"> {
  const call = globally(original);
  const roleName = input.RoleName;
  const path = input.Path ?? "/";
  checkPath(path);
  checkDocument(input.AssumeRolePolicyDocument, "trust");
  if (roles.has(call.tx, [roleName])) throw alreadyExists(`Role with name ${roleName} already exists.`);
  const row: RoleRow = {
    id: newId(call, "AROA"),
    arn: iamArn(call, "role", path, roleName),
    path,
    createdAtMs: Math.floor(call.nowMs / 1000) * 1000,
    trustPolicy: settledTrust(input.AssumeRolePolicyDocument),
    description: input.Description ?? null,
    sessionSecondsMax: input.MaxSessionDuration ?? sessionSecondsDefault,
    boundaryArn: input.PermissionsBoundary ?? null,
    tags: tagsFrom(input.Tags),
  };
  moveBoundary(call, { kind: "role", name: roleName }, { from: null, to: row.boundaryArn });
  roles.set(call.tx, [roleName], row);
  const { RoleLastUsed: _, ...role } = wholeRole(roleName, row);
  const AssumeRolePolicyDocument = encodeDocument(input.AssumeRolePolicyDocument);
  if (input.MaxSessionDuration === undefined) delete role.MaxSessionDuration;
  return { Role: { ...role, AssumeRolePolicyDocument } };
}

export function getRole(original: Call, input: Input<"GetRole">): Output<"GetRole"> {
  return { Role: wholeRole(input.RoleName, findRole(globally(original), input.RoleName)) };
}

export function listRoles(original: Call, input: Input<"ListRoles">): Output<"ListRoles"> {
  const prefix = input.PathPrefix ?? "/";
  const { items, ...rest } = page(globally(original), { table: roles, input }, ([name], row) =>
    row.path.startsWith(prefix) ? roleRecord(name, row) : undefined,
  );
  return { Roles: items, ...rest };
}

export function deleteRole(original: Call, input: Input<"DeleteRole">): void {
  const call = globally(original);
  const row = findRole(call, input.RoleName);
  checkModifiable(input.RoleName, row);
  const identity = { kind: "role", name: input.RoleName } as const;
  if (profilesByRole.first(call.tx, [input.RoleName]) !== undefined) {
    throw deleteConflict("Cannot delete entity, must remove roles from instance profile first.");
  }
  checkNoPolicies(call, identity);
  moveBoundary(call, identity, { from: row.boundaryArn, to: null });
  roles.delete(call.tx, [input.RoleName]);
}

export function updateRole(original: Call, input: Input<"UpdateRole">): void {
  const call = globally(original);
  const row = findRole(call, input.RoleName);
  roles.set(call.tx, [input.RoleName], {
    ...row,
    description: input.Description ?? row.description,
    sessionSecondsMax: input.MaxSessionDuration ?? row.sessionSecondsMax,
  });
}

export function updateRoleDescription(
  original: Call,
  input: Input<"UpdateRoleDescription">,
): Output<"UpdateRoleDescription"> {
  const call = globally(original);
  const row = { ...findRole(call, input.RoleName), description: input.Description };
  roles.set(call.tx, [input.RoleName], row);
  return { Role: wholeRole(input.RoleName, row) };
}

export function updateAssumeRolePolicy(original: Call, input: Input<"UpdateAssumeRolePolicy">): void {
  const call = globally(original);
  const row = findRole(call, input.RoleName);
  checkDocument(input.PolicyDocument, "trust");
  roles.set(call.tx, [input.RoleName], { ...row, trustPolicy: settledTrust(input.PolicyDocument) });
}

const trustOf = (Action: string | string[], Service: string | string[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Action, Effect: "Allow", Principal: { Service } }] });

export function createServiceLinkedRole(
  original: Call,
  input: Input<"CreateServiceLinkedRole">,
): Output<"CreateServiceLinkedRole"> {
  const call = globally(original);
  const service = input.AWSServiceName;
  const { roleName, policyArns } = linkedRole(service, input.CustomSuffix);
  if (roles.has(call.tx, [roleName])) {
    throw invalidInput(
      `Service role name ${roleName} has been taken in this account, please try a different suffix.`,
    );
  }
  const path = `/aws-service-role/${service}/`;
  const row: RoleRow = {
    id: newId(call, "AROA"),
    arn: iamArn(call, "role", path, roleName),
    path,
    createdAtMs: Math.floor(call.nowMs / 1000) * 1000,
    trustPolicy: trustOf("sts:AssumeRole", service),
    description: input.Description ?? null,
    sessionSecondsMax: sessionSecondsDefault,
    boundaryArn: null,
    tags: {},
  };
  roles.set(call.tx, [roleName], row);
  for (const policyArn of policyArns) {
    attachments.set(call.tx, ["role", roleName, policyArn], call.nowMs);
    attachmentsByPolicy.set(call.tx, [policyArn, "role", roleName], null);
  }
  const { MaxSessionDuration: _, ...role } = roleRecord(roleName, row);
  // The answer to the creation has lists where later ones have single values.
  const AssumeRolePolicyDocument = encodeDocument(trustOf(["sts:AssumeRole"], [service]));
  return { Role: { ...role, AssumeRolePolicyDocument } };
}

function clearAttachments(call: Call, roleName: string): void {
  for (const { key } of attachments.scan(call.tx, ["role", roleName])) {
    attachments.delete(call.tx, key);
    attachmentsByPolicy.delete(call.tx, [key[2], "role", roleName]);
  }
}

/** Deletion of a service-linked role is a task on AWS; here it is done at once and the task says so. */
export function deleteServiceLinkedRole(
  original: Call,
  input: Input<"DeleteServiceLinkedRole">,
): Output<"DeleteServiceLinkedRole"> {
  const call = globally(original);
  const row = findRole(call, input.RoleName);
  if (!row.path.startsWith("/aws-service-role/"))
    throw invalidInput(`${input.RoleName} is not a service-linked role.`);
  clearAttachments(call, input.RoleName);
  roles.delete(call.tx, [input.RoleName]);
  return { DeletionTaskId: `task${row.path}${input.RoleName}/${call.random.uuid()}` };
}

export function getServiceLinkedRoleDeletionStatus(): Output<"GetServiceLinkedRoleDeletionStatus"> {
  return { Status: "SUCCEEDED" };
}
