/** What keys do: encrypt, decrypt, make data keys, sign, verify, authenticate. */
import {
  constants,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  sign as signBytes,
  timingSafeEqual,
  verify as verifyBytes,
} from "node:crypto";
import type { Call } from "../../../host/call.ts";
import { AwsError, notImplemented } from "../../../kernel/errors.ts";
import { keyIdOf, open, seal } from "../cipher.ts";
import type { Input, Output } from "../client.ts";
import { invalidCiphertext, validation } from "../errors.ts";
import { encryptionAlgorithmsOf, findKey, findUsable, type Key, signingAlgorithmsOf } from "../key.ts";

type Context = Readonly<Record<string, string>> | undefined;

const privateKeyOf = ({ row }: Key): KeyObject =>
  createPrivateKey({ key: Buffer.from(row.material), format: "der", type: "pkcs8" });

const oaep = (key: KeyObject, algorithm: string) => ({
  key,
  padding: constants.RSA_PKCS1_OAEP_PADDING,
  oaepHash: algorithm.endsWith("SHA_1") ? "sha1" : "sha256",
});

interface Encrypting {
  readonly algorithm: string | undefined;
  readonly context: Context;
}

function encryptWith(call: Call, key: Key, plaintext: Uint8Array, how: Encrypting): Uint8Array {
  if (key.row.keySpec === "SYMMETRIC_DEFAULT") {
    return seal(plaintext, call.random.bytes(12), {
      keyId: key.keyId,
      material: key.row.material,
      context: how.context,
    });
  }
  const publicKey = createPublicKey(privateKeyOf(key));
  return publicEncrypt(oaep(publicKey, how.algorithm ?? "RSAES_OAEP_SHA_256"), plaintext);
}

export function encrypt(call: Call, input: Input<"Encrypt">): Output<"Encrypt"> {
  const key = findUsable(call, input.KeyId, "ENCRYPT_DECRYPT");
  const algorithm = input.EncryptionAlgorithm ?? "SYMMETRIC_DEFAULT";
  checkAlgorithm(key, algorithm);
  const CiphertextBlob = encryptWith(call, key, input.Plaintext, {
    algorithm,
    context: input.EncryptionContext,
  });
  return { CiphertextBlob, KeyId: key.row.arn, EncryptionAlgorithm: algorithm };
}

function checkAlgorithm(key: Key, algorithm: string): void {
  if (encryptionAlgorithmsOf(key.row.keySpec).includes(algorithm)) return;
  throw new AwsError(
    "InvalidKeyUsageException",
    `Algorithm ${algorithm} and key spec ${key.row.keySpec} are incompatible.`,
  );
}

interface Decrypting {
  readonly ciphertext: Uint8Array | undefined;
  readonly keyId: string | undefined;
  readonly algorithm: string | undefined;
  readonly context: Context;
}

function decryptWith(call: Call, what: Decrypting): { readonly key: Key; readonly plaintext: Uint8Array } {
  const ciphertext = what.ciphertext ?? new Uint8Array();
  if (what.algorithm !== undefined && what.algorithm !== "SYMMETRIC_DEFAULT") {
    const key = findUsable(call, what.keyId ?? "", "ENCRYPT_DECRYPT");
    checkAlgorithm(key, what.algorithm);
    try {
      return { key, plaintext: privateDecrypt(oaep(privateKeyOf(key), what.algorithm), ciphertext) };
    } catch {
      throw invalidCiphertext();
    }
  }
  const keyId = keyIdOf(ciphertext);
  if (keyId === undefined) throw invalidCiphertext();
  if (what.keyId !== undefined && findKey(call, what.keyId).keyId !== keyId) {
    throw new AwsError(
      "IncorrectKeyException",
      "The key ID in the request does not identify a CMK that can perform this operation.",
    );
  }
  const key = findUsable(call, keyId, "ENCRYPT_DECRYPT");
  const plaintext = open(ciphertext, { keyId, material: key.row.material, context: what.context });
  if (plaintext === undefined) throw invalidCiphertext();
  return { key, plaintext };
}

