/** CIDR blocks of IPv4 and IPv6, as filter policies name them. */
import { isIP } from "node:net";

export interface Cidr {
  readonly family: 4 | 6;
  readonly network: bigint;
  readonly bits: number;
}

/** Why a block is refused, in AWS's words. */
export class CidrProblem extends Error {
  override name = "CidrProblem";
}

export function parseCidr(text: string): Cidr {
  const parts = text.split("/");
  if (parts.length !== 2) throw new CidrProblem("Malformed CIDR, one '/' required");
  const [address, mask] = parts as [string, string];
  if (!/^\d+$/.test(mask)) throw new CidrProblem("Malformed CIDR, mask bits must be an integer");
  const parsed = parseAddress(address);
  if (parsed === undefined) throw new CidrProblem(`Nonstandard IP address: ${address}`);
  const bits = Number(mask);
  if (bits > width(parsed.family))
    throw new CidrProblem("Malformed CIDR, mask bits must not be negative or too large");
  return { family: parsed.family, network: parsed.value >> BigInt(width(parsed.family) - bits), bits };
}

export function cidrHolds(cidr: Cidr, text: string): boolean {
  const address = parseAddress(text);
  return (
    address !== undefined &&
    address.family === cidr.family &&
    address.value >> BigInt(width(cidr.family) - cidr.bits) === cidr.network
  );
}

const width = (family: 4 | 6): number => (family === 4 ? 32 : 128);

function parseAddress(text: string): { readonly family: 4 | 6; readonly value: bigint } | undefined {
  switch (isIP(text)) {
    case 4:
      return { family: 4, value: text.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
    case 6:
      return { family: 6, value: ipv6(text) };
    default:
      return undefined;
  }
}

const groups = (part: string): string[] => (part === "" ? [] : part.split(":").flatMap(hexGroups));

function ipv6(text: string): bigint {
  const [head, tail] = text.split("::") as [string, string?];
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const middle = Array.from({ length: 8 - left.length - right.length }, () => "0");
  return [...left, ...middle, ...right].reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

/** The last part of an IPv6 address may be written as IPv4. */
function hexGroups(part: string): string[] {
  if (!part.includes(".")) return [part];
  const [a = 0, b = 0, c = 0, d = 0] = part.split(".").map(Number);
  return [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
}
