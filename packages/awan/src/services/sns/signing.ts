/**
 * The signature every notification carries and the certificate it verifies with. The key is the same in every Awan and
 * known to everybody: it proves nothing but that verifying code works.
 */
import { createPrivateKey, createSign } from "node:crypto";
import { signingCertificate, signingKey } from "./signing-key.ts";

/** AWS's name for such a file: `SimpleNotificationService-<32 hexadecimal digits>.pem`. */
export const certificatePath = "/SimpleNotificationService-6209c161c6221fdf56ec1eb5c821d112.pem";
export const certificate = signingCertificate;

const privateKey = createPrivateKey(signingKey);

/** The members that are signed, in this order; those that are absent are left out. */
const signedMembers = [
  "Message",
  "MessageId",
  "Subject",
  "SubscribeURL",
  "Timestamp",
  "Token",
  "TopicArn",
  "Type",
];

/** Version 1 signs with SHA-1, version 2 with SHA-256. */
export function signatureOf(members: Readonly<Record<string, string | undefined>>, version: string): string {
  let text = "";
  for (const name of signedMembers) {
    const value = members[name];
    if (value !== undefined) text += `${name}\n${value}\n`;
  }
  return createSign(version === "2" ? "RSA-SHA256" : "RSA-SHA1")
    .update(text)
    .sign(privateKey, "base64");
}
