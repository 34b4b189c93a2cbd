/** Instance profiles: the handle by which EC2 carries a role. */
import type { InstanceProfile } from "@aws-sdk/client-iam";
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../client.ts";
import { checkPath, globally, iamArn, newId, page, tagList, tagsFrom } from "../entity.ts";
import { alreadyExists, deleteConflict, limitExceeded, noSuchEntity } from "../errors.ts";
import { findRole } from "../identity.ts";
import { type InstanceProfileRow, instanceProfiles, profilesByRole } from "../keys.ts";
import { roleRecord } from "./roles.ts";

function profileRecord(call: Call, name: string, row: InstanceProfileRow): InstanceProfile {
  return {
    Path: row.path,
    InstanceProfileName: name,
    InstanceProfileId: row.id,
    Arn: row.arn,
    CreateDate: new Date(row.createdAtMs),
    Roles: row.roleName === null ? [] : [roleRecord(row.roleName, findRole(call, row.roleName))],
    ...(Object.keys(row.tags).length === 0 ? {} : { Tags: tagList(row.tags) }),
  };
}

export function findProfile(call: Call, name: string): InstanceProfileRow {
  const row = instanceProfiles.get(call.tx, [name]);
  if (row === undefined) throw noSuchEntity(`Instance Profile ${name} cannot be found.`);
  return row;
}

export function createInstanceProfile(
  original: Call,
  input: Input<"CreateInstanceProfile">,
): Output<"CreateInstanceProfile"> {
  const call = globally(original);
  const name = input.InstanceProfileName;
  const path = input.Path ?? "/";
  checkPath(path);
  if (instanceProfiles.has(call.tx, [name])) throw alreadyExists(`Instance Profile ${name} already exists.`);
  const row: InstanceProfileRow = {
    id: newId(call, "AIPA"),
    arn: iamArn(call, "instance-profile", path, name),
    path,
    createdAtMs: Math.floor(call.nowMs / 1000) * 1000,
    roleName: null,
    tags: tagsFrom(input.Tags),
  };
  instanceProfiles.set(call.tx, [name], row);
  return { InstanceProfile: profileRecord(call, name, row) };
}

export function getInstanceProfile(
  original: Call,
  input: Input<"GetInstanceProfile">,
): Output<"GetInstanceProfile"> {
  const call = globally(original);
  const name = input.InstanceProfileName;
  return { InstanceProfile: profileRecord(call, name, findProfile(call, name)) };
}

export function listInstanceProfiles(
  original: Call,
  input: Input<"ListInstanceProfiles">,
): Output<"ListInstanceProfiles"> {
  const call = globally(original);
  const prefix = input.PathPrefix ?? "/";
  const { items, ...rest } = page(call, { table: instanceProfiles, input }, ([name], row) =>
    row.path.startsWith(prefix) ? profileRecord(call, name, row) : undefined,
  );
  return { InstanceProfiles: items, ...rest };
}

export function listInstanceProfilesForRole(
  original: Call,
  input: Input<"ListInstanceProfilesForRole">,
): Output<"ListInstanceProfilesForRole"> {
  const call = globally(original);
  findRole(call, input.RoleName);
  const { items, ...rest } = page(call, { table: profilesByRole, prefix: [input.RoleName], input }, (key) =>
    profileRecord(call, key[1], findProfile(call, key[1])),
  );
  return { InstanceProfiles: items, ...rest };
}

export function deleteInstanceProfile(original: Call, input: Input<"DeleteInstanceProfile">): void {
  const call = globally(original);
  if (findProfile(call, input.InstanceProfileName).roleName !== null) {
    throw deleteConflict("Cannot delete entity, must remove roles from instance profile first.");
  }
  instanceProfiles.delete(call.tx, [input.InstanceProfileName]);
}

export function addRoleToInstanceProfile(original: Call, input: Input<"AddRoleToInstanceProfile">): void {
  const call = globally(original);
  const name = input.InstanceProfileName;
  const row = findProfile(call, name);
  findRole(call, input.RoleName);
  if (row.roleName !== null)
    throw limitExceeded("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
  instanceProfiles.set(call.tx, [name], { ...row, roleName: input.RoleName });
  profilesByRole.set(call.tx, [input.RoleName, name], null);
}

export function removeRoleFromInstanceProfile(
  original: Call,
  input: Input<"RemoveRoleFromInstanceProfile">,
): void {
  const call = globally(original);
  const name = input.InstanceProfileName;
  const row = findProfile(call, name);
  if (row.roleName !== input.RoleName)
    throw noSuchEntity(`The role with name ${input.RoleName} cannot be found.`);
  instanceProfiles.set(call.tx, [name], { ...row, roleName: null });
  profilesByRole.delete(call.tx, [input.RoleName, name]);
}
