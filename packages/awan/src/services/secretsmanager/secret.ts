/** Secrets and their versions: finding by name or ARN, staging labels, writing a version, removing. */
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";
import type { TuplePart } from "../../store/tuple.ts";
import {
  invalidRequest,
  markedForDeletion,
  resourceExists,
  secretNotFound,
  valueNotFound,
} from "./errors.ts";
import { type SecretRow, secrets, stages, type VersionRow, versions } from "./keys.ts";

export const currentStage = "AWSCURRENT";
const pendingStage = "AWSPENDING";
export const previousStage = "AWSPREVIOUS";

export interface Secret {
  readonly name: string;
  readonly row: SecretRow;
}

export function checkName(name: string): void {
  if (/^[A-Za-z0-9/_+=.@!-]+$/.test(name)) return;
  throw new AwsError(
    "ValidationException",
    "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
  );
}

/** A secret by its name, its ARN, or its ARN without the six random characters at the end. */
export function findSecret(call: Call, secretId: string): Secret {
  checkName(secretId.startsWith("arn:") ? "arn" : secretId);
  const resource = /^arn:[^:]+:secretsmanager:[^:]*:\d+:secret:(.+)$/.exec(secretId)?.[1];
  for (const name of resource === undefined
    ? [secretId]
    : [resource.replace(/-[A-Za-z0-9]{6}$/, ""), resource]) {
    const row = secrets.get(call.tx, [name]);
    const isMeant =
      row !== undefined && (resource === undefined || resource === name || row.arn === secretId);
    if (isMeant) return { name, row };
  }
  throw secretNotFound();
}

/** As `findSecret`, for operations that a secret marked for deletion refuses. */
export function findLive(call: Call, secretId: string): Secret {
  const secret = findSecret(call, secretId);
  if (secret.row.deletedAtMs !== null) throw markedForDeletion();
  return secret;
}

/** Labels by version. */
export function stagesByVersion(call: Call, name: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { key, value: versionId } of stages.scan(call.tx, [name])) {
    found.set(versionId, [...(found.get(versionId) ?? []), key[1]]);
  }
  return found;
}

export interface FoundVersion {
  readonly versionId: string;
  readonly row: VersionRow;
  readonly labels: readonly string[];
}

const stageMismatch = (): AwsError =>
  invalidRequest("You provided a VersionStage that is not associated to the provided VersionId.");

export function findVersion(
  call: Call,
  name: string,
  wanted: { readonly versionId?: string | undefined; readonly stage?: string | undefined },
): FoundVersion {
  const stage = wanted.stage ?? (wanted.versionId === undefined ? currentStage : undefined);
  const staged = stage === undefined ? undefined : stages.get(call.tx, [name, stage]);
  const isKnown = wanted.versionId !== undefined && versions.has(call.tx, [name, wanted.versionId]);
  if (isKnown && stage !== undefined && staged !== wanted.versionId) throw stageMismatch();
  if (stage !== undefined && staged === undefined) throw valueNotFound(`staging label: ${stage}`);
  const versionId = wanted.versionId ?? staged ?? "";
  const row = versions.get(call.tx, [name, versionId]);
  if (row === undefined) throw valueNotFound(`VersionId: ${versionId}`);
  if (staged !== undefined && staged !== versionId) throw stageMismatch();
  return { versionId, row, labels: stagesByVersion(call, name).get(versionId) ?? [] };
}

export interface NewVersion {
  readonly versionId: string;
  readonly text: string | undefined;
  readonly bytes: Uint8Array | undefined;
  readonly labels: readonly string[];
}

/** Writes a version and moves its labels to it. The same token with the same value changes nothing. */
export function putVersion(call: Call, name: string, version: NewVersion): void {
  const row: VersionRow = {
    text: version.text ?? null,
    bytes: version.bytes ?? null,
    createdAtMs: call.nowMs,
    accessedAtMs: null,
  };
  const before = versions.get(call.tx, [name, version.versionId]);
  if (before !== undefined) {
    if (sameValue(before, row)) return;
    throw resourceExists(
      `You can't use ClientRequestToken ${version.versionId} because that value is already in use for a version of secret ${(secrets.get(call.tx, [name]) as SecretRow).arn}.`,
    );
  }
  versions.set(call.tx, [name, version.versionId], row);
  for (const label of version.labels) moveStage(call, name, label, version.versionId);
  dropUnlabelled(call, name);
}

function sameValue(a: VersionRow, b: VersionRow): boolean {
  return a.text === b.text && Buffer.compare(Buffer.from(a.bytes ?? []), Buffer.from(b.bytes ?? [])) === 0;
}

/** Puts a label on a version; what was current becomes the previous one. */
export function moveStage(call: Call, name: string, label: string, versionId: string): void {
  const before = stages.get(call.tx, [name, label]);
  if (label === currentStage && before !== undefined && before !== versionId) {
    stages.set(call.tx, [name, previousStage], before);
    // A version that stops being current is not pending either.
    if (stages.get(call.tx, [name, pendingStage]) === before) stages.delete(call.tx, [name, pendingStage]);
  }
  stages.set(call.tx, [name, label], versionId);
}

/** AWS keeps about a hundred versions; those without a label go first. */
function dropUnlabelled(call: Call, name: string): void {
  const rows = [...versions.scan(call.tx, [name])];
  if (rows.length <= 100) return;
  const labelled = stagesByVersion(call, name);
  const oldest = rows
    .filter(({ key }) => !labelled.has(key[1]))
    .toSorted((a, b) => a.value.createdAtMs - b.value.createdAtMs)[0];
  if (oldest !== undefined) versions.delete(call.tx, oldest.key);
}

export function removeSecret(call: Call, name: string): void {
  for (const { key } of versions.scan(call.tx, [name])) versions.delete(call.tx, key);
  for (const { key } of stages.scan(call.tx, [name])) stages.delete(call.tx, key);
  secrets.delete(call.tx, [name]);
  call.unschedule("secretsmanager.delete", [name]);
  call.unschedule("secretsmanager.rotate", [name]);
}

/** The duty at the end of a recovery window. */
export function deleteWhenDue(call: Call, [name]: readonly TuplePart[]): void {
  const row = secrets.get(call.tx, [name as string]);
  if (row?.deletesAtMs !== undefined && row.deletesAtMs !== null && row.deletesAtMs <= call.nowMs) {
    removeSecret(call, name as string);
  }
}
