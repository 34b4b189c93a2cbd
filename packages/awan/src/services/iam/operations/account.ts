/** What belongs to the account: its alias, its password policy, a summary of its entities; and credentials for single services. */
import type { PasswordPolicy, ServiceSpecificCredentialMetadata } from "@aws-sdk/client-iam";
import type { Call } from "../../../host/call.ts";
import type { Table } from "../../../store/table.ts";
import type { TuplePart } from "../../../store/tuple.ts";
import type { Input, Output } from "../client.ts";
import { globally } from "../entity.ts";
import { alreadyExists, limitExceeded, noSuchEntity } from "../errors.ts";
import { findUser } from "../identity.ts";
import {
  accountAliases,
  groups,
  instanceProfiles,
  oidcProviders,
  passwordPolicies,
  policies,
  policyVersions,
  roles,
  samlProviders,
  type ServiceCredentialRow,
  serviceCredentials,
  users,
} from "../keys.ts";

/** An account has one alias; a new one takes its place. */
export function createAccountAlias(original: Call, input: Input<"CreateAccountAlias">): void {
  const call = globally(original);
  const before = accountAliases.first(call.tx, []);
  if (before?.key[0] === input.AccountAlias) {
    throw alreadyExists(`The account alias ${input.AccountAlias} already exists.`);
  }
  if (before !== undefined) accountAliases.delete(call.tx, before.key);
  accountAliases.set(call.tx, [input.AccountAlias], null);
}

export function deleteAccountAlias(original: Call, input: Input<"DeleteAccountAlias">): void {
  const call = globally(original);
  if (!accountAliases.has(call.tx, [input.AccountAlias])) {
    throw noSuchEntity(`The account alias ${input.AccountAlias} does not exist.`);
  }
  accountAliases.delete(call.tx, [input.AccountAlias]);
}

export function listAccountAliases(original: Call): Output<"ListAccountAliases"> {
  const rows = [...accountAliases.scan(globally(original).tx, [])];
  return { AccountAliases: rows.map(({ key }) => key[0]), IsTruncated: false };
}

const noPolicy = (call: Call) =>
  noSuchEntity(`The Password Policy with domain name ${call.accountId} cannot be found.`);

export function updateAccountPasswordPolicy(
  original: Call,
  input: Input<"UpdateAccountPasswordPolicy">,
): void {
  const policy: PasswordPolicy = {
    MinimumPasswordLength: input.MinimumPasswordLength ?? 6,
    RequireSymbols: input.RequireSymbols ?? false,
    RequireNumbers: input.RequireNumbers ?? false,
    RequireUppercaseCharacters: input.RequireUppercaseCharacters ?? false,
    RequireLowercaseCharacters: input.RequireLowercaseCharacters ?? false,
    AllowUsersToChangePassword: input.AllowUsersToChangePassword ?? false,
    ExpirePasswords: (input.MaxPasswordAge ?? 0) > 0,
    ...(input.MaxPasswordAge === undefined ? {} : { MaxPasswordAge: input.MaxPasswordAge }),
    ...(input.PasswordReusePrevention === undefined
      ? {}
      : { PasswordReusePrevention: input.PasswordReusePrevention }),
    ...(input.HardExpiry === undefined ? {} : { HardExpiry: input.HardExpiry }),
  };
  passwordPolicies.set(globally(original).tx, [""], policy);
}

export function getAccountPasswordPolicy(original: Call): Output<"GetAccountPasswordPolicy"> {
  const policy = passwordPolicies.get(globally(original).tx, [""]);
  if (policy === undefined) throw noPolicy(original);
  return { PasswordPolicy: policy };
}

export function deleteAccountPasswordPolicy(original: Call): void {
  const call = globally(original);
  if (!passwordPolicies.has(call.tx, [""])) throw noPolicy(original);
  passwordPolicies.delete(call.tx, [""]);
}

function count<Key extends readonly TuplePart[], Value>(call: Call, table: Table<Key, Value>): number {
  let rows = 0;
  for (const _ of table.scan(call.tx, [])) rows += 1;
  return rows;
}

export function getAccountSummary(original: Call): Output<"GetAccountSummary"> {
  const call = globally(original);
  return {
    SummaryMap: {
      Users: count(call, users),
      UsersQuota: 5000,
      Groups: count(call, groups),
      GroupsQuota: 300,
      Roles: count(call, roles),
      RolesQuota: 1000,
      InstanceProfiles: count(call, instanceProfiles),
      InstanceProfilesQuota: 1000,
      Policies: count(call, policies),
      PoliciesQuota: 1500,
      PolicyVersionsInUse: count(call, policyVersions),
      PolicyVersionsInUseQuota: 10_000,
      Providers: count(call, oidcProviders) + count(call, samlProviders),
      AccessKeysPerUserQuota: 2,
      AttachedPoliciesPerGroupQuota: 10,
      AttachedPoliciesPerRoleQuota: 10,
      AttachedPoliciesPerUserQuota: 10,
      VersionsPerPolicyQuota: 5,
      AssumeRolePolicySizeQuota: 2048,
      GroupPolicySizeQuota: 5120,
      GroupsPerUserQuota: 10,
      PolicySizeQuota: 6144,
      RolePolicySizeQuota: 10_240,
      UserPolicySizeQuota: 2048,
      SigningCertificatesPerUserQuota: 2,
      ServerCertificates: 0,
      ServerCertificatesQuota: 20,
      MFADevices: 0,
      MFADevicesInUse: 0,
      AccountMFAEnabled: 0,
      AccountPasswordPresent: 1,
      AccountAccessKeysPresent: 0,
      AccountSigningCertificatesPresent: 0,
      GlobalEndpointTokenVersion: 1,
    },
  };
}

