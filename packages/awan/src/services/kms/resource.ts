/** CloudFormation's `AWS::KMS::Key` and `AWS::KMS::Alias`. */
import type { Call } from "../../host/call.ts";
import type { Properties, ResourceProvider, ResourceState } from "../../host/resource.ts";
import { AwsError } from "../../kernel/errors.ts";
import { findKey, makeKey } from "./key.ts";
import { keys } from "./keys.ts";
import * as operations from "./operations/keys.ts";

const isOn = (value: unknown): boolean => value === true || value === "true";
const optional = (value: unknown): string | undefined =>
  value === undefined ? undefined : (value as string);

/** What is already gone needs no deleting. */
function gone(remove: () => unknown): void {
  try {
    remove();
  } catch (error) {
    const isGone =
      error instanceof AwsError && ["NotFoundException", "KMSInvalidStateException"].includes(error.code);
    if (!isGone) throw error;
  }
}

function policyOf(properties: Properties): string | undefined {
  const policy = properties["KeyPolicy"];
  return policy === undefined || typeof policy === "string" ? policy : JSON.stringify(policy);
}

function tagsOf(properties: Properties, stackTags: Readonly<Record<string, string>>): Record<string, string> {
  const own = (properties["Tags"] ?? []) as readonly { Key: string; Value: string }[];
  return { ...stackTags, ...Object.fromEntries(own.map(({ Key, Value }) => [Key, Value])) };
}

function state(call: Call, keyId: string): ResourceState {
  return { physicalId: keyId, attributes: { Arn: findKey(call, keyId).row.arn, KeyId: keyId } };
}

const key: ResourceProvider = {
  type: "AWS::KMS::Key",
  properties: {
    BypassPolicyLockoutSafetyCheck: "mutable",
    Description: "mutable",
    EnableKeyRotation: "mutable",
    Enabled: "mutable",
    KeyPolicy: "mutable",
    KeySpec: "replace",
    KeyUsage: "replace",
    MultiRegion: "replace",
    Origin: "replace",
    PendingWindowInDays: "mutable",
    RotationPeriodInDays: "mutable",
    Tags: "mutable",
  },
  create: (call, { properties, stack }) => {
    const { keyId } = makeKey(call, {
      description: optional(properties["Description"]),
      keySpec: optional(properties["KeySpec"]) as "SYMMETRIC_DEFAULT" | undefined,
      keyUsage: optional(properties["KeyUsage"]) as "ENCRYPT_DECRYPT" | undefined,
      policy: policyOf(properties),
      multiRegion: isOn(properties["MultiRegion"]),
      enabled: properties["Enabled"] === undefined || isOn(properties["Enabled"]),
      rotation: isOn(properties["EnableKeyRotation"]),
      tags: tagsOf(properties, stack.tags),
    });
    return state(call, keyId);
  },
  update: (call, { physicalId, properties, stack }) => {
    const { keyId, row } = findKey(call, physicalId);
    keys.set(call.tx, [keyId], {
      ...row,
      description: optional(properties["Description"]) ?? "",
      enabled: properties["Enabled"] === undefined || isOn(properties["Enabled"]),
      rotation: isOn(properties["EnableKeyRotation"]),
      policy: policyOf(properties) ?? row.policy,
      tags: tagsOf(properties, stack.tags),
    });
    return state(call, keyId);
  },
  delete: (call, { physicalId, properties }) =>
    gone(() =>
      operations.scheduleKeyDeletion(call, {
        KeyId: physicalId,
        PendingWindowInDays: Number(properties["PendingWindowInDays"] ?? 30),
      }),
    ),
};

const alias: ResourceProvider = {
  type: "AWS::KMS::Alias",
  properties: { AliasName: "replace", TargetKeyId: "mutable" },
  required: ["AliasName", "TargetKeyId"],
  create: (call, { properties }) => {
    const AliasName = properties["AliasName"] as string;
    operations.createAlias(call, { AliasName, TargetKeyId: properties["TargetKeyId"] as string });
    return { physicalId: AliasName, attributes: {} };
  },
  update: (call, { physicalId, properties }) => {
    operations.updateAlias(call, { AliasName: physicalId, TargetKeyId: properties["TargetKeyId"] as string });
    return { physicalId, attributes: {} };
  },
  delete: (call, { physicalId }) => gone(() => operations.deleteAlias(call, { AliasName: physicalId })),
};

export const providers: readonly ResourceProvider[] = [key, alias];
