/** Hash keys: numbers below 2^128, decimal on the wire, 32 hexadecimal digits in rows, where text order is theirs. */
import { hash } from "node:crypto";

const keySpace = 1n << 128n;
export const lastHash = "f".repeat(32);

export const hexOf = (key: bigint): string => key.toString(16).padStart(32, "0");
export const numberOf = (hex: string): bigint => BigInt(`0x${hex}`);
export const decimalOf = (hex: string): string => numberOf(hex).toString();

export const hashOfPartitionKey = (partitionKey: string): string => hash("md5", partitionKey, "hex");

/** Undefined when the number is too large for a hash key. */
export function hexOfDecimal(decimal: string): string | undefined {
  const key = BigInt(decimal);
  return key < keySpace ? hexOf(key) : undefined;
}

/** The last hash of each of `count` equal ranges. */
export function equalRanges(count: number): string[] {
  const width = keySpace / BigInt(count);
  return Array.from({ length: count }, (_, at) =>
    at === count - 1 ? lastHash : hexOf(width * BigInt(at + 1) - 1n),
  );
}

export const hashAfter = (hex: string): string => hexOf(numberOf(hex) + 1n);
export const hashBefore = (hex: string): string => hexOf(numberOf(hex) - 1n);
