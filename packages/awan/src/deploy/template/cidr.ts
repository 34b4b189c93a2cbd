/** `Fn::Cidr`: consecutive blocks of a given size inside an address block, for IPv4 and IPv6. */
import { validationError } from "./value.ts";

/** `count` blocks (1–256) with `hostBits` host bits each, as AWS orders them. */
export function cidrBlocks(block: string, count: number, hostBits = block.includes(":") ? 64 : 8): string[] {
  const [address, length] = block.split("/") as [string, string | undefined];
  const six = address.includes(":");
  const size = six ? 128 : 32;
  const prefix = size - hostBits;
  if (length === undefined || !Number.isInteger(count) || count < 1 || count > 256) {
    throw validationError(
      "Template error: every Fn::Cidr object requires an ipBlock, a count (1 to 256) and cidrBits",
    );
  }
  const base = six ? parseSix(address) : parseFour(address);
  const mask = (1n << BigInt(size - Number(length))) - 1n;
  const start = base & ~mask;
  const step = 1n << BigInt(hostBits);
  if (prefix < Number(length) || BigInt(count) * step > mask + 1n) {
    throw validationError("Template error: Fn::Cidr: the ipBlock is too small for the blocks asked for");
  }
  return Array.from({ length: count }, (_, i) => {
    const value = start + step * BigInt(i);
    return `${six ? formatSix(value) : formatFour(value)}/${prefix}`;
  });
}

const parseFour = (text: string): bigint =>
  text.split(".").reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);

const formatFour = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join(".");

function parseSix(text: string): bigint {
  const [head, tail] = text.split("::") as [string, string | undefined];
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const middle = Array.from({ length: 8 - front.length - back.length }, () => "0");
  return [...front, ...middle, ...back].reduce((sum, part) => (sum << 16n) + BigInt(`0x${part}`), 0n);
}

function formatSix(value: bigint): string {
  const parts = Array.from({ length: 8 }, (_, i) =>
    ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16),
  ).join(":");
  return parts.replace(/\b0(:0)+\b/, ":").replace(/:{3,}/, "::");
}
