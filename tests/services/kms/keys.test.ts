/** KMS through the official client: real encryption, contexts, aliases, states, signatures. */
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetPublicKeyCommand,
  KMSClient,
  ReEncryptCommand,
  ScheduleKeyDeletionCommand,
  SignCommand,
  VerifyCommand,
} from "@aws-sdk/client-kms";
import { startApp } from "awan/testing";
import { createPublicKey, verify } from "node:crypto";
import { expect, test } from "vitest";

const Plaintext = Buffer.from("secret");

test("encrypts under a key, a context and an alias", async () => {
  await using app = await startApp();
  const kms = app.client(KMSClient);
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: "mine" }));
  const KeyId = KeyMetadata?.KeyId as string;
  expect(KeyMetadata).toMatchObject({
    KeyState: "Enabled",
    KeySpec: "SYMMETRIC_DEFAULT",
    KeyManager: "CUSTOMER",
  });
  await kms.send(new CreateAliasCommand({ AliasName: "alias/mine", TargetKeyId: KeyId }));
  const EncryptionContext = { b: "2", a: "1" };
  const { CiphertextBlob } = await kms.send(
    new EncryptCommand({ KeyId: "alias/mine", Plaintext, EncryptionContext }),
  );
  expect(Buffer.from(CiphertextBlob ?? []).includes(Plaintext)).toBe(false);
  const opened = await kms.send(
    new DecryptCommand({ CiphertextBlob, EncryptionContext: { a: "1", b: "2" } }),
  );
  expect([Buffer.from(opened.Plaintext ?? []).toString(), opened.KeyId]).toEqual([
    "secret",
    KeyMetadata?.Arn,
  ]);
  await expect(kms.send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject({
    name: "InvalidCiphertextException",
  });
  const other = await kms.send(new CreateKeyCommand({}));
  await expect(
    kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext, KeyId: other.KeyMetadata?.KeyId })),
  ).rejects.toMatchObject({ name: "IncorrectKeyException" });
  const moved = await kms.send(
    new ReEncryptCommand({
      CiphertextBlob,
      SourceEncryptionContext: EncryptionContext,
      DestinationKeyId: other.KeyMetadata?.KeyId,
    }),
  );
  expect((await kms.send(new DecryptCommand({ CiphertextBlob: moved.CiphertextBlob }))).KeyId).toBe(
    other.KeyMetadata?.Arn,
  );
});

test("data keys, also of AWS's own keys", async () => {
  await using app = await startApp();
  const kms = app.client(KMSClient);
  const made = await kms.send(new GenerateDataKeyCommand({ KeyId: "alias/aws/s3", KeySpec: "AES_256" }));
  expect(made.Plaintext).toHaveLength(32);
  const opened = await kms.send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob }));
  expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Buffer.from(made.Plaintext ?? []));
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: "alias/aws/s3" }));
  expect(KeyMetadata?.KeyManager).toBe("AWS");
});

test("states", async () => {
  await using app = await startApp();
  const kms = app.client(KMSClient);
  const KeyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId as string;
  await kms.send(new DisableKeyCommand({ KeyId }));
  await expect(kms.send(new EncryptCommand({ KeyId, Plaintext }))).rejects.toMatchObject({
    name: "DisabledException",
  });
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  await expect(kms.send(new EncryptCommand({ KeyId, Plaintext }))).rejects.toMatchObject({
    name: "KMSInvalidStateException",
  });
  await kms.send(new CancelKeyDeletionCommand({ KeyId }));
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  await app.clock.advance("7d");
  await expect(kms.send(new DescribeKeyCommand({ KeyId }))).rejects.toMatchObject({
    name: "NotFoundException",
  });
});

test("signatures others can verify", async () => {
  await using app = await startApp();
  const kms = app.client(KMSClient);
  const created = await kms.send(new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }));
  const KeyId = created.KeyMetadata?.KeyId as string;
  const SigningAlgorithm = "ECDSA_SHA_256";
  const { Signature } = await kms.send(new SignCommand({ KeyId, Message: Plaintext, SigningAlgorithm }));
  const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId }));
  const publicKey = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: "der", type: "spki" });
  expect(verify("sha256", Plaintext, publicKey, Signature ?? new Uint8Array())).toBe(true);
  expect(
    await kms.send(new VerifyCommand({ KeyId, Message: Plaintext, Signature, SigningAlgorithm })),
  ).toMatchObject({ SignatureValid: true });
  await expect(
    kms.send(new VerifyCommand({ KeyId, Message: Buffer.from("other"), Signature, SigningAlgorithm })),
  ).rejects.toMatchObject({ name: "KMSInvalidSignatureException" });
});
