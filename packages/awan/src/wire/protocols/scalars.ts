/** Simple values as text: in paths, query strings, headers, forms and XML. */
import { AwsError } from "../../kernel/errors.ts";
import type { Target } from "../../model/shape.ts";
import { formatOr, formatTimestamp, parseTimestamp } from "./timestamps.ts";
import type { WireFormat } from "./timestamps.ts";

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** Beyond this a regular expression over the whole text costs more than it finds. */
const checkedLengthMax = 65_536;

export function serializationError(message: string): AwsError {
  return new AwsError("SerializationException", message, { status: 400 });
}

export function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw serializationError("Could not parse request body into json");
  }
}

export function decodeBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0) {
    throw serializationError(
      `Base64 encoded length is expected a multiple of 4 bytes but found: ${text.length}`,
    );
  }
  if (text.length <= checkedLengthMax && !base64.test(text)) {
    throw serializationError("Invalid Base64 character detected");
  }
  return Buffer.from(text, "base64");
}

export function encodeBase64(value: unknown): string {
  return bytesOf(value).toString("base64");
}

/** Text for a value that should be simple; what is not is shown as JSON. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "object" ? JSON.stringify(value) : `${value as number | boolean | bigint}`;
}

/** A blob's bytes; operations may give text. */
export function bytesOf(value: unknown): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return Buffer.from(textOf(value));
}

export function formatScalar(target: Pick<Target, "shape">, value: unknown, fallback: WireFormat): string {
  switch (target.shape.kind) {
    case "blob":
      return encodeBase64(value);
    case "timestamp":
      return String(formatTimestamp(value as Date, formatOr(target.shape.timestampFormat, fallback)));
    default:
      return textOf(value);
  }
}

function parseNumber(target: Pick<Target, "limit">, text: string): number {
  const value = text === "" ? Number.NaN : Number(text);
  const type = target.limit?.type;
  const isSpecial = text === "NaN" && type !== "integer" && type !== "long";
  if (Number.isNaN(value) && !isSpecial) throw serializationError(`'${text}' is not a valid number`);
  if (!Number.isInteger(value) && (type === "integer" || type === "long")) {
    throw serializationError(`'${text}' is not a valid ${type}`);
  }
  return value;
}

function parseBoolean(text: string): boolean {
  const lower = text.trim().toLowerCase();
  if (lower === "true" || lower === "1") return true;
  if (lower === "false" || lower === "0") return false;
  throw serializationError(`'${text}' is not a valid boolean`);
}

/** The value a text stands for. Throws a SerializationException. */
export function parseScalar(target: Pick<Target, "shape" | "limit">, text: string): unknown {
  switch (target.shape.kind) {
    case "number":
      return parseNumber(target, text.trim());
    case "boolean":
      return parseBoolean(text);
    case "blob":
      return decodeBase64(text.replace(/\s+/g, ""));
    case "timestamp":
      return parseTimestamp(text.trim());
    case "bigInteger":
      return parseBigInteger(text.trim());
    default:
      return text;
  }
}

export function parseBigInteger(text: string): bigint {
  try {
    return BigInt(text);
  } catch {
    throw serializationError(`'${text}' is not a valid integer`);
  }
}
