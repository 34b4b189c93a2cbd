/** KMS: keys as data, with real cryptography under them. */
import type { Service } from "../../host/service.ts";
import type { Operations } from "../../model/operations.ts";
import type { Client } from "./client.ts";
import * as cryptography from "./operations/cryptography.ts";
import * as keys from "./operations/keys.ts";

export const operations = {
  CancelKeyDeletion: keys.cancelKeyDeletion,
  CreateAlias: keys.createAlias,
  CreateGrant: keys.createGrant,
  CreateKey: keys.createKey,
  Decrypt: cryptography.decrypt,
  DeleteAlias: keys.deleteAlias,
  DescribeKey: keys.describeKey,
  DisableKey: keys.disableKey,
  DisableKeyRotation: keys.disableKeyRotation,
  EnableKey: keys.enableKey,
  EnableKeyRotation: keys.enableKeyRotation,
  Encrypt: cryptography.encrypt,
  GenerateDataKey: cryptography.generateDataKey,
  GenerateDataKeyPair: cryptography.generateDataKeyPair,
  GenerateDataKeyWithoutPlaintext: cryptography.generateDataKeyWithoutPlaintext,
  GenerateMac: cryptography.generateMac,
  GenerateRandom: cryptography.generateRandom,
  GetKeyPolicy: keys.getKeyPolicy,
  GetKeyRotationStatus: keys.getKeyRotationStatus,
  GetPublicKey: cryptography.getPublicKey,
  ListAliases: keys.listAliases,
  ListGrants: keys.listGrants,
  ListKeyPolicies: keys.listKeyPolicies,
  ListKeys: keys.listKeys,
  ListResourceTags: keys.listResourceTags,
  PutKeyPolicy: keys.putKeyPolicy,
  ReEncrypt: cryptography.reEncrypt,
  RevokeGrant: keys.revokeGrant,
  ScheduleKeyDeletion: keys.scheduleKeyDeletion,
  Sign: cryptography.sign,
  TagResource: keys.tagResource,
  UntagResource: keys.untagResource,
  UpdateAlias: keys.updateAlias,
  UpdateKeyDescription: keys.updateKeyDescription,
  Verify: cryptography.verify,
  VerifyMac: cryptography.verifyMac,
} satisfies Operations<Client>;

export const service: Service = { name: "kms", operations, duties: { delete: keys.deleteKey } };
