/**
 * Real AES-256-GCM under a key's material. A ciphertext is: one byte of version, the key's id (its length first), 12 bytes
 * of nonce, 16 of tag, the text. The encryption context is authenticated with it.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";

type EncryptionContext = Readonly<Record<string, string>> | undefined;

const version = 1;

const authenticated = (context: EncryptionContext): Buffer =>
  Buffer.from(JSON.stringify(Object.entries(context ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))));

export interface Sealing {
  readonly keyId: string;
  readonly material: Uint8Array;
  readonly context: EncryptionContext;
}

export function seal(plaintext: Uint8Array, nonce: Uint8Array, sealing: Sealing): Uint8Array {
  const cipher = createCipheriv("aes-256-gcm", sealing.material, nonce);
  cipher.setAAD(authenticated(sealing.context));
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const keyId = Buffer.from(sealing.keyId);
  return Buffer.concat([Buffer.from([version, keyId.length]), keyId, nonce, cipher.getAuthTag(), body]);
}

/** The id of the key a ciphertext was made with, or undefined when it is none of ours. */
export function keyIdOf(ciphertext: Uint8Array): string | undefined {
  const length = ciphertext[1] ?? 0;
  if (ciphertext[0] !== version || ciphertext.length < 2 + length + 28) return undefined;
  return Buffer.from(ciphertext.subarray(2, 2 + length)).toString();
}

/** The plaintext, or undefined when the ciphertext was changed or the context is another. */
export function open(ciphertext: Uint8Array, sealing: Sealing): Uint8Array | undefined {
  const start = 2 + Buffer.byteLength(sealing.keyId);
  const decipher = createDecipheriv("aes-256-gcm", sealing.material, ciphertext.subarray(start, start + 12));
  decipher.setAAD(authenticated(sealing.context));
  decipher.setAuthTag(ciphertext.subarray(start + 12, start + 28));
  try {
    return Buffer.concat([decipher.update(ciphertext.subarray(start + 28)), decipher.final()]);
  } catch {
    return undefined;
  }
}