export function decrypt(call: Call, input: Input<"Decrypt">): Output<"Decrypt"> {
  const algorithm = input.EncryptionAlgorithm ?? "SYMMETRIC_DEFAULT";
  const { key, plaintext } = decryptWith(call, {
    ciphertext: input.CiphertextBlob,
    keyId: input.KeyId,
    algorithm,
    context: input.EncryptionContext,
  });
  return { KeyId: key.row.arn, Plaintext: plaintext, EncryptionAlgorithm: algorithm };
}

export function reEncrypt(call: Call, input: Input<"ReEncrypt">): Output<"ReEncrypt"> {
  const { key: source, plaintext } = decryptWith(call, {
    ciphertext: input.CiphertextBlob,
    keyId: input.SourceKeyId,
    algorithm: input.SourceEncryptionAlgorithm,
    context: input.SourceEncryptionContext,
  });
  const key = findUsable(call, input.DestinationKeyId, "ENCRYPT_DECRYPT");
  const algorithm = input.DestinationEncryptionAlgorithm ?? "SYMMETRIC_DEFAULT";
  const CiphertextBlob = encryptWith(call, key, plaintext, {
    algorithm,
    context: input.DestinationEncryptionContext,
  });
  return {
    CiphertextBlob,
    SourceKeyId: source.row.arn,
    KeyId: key.row.arn,
    SourceEncryptionAlgorithm: input.SourceEncryptionAlgorithm ?? "SYMMETRIC_DEFAULT",
    DestinationEncryptionAlgorithm: algorithm,
  };
}

function dataKey(call: Call, input: Input<"GenerateDataKey">) {
  const key = findUsable(call, input.KeyId, "ENCRYPT_DECRYPT");
  if ((input.KeySpec === undefined) === (input.NumberOfBytes === undefined)) {
    throw validation("Please specify either number of bytes or key spec.");
  }
  const length = input.NumberOfBytes ?? (input.KeySpec === "AES_128" ? 16 : 32);
  const plaintext = call.random.bytes(length);
  const how = { algorithm: undefined, context: input.EncryptionContext };
  return { plaintext, CiphertextBlob: encryptWith(call, key, plaintext, how), KeyId: key.row.arn };
}

export function generateDataKey(call: Call, input: Input<"GenerateDataKey">): Output<"GenerateDataKey"> {
  const { plaintext, ...rest } = dataKey(call, input);
  return { ...rest, Plaintext: plaintext };
}

export function generateDataKeyWithoutPlaintext(
  call: Call,
  input: Input<"GenerateDataKeyWithoutPlaintext">,
): Output<"GenerateDataKeyWithoutPlaintext"> {
  const { plaintext: _, ...rest } = dataKey(call, input);
  return rest;
}

export function generateDataKeyPair(
  call: Call,
  input: Input<"GenerateDataKeyPair">,
): Output<"GenerateDataKeyPair"> {
  const key = findUsable(call, input.KeyId, "ENCRYPT_DECRYPT");
  const rsa = /^RSA_(\d+)$/.exec(input.KeyPairSpec)?.[1];
  if (rsa === undefined) throw notImplemented(`kms:GenerateDataKeyPair of ${input.KeyPairSpec}`);
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: Number(rsa) });
  const PrivateKeyPlaintext = privateKey.export({ format: "der", type: "pkcs8" });
  const how = { algorithm: undefined, context: input.EncryptionContext };
  return {
    PrivateKeyPlaintext,
    PrivateKeyCiphertextBlob: encryptWith(call, key, PrivateKeyPlaintext, how),
    PublicKey: publicKey.export({ format: "der", type: "spki" }),
    KeyId: key.row.arn,
    KeyPairSpec: input.KeyPairSpec,
  };
}

export function generateRandom(call: Call, input: Input<"GenerateRandom">): Output<"GenerateRandom"> {
  return { Plaintext: call.random.bytes(input.NumberOfBytes ?? 32) };
}

