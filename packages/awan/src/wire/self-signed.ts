/**
 * A certificate made on this machine for the names under which Awan is reached, so that TLS works without a download or
 * a dependency. It is an X.509 v3 certificate in DER, written by hand: a dozen nested tag-length-value records.
 */
import { X509Certificate, createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { secretBytes } from "../kernel/system-secrets.ts";

export interface Certificate {
  /** PEM. */
  readonly key: string;
  /** PEM. */
  readonly cert: string;
}

const dnsNames = [
  "localhost",
  "*.localhost",
  "*.s3.localhost",
  "*.execute-api.localhost",
  "*.amazonaws.com",
  "*.s3.amazonaws.com",
  "localhost.localstack.cloud",
  "*.localhost.localstack.cloud",
  "*.s3.localhost.localstack.cloud",
  "*.execute-api.localhost.localstack.cloud",
  "*.lambda-url.us-east-1.localhost.localstack.cloud",
];
const ipAddresses: readonly (readonly number[])[] = [
  [127, 0, 0, 1],
  [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
];

const dayMs = 86_400_000;
/** Apple's limit for certificates a user trusts is 825 days. */
const validDays = 820;
const renewBeforeDays = 30;

/** The certificate kept in `directory` (as `tls.pem` and `tls-key.pem`), made anew when there is none or it runs out. */
export function loadCertificate({ directory, nowMs }: { directory?: string; nowMs: number }): Certificate {
  if (directory === undefined) return makeCertificate(nowMs);
  const certPath = join(directory, "tls.pem");
  const keyPath = join(directory, "tls-key.pem");
  const kept = readKept(certPath, keyPath, nowMs);
  if (kept !== undefined) return kept;
  const made = makeCertificate(nowMs);
  mkdirSync(directory, { recursive: true });
  writeFileSync(keyPath, made.key, { mode: 0o600 });
  writeFileSync(certPath, made.cert);
  return made;
}

function readKept(certPath: string, keyPath: string, nowMs: number): Certificate | undefined {
  try {
    const kept = { key: readFileSync(keyPath, "utf8"), cert: readFileSync(certPath, "utf8") };
    const parsed = new X509Certificate(kept.cert);
    const fresh = Date.parse(parsed.validTo) - nowMs > renewBeforeDays * dayMs;
    return fresh && parsed.checkPrivateKey(createPrivateKey(kept.key)) ? kept : undefined;
  } catch {
    // Absent, torn or unreadable: a new one does as well.
    return undefined;
  }
}

export function makeCertificate(nowMs: number): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(oid("1.2.840.10045.4.3.2")); // ecdsa-with-SHA256
  const name = sequence(
    set(sequence(oid("2.5.4.10"), utf8("Awan"))),
    set(sequence(oid("2.5.4.3"), utf8("localhost"))),
  );
  const serial = secretBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40; // positive, and no leading zero octet
  const toBeSigned = sequence(
    tagged(0xa0, integer([2])), // v3
    integer(serial),
    algorithm,
    name,
    sequence(time(nowMs - dayMs), time(nowMs + validDays * dayMs)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    tagged(0xa3, sequence(...extensions())),
  );
  const signature = sign("sha256", toBeSigned, privateKey);
  const der = sequence(toBeSigned, algorithm, bitString(signature));
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    cert: pem("CERTIFICATE", der),
  };
}

function extensions(): Uint8Array[] {
  const names = [
    ...dnsNames.map((dns) => tagged(0x82, Buffer.from(dns, "latin1"))),
    ...ipAddresses.map((address) => tagged(0x87, Uint8Array.from(address))),
  ];
  const critical = tagged(0x01, Uint8Array.of(0xff));
  return [
    sequence(oid("2.5.29.19"), critical, octets(sequence())), // basicConstraints: not a CA
    sequence(oid("2.5.29.15"), critical, octets(bitString(Uint8Array.of(0x80), 7))), // keyUsage: digitalSignature
    sequence(oid("2.5.29.37"), octets(sequence(oid("1.3.6.1.5.5.7.3.1")))), // extKeyUsage: serverAuth
    sequence(oid("2.5.29.17"), octets(sequence(...names))), // subjectAltName
  ];
}

function tagged(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents);
  const { length } = content;
  let header = [tag, length];
  if (length > 0xffff) header = [tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  else if (length > 0xff) header = [tag, 0x82, length >> 8, length & 0xff];
  else if (length > 0x7f) header = [tag, 0x81, length];
  return Buffer.concat([Uint8Array.from(header), content]);
}

const sequence = (...contents: readonly Uint8Array[]): Uint8Array => tagged(0x30, ...contents);
const set = (...contents: readonly Uint8Array[]): Uint8Array => tagged(0x31, ...contents);
const octets = (content: Uint8Array): Uint8Array => tagged(0x04, content);
const utf8 = (text: string): Uint8Array => tagged(0x0c, Buffer.from(text, "utf8"));
const integer = (bytes: ArrayLike<number>): Uint8Array => tagged(0x02, Uint8Array.from(bytes));

function bitString(bytes: Uint8Array, unusedBits = 0): Uint8Array {
  return tagged(0x03, Uint8Array.of(unusedBits), bytes);
}

/** UTCTime, as X.509 demands before 2050; GeneralizedTime from then on. */
function time(atMs: number): Uint8Array {
  const digits = new Date(atMs).toISOString().replaceAll(/\D/g, "").slice(0, 14);
  const year = Number(digits.slice(0, 4));
  return year < 2050
    ? tagged(0x17, Buffer.from(`${digits.slice(2)}Z`, "latin1"))
    : tagged(0x18, Buffer.from(`${digits}Z`, "latin1"));
}

function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tagged(0x06, Uint8Array.from(bytes));
}

function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
