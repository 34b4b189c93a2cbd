/**
 * Keys that sort as their parts sort: FoundationDB's tuple encoding, restated in `docs/tuple.md` byte by byte with test
 * vectors. A packed key is a JavaScript string with one character (0–255) per byte, because engines compare strings
 * faster than buffers and `<` on such strings is exactly the comparison of the bytes.
 */
export type TuplePart = string | number | bigint | boolean | null | Uint8Array;

const nullCode = "\x00";
const bytesCode = "\x01";
const textCode = "\x02";
const integerZeroCode = 0x14;
const doubleCode = "\x21";
const falseCode = "\x26";
const trueCode = "\x27";

// eslint-disable-next-line no-control-regex -- NUL is what must be escaped
const plainText = /^[\x01-\x7f]*$/;
const scratch = new DataView(new ArrayBuffer(8));

/** Packs `parts` so that the order of packed keys is the order of tuples: null < bytes < text < numbers < booleans. */
export function packTuple(parts: readonly TuplePart[]): string {
  let packed = "";
  for (const part of parts) packed += packPart(part);
  return packed;
}

function packPart(part: TuplePart): string {
  switch (typeof part) {
    case "string":
      return plainText.test(part)
        ? `${textCode}${part}\0`
        : `${textCode}${escapeNul(Buffer.from(part, "utf8").toString("latin1"))}\0`;
    case "number":
      return Number.isSafeInteger(part) && !Object.is(part, -0) ? packInteger(part) : packDouble(part);
    case "bigint":
      return packBigint(part);
    case "boolean":
      return part ? trueCode : falseCode;
    default:
      return part === null ? nullCode : `${bytesCode}${escapeNul(Buffer.from(part).toString("latin1"))}\0`;
  }
}

const escapeNul = (latin1: string): string =>
  latin1.includes("\0") ? latin1.replaceAll("\0", "\0\xff") : latin1;

/** The shortest big-endian form; its length is in the type code, so longer positive numbers sort later. */
function packInteger(value: number): string {
  if (value === 0) return String.fromCharCode(integerZeroCode);
  const magnitude = Math.abs(value);
  let digits = "";
  for (let rest = magnitude; rest > 0; rest = Math.floor(rest / 256)) {
    const digit = rest % 256;
    digits = String.fromCharCode(value > 0 ? digit : 255 - digit) + digits;
  }
  const code = value > 0 ? integerZeroCode + digits.length : integerZeroCode - digits.length;
  return String.fromCharCode(code) + digits;
}

function packBigint(value: bigint): string {
  if (value === 0n) return String.fromCharCode(integerZeroCode);
  let digits = "";
  for (let rest = value > 0n ? value : -value; rest > 0n; rest >>= 8n) {
    const digit = Number(rest & 0xffn);
    digits = String.fromCharCode(value > 0n ? digit : 255 - digit) + digits;
  }
  if (digits.length > 8)
    throw new RangeError(`an integer of more than 8 bytes cannot be a key part: ${value}`);
  const code = value > 0n ? integerZeroCode + digits.length : integerZeroCode - digits.length;
  return String.fromCharCode(code) + digits;
}

/** IEEE 754 with the sign bit flipped, or all bits of negative numbers, so that bytes sort as numbers do. */
function packDouble(value: number): string {
  scratch.setFloat64(0, value);
  const negative = (scratch.getUint8(0) & 0x80) !== 0;
  let packed = doubleCode;
  for (let i = 0; i < 8; i += 1) {
    const byte = scratch.getUint8(i);
    packed += String.fromCharCode(negative ? 255 - byte : i === 0 ? byte | 0x80 : byte);
  }
  return packed;
}

/** The tuple that was packed. Integers beyond 2^53 come back as bigint. */
export function unpackTuple(packed: string, start = 0): TuplePart[] {
  const parts: TuplePart[] = [];
  let at = start;
  while (at < packed.length) {
    const code = packed.charCodeAt(at);
    at += 1;
    if (code === 0x00) parts.push(null);
    else if (code === 0x26) parts.push(false);
    else if (code === 0x27) parts.push(true);
    else if (code === 0x01 || code === 0x02) {
      const end = terminatorFrom(packed, at);
      const raw = Buffer.from(packed.slice(at, end).replaceAll("\0\xff", "\0"), "latin1");
      parts.push(code === 0x01 ? new Uint8Array(raw) : raw.toString("utf8"));
      at = end + 1;
    } else if (code === 0x21) {
      parts.push(unpackDouble(packed, at));
      at += 8;
    } else if (code >= 0x0c && code <= 0x1c) {
      const length = Math.abs(code - integerZeroCode);
      parts.push(unpackInteger(packed, at, code - integerZeroCode));
      at += length;
    } else throw new RangeError(`not a packed tuple: type code ${code} at ${at - 1}`);
  }
  return parts;
}

function terminatorFrom(packed: string, from: number): number {
  let end = packed.indexOf("\0", from);
  while (end !== -1 && packed.charCodeAt(end + 1) === 0xff) end = packed.indexOf("\0", end + 2);
  if (end === -1) throw new RangeError("not a packed tuple: text without an end");
  return end;
}

function unpackInteger(packed: string, at: number, signedLength: number): number | bigint {
  const length = Math.abs(signedLength);
  let value = 0n;
  for (let i = 0; i < length; i += 1) {
    const byte = packed.charCodeAt(at + i);
    value = value * 256n + BigInt(signedLength < 0 ? 255 - byte : byte);
  }
  if (signedLength < 0) value = -value;
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

function unpackDouble(packed: string, at: number): number {
  const negative = (packed.charCodeAt(at) & 0x80) === 0;
  for (let i = 0; i < 8; i += 1) {
    const byte = packed.charCodeAt(at + i);
    scratch.setUint8(i, negative ? 255 - byte : i === 0 ? byte & 0x7f : byte);
  }
  return scratch.getFloat64(0);
}

/** The first key after every key that starts with `prefix`: no tuple's type code is 0xff. */
export const afterPrefix = (prefix: string): string => `${prefix}\xff`;
