/**
 * CRC-32, CRC-32C and CRC-64/NVME, table-driven eight bytes at a time, and the arithmetic that joins the CRCs of two
 * pieces into the CRC of their concatenation (multiplication by x^(8n) modulo the polynomial, bit-reflected).
 */
import { crc32 } from "node:zlib";

const crc32cPolynomial = 0x82f63b78;
const crc64HighPolynomial = 0x9a6c9329;
const crc64LowPolynomial = 0xac4bc9b5;

let crc32cTables: Uint32Array | undefined;
let crc64Tables: { readonly high: Uint32Array; readonly low: Uint32Array } | undefined;

/** Table k holds the effect of a byte that k zero bytes follow; all eight lie one behind the other. */
function makeCrc32cTables(): Uint32Array {
  const tables = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ crc32cPolynomial : crc >>> 1;
    tables[byte] = crc;
  }
  for (let at = 256; at < tables.length; at += 1) {
    const before = tables[at - 256] as number;
    tables[at] = (before >>> 8) ^ (tables[before & 0xff] as number);
  }
  return tables;
}

function makeCrc64Tables(): { readonly high: Uint32Array; readonly low: Uint32Array } {
  const high = new Uint32Array(8 * 256);
  const low = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let h = 0;
    let l = byte;
    for (let bit = 0; bit < 8; bit += 1) {
      const odd = l & 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (odd === 1) {
        h ^= crc64HighPolynomial;
        l ^= crc64LowPolynomial;
      }
    }
    high[byte] = h;
    low[byte] = l;
  }
  for (let at = 256; at < high.length; at += 1) {
    const h = high[at - 256] as number;
    const l = low[at - 256] as number;
    high[at] = (h >>> 8) ^ (high[l & 0xff] as number);
    low[at] = ((l >>> 8) | (h << 24)) ^ (low[l & 0xff] as number);
  }
  return { high, low };
}

/** A running checksum of at most 64 bits. */
export interface Crc {
  update(chunk: Uint8Array): void;
  /** Big-endian. */
  digest(): Uint8Array;
}

export function createCrc32(): Crc {
  let crc = 0;
  return {
    update: (chunk) => {
      crc = crc32(chunk, crc);
    },
    digest: () => bigEndian(crc >>> 0),
  };
}

export function createCrc32c(): Crc {
  const t = (crc32cTables ??= makeCrc32cTables());
  let state = -1;
  return {
    update: (chunk) => {
      let crc = state;
      let at = 0;
      const whole = chunk.length - (chunk.length % 8);
      for (; at < whole; at += 8) {
        crc ^=
          (chunk[at] as number) |
          ((chunk[at + 1] as number) << 8) |
          ((chunk[at + 2] as number) << 16) |
          ((chunk[at + 3] as number) << 24);
        crc =
          (t[1792 + (crc & 0xff)] as number) ^
          (t[1536 + ((crc >>> 8) & 0xff)] as number) ^
          (t[1280 + ((crc >>> 16) & 0xff)] as number) ^
          (t[1024 + (crc >>> 24)] as number) ^
          (t[768 + (chunk[at + 4] as number)] as number) ^
          (t[512 + (chunk[at + 5] as number)] as number) ^
          (t[256 + (chunk[at + 6] as number)] as number) ^
          (t[chunk[at + 7] as number] as number);
      }
      for (; at < chunk.length; at += 1)
        crc = (crc >>> 8) ^ (t[(crc ^ (chunk[at] as number)) & 0xff] as number);
      state = crc;
    },
    digest: () => bigEndian(~state >>> 0),
  };
}

