/** Users, their access keys and login profiles. */
import type { User } from "@aws-sdk/client-iam";
import { makeAccessKeyId } from "../../../kernel/access-key.ts";
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../client.ts";
import { checkPath, globally, iamArn, newId, page, tagList, tagsFrom } from "../entity.ts";
import { alreadyExists, deleteConflict, limitExceeded, noSuchEntity, validationError } from "../errors.ts";
import { checkNoPolicies, findUser, moveBoundary } from "../identity.ts";
import {
  accessKeys,
  keyOwners,
  loginProfiles,
  membershipsByUser,
  serviceCredentials,
  type UserRow,
  users,
} from "../keys.ts";
import { accessKeysPerUserMax } from "../limits.ts";

export function userRecord(userName: string, row: UserRow): User {
  return {
    Path: row.path,
    UserName: userName,
    UserId: row.id,
    Arn: row.arn,
    CreateDate: new Date(row.createdAtMs),
  };
}

function wholeUser(userName: string, row: UserRow): User {
  return {
    ...userRecord(userName, row),
    ...(row.boundaryArn === null
      ? {}
      : {
          PermissionsBoundary: {
            PermissionsBoundaryType: "Policy" as never,
            PermissionsBoundaryArn: row.boundaryArn,
          },
        }),
    ...(Object.keys(row.tags).length === 0 ? {} : { Tags: tagList(row.tags) }),
  };
}

/** Operations without a user name mean the caller. */
function callerName(call: Call): string {
  const { accessKeyId, kind } = call.principal;
  if (kind !== "user" && kind !== "root") {
    throw validationError("Must specify userName when calling with non-User credentials");
  }
  const owner = accessKeyId === undefined ? undefined : keyOwners.get(call.tx, [accessKeyId]);
  return owner ?? call.principal.arn.slice(call.principal.arn.lastIndexOf("/") + 1);
}

export function createUser(original: Call, input: Input<"CreateUser">): Output<"CreateUser"> {
  const call = globally(original);
  const path = input.Path ?? "/";
  checkPath(path);
  if (users.has(call.tx, [input.UserName]))
    throw alreadyExists(`User with name ${input.UserName} already exists.`);
  const row: UserRow = {
    id: newId(call, "AIDA"),
    arn: iamArn(call, "user", path, input.UserName),
    path,
    createdAtMs: Math.floor(call.nowMs / 1000) * 1000,
    boundaryArn: input.PermissionsBoundary ?? null,
    tags: tagsFrom(input.Tags),
  };
  moveBoundary(call, { kind: "user", name: input.UserName }, { from: null, to: row.boundaryArn });
  users.set(call.tx, [input.UserName], row);
  return { User: wholeUser(input.UserName, row) };
}

export function getUser(original: Call, input: Input<"GetUser">): Output<"GetUser"> {
  const call = globally(original);
  if (input.UserName === undefined && call.principal.kind === "root") {
    const { accountId } = call;
    return {
      User: {
        Path: "/",
        UserName: undefined,
        UserId: accountId,
        Arn: `arn:aws:iam::${accountId}:root`,
        CreateDate: new Date(0),
      },
    };
  }
  const userName = input.UserName ?? callerName(call);
  return { User: wholeUser(userName, findUser(call, userName)) };
}

export function listUsers(original: Call, input: Input<"ListUsers">): Output<"ListUsers"> {
  const prefix = input.PathPrefix ?? "/";
  const { items, ...rest } = page(globally(original), { table: users, input }, ([name], row) =>
    row.path.startsWith(prefix) ? userRecord(name, row) : undefined,
  );
  return { Users: items, ...rest };
}

export function updateUser(original: Call, input: Input<"UpdateUser">): void {
  const call = globally(original);
  const row = findUser(call, input.UserName);
  const name = input.NewUserName ?? input.UserName;
  const path = input.NewPath ?? row.path;
  checkPath(path);
  if (name !== input.UserName) {
    if (users.has(call.tx, [name])) throw alreadyExists(`User with name ${name} already exists.`);
    users.delete(call.tx, [input.UserName]);
    for (const { key, value } of accessKeys.scan(call.tx, [input.UserName])) {
      accessKeys.delete(call.tx, key);
      accessKeys.set(call.tx, [name, key[1]], value);
      keyOwners.set(call.tx, [key[1]], name);
    }
  }
  users.set(call.tx, [name], { ...row, path, arn: iamArn(call, "user", path, name) });
}

export function deleteUser(original: Call, input: Input<"DeleteUser">): void {
  const call = globally(original);
  const row = findUser(call, input.UserName);
  const identity = { kind: "user", name: input.UserName } as const;
  if (membershipsByUser.first(call.tx, [input.UserName]) !== undefined) {
    throw deleteConflict("Cannot delete entity, must remove users from group first.");
  }
  checkNoPolicies(call, identity);
  if (accessKeys.first(call.tx, [input.UserName]) !== undefined) {
    throw deleteConflict("Cannot delete entity, must delete access keys first.");
  }
  if (loginProfiles.has(call.tx, [input.UserName])) {
    throw deleteConflict("Cannot delete entity, must delete login profile first.");
  }
  if (serviceCredentials.first(call.tx, [input.UserName]) !== undefined) {
    throw deleteConflict("Cannot delete entity, must remove referenced objects first.");
  }
  moveBoundary(call, identity, { from: row.boundaryArn, to: null });
  users.delete(call.tx, [input.UserName]);
}

