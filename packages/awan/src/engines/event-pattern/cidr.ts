/** `cidr`: IPv4 and IPv6 ranges, compared as bytes. */
import { EventPatternError } from "./error.ts";

export function compileCidr(pattern: string): (value: unknown) => boolean {
  const [address, bitsText, ...rest] = pattern.split("/");
  if (address === undefined || bitsText === undefined || rest.length > 0) {
    throw new EventPatternError("Malformed CIDR, one '/' required");
  }
  if (!/^-?\d+$/.test(bitsText)) throw new EventPatternError("Malformed CIDR, mask bits must be an integer");
  const bits = Number(bitsText);
  const bytes = addressBytes(address);
  if (bytes === undefined) throw new EventPatternError(`Nonstandard IP address: ${address}`);
  if (bits < 0) throw new EventPatternError("Malformed CIDR, mask bits must not be negative");
  if (bits > bytes.length * 8) {
    throw new EventPatternError(
      bytes.length === 4 ? "IPv4 mask bits must be < 32" : "IPv6 mask bits must be < 128",
    );
  }
  return (value) => {
    const own = typeof value === "string" ? addressBytes(value) : undefined;
    return own !== undefined && own.length === bytes.length && samePrefix(own, bytes, bits);
  };
}

function samePrefix(a: readonly number[], b: readonly number[], bits: number): boolean {
  const whole = bits >> 3;
  for (let i = 0; i < whole; i += 1) if (a[i] !== b[i]) return false;
  const rest = bits & 7;
  return rest === 0 || (a[whole] as number) >> (8 - rest) === (b[whole] as number) >> (8 - rest);
}

/** 4 or 16 bytes; undefined when `text` is no IP address. */
function addressBytes(text: string): number[] | undefined {
  return text.includes(":") ? ipv6Bytes(text) : ipv4Bytes(text);
}

function ipv4Bytes(text: string): number[] | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.map(Number);
}

function ipv6Bytes(text: string): number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const words = halves.map((half) => (half === "" ? [] : half.split(":")));
  const [head = [], tail = []] = words;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...Array.from({ length: halves.length === 1 ? 0 : missing }, () => "0"), ...tail];
  if (!all.every((word) => /^[0-9a-f]{1,4}$/i.test(word))) return undefined;
  return all.flatMap((word) => [Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 0xff]);
}
