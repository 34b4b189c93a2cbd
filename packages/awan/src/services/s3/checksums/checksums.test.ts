/** Checksums against published check values, and joined CRCs against the CRC of the whole. */
import { expect, test } from "vitest";
import { type Algorithm, createChecksum, joinChecksums } from "./checksums.ts";

const checksumOf = (algorithm: Algorithm, bytes: Uint8Array): Buffer => {
  const checksum = createChecksum(algorithm);
  for (let at = 0; at < bytes.length; at += 13) checksum.update(bytes.subarray(at, at + 13));
  return Buffer.from(checksum.digest());
};

test.each([
  ["CRC32", "cbf43926"],
  ["CRC32C", "e3069283"],
  ["CRC64NVME", "ae8b14860a799888"],
] as const)("the check value of %s", (algorithm, value) => {
  expect(checksumOf(algorithm, Buffer.from("123456789")).toString("hex")).toBe(value);
});

test.each(["CRC32", "CRC32C", "CRC64NVME"] as const)("joined parts have the whole's %s", (algorithm) => {
  const whole = Uint8Array.from({ length: 10_000 }, (_, i) => (i * 7919) >> 3);
  const cuts = [0, 5, 5, 4096, 9999, 10_000];
  const parts = cuts.slice(1).map((end, i) => whole.subarray(cuts[i], end));
  const joined = joinChecksums(
    algorithm,
    "FULL_OBJECT",
    parts.map((part) => ({ value: checksumOf(algorithm, part).toString("base64"), sizeBytes: part.length })),
  );
  const once = createChecksum(algorithm);
  once.update(whole);
  expect(joined.value).toBe(Buffer.from(once.digest()).toString("base64"));
});
