/** Creating and changing secrets, their versions and labels. */
import type { Tag } from "@aws-sdk/client-secrets-manager";
import type { Call } from "../../../host/call.ts";
import { formatArn } from "../../../kernel/arn.ts";
import type { Input, Output } from "../client.ts";
import { invalidParameter, invalidRequest, resourceExists, valueNotFound } from "../errors.ts";
import { type SecretRow, secrets, stages, versions } from "../keys.ts";
import { makePassword } from "../password.ts";
import { checkName, currentStage, findLive, moveStage, putVersion, stagesByVersion } from "../secret.ts";

export const tagsOf = (list: readonly Tag[] | undefined): Record<string, string> =>
  Object.fromEntries((list ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""]));

/** SDKs make one up; a request without it is refused. */
function tokenOf(input: { readonly ClientRequestToken?: string | undefined }): string {
  if (input.ClientRequestToken === undefined) {
    throw invalidRequest("You must provide a ClientRequestToken value. We recommend a UUID-type value.");
  }
  return input.ClientRequestToken;
}

interface Value {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
}

function checkValue({ SecretString, SecretBinary }: Value): void {
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
}

const hasValue = ({ SecretString, SecretBinary }: Value): boolean =>
  SecretString !== undefined || SecretBinary !== undefined;

export function createSecret(call: Call, input: Input<"CreateSecret">): Output<"CreateSecret"> {
  const name = input.Name;
  tokenOf(input);
  checkValue(input);
  checkName(name);
  const before = secrets.get(call.tx, [name]);
  if (before !== undefined) return again(call, name, before, input);
  const row: SecretRow = {
    arn: formatArn({
      service: "secretsmanager",
      region: call.region,
      accountId: call.accountId,
      resource: `secret:${name}-${call.random.text(6)}`,
    }),
    description: input.Description === "" ? null : (input.Description ?? null),
    kmsKeyId: input.KmsKeyId ?? null,
    createdAtMs: call.nowMs,
    changedAtMs: call.nowMs,
    accessedAtMs: null,
    deletedAtMs: null,
    deletesAtMs: null,
    tags: input.Tags === undefined ? null : tagsOf(input.Tags),
    resourcePolicy: null,
    rotation: null,
  };
  secrets.set(call.tx, [name], row);
  if (!hasValue(input)) return { ARN: row.arn, Name: name };
  const versionId = tokenOf(input);
  putVersion(call, name, {
    versionId,
    text: input.SecretString,
    bytes: input.SecretBinary,
    labels: [currentStage],
  });
  return { ARN: row.arn, Name: name, VersionId: versionId };
}

/** The same request with the same token is the same secret. */
function again(
  call: Call,
  name: string,
  before: SecretRow,
  input: Input<"CreateSecret">,
): Output<"CreateSecret"> {
  if (before.deletedAtMs !== null) {
    throw invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  const token = input.ClientRequestToken;
  const version = token === undefined ? undefined : versions.get(call.tx, [name, token]);
  if (version !== undefined && token !== undefined && version.text === (input.SecretString ?? null)) {
    return { ARN: before.arn, Name: name, VersionId: token };
  }
  throw resourceExists(`The operation failed because the secret ${name} already exists.`);
}

export function putSecretValue(call: Call, input: Input<"PutSecretValue">): Output<"PutSecretValue"> {
  tokenOf(input);
  const { name, row } = findLive(call, input.SecretId);
  checkValue(input);
  if (!hasValue(input)) throw invalidRequest("You must provide either SecretString or SecretBinary.");
  const versionId = tokenOf(input);
  const isFirst = versions.first(call.tx, [name]) === undefined;
  const labels = input.VersionStages ?? [];
  putVersion(call, name, {
    versionId,
    text: input.SecretString,
    bytes: input.SecretBinary,
    labels:
      labels.length === 0 || (isFirst && !labels.includes(currentStage)) ? [...labels, currentStage] : labels,
  });
  secrets.set(call.tx, [name], { ...row, changedAtMs: call.nowMs });
  return {
    ARN: row.arn,
    Name: name,
    VersionId: versionId,
    VersionStages: stagesByVersion(call, name).get(versionId),
  };
}

export function updateSecret(call: Call, input: Input<"UpdateSecret">): Output<"UpdateSecret"> {
  tokenOf(input);
  const { name, row } = findLive(call, input.SecretId);
  checkValue(input);
  secrets.set(call.tx, [name], {
    ...row,
    description: input.Description ?? row.description,
    kmsKeyId: input.KmsKeyId ?? row.kmsKeyId,
    changedAtMs: call.nowMs,
  });
  if (!hasValue(input)) return { ARN: row.arn, Name: name };
  const versionId = tokenOf(input);
  putVersion(call, name, {
    versionId,
    text: input.SecretString,
    bytes: input.SecretBinary,
    labels: [currentStage],
  });
  return { ARN: row.arn, Name: name, VersionId: versionId };
}

export function updateSecretVersionStage(
  call: Call,
  input: Input<"UpdateSecretVersionStage">,
): Output<"UpdateSecretVersionStage"> {
  const { name, row } = findLive(call, input.SecretId);
  const { VersionStage: label, MoveToVersionId: to, RemoveFromVersionId: from } = input;
  const holder = stages.get(call.tx, [name, label]);
  if (to !== undefined && !versions.has(call.tx, [name, to])) throw valueNotFound(`VersionId: ${to}`);
  if (from !== undefined && holder !== from) {
    throw invalidParameter(
      `Not a valid version: The parameter RemoveFromVersionId is not the version that has the staging label ${label}.`,
    );
  }
  if (to !== undefined && holder !== undefined && holder !== to && from === undefined) {
    throw invalidParameter(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
  if (to === undefined && label === currentStage) {
    throw invalidParameter(
      "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
    );
  }
  if (to === undefined) stages.delete(call.tx, [name, label]);
  else moveStage(call, name, label, to);
  secrets.set(call.tx, [name], { ...row, changedAtMs: call.nowMs });
  return { ARN: row.arn, Name: name };
}

export function tagResource(call: Call, input: Input<"TagResource">): void {
  const { name, row } = findLive(call, input.SecretId);
  secrets.set(call.tx, [name], {
    ...row,
    tags: { ...row.tags, ...tagsOf(input.Tags) },
    changedAtMs: call.nowMs,
  });
}

export function untagResource(call: Call, input: Input<"UntagResource">): void {
  const { name, row } = findLive(call, input.SecretId);
  const tags = Object.fromEntries(
    Object.entries(row.tags ?? {}).filter(([key]) => !input.TagKeys.includes(key)),
  );
  secrets.set(call.tx, [name], { ...row, tags, changedAtMs: call.nowMs });
}

export function putResourcePolicy(
  call: Call,
  input: Input<"PutResourcePolicy">,
): Output<"PutResourcePolicy"> {
  const { name, row } = findLive(call, input.SecretId);
  secrets.set(call.tx, [name], { ...row, resourcePolicy: input.ResourcePolicy });
  return { ARN: row.arn, Name: name };
}

export function deleteResourcePolicy(
  call: Call,
  input: Input<"DeleteResourcePolicy">,
): Output<"DeleteResourcePolicy"> {
  const { name, row } = findLive(call, input.SecretId);
  secrets.set(call.tx, [name], { ...row, resourcePolicy: null });
  return { ARN: row.arn, Name: name };
}

export function getRandomPassword(
  call: Call,
  input: Input<"GetRandomPassword">,
): Output<"GetRandomPassword"> {
  return { RandomPassword: makePassword(call, input) };
}
