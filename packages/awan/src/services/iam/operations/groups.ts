/** Groups and who is in them. */
import type { Group } from "@aws-sdk/client-iam";
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../client.ts";
import { checkPath, globally, iamArn, newId, page } from "../entity.ts";
import { alreadyExists, deleteConflict, noSuchEntity } from "../errors.ts";
import { checkNoPolicies, findUser } from "../identity.ts";
import { type GroupRow, groups, memberships, membershipsByUser } from "../keys.ts";
import { userRecord } from "./users.ts";

const groupRecord = (GroupName: string, row: GroupRow): Group => ({
  Path: row.path,
  GroupName,
  GroupId: row.id,
  Arn: row.arn,
  CreateDate: new Date(row.createdAtMs),
});

function findGroup(call: Call, groupName: string): GroupRow {
  const row = groups.get(call.tx, [groupName]);
  if (row === undefined) throw noSuchEntity(`The group with name ${groupName} cannot be found.`);
  return row;
}

export function createGroup(original: Call, input: Input<"CreateGroup">): Output<"CreateGroup"> {
  const call = globally(original);
  const path = input.Path ?? "/";
  checkPath(path);
  if (groups.has(call.tx, [input.GroupName]))
    throw alreadyExists(`Group with name ${input.GroupName} already exists.`);
  const row: GroupRow = {
    id: newId(call, "AGPA"),
    arn: iamArn(call, "group", path, input.GroupName),
    path,
    createdAtMs: Math.floor(call.nowMs / 1000) * 1000,
  };
  groups.set(call.tx, [input.GroupName], row);
  return { Group: groupRecord(input.GroupName, row) };
}

export function getGroup(original: Call, input: Input<"GetGroup">): Output<"GetGroup"> {
  const call = globally(original);
  const row = findGroup(call, input.GroupName);
  const { items, ...rest } = page(call, { table: memberships, prefix: [input.GroupName], input }, (key) =>
    userRecord(key[1], findUser(call, key[1])),
  );
  return { Group: groupRecord(input.GroupName, row), Users: items, ...rest };
}

export function listGroups(original: Call, input: Input<"ListGroups">): Output<"ListGroups"> {
  const prefix = input.PathPrefix ?? "/";
  const { items, ...rest } = page(globally(original), { table: groups, input }, ([name], row) =>
    row.path.startsWith(prefix) ? groupRecord(name, row) : undefined,
  );
  return { Groups: items, ...rest };
}

export function updateGroup(original: Call, input: Input<"UpdateGroup">): void {
  const call = globally(original);
  const row = findGroup(call, input.GroupName);
  const name = input.NewGroupName ?? input.GroupName;
  const path = input.NewPath ?? row.path;
  checkPath(path);
  if (name !== input.GroupName) {
    if (groups.has(call.tx, [name])) throw alreadyExists(`Group with name ${name} already exists.`);
    groups.delete(call.tx, [input.GroupName]);
    for (const { key } of memberships.scan(call.tx, [input.GroupName])) {
      memberships.delete(call.tx, key);
      membershipsByUser.delete(call.tx, [key[1], key[0]]);
      memberships.set(call.tx, [name, key[1]], null);
      membershipsByUser.set(call.tx, [key[1], name], null);
    }
  }
  groups.set(call.tx, [name], { ...row, path, arn: iamArn(call, "group", path, name) });
}

export function deleteGroup(original: Call, input: Input<"DeleteGroup">): void {
  const call = globally(original);
  findGroup(call, input.GroupName);
  if (memberships.first(call.tx, [input.GroupName]) !== undefined) {
    throw deleteConflict("Cannot delete entity, must remove users from group first.");
  }
  checkNoPolicies(call, { kind: "group", name: input.GroupName });
  groups.delete(call.tx, [input.GroupName]);
}

export function addUserToGroup(original: Call, input: Input<"AddUserToGroup">): void {
  const call = globally(original);
  findGroup(call, input.GroupName);
  findUser(call, input.UserName);
  memberships.set(call.tx, [input.GroupName, input.UserName], null);
  membershipsByUser.set(call.tx, [input.UserName, input.GroupName], null);
}

export function removeUserFromGroup(original: Call, input: Input<"RemoveUserFromGroup">): void {
  const call = globally(original);
  findGroup(call, input.GroupName);
  findUser(call, input.UserName);
  memberships.delete(call.tx, [input.GroupName, input.UserName]);
  membershipsByUser.delete(call.tx, [input.UserName, input.GroupName]);
}

export function listGroupsForUser(
  original: Call,
  input: Input<"ListGroupsForUser">,
): Output<"ListGroupsForUser"> {
  const call = globally(original);
  findUser(call, input.UserName);
  const { items, ...rest } = page(
    call,
    { table: membershipsByUser, prefix: [input.UserName], input },
    (key) => groupRecord(key[1], findGroup(call, key[1])),
  );
  return { Groups: items, ...rest };
}
