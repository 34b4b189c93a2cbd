/** Managed policies and their versions. */
import type { Policy } from "@aws-sdk/client-iam";
import type { Call } from "../../../host/call.ts";
import { notImplemented } from "../../../kernel/errors.ts";
import { awsManagedPolicy, awsPolicyArns } from "../aws-managed.ts";
import type { Input, Output } from "../client.ts";
import { checkPath, encodeDocument, globally, iamArn, newId, page, tagList, tagsFrom } from "../entity.ts";
import { alreadyExists, deleteConflict, limitExceeded, noSuchEntity } from "../errors.ts";
import { isAwsManaged, sizeOf } from "../identity.ts";
import { attachmentsByPolicy, boundaries, policies, type PolicyRow, policyVersions, roles } from "../keys.ts";
import { managedPolicySizeMax, versionsPerPolicyMax } from "../limits.ts";
import { checkDocument } from "../policy-document.ts";

const notFound = (policyArn: string) => noSuchEntity(`Policy ${policyArn} was not found.`);

export function findPolicy(call: Call, policyArn: string): PolicyRow {
  const row = policies.get(call.tx, [policyArn]);
  if (row === undefined) throw notFound(policyArn);
  return row;
}

function counts(
  call: Call,
  policyArn: string,
): Pick<Policy, "AttachmentCount" | "PermissionsBoundaryUsageCount"> {
  let AttachmentCount = 0;
  for (const _ of attachmentsByPolicy.scan(call.tx, [policyArn])) AttachmentCount += 1;
  let PermissionsBoundaryUsageCount = 0;
  for (const _ of boundaries.scan(call.tx, [policyArn])) PermissionsBoundaryUsageCount += 1;
  return { AttachmentCount, PermissionsBoundaryUsageCount };
}

function policyRecord(call: Call, policyArn: string, row: PolicyRow): Policy {
  return {
    PolicyName: row.name,
    PolicyId: row.id,
    Arn: policyArn,
    Path: row.path,
    DefaultVersionId: `v${row.defaultVersion}`,
    ...counts(call, policyArn),
    IsAttachable: true,
    CreateDate: new Date(row.createdAtMs),
    UpdateDate: new Date(row.updatedAtMs),
  };
}

const seconds = (ms: number): number => Math.floor(ms / 1000) * 1000;

function checkManaged(document: string): void {
  checkDocument(document, "identity");
  if (sizeOf(document) > managedPolicySizeMax) {
    throw limitExceeded(`Cannot exceed quota for PolicySize: ${managedPolicySizeMax}`);
  }
}

export function createPolicy(original: Call, input: Input<"CreatePolicy">): Output<"CreatePolicy"> {
  const call = globally(original);
  const path = input.Path ?? "/";
  checkPath(path);
  checkManaged(input.PolicyDocument);
  const arn = iamArn(call, "policy", path, input.PolicyName);
  if (policies.has(call.tx, [arn])) {
    throw alreadyExists(
      `A policy called ${input.PolicyName} already exists. Duplicate names are not allowed.`,
    );
  }
  const row: PolicyRow = {
    id: newId(call, "ANPA"),
    name: input.PolicyName,
    path,
    description: input.Description ?? null,
    createdAtMs: seconds(call.nowMs),
    updatedAtMs: seconds(call.nowMs),
    defaultVersion: 1,
    nextVersion: 2,
    tags: tagsFrom(input.Tags),
  };
  policies.set(call.tx, [arn], row);
  policyVersions.set(call.tx, [arn, 1], { document: input.PolicyDocument, createdAtMs: row.createdAtMs });
  const tags = Object.keys(row.tags).length === 0 ? {} : { Tags: tagList(row.tags) };
  return { Policy: { ...policyRecord(call, arn, row), ...tags } };
}

