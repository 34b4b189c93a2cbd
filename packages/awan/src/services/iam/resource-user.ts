/** AWS::IAM::User, Group, AccessKey and UserToGroupAddition. */
import { userBoundary } from "./operations/boundaries.ts";
import { userTags } from "./operations/tags.ts";
import type { Call } from "../../host/call.ts";
import type { ResourceProvider, ResourceState } from "../../host/resource.ts";
import { globally, iamArn } from "./entity.ts";
import { findUser } from "./identity.ts";
import { groups as groupTable, membershipsByUser } from "./keys.ts";
import * as groups from "./operations/groups.ts";
import * as users from "./operations/users.ts";
import { applyPolicies, clearPolicies, gone, optional, templateTags } from "./resource-identity.ts";

const userState = (call: Call, userName: string): ResourceState => ({
  physicalId: userName,
  attributes: { Arn: findUser(globally(call), userName).arn },
});

function setGroups(call: Call, UserName: string, wanted: readonly string[]): void {
  for (const { key } of membershipsByUser.scan(globally(call).tx, [UserName])) {
    if (!wanted.includes(key[1])) groups.removeUserFromGroup(call, { UserName, GroupName: key[1] });
  }
  for (const GroupName of wanted) groups.addUserToGroup(call, { UserName, GroupName });
}

interface TemplateLogin {
  readonly Password: string;
  readonly PasswordResetRequired?: boolean;
}

export const user: ResourceProvider = {
  type: "AWS::IAM::User",
  properties: {
    Groups: "mutable",
    LoginProfile: "mutable",
    ManagedPolicyArns: "mutable",
    Path: "mutable",
    PermissionsBoundary: "mutable",
    Policies: "mutable",
    Tags: "mutable",
    UserName: "replace",
  },
  create: (call, { properties, stack, generateName }) => {
    const UserName = optional(properties["UserName"]) ?? generateName({ lengthMax: 64 });
    users.createUser(call, {
      UserName,
      Path: optional(properties["Path"]),
      PermissionsBoundary: optional(properties["PermissionsBoundary"]),
      Tags: templateTags(properties, stack.tags),
    });
    const login = properties["LoginProfile"] as TemplateLogin | undefined;
    if (login !== undefined) users.createLoginProfile(call, { UserName, ...login });
    setGroups(call, UserName, (properties["Groups"] ?? []) as readonly string[]);
    applyPolicies(call, { kind: "user", name: UserName }, properties);
    return userState(call, UserName);
  },
  update: (call, { physicalId: UserName, properties, previousProperties, stack }) => {
    users.updateUser(call, { UserName, NewPath: optional(properties["Path"]) ?? "/" });
    const boundary = optional(properties["PermissionsBoundary"]);
    if (boundary === undefined) userBoundary.delete(call, { UserName });
    else userBoundary.put(call, { UserName, PermissionsBoundary: boundary });
    const names = (userTags.list(call, { UserName }).Tags ?? []).map(({ Key }) => Key as string);
    userTags.untag(call, { UserName, TagKeys: names });
    userTags.tag(call, { UserName, Tags: templateTags(properties, stack.tags) });
    setGroups(call, UserName, (properties["Groups"] ?? []) as readonly string[]);
    applyPolicies(call, { kind: "user", name: UserName }, properties, previousProperties);
    return userState(call, UserName);
  },
  delete: (call, { physicalId: UserName }) => {
    clearPolicies(call, { kind: "user", name: UserName });
    gone(() => setGroups(call, UserName, []));
    gone(() => users.deleteLoginProfile(call, { UserName }));
    gone(() => users.deleteUser(call, { UserName }));
  },
};

const groupState = (call: Call, groupName: string): ResourceState => ({
  physicalId: groupName,
  attributes: {
    Arn: groupTable.get(globally(call).tx, [groupName])?.arn ?? iamArn(call, "group", "/", groupName),
  },
});

export const group: ResourceProvider = {
  type: "AWS::IAM::Group",
  properties: { GroupName: "replace", ManagedPolicyArns: "mutable", Path: "mutable", Policies: "mutable" },
  create: (call, { properties, generateName }) => {
    const GroupName = optional(properties["GroupName"]) ?? generateName({ lengthMax: 128 });
    groups.createGroup(call, { GroupName, Path: optional(properties["Path"]) });
    applyPolicies(call, { kind: "group", name: GroupName }, properties);
    return groupState(call, GroupName);
  },
  update: (call, { physicalId: GroupName, properties, previousProperties }) => {
    groups.updateGroup(call, { GroupName, NewPath: optional(properties["Path"]) ?? "/" });
    applyPolicies(call, { kind: "group", name: GroupName }, properties, previousProperties);
    return groupState(call, GroupName);
  },
  delete: (call, { physicalId: GroupName }) => {
    clearPolicies(call, { kind: "group", name: GroupName });
    gone(() => groups.deleteGroup(call, { GroupName }));
  },
};

export const accessKey: ResourceProvider = {
  type: "AWS::IAM::AccessKey",
  properties: { Serial: "replace", Status: "mutable", UserName: "replace" },
  required: ["UserName"],
  create: (call, { properties }) => {
    const UserName = properties["UserName"] as string;
    const { AccessKey } = users.createAccessKey(call, { UserName });
    const AccessKeyId = AccessKey?.AccessKeyId as string;
    if (properties["Status"] === "Inactive")
      users.updateAccessKey(call, { UserName, AccessKeyId, Status: "Inactive" });
    return { physicalId: AccessKeyId, attributes: { SecretAccessKey: AccessKey?.SecretAccessKey } };
  },
  update: (call, { physicalId, properties }) => {
    const UserName = properties["UserName"] as string;
    const Status = properties["Status"] === "Inactive" ? "Inactive" : "Active";
    users.updateAccessKey(call, { UserName, AccessKeyId: physicalId, Status });
    return { physicalId, attributes: {} };
  },
  delete: (call, { physicalId, properties }) =>
    gone(() =>
      users.deleteAccessKey(call, { UserName: properties["UserName"] as string, AccessKeyId: physicalId }),
    ),
};

export const userToGroupAddition: ResourceProvider = {
  type: "AWS::IAM::UserToGroupAddition",
  properties: { GroupName: "mutable", Users: "mutable" },
  required: ["GroupName", "Users"],
  create: (call, { properties, generateName }) => {
    addUsers(call, properties["GroupName"] as string, properties["Users"] as readonly string[]);
    return { physicalId: generateName({ lengthMax: 128 }), attributes: {} };
  },
  update: (call, { physicalId, properties, previousProperties }) => {
    removeUsers(
      call,
      previousProperties["GroupName"] as string,
      previousProperties["Users"] as readonly string[],
    );
    addUsers(call, properties["GroupName"] as string, properties["Users"] as readonly string[]);
    return { physicalId, attributes: {} };
  },
  delete: (call, { properties }) =>
    removeUsers(call, properties["GroupName"] as string, properties["Users"] as readonly string[]),
};

function addUsers(call: Call, GroupName: string, names: readonly string[]): void {
  for (const UserName of names) groups.addUserToGroup(call, { GroupName, UserName });
}

function removeUsers(call: Call, GroupName: string, names: readonly string[]): void {
  for (const UserName of names) gone(() => groups.removeUserFromGroup(call, { GroupName, UserName }));
}
