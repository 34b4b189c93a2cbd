/**
 * Access key ids carry their account, as on AWS: after the four letters of the kind come 80 bits in base32, and bits 1
 * to 40 of them are the account's number. So `GetAccessKeyInfo` needs no store, and neither does finding an account.
 */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** `AKIA` for users' keys, `ASIA` for temporary ones. */
export type KeyKind = "AKIA" | "ASIA";

/** A key of the account; `random` supplies the rest (numbers below its argument). */
export function makeAccessKeyId(kind: KeyKind, accountId: string, random: (limit: number) => number): string {
  let bits = (1n << 79n) | (BigInt(accountId) << 39n);
  bits |= BigInt(random(2 ** 7)) << 32n;
  bits |= BigInt(random(2 ** 32));
  let text = "";
  for (let shift = 75n; shift >= 0n; shift -= 5n) text += alphabet.charAt(Number((bits >> shift) & 31n));
  return kind + text;
}

/** The account an access key belongs to, or undefined when the text is no key. A 12-digit key is the account itself. */
export function accountOfKey(accessKeyId: string): string | undefined {
  if (/^\d{12}$/.test(accessKeyId)) return accessKeyId;
  if (!/^A[A-Z0-9]{3}[A-Z2-7]{16}$/.test(accessKeyId)) return undefined;
  let bits = 0n;
  for (const character of accessKeyId.slice(4)) bits = (bits << 5n) | BigInt(alphabet.indexOf(character));
  const accountId = (bits >> 39n) & ((1n << 40n) - 1n);
  const text = accountId.toString().padStart(12, "0");
  return text.length === 12 ? text : undefined;
}
