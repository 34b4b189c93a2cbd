/** Reading secrets: values, descriptions, lists, versions. */
import type { Filter, SecretListEntry } from "@aws-sdk/client-secrets-manager";
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../client.ts";
import { type SecretRow, secrets, versions } from "../keys.ts";
import { rotationOf } from "./rotate.ts";
import { findLive, findSecret, findVersion, stagesByVersion } from "../secret.ts";

const dayMs = 24 * 60 * 60 * 1000;

export function getSecretValue(call: Call, input: Input<"GetSecretValue">): Output<"GetSecretValue"> {
  const { name, row } = findLive(call, input.SecretId);
  const {
    versionId,
    row: version,
    labels,
  } = findVersion(call, name, { versionId: input.VersionId, stage: input.VersionStage });
  // The day of the last access is all AWS tells; a read writes at most once a day.
  const today = Math.floor(call.nowMs / dayMs) * dayMs;
  if (row.accessedAtMs !== today) secrets.set(call.tx, [name], { ...row, accessedAtMs: today });
  if (version.accessedAtMs !== today)
    versions.set(call.tx, [name, versionId], { ...version, accessedAtMs: today });
  return {
    ARN: row.arn,
    Name: name,
    VersionId: versionId,
    ...(version.text === null ? {} : { SecretString: version.text }),
    ...(version.bytes === null ? {} : { SecretBinary: version.bytes }),
    VersionStages: [...labels],
    CreatedDate: new Date(version.createdAtMs),
  };
}

export function batchGetSecretValue(
  call: Call,
  input: Input<"BatchGetSecretValue">,
): Output<"BatchGetSecretValue"> {
  const ids = input.SecretIdList ?? matching(call, input.Filters ?? [], false).map(({ name }) => name);
  const SecretValues = [];
  const Errors = [];
  for (const SecretId of ids) {
    const value = call.tx.draft.attempt(() => getSecretValue(call, { SecretId }));
    if (value instanceof AwsError) Errors.push({ SecretId, ErrorCode: value.code, Message: value.message });
    else SecretValues.push(value);
  }
  return { SecretValues, Errors };
}

function described(name: string, row: SecretRow, stages: ReadonlyMap<string, string[]>): SecretListEntry {
  return {
    ARN: row.arn,
    Name: name,
    ...(row.description === null ? {} : { Description: row.description }),
    ...(row.kmsKeyId === null ? {} : { KmsKeyId: row.kmsKeyId }),
    ...rotationOf({ name, row }),
    LastChangedDate: new Date(row.changedAtMs),
    ...(row.accessedAtMs === null ? {} : { LastAccessedDate: new Date(row.accessedAtMs) }),
    ...(row.deletedAtMs === null ? {} : { DeletedDate: new Date(row.deletedAtMs) }),
    ...(row.tags === null ? {} : { Tags: Object.entries(row.tags).map(([Key, Value]) => ({ Key, Value })) }),
    CreatedDate: new Date(row.createdAtMs),
    ...(stages.size === 0 ? {} : { SecretVersionsToStages: Object.fromEntries(stages) }),
  };
}

export function describeSecret(call: Call, input: Input<"DescribeSecret">): Output<"DescribeSecret"> {
  const { name, row } = findSecret(call, input.SecretId);
  const { SecretVersionsToStages, ...rest } = described(name, row, stagesByVersion(call, name));
  return {
    ...rest,
    ...(SecretVersionsToStages === undefined ? {} : { VersionIdsToStages: SecretVersionsToStages }),
  };
}

interface Named {
  readonly name: string;
  readonly row: SecretRow;
}

/** Prefixes, `!` negates; words of names and descriptions for `all`. */
function fits({ name, row }: Named, filter: Filter): boolean {
  const values = filter.Values ?? [];
  const anyOf = (texts: readonly string[]): boolean =>
    values.some((value) =>
      value.startsWith("!")
        ? !texts.some((text) => text.startsWith(value.slice(1)))
        : texts.some((text) => text.startsWith(value)),
    );
  switch (filter.Key) {
    case "name":
      return anyOf([name]);
    case "description":
      return anyOf((row.description ?? "").split(/[^A-Za-z0-9]+/).concat(row.description ?? ""));
    case "tag-key":
      return anyOf(Object.keys(row.tags ?? {}));
    case "tag-value":
      return anyOf(Object.values(row.tags ?? {}));
    default:
      return anyOf([
        ...name.split(/[^A-Za-z0-9]+/),
        name,
        row.description ?? "",
        ...Object.entries(row.tags ?? {}).flat(),
      ]);
  }
}

function matching(call: Call, filters: readonly Filter[], withDeleted: boolean): Named[] {
  const found: Named[] = [];
  for (const { key, value: row } of secrets.scan(call.tx, [])) {
    const secret = { name: key[0], row };
    if ((withDeleted || row.deletedAtMs === null) && filters.every((filter) => fits(secret, filter)))
      found.push(secret);
  }
  return found;
}

export function listSecrets(call: Call, input: Input<"ListSecrets">): Output<"ListSecrets"> {
  const found = matching(call, input.Filters ?? [], input.IncludePlannedDeletion === true);
  const ordered = input.SortOrder === "desc" ? found.toReversed() : found;
  const start = Number(input.NextToken ?? 0);
  const limit = input.MaxResults ?? 100;
  const SecretList = ordered
    .slice(start, start + limit)
    .map(({ name, row }) => described(name, row, stagesByVersion(call, name)));
  return { SecretList, ...(start + limit < ordered.length ? { NextToken: String(start + limit) } : {}) };
}

export function listSecretVersionIds(
  call: Call,
  input: Input<"ListSecretVersionIds">,
): Output<"ListSecretVersionIds"> {
  const { name, row } = findSecret(call, input.SecretId);
  const stages = stagesByVersion(call, name);
  const Versions = [];
  for (const { key, value } of versions.scan(call.tx, [name])) {
    const VersionStages = stages.get(key[1]);
    if (VersionStages === undefined && input.IncludeDeprecated !== true) continue;
    Versions.push({
      VersionId: key[1],
      ...(VersionStages === undefined ? {} : { VersionStages }),
      ...(value.accessedAtMs === null ? {} : { LastAccessedDate: new Date(value.accessedAtMs) }),
      CreatedDate: new Date(value.createdAtMs),
      KmsKeyIds: [row.kmsKeyId ?? "DefaultEncryptionKey"],
    });
  }
  return { Versions, ARN: row.arn, Name: name };
}

export function getResourcePolicy(
  call: Call,
  input: Input<"GetResourcePolicy">,
): Output<"GetResourcePolicy"> {
  const { name, row } = findLive(call, input.SecretId);
  return {
    ARN: row.arn,
    Name: name,
    ...(row.resourcePolicy === null ? {} : { ResourcePolicy: row.resourcePolicy }),
  };
}
