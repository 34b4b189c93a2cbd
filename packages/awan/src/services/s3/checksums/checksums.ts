/**
 * The checksums S3 keeps beside an object: by name, how each is computed, which header and trailer carries it, and
 * what becomes of the parts' checksums when a multipart upload is completed.
 */
import { createHash } from "node:crypto";
import { type CrcName, createCrc32, createCrc32c, createCrc64, joinCrcs } from "./crc.ts";

export const algorithms = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256", "SHA512", "MD5"] as const;
export type Algorithm = (typeof algorithms)[number];
export type ChecksumKind = "FULL_OBJECT" | "COMPOSITE";

/** A checksum as it is stored and answered: base64, with `-N` for composites of N parts. */
export interface Checksum {
  readonly algorithm: Algorithm;
  readonly value: string;
  readonly type: ChecksumKind;
}

export type ChecksumMember = `Checksum${Algorithm}`;
export type ChecksumMembers = { readonly [Member in ChecksumMember]?: string | undefined };

export interface RunningChecksum {
  update(chunk: Uint8Array): void;
  digest(): Uint8Array;
}

const digestSizesBytes: Record<Algorithm, number> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
  SHA512: 64,
  MD5: 16,
};

export function isAlgorithm(name: string | undefined): name is Algorithm {
  return name !== undefined && (algorithms as readonly string[]).includes(name);
}

export function createChecksum(algorithm: Algorithm): RunningChecksum {
  switch (algorithm) {
    case "CRC32":
      return createCrc32();
    case "CRC32C":
      return createCrc32c();
    case "CRC64NVME":
      return createCrc64();
    default: {
      const hash = createHash(algorithm.toLowerCase());
      return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest() };
    }
  }
}

export const isCrc = (algorithm: Algorithm): algorithm is CrcName => algorithm.startsWith("CRC");

/** Whether `value` is base64 of as many bytes as the algorithm's digest has. */
export function isDigest(algorithm: Algorithm, value: string): boolean {
  const bytes = Buffer.from(value, "base64");
  return bytes.length === digestSizesBytes[algorithm] && bytes.toString("base64") === value;
}

export const headerOf = (algorithm: Algorithm): string => `x-amz-checksum-${algorithm.toLowerCase()}`;

export function algorithmOfHeader(header: string): Algorithm | undefined {
  return algorithms.find((algorithm) => headerOf(algorithm) === header);
}

/** The checksums among an input's members. */
export function givenChecksums(input: ChecksumMembers): [Algorithm, string][] {
  const given: [Algorithm, string][] = [];
  for (const algorithm of algorithms) {
    const value = input[`Checksum${algorithm}`];
    if (value !== undefined) given.push([algorithm, value]);
  }
  return given;
}

/** The output members that tell a checksum, with its type. */
export function checksumMembers(
  checksum: Checksum | null,
): ChecksumMembers & { readonly ChecksumType?: ChecksumKind } {
  if (checksum === null) return {};
  return { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type };
}

/** The kind a multipart upload gets when it asks for none. */
export function defaultKind(algorithm: Algorithm): ChecksumKind {
  return algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE";
}

/** Whether S3 offers `kind` for multipart uploads with this algorithm. */
export function offersKind(algorithm: Algorithm, kind: ChecksumKind): boolean {
  return kind === "FULL_OBJECT" ? isCrc(algorithm) : algorithm !== "CRC64NVME";
}

/** The checksum of a completed upload, from its parts' checksums in order. */
export function joinChecksums(
  algorithm: Algorithm,
  kind: ChecksumKind,
  parts: readonly { readonly value: string; readonly sizeBytes: number }[],
): Checksum {
  const digests = parts.map((part) => ({
    crc: Buffer.from(part.value, "base64"),
    sizeBytes: part.sizeBytes,
  }));
  if (kind === "FULL_OBJECT" && isCrc(algorithm)) {
    return { algorithm, type: kind, value: Buffer.from(joinCrcs(algorithm, digests)).toString("base64") };
  }
  const whole = createChecksum(algorithm);
  for (const { crc } of digests) whole.update(crc);
  return {
    algorithm,
    type: kind,
    value: `${Buffer.from(whole.digest()).toString("base64")}-${parts.length}`,
  };
}
