/** Keys and aliases: create, describe, enable, delete; policies, rotation, tags, grants as data. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { TuplePart } from "../../../store/tuple.ts";
import type { Input, Output } from "../client.ts";
import { invalidState, notFound, validation } from "../errors.ts";
import { aliasArn, findKey, type Key, makeKey, metadataOf, setAlias } from "../key.ts";
import { aliases, aliasesByKey, grants, type KeyRow, keys } from "../keys.ts";

const dayMs = 24 * 60 * 60 * 1000;

export function createKey(call: Call, input: Input<"CreateKey">): Output<"CreateKey"> {
  const key = makeKey(call, {
    description: input.Description,
    keySpec: input.KeySpec ?? input.CustomerMasterKeySpec,
    keyUsage: input.KeyUsage,
    policy: input.Policy,
    multiRegion: input.MultiRegion,
    tags: Object.fromEntries(
      (input.Tags ?? []).map(({ TagKey, TagValue }) => [TagKey ?? "", TagValue ?? ""]),
    ),
  });
  return { KeyMetadata: metadataOf(call, key) };
}

export function describeKey(call: Call, input: Input<"DescribeKey">): Output<"DescribeKey"> {
  return { KeyMetadata: metadataOf(call, findKey(call, input.KeyId)) };
}

export function listKeys(call: Call, input: Input<"ListKeys">): Output<"ListKeys"> {
  const limit = input.Limit ?? 100;
  const Keys = [];
  for (const { key, value } of keys.scan(
    call.tx,
    [],
    input.Marker === undefined ? {} : { after: [input.Marker] },
  )) {
    if (Keys.length === limit) return { Keys, Truncated: true, NextMarker: Keys.at(-1)?.KeyId };
    Keys.push({ KeyId: key[0], KeyArn: value.arn });
  }
  return { Keys, Truncated: false };
}

function change(call: Call, identifier: string, changed: (row: KeyRow) => Partial<KeyRow>): Key {
  const { keyId, row } = findKey(call, identifier);
  const after = { ...row, ...changed(row) };
  keys.set(call.tx, [keyId], after);
  return { keyId, row: after };
}

function changeLive(call: Call, identifier: string, changed: Partial<KeyRow>): void {
  change(call, identifier, ({ arn, deletesAtMs }) => {
    if (deletesAtMs !== null) throw invalidState(arn, "pending deletion");
    return changed;
  });
}

export function enableKey(call: Call, input: Input<"EnableKey">): void {
  changeLive(call, input.KeyId, { enabled: true });
}

export function disableKey(call: Call, input: Input<"DisableKey">): void {
  changeLive(call, input.KeyId, { enabled: false });
}

export function updateKeyDescription(call: Call, input: Input<"UpdateKeyDescription">): void {
  changeLive(call, input.KeyId, { description: input.Description });
}

export function scheduleKeyDeletion(
  call: Call,
  input: Input<"ScheduleKeyDeletion">,
): Output<"ScheduleKeyDeletion"> {
  const days = input.PendingWindowInDays ?? 30;
  if (days < 7 || days > 30) throw validation("PendingWindowInDays must be between 7 and 30 (inclusive)");
  const deletesAtMs = call.nowMs + days * dayMs;
  const { keyId, row } = change(call, input.KeyId, ({ arn, deletesAtMs: before }) => {
    if (before !== null) throw invalidState(arn, "pending deletion");
    return { deletesAtMs, enabled: false };
  });
  call.schedule("kms.delete", [keyId], deletesAtMs);
  return {
    KeyId: row.arn,
    DeletionDate: new Date(deletesAtMs),
    KeyState: "PendingDeletion",
    PendingWindowInDays: days,
  };
}

export function cancelKeyDeletion(
  call: Call,
  input: Input<"CancelKeyDeletion">,
): Output<"CancelKeyDeletion"> {
  const { keyId, row } = change(call, input.KeyId, ({ arn, deletesAtMs }) => {
    if (deletesAtMs === null) throw invalidState(arn, "not pending deletion");
    return { deletesAtMs: null };
  });
  call.unschedule("kms.delete", [keyId]);
  return { KeyId: row.arn };
}

/** The duty at the end of the waiting period. */
export function deleteKey(call: Call, [key]: readonly TuplePart[]): void {
  const keyId = key as string;
  for (const { key: alias } of aliasesByKey.scan(call.tx, [keyId])) {
    aliases.delete(call.tx, [alias[1]]);
    aliasesByKey.delete(call.tx, alias);
  }
  for (const { key: grant } of grants.scan(call.tx, [keyId])) grants.delete(call.tx, grant);
  keys.delete(call.tx, [keyId]);
}

export function getKeyPolicy(call: Call, input: Input<"GetKeyPolicy">): Output<"GetKeyPolicy"> {
  const { row } = findKey(call, input.KeyId);
  if (input.PolicyName !== undefined && input.PolicyName !== "default")
    throw notFound("No such policy exists");
  return { Policy: row.policy, PolicyName: "default" };
}

export function putKeyPolicy(call: Call, input: Input<"PutKeyPolicy">): void {
  try {
    JSON.parse(input.Policy);
  } catch {
    throw new AwsError("MalformedPolicyDocumentException", "The new key policy is not valid JSON.");
  }
  changeLive(call, input.KeyId, { policy: input.Policy });
}