export function getPublicKey(call: Call, input: Input<"GetPublicKey">): Output<"GetPublicKey"> {
  const { keyId, row } = findKey(call, input.KeyId);
  if (!/^(RSA|ECC)_/.test(row.keySpec)) {
    throw new AwsError(
      "UnsupportedOperationException",
      `${row.arn} key type is not valid for this operation.`,
    );
  }
  const algorithms =
    row.keyUsage === "SIGN_VERIFY"
      ? { SigningAlgorithms: signingAlgorithmsOf(row.keySpec) }
      : { EncryptionAlgorithms: encryptionAlgorithmsOf(row.keySpec) };
  return {
    KeyId: row.arn,
    PublicKey: createPublicKey(privateKeyOf({ keyId, row })).export({ format: "der", type: "spki" }),
    KeySpec: row.keySpec,
    KeyUsage: row.keyUsage,
    ...(algorithms as object),
  };
}

/** A digest given instead of the message would have to be signed as it is, which node:crypto cannot. */
function checkMessage(
  input: { readonly MessageType?: string | undefined; readonly SigningAlgorithm: string },
  key: Key,
): void {
  if (input.MessageType === "DIGEST") throw notImplemented("kms:Sign and Verify of digests");
  if (!signingAlgorithmsOf(key.row.keySpec).includes(input.SigningAlgorithm)) {
    throw new AwsError(
      "InvalidKeyUsageException",
      `Algorithm ${input.SigningAlgorithm} and key spec ${key.row.keySpec} are incompatible.`,
    );
  }
}

const hashOf = (algorithm: string): string => `sha${/(\d+)$/.exec(algorithm)?.[1] ?? "256"}`;

const padded = (key: KeyObject, algorithm: string) =>
  algorithm.includes("PSS")
    ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { key };

export function sign(call: Call, input: Input<"Sign">): Output<"Sign"> {
  const key = findUsable(call, input.KeyId, "SIGN_VERIFY");
  checkMessage(input, key);
  const algorithm = input.SigningAlgorithm;
  const Signature = signBytes(hashOf(algorithm), input.Message, padded(privateKeyOf(key), algorithm));
  return { KeyId: key.row.arn, Signature, SigningAlgorithm: algorithm };
}

export function verify(call: Call, input: Input<"Verify">): Output<"Verify"> {
  const key = findUsable(call, input.KeyId, "SIGN_VERIFY");
  checkMessage(input, key);
  const algorithm = input.SigningAlgorithm;
  const publicKey = createPublicKey(privateKeyOf(key));
  if (!verifyBytes(hashOf(algorithm), input.Message, padded(publicKey, algorithm), input.Signature)) {
    throw new AwsError("KMSInvalidSignatureException", "");
  }
  return { KeyId: key.row.arn, SignatureValid: true, SigningAlgorithm: algorithm };
}

const mac = (key: Key, algorithm: string, message: Uint8Array): Buffer =>
  createHmac(hashOf(algorithm), key.row.material).update(message).digest();

export function generateMac(call: Call, input: Input<"GenerateMac">): Output<"GenerateMac"> {
  const key = findUsable(call, input.KeyId, "GENERATE_VERIFY_MAC");
  return {
    Mac: mac(key, input.MacAlgorithm, input.Message),
    MacAlgorithm: input.MacAlgorithm,
    KeyId: key.row.arn,
  };
}

export function verifyMac(call: Call, input: Input<"VerifyMac">): Output<"VerifyMac"> {
  const key = findUsable(call, input.KeyId, "GENERATE_VERIFY_MAC");
  const expected = mac(key, input.MacAlgorithm, input.Message);
  if (input.Mac.length !== expected.length || !timingSafeEqual(expected, input.Mac)) {
    throw new AwsError("KMSInvalidMacException", "");
  }
  return { KeyId: key.row.arn, MacValid: true, MacAlgorithm: input.MacAlgorithm };
}