export function createAccessKey(original: Call, input: Input<"CreateAccessKey">): Output<"CreateAccessKey"> {
  const call = globally(original);
  const userName = input.UserName ?? callerName(call);
  findUser(call, userName);
  let count = 0;
  for (const _ of accessKeys.scan(call.tx, [userName])) count += 1;
  if (count >= accessKeysPerUserMax) {
    throw limitExceeded(`Cannot exceed quota for AccessKeysPerUser: ${accessKeysPerUserMax}`);
  }
  const accessKeyId = makeAccessKeyId("AKIA", call.accountId, (limit) => call.random.integer(limit));
  const secretAccessKey = call.random.text(
    40,
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
  );
  const createdAtMs = Math.floor(call.nowMs / 1000) * 1000;
  accessKeys.set(call.tx, [userName, accessKeyId], { secretAccessKey, active: true, createdAtMs });
  keyOwners.set(call.tx, [accessKeyId], userName);
  return {
    AccessKey: {
      UserName: userName,
      AccessKeyId: accessKeyId,
      Status: "Active",
      SecretAccessKey: secretAccessKey,
      CreateDate: new Date(createdAtMs),
    },
  };
}

function findKey(call: Call, userName: string, accessKeyId: string) {
  const row = accessKeys.get(call.tx, [userName, accessKeyId]);
  if (row === undefined) throw noSuchEntity(`The Access Key with id ${accessKeyId} cannot be found.`);
  return row;
}

export function listAccessKeys(original: Call, input: Input<"ListAccessKeys">): Output<"ListAccessKeys"> {
  const call = globally(original);
  const userName = input.UserName ?? callerName(call);
  findUser(call, userName);
  const { items, ...rest } = page(call, { table: accessKeys, prefix: [userName], input }, (key, row) => ({
    UserName: userName,
    AccessKeyId: key[1],
    Status: row.active ? ("Active" as const) : ("Inactive" as const),
    CreateDate: new Date(row.createdAtMs),
  }));
  return { AccessKeyMetadata: items, ...rest };
}

export function updateAccessKey(original: Call, input: Input<"UpdateAccessKey">): void {
  const call = globally(original);
  const userName = input.UserName ?? keyOwners.get(call.tx, [input.AccessKeyId]) ?? callerName(call);
  const row = findKey(call, userName, input.AccessKeyId);
  accessKeys.set(call.tx, [userName, input.AccessKeyId], { ...row, active: input.Status === "Active" });
}

export function deleteAccessKey(original: Call, input: Input<"DeleteAccessKey">): void {
  const call = globally(original);
  const userName = input.UserName ?? keyOwners.get(call.tx, [input.AccessKeyId]) ?? callerName(call);
  findKey(call, userName, input.AccessKeyId);
  accessKeys.delete(call.tx, [userName, input.AccessKeyId]);
  keyOwners.delete(call.tx, [input.AccessKeyId]);
}

export function getAccessKeyLastUsed(
  original: Call,
  input: Input<"GetAccessKeyLastUsed">,
): Output<"GetAccessKeyLastUsed"> {
  const owner = keyOwners.get(globally(original).tx, [input.AccessKeyId]);
  if (owner === undefined) throw noSuchEntity(`The Access Key with id ${input.AccessKeyId} cannot be found.`);
  return {
    UserName: owner,
    AccessKeyLastUsed: { LastUsedDate: undefined, ServiceName: "N/A", Region: "N/A" },
  };
}

export function createLoginProfile(
  original: Call,
  input: Input<"CreateLoginProfile">,
): Output<"CreateLoginProfile"> {
  const call = globally(original);
  const userName = input.UserName ?? callerName(call);
  findUser(call, userName);
  if (loginProfiles.has(call.tx, [userName])) {
    throw alreadyExists(`Login Profile for user ${userName} already exists.`);
  }
  const row = {
    password: input.Password ?? "",
    resetRequired: input.PasswordResetRequired ?? false,
    createdAtMs: Math.floor(call.nowMs / 1000) * 1000,
  };
  loginProfiles.set(call.tx, [userName], row);
  return { LoginProfile: loginRecord(userName, row) };
}

const loginRecord = (
  UserName: string,
  row: { readonly resetRequired: boolean; readonly createdAtMs: number },
) => ({
  UserName,
  CreateDate: new Date(row.createdAtMs),
  PasswordResetRequired: row.resetRequired,
});

function findLogin(call: Call, userName: string) {
  const row = loginProfiles.get(call.tx, [userName]);
  if (row === undefined) throw noSuchEntity(`Login Profile for User ${userName} cannot be found.`);
  return row;
}

export function getLoginProfile(original: Call, input: Input<"GetLoginProfile">): Output<"GetLoginProfile"> {
  const call = globally(original);
  const userName = input.UserName ?? callerName(call);
  return { LoginProfile: loginRecord(userName, findLogin(call, userName)) };
}

export function updateLoginProfile(original: Call, input: Input<"UpdateLoginProfile">): void {
  const call = globally(original);
  const row = findLogin(call, input.UserName);
  loginProfiles.set(call.tx, [input.UserName], {
    ...row,
    password: input.Password ?? row.password,
    resetRequired: input.PasswordResetRequired ?? row.resetRequired,
  });
}

export function deleteLoginProfile(original: Call, input: Input<"DeleteLoginProfile">): void {
  const call = globally(original);
  const userName = input.UserName ?? callerName(call);
  findLogin(call, userName);
  loginProfiles.delete(call.tx, [userName]);
}
