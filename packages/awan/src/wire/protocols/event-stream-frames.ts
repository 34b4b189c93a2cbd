/** `application/vnd.amazon.eventstream` messages: length-prefixed headers and payload with two checksums. */
import type { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { serializationError } from "./scalars.ts";

export type HeaderValue = string | number | bigint | boolean | Date | Uint8Array;

export interface EventMessage {
  readonly headers: Readonly<Record<string, HeaderValue>>;
  readonly payload: Uint8Array;
}

const preludeSize = 12;
const overhead = 16;
const messageSizeMax = 24 * 1024 * 1024;

function sized(type: number, bytes: Uint8Array): Buffer {
  const head = Buffer.from([type, bytes.length >> 8, bytes.length & 0xff]);
  return Buffer.concat([head, bytes]);
}

function headerValue(value: HeaderValue): Buffer {
  if (typeof value === "string") return sized(7, Buffer.from(value));
  if (typeof value === "boolean") return Buffer.from([value ? 0 : 1]);
  if (value instanceof Uint8Array) return sized(6, value);
  if (typeof value === "number" && value >= -0x8000_0000 && value < 0x8000_0000) {
    const bytes = Buffer.alloc(5);
    bytes[0] = 4;
    bytes.writeInt32BE(value, 1);
    return bytes;
  }
  const bytes = Buffer.alloc(9);
  bytes[0] = value instanceof Date ? 8 : 5;
  bytes.writeBigInt64BE(BigInt(value instanceof Date ? value.getTime() : value), 1);
  return bytes;
}

export function encodeMessage({ headers, payload }: EventMessage): Buffer {
  const parts: Uint8Array[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const nameBytes = Buffer.from(name);
    parts.push(Buffer.from([nameBytes.length]), nameBytes, headerValue(value));
  }
  const headerBytes = Buffer.concat(parts);
  const total = overhead + headerBytes.length + payload.length;
  const message = Buffer.alloc(total);
  message.writeUInt32BE(total, 0);
  message.writeUInt32BE(headerBytes.length, 4);
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
  message.set(headerBytes, preludeSize);
  message.set(payload, preludeSize + headerBytes.length);
  message.writeUInt32BE(crc32(message.subarray(0, total - 4)), total - 4);
  return message;
}

/** Sizes of the header types that have a fixed one. */
const fixedSizes: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 };

function readHeaderValue(type: number, bytes: Buffer): HeaderValue {
  switch (type) {
    case 0:
    case 1:
      return type === 0;
    case 2:
      return bytes.readInt8();
    case 3:
      return bytes.readInt16BE();
    case 4:
      return bytes.readInt32BE();
    case 5:
      return bytes.readBigInt64BE();
    case 7:
      return bytes.toString("utf8");
    case 8:
      return new Date(Number(bytes.readBigInt64BE()));
    default:
      return bytes;
  }
}

function readHeaders(bytes: Buffer): Record<string, HeaderValue> {
  const headers: Record<string, HeaderValue> = {};
  let at = 0;
  while (at < bytes.length) {
    const nameEnd = at + 1 + bytes.readUInt8(at);
    const name = bytes.toString("utf8", at + 1, nameEnd);
    const type = bytes.readUInt8(nameEnd);
    let start = nameEnd + 1;
    let size = fixedSizes[type];
    if (size === undefined) {
      size = bytes.readUInt16BE(start);
      start += 2;
    }
    at = start + size;
    headers[name] = readHeaderValue(type, bytes.subarray(start, at));
  }
  return headers;
}

/** One whole message. Throws a SerializationException when it is damaged. */
export function decodeMessage(message: Buffer): EventMessage {
  try {
    const headersEnd = preludeSize + message.readUInt32BE(4);
    const end = message.length - 4;
    const isIntact =
      message.readUInt32BE(0) === message.length &&
      headersEnd <= end &&
      crc32(message.subarray(0, 8)) === message.readUInt32BE(8) &&
      crc32(message.subarray(0, end)) === message.readUInt32BE(end);
    if (!isIntact) throw serializationError("The event stream's checksum does not match");
    return {
      headers: readHeaders(message.subarray(preludeSize, headersEnd)),
      payload: message.subarray(headersEnd, end),
    };
  } catch (error) {
    if (error instanceof RangeError) throw serializationError("The event stream is malformed");
    throw error;
  }
}

/** The messages of a stream, however it is cut into chunks. */
export async function* readMessages(source: Readable | Iterable<Uint8Array>): AsyncGenerator<EventMessage> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    pending = Buffer.concat([pending, chunk as Uint8Array]);
    while (pending.length >= preludeSize) {
      const size = pending.readUInt32BE(0);
      if (size < overhead || size > messageSizeMax) throw serializationError("The event stream is malformed");
      if (pending.length < size) break;
      yield decodeMessage(pending.subarray(0, size));
      pending = pending.subarray(size);
    }
  }
  if (pending.length > 0) throw serializationError("The event stream ends in the middle of a message");
}
