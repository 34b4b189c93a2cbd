/** Finding and making keys: by id, ARN or alias; those AWS makes for its services appear when first named. */
import type { KeyMetadata, KeySpec, KeyUsageType } from "@aws-sdk/client-kms";
import { generateKeyPairSync } from "node:crypto";
import type { Call } from "../../host/call.ts";
import { formatArn } from "../../kernel/arn.ts";
import { disabled, invalidState, invalidUsage, notFound, validation } from "./errors.ts";
import { aliases, aliasesByKey, type KeyRow, keys } from "./keys.ts";

export interface Key {
  readonly keyId: string;
  readonly row: KeyRow;
}

const arnOf = (call: Call, resource: string): string =>
  formatArn({ service: "kms", region: call.region, accountId: call.accountId, resource });

export const aliasArn = (call: Call, aliasName: string): string => arnOf(call, aliasName);

export function findKey(call: Call, identifier: string): Key {
  const resource = /^arn:[^:]+:kms:[^:]*:\d+:(.+)$/.exec(identifier)?.[1] ?? identifier;
  if (resource.startsWith("alias/")) {
    const alias = aliases.get(call.tx, [resource]);
    if (alias !== undefined) return { keyId: alias.keyId, row: keys.get(call.tx, [alias.keyId]) as KeyRow };
    if (resource.startsWith("alias/aws/")) return makeServiceKey(call, resource);
    throw notFound(`Alias ${aliasArn(call, resource)} is not found.`);
  }
  const keyId = resource.replace(/^key\//, "");
  const row = keys.get(call.tx, [keyId]);
  if (row !== undefined) return { keyId, row };
  if (!/^(mrk-)?[0-9a-f-]{32,36}$/.test(keyId)) throw notFound(`Invalid keyId '${identifier}'`);
  throw notFound(`Key '${arnOf(call, `key/${keyId}`)}' does not exist`);
}

/** A key that may be used for `usage` now. */
export function findUsable(call: Call, identifier: string, usage: KeyUsageType): Key {
  const key = findKey(call, identifier);
  const { arn, enabled, deletesAtMs, keyUsage } = key.row;
  if (deletesAtMs !== null) throw invalidState(arn, "pending deletion");
  if (!enabled) throw disabled(arn);
  if (keyUsage !== usage)
    throw invalidUsage(`${arn} key usage is ${keyUsage} which is not valid for this operation.`);
  return key;
}

export interface NewKey {
  readonly description?: string | undefined;
  readonly keySpec?: KeySpec | undefined;
  readonly keyUsage?: KeyUsageType | undefined;
  readonly policy?: string | undefined;
  readonly multiRegion?: boolean | undefined;
  readonly isAwsManaged?: boolean;
  readonly tags?: Readonly<Record<string, string>>;
  readonly enabled?: boolean;
  readonly rotation?: boolean;
}

export function makeKey(call: Call, wanted: NewKey): Key {
  const keySpec = wanted.keySpec ?? "SYMMETRIC_DEFAULT";
  const keyUsage = wanted.keyUsage ?? (keySpec === "SYMMETRIC_DEFAULT" ? "ENCRYPT_DECRYPT" : undefined);
  if (keyUsage === undefined) {
    throw validation(
      "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
    );
  }
  const keyId = wanted.multiRegion === true ? `mrk-${call.random.hex(32)}` : call.random.uuid();
  const row: KeyRow = {
    arn: arnOf(call, `key/${keyId}`),
    description: wanted.description ?? "",
    keySpec,
    keyUsage,
    enabled: wanted.enabled ?? true,
    createdAtMs: call.nowMs,
    deletesAtMs: null,
    policy: wanted.policy ?? defaultPolicy(call),
    rotation: wanted.rotation ?? false,
    multiRegion: wanted.multiRegion ?? false,
    isAwsManaged: wanted.isAwsManaged ?? false,
    tags: wanted.tags ?? {},
    material: materialOf(call, keySpec),
  };
  keys.set(call.tx, [keyId], row);
  return { keyId, row };
}

function makeServiceKey(call: Call, aliasName: string): Key {
  const service = aliasName.slice("alias/aws/".length);
  const description = `Default key that protects my ${service} data when no other key is defined`;
  const key = makeKey(call, { description, isAwsManaged: true, rotation: true });
  setAlias(call, aliasName, key.keyId);
  return key;
}

export function setAlias(call: Call, aliasName: string, keyId: string): void {
  aliases.set(call.tx, [aliasName], { keyId, createdAtMs: call.nowMs });
  aliasesByKey.set(call.tx, [keyId, aliasName], null);
}

const defaultPolicy = (call: Call): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Id: "key-default-1",
    Statement: [
      {
        Sid: "Enable IAM User Permissions",
        Effect: "Allow",
        Principal: { AWS: `arn:${call.partition}:iam::${call.accountId}:root` },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  });

const hmacBytes: Readonly<Record<string, number>> = {
  HMAC_224: 28,
  HMAC_256: 32,
  HMAC_384: 48,
  HMAC_512: 64,
};
const curves: Readonly<Record<string, string>> = {
  ECC_NIST_P256: "prime256v1",
  ECC_NIST_P384: "secp384r1",
  ECC_NIST_P521: "secp521r1",
  ECC_SECG_P256K1: "secp256k1",
};

/** Symmetric material comes from the call, so a run repeats; key pairs come from the system. */
function materialOf(call: Call, keySpec: KeySpec): Uint8Array {
  if (keySpec === "SYMMETRIC_DEFAULT") return call.random.bytes(32);
  const bytes = hmacBytes[keySpec];
  if (bytes !== undefined) return call.random.bytes(bytes);
  const curve = curves[keySpec];
  const rsa = /^RSA_(\d+)$/.exec(keySpec)?.[1];
  if (curve === undefined && rsa === undefined)
    throw validation(`KeySpec ${keySpec} is not supported in this region.`);
  const { privateKey } =
    curve === undefined
      ? generateKeyPairSync("rsa", { modulusLength: Number(rsa) })
      : generateKeyPairSync("ec", { namedCurve: curve });
  return privateKey.export({ format: "der", type: "pkcs8" });
}

const signing: Readonly<Record<string, readonly string[]>> = {
  RSA: [
    "RSASSA_PKCS1_V1_5_SHA_256",
    "RSASSA_PKCS1_V1_5_SHA_384",
    "RSASSA_PKCS1_V1_5_SHA_512",
    "RSASSA_PSS_SHA_256",
    "RSASSA_PSS_SHA_384",
    "RSASSA_PSS_SHA_512",
  ],
  ECC_NIST_P256: ["ECDSA_SHA_256"],
  ECC_NIST_P384: ["ECDSA_SHA_384"],
  ECC_NIST_P521: ["ECDSA_SHA_512"],
  ECC_SECG_P256K1: ["ECDSA_SHA_256"],
};

export const signingAlgorithmsOf = (keySpec: KeySpec): readonly string[] =>
  signing[keySpec.startsWith("RSA_") ? "RSA" : keySpec] ?? [];

export const encryptionAlgorithmsOf = (keySpec: KeySpec): readonly string[] =>
  keySpec === "SYMMETRIC_DEFAULT" ? ["SYMMETRIC_DEFAULT"] : ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"];

export function metadataOf(call: Call, { keyId, row }: Key): KeyMetadata {
  const state = row.deletesAtMs !== null ? "PendingDeletion" : row.enabled ? "Enabled" : "Disabled";
  const algorithms =
    row.keyUsage === "ENCRYPT_DECRYPT"
      ? { EncryptionAlgorithms: encryptionAlgorithmsOf(row.keySpec) }
      : row.keyUsage === "SIGN_VERIFY"
        ? { SigningAlgorithms: signingAlgorithmsOf(row.keySpec) }
        : { MacAlgorithms: [row.keySpec.replace("HMAC_", "HMAC_SHA_")] };
  return {
    AWSAccountId: call.accountId,
    KeyId: keyId,
    Arn: row.arn,
    CreationDate: new Date(row.createdAtMs),
    Enabled: state === "Enabled",
    Description: row.description,
    KeyUsage: row.keyUsage,
    KeyState: state,
    ...(row.deletesAtMs === null ? {} : { DeletionDate: new Date(row.deletesAtMs) }),
    Origin: "AWS_KMS",
    KeyManager: row.isAwsManaged ? "AWS" : "CUSTOMER",
    CustomerMasterKeySpec: row.keySpec as never,
    KeySpec: row.keySpec,
    ...(algorithms as object),
    MultiRegion: row.multiRegion,
  };
}