export function createCrc64(): Crc {
  const { high, low } = (crc64Tables ??= makeCrc64Tables());
  let stateHigh = -1;
  let stateLow = -1;
  return {
    update: (chunk) => {
      let h = stateHigh;
      let l = stateLow;
      let at = 0;
      const whole = chunk.length - (chunk.length % 8);
      for (; at < whole; at += 8) {
        l ^=
          (chunk[at] as number) |
          ((chunk[at + 1] as number) << 8) |
          ((chunk[at + 2] as number) << 16) |
          ((chunk[at + 3] as number) << 24);
        h ^=
          (chunk[at + 4] as number) |
          ((chunk[at + 5] as number) << 8) |
          ((chunk[at + 6] as number) << 16) |
          ((chunk[at + 7] as number) << 24);
        const a = 1792 + (l & 0xff);
        const b = 1536 + ((l >>> 8) & 0xff);
        const c = 1280 + ((l >>> 16) & 0xff);
        const d = 1024 + (l >>> 24);
        const e = 768 + (h & 0xff);
        const f = 512 + ((h >>> 8) & 0xff);
        const g = 256 + ((h >>> 16) & 0xff);
        const i = h >>> 24;
        h =
          (high[a] as number) ^
          (high[b] as number) ^
          (high[c] as number) ^
          (high[d] as number) ^
          (high[e] as number) ^
          (high[f] as number) ^
          (high[g] as number) ^
          (high[i] as number);
        l =
          (low[a] as number) ^
          (low[b] as number) ^
          (low[c] as number) ^
          (low[d] as number) ^
          (low[e] as number) ^
          (low[f] as number) ^
          (low[g] as number) ^
          (low[i] as number);
      }
      for (; at < chunk.length; at += 1) {
        const index = (l ^ (chunk[at] as number)) & 0xff;
        l = ((l >>> 8) | (h << 24)) ^ (low[index] as number);
        h = (h >>> 8) ^ (high[index] as number);
      }
      stateHigh = h;
      stateLow = l;
    },
    digest: () => {
      const bytes = new Uint8Array(8);
      bytes.set(bigEndian(~stateHigh >>> 0));
      bytes.set(bigEndian(~stateLow >>> 0), 4);
      return bytes;
    },
  };
}

function bigEndian(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

interface Field {
  readonly widthBits: bigint;
  readonly polynomial: bigint;
}

const fields = {
  CRC32: { widthBits: 32n, polynomial: 0xedb88320n },
  CRC32C: { widthBits: 32n, polynomial: 0x82f63b78n },
  CRC64NVME: { widthBits: 64n, polynomial: 0x9a6c9329ac4bc9b5n },
} as const satisfies Record<string, Field>;

export type CrcName = keyof typeof fields;

function multiply(field: Field, a: bigint, b: bigint): bigint {
  let product = 0n;
  let factor = b;
  for (let bit = field.widthBits - 1n; bit >= 0n; bit -= 1n) {
    if ((a >> bit) & 1n) product ^= factor;
    factor = factor & 1n ? (factor >> 1n) ^ field.polynomial : factor >> 1n;
  }
  return product;
}

/** x^(8 * lengthBytes), reflected: the highest bit stands for x^0. */
function shiftFactor(field: Field, lengthBytes: number): bigint {
  let result = 1n << (field.widthBits - 1n);
  let square = 1n << (field.widthBits - 2n);
  for (let exponent = BigInt(lengthBytes) * 8n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = multiply(field, result, square);
    square = multiply(field, square, square);
  }
  return result;
}

/** The CRC (big-endian) of pieces joined, from each piece's CRC and length. */
export function joinCrcs(
  name: CrcName,
  pieces: readonly { readonly crc: Uint8Array; readonly sizeBytes: number }[],
): Uint8Array {
  const field = fields[name];
  const factors = new Map<number, bigint>();
  let joined = 0n;
  for (const { crc, sizeBytes } of pieces) {
    let factor = factors.get(sizeBytes);
    if (factor === undefined) {
      factor = shiftFactor(field, sizeBytes);
      factors.set(sizeBytes, factor);
    }
    joined = multiply(field, factor, joined) ^ BigInt(`0x${Buffer.from(crc).toString("hex")}`);
  }
  return Buffer.from(joined.toString(16).padStart(Number(field.widthBits) / 4, "0"), "hex");
}
