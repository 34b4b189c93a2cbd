/**
 * Rows of IAM, all in the scope `aws-global` of their account. Users, groups and roles are one kind of thing
 * (identities) where policies are concerned, so inline policies and attachments are keyed by kind and name.
 */
import type { PasswordPolicy } from "@aws-sdk/client-iam";
import { table } from "../../store/table.ts";

export type IdentityKind = "role" | "user" | "group";
export type Tags = Readonly<Record<string, string>>;

interface Entity {
  readonly id: string;
  readonly arn: string;
  readonly path: string;
  readonly createdAtMs: number;
}

export interface RoleRow extends Entity {
  readonly trustPolicy: string;
  readonly description: string | null;
  readonly sessionSecondsMax: number;
  readonly boundaryArn: string | null;
  readonly tags: Tags;
}

export interface UserRow extends Entity {
  readonly boundaryArn: string | null;
  readonly tags: Tags;
}

export type GroupRow = Entity;

export interface PolicyRow {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly description: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly defaultVersion: number;
  readonly nextVersion: number;
  readonly tags: Tags;
}

export interface PolicyVersionRow {
  readonly document: string;
  readonly createdAtMs: number;
}

export interface InstanceProfileRow extends Entity {
  readonly roleName: string | null;
  readonly tags: Tags;
}

export interface AccessKeyRow {
  readonly secretAccessKey: string;
  readonly active: boolean;
  readonly createdAtMs: number;
}

export interface OidcProviderRow {
  readonly url: string;
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
  readonly createdAtMs: number;
  readonly tags: Tags;
}

export interface SamlProviderRow {
  readonly document: string;
  readonly uuid: string;
  readonly createdAtMs: number;
  readonly tags: Tags;
}

export interface ServerCertificateRow extends Entity {
  readonly body: string;
  readonly chain: string | null;
  readonly expiresAtMs: number;
  readonly tags: Tags;
}

export interface LoginProfileRow {
  readonly password: string;
  readonly resetRequired: boolean;
  readonly createdAtMs: number;
}

export interface ServiceCredentialRow {
  readonly service: string;
  readonly serviceUserName: string;
  readonly active: boolean;
  readonly createdAtMs: number;
}

export const roles = table<[roleName: string], RoleRow>("iam", "role");
export const users = table<[userName: string], UserRow>("iam", "user");
export const groups = table<[groupName: string], GroupRow>("iam", "group");
export const memberships = table<[groupName: string, userName: string], null>("iam", "member");
export const membershipsByUser = table<[userName: string, groupName: string], null>("iam", "member-of");
export const inlinePolicies = table<[kind: IdentityKind, owner: string, policyName: string], string>(
  "iam",
  "inline",
);
/** The value is the time of the attachment. */
export const attachments = table<[kind: IdentityKind, owner: string, policyArn: string], number>(
  "iam",
  "attachment",
);
export const attachmentsByPolicy = table<[policyArn: string, kind: IdentityKind, owner: string], null>(
  "iam",
  "attached-to",
);
/** Who has the policy as permissions boundary. */
export const boundaries = table<[policyArn: string, kind: IdentityKind, owner: string], null>(
  "iam",
  "boundary-of",
);
export const policies = table<[policyArn: string], PolicyRow>("iam", "policy");
export const policyVersions = table<[policyArn: string, version: number], PolicyVersionRow>(
  "iam",
  "policy-version",
);
export const instanceProfiles = table<[profileName: string], InstanceProfileRow>("iam", "instance-profile");
export const profilesByRole = table<[roleName: string, profileName: string], null>("iam", "profile-of-role");
export const accessKeys = table<[userName: string, accessKeyId: string], AccessKeyRow>("iam", "access-key");
export const keyOwners = table<[accessKeyId: string], string>("iam", "key-owner");
export const serverCertificates = table<[name: string], ServerCertificateRow>("iam", "server-certificate");
export const loginProfiles = table<[userName: string], LoginProfileRow>("iam", "login-profile");
export const oidcProviders = table<[arn: string], OidcProviderRow>("iam", "oidc-provider");
export const samlProviders = table<[arn: string], SamlProviderRow>("iam", "saml-provider");
export const serviceCredentials = table<[userName: string, credentialId: string], ServiceCredentialRow>(
  "iam",
  "service-credential",
);
/** One row, under an empty key. */
export const passwordPolicies = table<[key: ""], PasswordPolicy>("iam", "password-policy");
export const accountAliases = table<[alias: string], null>("iam", "account-alias");
