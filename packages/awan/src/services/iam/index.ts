/** IAM: identities, policies and what belongs to them, as data; evaluation is `engines/iam-policy`. */
import type { Service } from "../../host/service.ts";
import type { Operations } from "../../model/operations.ts";
import type { Client } from "./client.ts";
import { globally } from "./entity.ts";
import { accessKeys, keyOwners, roles, users } from "./keys.ts";
import * as groups from "./operations/groups.ts";
import * as identityPolicies from "./operations/identity-policies.ts";
import * as instanceProfiles from "./operations/instance-profiles.ts";
import * as policies from "./operations/policies.ts";
import * as roleOperations from "./operations/roles.ts";
import * as userOperations from "./operations/users.ts";
import type { IamPort } from "./port.ts";

export const operations = {
  AddRoleToInstanceProfile: instanceProfiles.addRoleToInstanceProfile,
  AddUserToGroup: groups.addUserToGroup,
  AttachGroupPolicy: identityPolicies.attachGroupPolicy,
  AttachRolePolicy: identityPolicies.attachRolePolicy,
  AttachUserPolicy: identityPolicies.attachUserPolicy,
  CreateAccessKey: userOperations.createAccessKey,
  CreateGroup: groups.createGroup,
  CreateInstanceProfile: instanceProfiles.createInstanceProfile,
  CreateLoginProfile: userOperations.createLoginProfile,
  CreatePolicy: policies.createPolicy,
  CreatePolicyVersion: policies.createPolicyVersion,
  CreateRole: roleOperations.createRole,
  CreateServiceLinkedRole: roleOperations.createServiceLinkedRole,
  CreateUser: userOperations.createUser,
  DeleteAccessKey: userOperations.deleteAccessKey,
  DeleteGroup: groups.deleteGroup,
  DeleteGroupPolicy: identityPolicies.deleteGroupPolicy,
  DeleteInstanceProfile: instanceProfiles.deleteInstanceProfile,
  DeleteLoginProfile: userOperations.deleteLoginProfile,
  DeletePolicy: policies.deletePolicy,
  DeletePolicyVersion: policies.deletePolicyVersion,
  DeleteRole: roleOperations.deleteRole,
  DeleteRolePermissionsBoundary: roleOperations.deleteRolePermissionsBoundary,
  DeleteRolePolicy: identityPolicies.deleteRolePolicy,
  DeleteServiceLinkedRole: roleOperations.deleteServiceLinkedRole,
  DeleteUser: userOperations.deleteUser,
  DeleteUserPermissionsBoundary: userOperations.deleteUserPermissionsBoundary,
  DeleteUserPolicy: identityPolicies.deleteUserPolicy,
  DetachGroupPolicy: identityPolicies.detachGroupPolicy,
  DetachRolePolicy: identityPolicies.detachRolePolicy,
  DetachUserPolicy: identityPolicies.detachUserPolicy,
  GetAccessKeyLastUsed: userOperations.getAccessKeyLastUsed,
  GetGroup: groups.getGroup,
  GetGroupPolicy: identityPolicies.getGroupPolicy,
  GetInstanceProfile: instanceProfiles.getInstanceProfile,
  GetLoginProfile: userOperations.getLoginProfile,
  GetPolicy: policies.getPolicy,
  GetPolicyVersion: policies.getPolicyVersion,
  GetRole: roleOperations.getRole,
  GetRolePolicy: identityPolicies.getRolePolicy,
  GetServiceLinkedRoleDeletionStatus: roleOperations.getServiceLinkedRoleDeletionStatus,
  GetUser: userOperations.getUser,
  GetUserPolicy: identityPolicies.getUserPolicy,
  ListAccessKeys: userOperations.listAccessKeys,
  ListAttachedGroupPolicies: identityPolicies.listAttachedGroupPolicies,
  ListAttachedRolePolicies: identityPolicies.listAttachedRolePolicies,
  ListAttachedUserPolicies: identityPolicies.listAttachedUserPolicies,
  ListEntitiesForPolicy: policies.listEntitiesForPolicy,
  ListGroupPolicies: identityPolicies.listGroupPolicies,
  ListGroups: groups.listGroups,
  ListGroupsForUser: groups.listGroupsForUser,
  ListInstanceProfileTags: instanceProfiles.listInstanceProfileTags,
  ListInstanceProfiles: instanceProfiles.listInstanceProfiles,
  ListInstanceProfilesForRole: instanceProfiles.listInstanceProfilesForRole,
  ListPolicies: policies.listPolicies,
  ListPolicyTags: policies.listPolicyTags,
  ListPolicyVersions: policies.listPolicyVersions,
  ListRolePolicies: identityPolicies.listRolePolicies,
  ListRoleTags: roleOperations.listRoleTags,
  ListRoles: roleOperations.listRoles,
  ListUserPolicies: identityPolicies.listUserPolicies,
  ListUserTags: userOperations.listUserTags,
  ListUsers: userOperations.listUsers,
  PutGroupPolicy: identityPolicies.putGroupPolicy,
  PutRolePermissionsBoundary: roleOperations.putRolePermissionsBoundary,
  PutRolePolicy: identityPolicies.putRolePolicy,
  PutUserPermissionsBoundary: userOperations.putUserPermissionsBoundary,
  PutUserPolicy: identityPolicies.putUserPolicy,
  RemoveRoleFromInstanceProfile: instanceProfiles.removeRoleFromInstanceProfile,
  RemoveUserFromGroup: groups.removeUserFromGroup,
  SetDefaultPolicyVersion: policies.setDefaultPolicyVersion,
  TagInstanceProfile: instanceProfiles.tagInstanceProfile,
  TagPolicy: policies.tagPolicy,
  TagRole: roleOperations.tagRole,
  TagUser: userOperations.tagUser,
  UntagInstanceProfile: instanceProfiles.untagInstanceProfile,
  UntagPolicy: policies.untagPolicy,
  UntagRole: roleOperations.untagRole,
  UntagUser: userOperations.untagUser,
  UpdateAccessKey: userOperations.updateAccessKey,
  UpdateAssumeRolePolicy: roleOperations.updateAssumeRolePolicy,
  UpdateGroup: groups.updateGroup,
  UpdateLoginProfile: userOperations.updateLoginProfile,
  UpdateRole: roleOperations.updateRole,
  UpdateRoleDescription: roleOperations.updateRoleDescription,
  UpdateUser: userOperations.updateUser,
} satisfies Operations<Client>;

const port: IamPort = {
  role: (call, roleName) => {
    const row = roles.get(globally(call).tx, [roleName]);
    if (row === undefined) return undefined;
    return {
      roleName,
      roleId: row.id,
      arn: row.arn,
      assumeRolePolicyDocument: row.trustPolicy,
      sessionSecondsMax: row.sessionSecondsMax,
    };
  },
  userOfKey: (call, accessKeyId) => {
    const { tx } = globally(call);
    const userName = keyOwners.get(tx, [accessKeyId]);
    if (userName === undefined || accessKeys.get(tx, [userName, accessKeyId])?.active !== true)
      return undefined;
    const row = users.get(tx, [userName]);
    return row === undefined ? undefined : { userName, arn: row.arn, userId: row.id };
  },
};

export const service: Service = { name: "iam", operations, port };