export function getPolicy(original: Call, input: Input<"GetPolicy">): Output<"GetPolicy"> {
  const call = globally(original);
  if (isAwsManaged(input.PolicyArn)) {
    const policy = awsManagedPolicy(input.PolicyArn);
    if (policy === undefined) throw notFound(input.PolicyArn);
    return { Policy: { ...policy, ...counts(call, input.PolicyArn), Tags: [] } };
  }
  const row = findPolicy(call, input.PolicyArn);
  const description = row.description === null ? {} : { Description: row.description };
  return { Policy: { ...policyRecord(call, input.PolicyArn, row), ...description, Tags: tagList(row.tags) } };
}

export function listPolicies(original: Call, input: Input<"ListPolicies">): Output<"ListPolicies"> {
  const call = globally(original);
  const prefix = input.PathPrefix ?? "/";
  const wanted = (policy: Policy): boolean =>
    (policy.Path ?? "/").startsWith(prefix) &&
    (input.OnlyAttached !== true || (policy.AttachmentCount ?? 0) > 0) &&
    (input.PolicyUsageFilter !== "PermissionsBoundary" || (policy.PermissionsBoundaryUsageCount ?? 0) > 0);
  const aws =
    input.Scope === "Local" || input.Marker !== undefined
      ? []
      : awsPolicyArns
          .map((arn) => ({ ...(awsManagedPolicy(arn) as Policy), ...counts(call, arn) }))
          .filter(wanted);
  if (input.Scope === "AWS") return { Policies: aws, IsTruncated: false };
  const { items, ...rest } = page(call, { table: policies, input }, ([arn], row) => {
    const policy = policyRecord(call, arn, row);
    return wanted(policy) ? policy : undefined;
  });
  return { Policies: [...items, ...aws], ...rest };
}

export function deletePolicy(original: Call, input: Input<"DeletePolicy">): void {
  const call = globally(original);
  const row = findPolicy(call, input.PolicyArn);
  const used =
    attachmentsByPolicy.first(call.tx, [input.PolicyArn]) ?? boundaries.first(call.tx, [input.PolicyArn]);
  if (used !== undefined) throw deleteConflict("Cannot delete a policy attached to entities.");
  for (const { key } of policyVersions.scan(call.tx, [input.PolicyArn])) {
    if (key[1] !== row.defaultVersion) {
      throw deleteConflict(
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
      );
    }
  }
  policyVersions.delete(call.tx, [input.PolicyArn, row.defaultVersion]);
  policies.delete(call.tx, [input.PolicyArn]);
}

const versionNumber = (versionId: string): number => Number(/^v(\d+)(?:\..*)?$/.exec(versionId)?.[1] ?? -1);

export function createPolicyVersion(
  original: Call,
  input: Input<"CreatePolicyVersion">,
): Output<"CreatePolicyVersion"> {
  const call = globally(original);
  const arn = input.PolicyArn;
  const row = findPolicy(call, arn);
  checkManaged(input.PolicyDocument);
  let count = 0;
  for (const _ of policyVersions.scan(call.tx, [arn])) count += 1;
  if (count >= versionsPerPolicyMax) {
    throw limitExceeded(
      "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
    );
  }
  const version = row.nextVersion;
  const createdAtMs = seconds(call.nowMs);
  policyVersions.set(call.tx, [arn, version], { document: input.PolicyDocument, createdAtMs });
  const isDefault = input.SetAsDefault === true;
  policies.set(call.tx, [arn], {
    ...row,
    nextVersion: version + 1,
    updatedAtMs: createdAtMs,
    defaultVersion: isDefault ? version : row.defaultVersion,
  });
  return {
    PolicyVersion: {
      VersionId: `v${version}`,
      IsDefaultVersion: isDefault,
      CreateDate: new Date(createdAtMs),
    },
  };
}

