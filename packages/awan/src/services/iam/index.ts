/** IAM: identities, policies and what belongs to them, as data; evaluation is `engines/iam-policy`. */
import type { Service } from "../../host/service.ts";
import type { Operations } from "../../model/operations.ts";
import type { Client } from "./client.ts";
import { globally } from "./entity.ts";
import { accessKeys, keyOwners, roles, users } from "./keys.ts";
import * as account from "./operations/account.ts";
import * as groups from "./operations/groups.ts";
import * as identityPolicies from "./operations/identity-policies.ts";
import * as instanceProfiles from "./operations/instance-profiles.ts";
import * as policies from "./operations/policies.ts";
import * as providers from "./operations/providers.ts";
import * as roleOperations from "./operations/roles.ts";
import * as simulation from "./operations/simulate.ts";
import * as boundaries from "./operations/boundaries.ts";
import * as certificates from "./operations/server-certificates.ts";
import * as tags from "./operations/tags.ts";
import * as userOperations from "./operations/users.ts";
import type { IamPort } from "./port.ts";
import { policiesOf } from "./principal-policies.ts";

export const operations = {
  AddClientIDToOpenIDConnectProvider: providers.addClientIDToOpenIDConnectProvider,
  AddRoleToInstanceProfile: instanceProfiles.addRoleToInstanceProfile,
  AddUserToGroup: groups.addUserToGroup,
  AttachGroupPolicy: identityPolicies.attachGroupPolicy,
  AttachRolePolicy: identityPolicies.attachRolePolicy,
  AttachUserPolicy: identityPolicies.attachUserPolicy,
  CreateAccessKey: userOperations.createAccessKey,
  CreateAccountAlias: account.createAccountAlias,
  CreateGroup: groups.createGroup,
  CreateInstanceProfile: instanceProfiles.createInstanceProfile,
  CreateLoginProfile: userOperations.createLoginProfile,
  CreateOpenIDConnectProvider: providers.createOpenIDConnectProvider,
  CreatePolicy: policies.createPolicy,
  CreatePolicyVersion: policies.createPolicyVersion,
  CreateRole: roleOperations.createRole,
  CreateSAMLProvider: providers.createSAMLProvider,
  CreateServiceLinkedRole: roleOperations.createServiceLinkedRole,
  CreateServiceSpecificCredential: account.createServiceSpecificCredential,
  CreateUser: userOperations.createUser,
  DeleteAccessKey: userOperations.deleteAccessKey,
  DeleteAccountAlias: account.deleteAccountAlias,
  DeleteAccountPasswordPolicy: account.deleteAccountPasswordPolicy,
  DeleteGroup: groups.deleteGroup,
  DeleteGroupPolicy: identityPolicies.deleteGroupPolicy,
  DeleteInstanceProfile: instanceProfiles.deleteInstanceProfile,
  DeleteLoginProfile: userOperations.deleteLoginProfile,
  DeleteOpenIDConnectProvider: providers.deleteOpenIDConnectProvider,
  DeletePolicy: policies.deletePolicy,
  DeletePolicyVersion: policies.deletePolicyVersion,
  DeleteRole: roleOperations.deleteRole,
  DeleteRolePermissionsBoundary: boundaries.roleBoundary.delete,
  DeleteRolePolicy: identityPolicies.deleteRolePolicy,
  DeleteSAMLProvider: providers.deleteSAMLProvider,
  DeleteServiceLinkedRole: roleOperations.deleteServiceLinkedRole,
  DeleteServiceSpecificCredential: account.deleteServiceSpecificCredential,
  DeleteUser: userOperations.deleteUser,
  DeleteUserPermissionsBoundary: boundaries.userBoundary.delete,
  DeleteUserPolicy: identityPolicies.deleteUserPolicy,
  DetachGroupPolicy: identityPolicies.detachGroupPolicy,
  DetachRolePolicy: identityPolicies.detachRolePolicy,
  DetachUserPolicy: identityPolicies.detachUserPolicy,
  GetAccessKeyLastUsed: userOperations.getAccessKeyLastUsed,
  GetAccountPasswordPolicy: account.getAccountPasswordPolicy,
  GetAccountSummary: account.getAccountSummary,
  GetGroup: groups.getGroup,
  GetGroupPolicy: identityPolicies.getGroupPolicy,
  GetInstanceProfile: instanceProfiles.getInstanceProfile,
  GetLoginProfile: userOperations.getLoginProfile,
  GetOpenIDConnectProvider: providers.getOpenIDConnectProvider,
  GetPolicy: policies.getPolicy,
  GetPolicyVersion: policies.getPolicyVersion,
  GetRole: roleOperations.getRole,
  GetRolePolicy: identityPolicies.getRolePolicy,
  GetSAMLProvider: providers.getSAMLProvider,
  GetServiceLinkedRoleDeletionStatus: roleOperations.getServiceLinkedRoleDeletionStatus,
  GetUser: userOperations.getUser,
  GetUserPolicy: identityPolicies.getUserPolicy,
  ListAccessKeys: userOperations.listAccessKeys,
  ListAccountAliases: account.listAccountAliases,
  ListAttachedGroupPolicies: identityPolicies.listAttachedGroupPolicies,
  ListAttachedRolePolicies: identityPolicies.listAttachedRolePolicies,
  ListAttachedUserPolicies: identityPolicies.listAttachedUserPolicies,
  ListEntitiesForPolicy: policies.listEntitiesForPolicy,
  ListGroupPolicies: identityPolicies.listGroupPolicies,
  ListGroups: groups.listGroups,
  ListGroupsForUser: groups.listGroupsForUser,
  ListInstanceProfileTags: tags.profileTags.list,
  ListInstanceProfiles: instanceProfiles.listInstanceProfiles,
  ListInstanceProfilesForRole: instanceProfiles.listInstanceProfilesForRole,
  ListOpenIDConnectProviderTags: tags.oidcTags.list,
  ListOpenIDConnectProviders: providers.listOpenIDConnectProviders,
  ListPolicies: policies.listPolicies,
  ListPolicyTags: tags.policyTags.list,
  ListPolicyVersions: policies.listPolicyVersions,
  ListRolePolicies: identityPolicies.listRolePolicies,
  ListRoleTags: tags.roleTags.list,
  ListRoles: roleOperations.listRoles,
  ListSAMLProviderTags: tags.samlTags.list,
  ListSAMLProviders: providers.listSAMLProviders,
  DeleteServerCertificate: certificates.deleteServerCertificate,
  GetServerCertificate: certificates.getServerCertificate,
  ListServerCertificateTags: tags.certificateTags.list,
  ListServerCertificates: certificates.listServerCertificates,
  TagServerCertificate: tags.certificateTags.tag,
  UntagServerCertificate: tags.certificateTags.untag,
  UpdateServerCertificate: certificates.updateServerCertificate,
  UploadServerCertificate: certificates.uploadServerCertificate,
  ListServiceSpecificCredentials: account.listServiceSpecificCredentials,
  ListUserPolicies: identityPolicies.listUserPolicies,
  ListUserTags: tags.userTags.list,
  ListUsers: userOperations.listUsers,
  PutGroupPolicy: identityPolicies.putGroupPolicy,
  PutRolePermissionsBoundary: boundaries.roleBoundary.put,
  PutRolePolicy: identityPolicies.putRolePolicy,
  PutUserPermissionsBoundary: boundaries.userBoundary.put,
  PutUserPolicy: identityPolicies.putUserPolicy,
  RemoveClientIDFromOpenIDConnectProvider: providers.removeClientIDFromOpenIDConnectProvider,
  RemoveRoleFromInstanceProfile: instanceProfiles.removeRoleFromInstanceProfile,
  RemoveUserFromGroup: groups.removeUserFromGroup,
  ResetServiceSpecificCredential: account.resetServiceSpecificCredential,
  SetDefaultPolicyVersion: policies.setDefaultPolicyVersion,
  SimulateCustomPolicy: simulation.simulateCustomPolicy,
  SimulatePrincipalPolicy: simulation.simulatePrincipalPolicy,
  TagInstanceProfile: tags.profileTags.tag,
  TagOpenIDConnectProvider: tags.oidcTags.tag,
  TagPolicy: tags.policyTags.tag,
  TagRole: tags.roleTags.tag,
  TagSAMLProvider: tags.samlTags.tag,
  TagUser: tags.userTags.tag,
  UntagInstanceProfile: tags.profileTags.untag,
  UntagOpenIDConnectProvider: tags.oidcTags.untag,
  UntagPolicy: tags.policyTags.untag,
  UntagRole: tags.roleTags.untag,
  UntagSAMLProvider: tags.samlTags.untag,
  UntagUser: tags.userTags.untag,
  UpdateAccessKey: userOperations.updateAccessKey,
  UpdateAccountPasswordPolicy: account.updateAccountPasswordPolicy,
  UpdateAssumeRolePolicy: roleOperations.updateAssumeRolePolicy,
  UpdateGroup: groups.updateGroup,
  UpdateLoginProfile: userOperations.updateLoginProfile,
  UpdateOpenIDConnectProviderThumbprint: providers.updateOpenIDConnectProviderThumbprint,
  UpdateRole: roleOperations.updateRole,
  UpdateRoleDescription: roleOperations.updateRoleDescription,
  UpdateSAMLProvider: providers.updateSAMLProvider,
  UpdateServiceSpecificCredential: account.updateServiceSpecificCredential,
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
    const key = userName === undefined ? undefined : accessKeys.get(tx, [userName, accessKeyId]);
    if (userName === undefined || key?.active !== true) return undefined;
    const row = users.get(tx, [userName]);
    if (row === undefined) return undefined;
    return { userName, arn: row.arn, userId: row.id, secretAccessKey: key.secretAccessKey };
  },
  policiesOf,
};

export const service: Service = { name: "iam", operations, port };