/** Services users can have passwords of their own for. */
const credentialServices = new Set([
  "codecommit.amazonaws.com",
  "cassandra.amazonaws.com",
  "bedrock.amazonaws.com",
]);

const metadata = (
  userName: string,
  credentialId: string,
  row: ServiceCredentialRow,
): ServiceSpecificCredentialMetadata => ({
  UserName: userName,
  Status: row.active ? "Active" : "Inactive",
  ServiceUserName: row.serviceUserName,
  CreateDate: new Date(row.createdAtMs),
  ServiceSpecificCredentialId: credentialId,
  ServiceName: row.service,
});

const password = (call: Call): string =>
  `${call.random.text(43, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")}=`;

export function createServiceSpecificCredential(
  original: Call,
  input: Input<"CreateServiceSpecificCredential">,
): Output<"CreateServiceSpecificCredential"> {
  const call = globally(original);
  const { UserName, ServiceName } = input;
  findUser(call, UserName);
  if (!credentialServices.has(ServiceName)) {
    throw noSuchEntity(`No such service ${ServiceName} is supported for Service Specific Credentials`);
  }
  const held = [...serviceCredentials.scan(call.tx, [UserName])].filter(
    ({ value }) => value.service === ServiceName,
  );
  if (held.length >= 2) throw limitExceeded("Cannot exceed quota for ServiceSpecificCredentialsPerUser: 2");
  const credentialId = `ACCA${call.random.text(17, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`;
  const row: ServiceCredentialRow = {
    service: ServiceName,
    serviceUserName: `${UserName}-at-${call.accountId}`,
    active: true,
    createdAtMs: Math.floor(call.nowMs / 1000) * 1000,
  };
  serviceCredentials.set(call.tx, [UserName, credentialId], row);
  return {
    ServiceSpecificCredential: {
      ...metadata(UserName, credentialId, row),
      ServicePassword: password(call),
    },
  };
}

interface Named {
  readonly UserName?: string | undefined;
  readonly ServiceSpecificCredentialId: string;
}

function findCredential(
  call: Call,
  input: Named,
): readonly [key: [string, string], row: ServiceCredentialRow] {
  const userName = input.UserName ?? "";
  findUser(call, userName);
  const key: [string, string] = [userName, input.ServiceSpecificCredentialId];
  const row = serviceCredentials.get(call.tx, key);
  if (row === undefined) throw noSuchEntity(`No such credential ${input.ServiceSpecificCredentialId} exists`);
  return [key, row];
}

export function listServiceSpecificCredentials(
  original: Call,
  input: Input<"ListServiceSpecificCredentials">,
): Output<"ListServiceSpecificCredentials"> {
  const call = globally(original);
  const userName = input.UserName ?? "";
  findUser(call, userName);
  if (input.ServiceName !== undefined && !credentialServices.has(input.ServiceName)) {
    throw noSuchEntity(`No such service ${input.ServiceName} is supported for Service Specific Credentials`);
  }
  const found = [...serviceCredentials.scan(call.tx, [userName])].filter(
    ({ value }) => input.ServiceName === undefined || value.service === input.ServiceName,
  );
  return { ServiceSpecificCredentials: found.map(({ key, value }) => metadata(userName, key[1], value)) };
}

export function updateServiceSpecificCredential(
  original: Call,
  input: Input<"UpdateServiceSpecificCredential">,
): void {
  const call = globally(original);
  const [key, row] = findCredential(call, input);
  serviceCredentials.set(call.tx, key, { ...row, active: input.Status === "Active" });
}

export function resetServiceSpecificCredential(
  original: Call,
  input: Input<"ResetServiceSpecificCredential">,
): Output<"ResetServiceSpecificCredential"> {
  const call = globally(original);
  const [key, row] = findCredential(call, input);
  return {
    ServiceSpecificCredential: { ...metadata(key[0], key[1], row), ServicePassword: password(call) },
  };
}

export function deleteServiceSpecificCredential(
  original: Call,
  input: Input<"DeleteServiceSpecificCredential">,
): void {
  const call = globally(original);
  const [key] = findCredential(call, input);
  serviceCredentials.delete(call.tx, key);
}