function findVersion(call: Call, policyArn: string, versionId: string) {
  const row = findPolicy(call, policyArn);
  const version = versionNumber(versionId);
  const found = policyVersions.get(call.tx, [policyArn, version]);
  if (found === undefined)
    throw noSuchEntity(`Policy ${policyArn} version ${versionId} does not exist or is not attachable.`);
  return { row, version, found };
}

export function getPolicyVersion(
  original: Call,
  input: Input<"GetPolicyVersion">,
): Output<"GetPolicyVersion"> {
  const call = globally(original);
  if (isAwsManaged(input.PolicyArn)) {
    if (awsManagedPolicy(input.PolicyArn) === undefined) throw notFound(input.PolicyArn);
    throw notImplemented(`iam:GetPolicyVersion of AWS managed policies (${input.PolicyArn})`);
  }
  const { row, version, found } = findVersion(call, input.PolicyArn, input.VersionId);
  return {
    PolicyVersion: {
      Document: encodeDocument(found.document),
      VersionId: `v${version}`,
      IsDefaultVersion: version === row.defaultVersion,
      CreateDate: new Date(found.createdAtMs),
    },
  };
}

export function listPolicyVersions(
  original: Call,
  input: Input<"ListPolicyVersions">,
): Output<"ListPolicyVersions"> {
  const call = globally(original);
  if (isAwsManaged(input.PolicyArn)) {
    const policy = awsManagedPolicy(input.PolicyArn);
    if (policy === undefined) throw notFound(input.PolicyArn);
    return {
      Versions: [{ VersionId: "v1", IsDefaultVersion: true, CreateDate: policy.CreateDate }],
      IsTruncated: false,
    };
  }
  const row = findPolicy(call, input.PolicyArn);
  const Versions = [];
  for (const { key, value } of policyVersions.scan(call.tx, [input.PolicyArn], { reverse: true })) {
    Versions.push({
      VersionId: `v${key[1]}`,
      IsDefaultVersion: key[1] === row.defaultVersion,
      CreateDate: new Date(value.createdAtMs),
    });
  }
  return { Versions, IsTruncated: false };
}

export function deletePolicyVersion(original: Call, input: Input<"DeletePolicyVersion">): void {
  const call = globally(original);
  const { row, version } = findVersion(call, input.PolicyArn, input.VersionId);
  if (version === row.defaultVersion) throw deleteConflict("Cannot delete the default version of a policy.");
  policyVersions.delete(call.tx, [input.PolicyArn, version]);
}

export function setDefaultPolicyVersion(original: Call, input: Input<"SetDefaultPolicyVersion">): void {
  const call = globally(original);
  const { row, version } = findVersion(call, input.PolicyArn, input.VersionId);
  policies.set(call.tx, [input.PolicyArn], {
    ...row,
    defaultVersion: version,
    updatedAtMs: seconds(call.nowMs),
  });
}

export function listEntitiesForPolicy(
  original: Call,
  input: Input<"ListEntitiesForPolicy">,
): Output<"ListEntitiesForPolicy"> {
  const call = globally(original);
  if (!isAwsManaged(input.PolicyArn)) findPolicy(call, input.PolicyArn);
  const names = { role: [] as string[], user: [] as string[], group: [] as string[] };
  const asBoundary = input.PolicyUsageFilter === "PermissionsBoundary";
  for (const { key } of (asBoundary ? boundaries : attachmentsByPolicy).scan(call.tx, [input.PolicyArn])) {
    names[key[1]].push(key[2]);
  }
  const filter = input.EntityFilter;
  return {
    PolicyGroups:
      filter === undefined || filter === "Group" ? names.group.map((GroupName) => ({ GroupName })) : [],
    PolicyUsers:
      filter === undefined || filter === "User" ? names.user.map((UserName) => ({ UserName })) : [],
    PolicyRoles:
      filter === undefined || filter === "Role"
        ? names.role.map((RoleName) => ({ RoleName, RoleId: roles.get(call.tx, [RoleName])?.id }))
        : [],
    IsTruncated: false,
  };
}