export function listKeyPolicies(call: Call, input: Input<"ListKeyPolicies">): Output<"ListKeyPolicies"> {
  findKey(call, input.KeyId);
  return { PolicyNames: ["default"], Truncated: false };
}

export function enableKeyRotation(call: Call, input: Input<"EnableKeyRotation">): void {
  changeLive(call, input.KeyId, { rotation: true });
}

export function disableKeyRotation(call: Call, input: Input<"DisableKeyRotation">): void {
  changeLive(call, input.KeyId, { rotation: false });
}

export function getKeyRotationStatus(
  call: Call,
  input: Input<"GetKeyRotationStatus">,
): Output<"GetKeyRotationStatus"> {
  const { row } = findKey(call, input.KeyId);
  return {
    KeyId: row.arn,
    KeyRotationEnabled: row.rotation,
    ...(row.rotation ? { RotationPeriodInDays: 365 } : {}),
  };
}

export function tagResource(call: Call, input: Input<"TagResource">): void {
  const added = Object.fromEntries(input.Tags.map(({ TagKey, TagValue }) => [TagKey ?? "", TagValue ?? ""]));
  change(call, input.KeyId, ({ tags }) => ({ tags: { ...tags, ...added } }));
}

export function untagResource(call: Call, input: Input<"UntagResource">): void {
  change(call, input.KeyId, ({ tags }) => ({
    tags: Object.fromEntries(Object.entries(tags).filter(([name]) => !input.TagKeys.includes(name))),
  }));
}

export function listResourceTags(call: Call, input: Input<"ListResourceTags">): Output<"ListResourceTags"> {
  const { row } = findKey(call, input.KeyId);
  return {
    Tags: Object.entries(row.tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
    Truncated: false,
  };
}

function checkAlias(aliasName: string): void {
  if (!aliasName.startsWith("alias/")) {
    throw validation(
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    );
  }
  if (aliasName.startsWith("alias/aws/")) throw new AwsError("NotAuthorizedException", "");
}

export function createAlias(call: Call, input: Input<"CreateAlias">): void {
  const name = input.AliasName;
  checkAlias(name);
  const { keyId } = findKey(call, input.TargetKeyId);
  if (aliases.has(call.tx, [name])) {
    throw new AwsError(
      "AlreadyExistsException",
      `An alias with the name ${aliasArn(call, name)} already exists`,
    );
  }
  setAlias(call, name, keyId);
}

export function updateAlias(call: Call, input: Input<"UpdateAlias">): void {
  const before = aliases.get(call.tx, [input.AliasName]);
  if (before === undefined) throw notFound(`Alias ${aliasArn(call, input.AliasName)} is not found.`);
  const { keyId } = findKey(call, input.TargetKeyId);
  aliasesByKey.delete(call.tx, [before.keyId, input.AliasName]);
  setAlias(call, input.AliasName, keyId);
}

export function deleteAlias(call: Call, input: Input<"DeleteAlias">): void {
  const before = aliases.get(call.tx, [input.AliasName]);
  if (before === undefined) throw notFound(`Alias ${aliasArn(call, input.AliasName)} is not found.`);
  aliases.delete(call.tx, [input.AliasName]);
  aliasesByKey.delete(call.tx, [before.keyId, input.AliasName]);
}

export function listAliases(call: Call, input: Input<"ListAliases">): Output<"ListAliases"> {
  const wanted = input.KeyId === undefined ? undefined : findKey(call, input.KeyId).keyId;
  const Aliases = [];
  for (const { key, value } of aliases.scan(call.tx, [])) {
    if (wanted !== undefined && value.keyId !== wanted) continue;
    const at = new Date(value.createdAtMs);
    Aliases.push({
      AliasName: key[0],
      AliasArn: aliasArn(call, key[0]),
      TargetKeyId: value.keyId,
      CreationDate: at,
      LastUpdatedDate: at,
    });
  }
  return { Aliases, Truncated: false };
}

export function createGrant(call: Call, input: Input<"CreateGrant">): Output<"CreateGrant"> {
  const { keyId, row } = findKey(call, input.KeyId);
  const GrantId = call.random.hex(64);
  grants.set(call.tx, [keyId, GrantId], {
    KeyId: row.arn,
    GrantId,
    GranteePrincipal: input.GranteePrincipal,
    Operations: input.Operations,
    IssuingAccount: `arn:aws:iam::${call.accountId}:root`,
    Name: input.Name ?? "",
    ...(input.RetiringPrincipal === undefined ? {} : { RetiringPrincipal: input.RetiringPrincipal }),
    ...(input.Constraints === undefined ? {} : { Constraints: input.Constraints }),
  });
  return { GrantId, GrantToken: Buffer.from(GrantId).toString("base64") };
}

export function listGrants(call: Call, input: Input<"ListGrants">): Output<"ListGrants"> {
  const { keyId } = findKey(call, input.KeyId);
  return { Grants: [...grants.scan(call.tx, [keyId])].map(({ value }) => value), Truncated: false };
}

export function revokeGrant(call: Call, input: Input<"RevokeGrant">): void {
  const { keyId } = findKey(call, input.KeyId);
  if (!grants.has(call.tx, [keyId, input.GrantId])) throw notFound(`Grant ID ${input.GrantId} not found`);
  grants.delete(call.tx, [keyId, input.GrantId]);
}
