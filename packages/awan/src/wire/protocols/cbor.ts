/**
 * CBOR (RFC 8949) to plain values and back: maps become objects, byte strings Uint8Arrays, tag 1 a Date. What the values
 * mean is the codecs' business.
 */
import { serializationError } from "./scalars.ts";
import { setField } from "./codec.ts";

const breakByte = 0xff;
const depthMax = 512;

function halfFloat(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * 2 ** -14 * (fraction / 1024);
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;
  #depth = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  item(): unknown {
    if (this.#depth > depthMax) throw serializationError("CBOR is nested too deeply");
    this.#depth += 1;
    const initial = this.#bytes.readUInt8(this.#at);
    this.#at += 1;
    const value = this.#value(initial >> 5, initial & 31);
    this.#depth -= 1;
    return value;
  }

  #value(major: number, info: number): unknown {
    if (info === 31 && major >= 2 && major <= 5) return this.#indefinite(major);
    switch (major) {
      case 0:
        return this.#argument(info);
      case 1: {
        const argument = this.#argument(info);
        return typeof argument === "bigint" ? -1n - argument : -1 - argument;
      }
      case 2:
        return this.#take(Number(this.#argument(info)));
      case 3:
        return this.#take(Number(this.#argument(info))).toString("utf8");
      case 4:
        return Array.from({ length: this.#count(info) }, () => this.item());
      case 5: {
        const fields: Record<string, unknown> = {};
        const count = this.#count(info);
        for (let i = 0; i < count; i += 1) setField(fields, String(this.item()), this.item());
        return fields;
      }
      case 6:
        return this.#tagged(this.#argument(info));
      default:
        return this.#simple(info);
    }
  }

  #tagged(tag: number | bigint): unknown {
    const value = this.item();
    if (tag === 1) return new Date(Number(value) * 1000);
    if ((tag === 2 || tag === 3) && value instanceof Uint8Array) {
      const magnitude = BigInt(`0x0${Buffer.from(value).toString("hex")}`);
      return tag === 2 ? magnitude : -1n - magnitude;
    }
    return value;
  }

  #simple(info: number): unknown {
    switch (info) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
      case 23:
        return null;
      case 25:
        this.#at += 2;
        return halfFloat(this.#bytes.readUInt16BE(this.#at - 2));
      case 26:
        this.#at += 4;
        return this.#bytes.readFloatBE(this.#at - 4);
      case 27:
        this.#at += 8;
        return this.#bytes.readDoubleBE(this.#at - 8);
      default:
        throw serializationError("Unknown CBOR simple value");
    }
  }

  #argument(info: number): number | bigint {
    if (info < 24) return info;
    switch (info) {
      case 24:
        this.#at += 1;
        return this.#bytes.readUInt8(this.#at - 1);
      case 25:
        this.#at += 2;
        return this.#bytes.readUInt16BE(this.#at - 2);
      case 26:
        this.#at += 4;
        return this.#bytes.readUInt32BE(this.#at - 4);
      case 27: {
        this.#at += 8;
        const value = this.#bytes.readBigUInt64BE(this.#at - 8);
        return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
      }
      default:
        throw serializationError("Malformed CBOR");
    }
  }

  /** A number of items to follow; every item takes at least a byte, so more than that is a lie. */
  #count(info: number): number {
    const count = Number(this.#argument(info));
    if (count > this.#bytes.length - this.#at) throw serializationError("Unexpected end of CBOR");
    return count;
  }

  #take(length: number): Buffer {
    if (length > this.#bytes.length - this.#at) throw serializationError("Unexpected end of CBOR");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #indefinite(major: number): unknown {
    const items: unknown[] = [];
    const fields: Record<string, unknown> = {};
    while (this.#bytes.readUInt8(this.#at) !== breakByte) {
      if (major === 5) setField(fields, String(this.item()), this.item());
      else items.push(this.item());
    }
    this.#at += 1;
    if (major === 2) return Buffer.concat(items as Uint8Array[]);
    if (major === 3) return items.join("");
    return major === 4 ? items : fields;
  }
}

/** Throws a SerializationException for malformed bytes. */
export function decodeCbor(bytes: Uint8Array): unknown {
  try {
    return new Reader(bytes).item();
  } catch (error) {
    if (error instanceof RangeError) throw serializationError("Unexpected end of CBOR");
    throw error;
  }
}

class Writer {
  #buffer = Buffer.allocUnsafe(1024);
  #length = 0;

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  put(value: unknown): void {
    switch (typeof value) {
      case "string":
        return this.#text(value);
      case "number":
        return this.#number(value);
      case "boolean":
        return this.#byte(value ? 0xf5 : 0xf4);
      case "bigint":
        return this.#bigInteger(value);
      case "object":
        return value === null ? this.#byte(0xf6) : this.#object(value);
      default:
        return this.#byte(0xf6);
    }
  }

  #object(value: object): void {
    if (value instanceof Date) {
      this.#byte(0xc1);
      this.put(value.getTime() / 1000);
    } else if (value instanceof Uint8Array) {
      this.#head(2, value.byteLength);
      this.#reserve(value.byteLength);
      this.#buffer.set(value, this.#length);
      this.#length += value.byteLength;
    } else if (Array.isArray(value)) {
      this.#head(4, value.length);
      for (const item of value) this.put(item);
    } else {
      const entries = Object.entries(value).filter(([, field]) => field !== undefined);
      this.#head(5, entries.length);
      for (const [key, field] of entries) {
        this.#text(key);
        this.put(field);
      }
    }
  }

  #text(text: string): void {
    const length = Buffer.byteLength(text);
    this.#head(3, length);
    this.#reserve(length);
    this.#length += this.#buffer.write(text, this.#length);
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
      if (value >= 0) this.#head(0, value);
      else this.#head(1, -1 - value);
      return;
    }
    this.#reserve(9);
    this.#buffer[this.#length] = 0xfb;
    this.#length = this.#buffer.writeDoubleBE(value, this.#length + 1);
  }

  #bigInteger(value: bigint): void {
    const magnitude = value >= 0n ? value : -1n - value;
    if (magnitude <= 0xffff_ffff_ffff_ffffn) return this.#head(value >= 0n ? 0 : 1, magnitude);
    const hex = magnitude.toString(16);
    this.#byte(value >= 0n ? 0xc2 : 0xc3);
    return this.#object(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex"));
  }

  #head(major: number, argument: number | bigint): void {
    this.#reserve(9);
    const buffer = this.#buffer;
    const first = major << 5;
    if (argument < 24) buffer[this.#length++] = first | Number(argument);
    else if (argument < 0x100) {
      buffer[this.#length++] = first | 24;
      buffer[this.#length++] = Number(argument);
    } else if (argument < 0x1_0000) {
      buffer[this.#length++] = first | 25;
      this.#length = buffer.writeUInt16BE(Number(argument), this.#length);
    } else if (argument < 0x1_0000_0000) {
      buffer[this.#length++] = first | 26;
      this.#length = buffer.writeUInt32BE(Number(argument), this.#length);
    } else {
      buffer[this.#length++] = first | 27;
      this.#length = buffer.writeBigUInt64BE(BigInt(argument), this.#length);
    }
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length] = value;
    this.#length += 1;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, needed));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

export function encodeCbor(value: unknown): Uint8Array {
  const writer = new Writer();
  writer.put(value);
  return writer.bytes();
}
