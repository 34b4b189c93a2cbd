/**
 * Decoders and encoders of JSON-like trees (JSON, and CBOR once parsed): one closure per shape, made on first use. They
 * walk the value's keys, not the shape's members, so a union or a sparse structure costs only what is present; what needs
 * no change is passed on as it is, not copied.
 */
import type { Shape, Target } from "../../model/shape.ts";
import { decodeBase64, encodeBase64, parseBigInteger, serializationError } from "./scalars.ts";
import { formatOr, formatTimestamp, parseTimestamp } from "./timestamps.ts";

/** `jsonName` is REST-JSON, where a trait may rename members; `amzCbor` has timestamps in milliseconds. */
export type Flavour = "json" | "jsonName" | "cbor" | "amzCbor";
export type Codec = (value: unknown) => unknown;
type Direction = "decode" | "encode";
type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A plain assignment, except for the one key that would change the prototype. */
export function setField(fields: Fields, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(fields, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    fields[key] = value;
  }
}

/** The fields that come before `key`, which were found to need no change. */
function fieldsBefore(source: Fields, key: string): Fields {
  const copy: Fields = {};
  for (const name in source) {
    if (name === key) break;
    setField(copy, name, source[name]);
  }
  return copy;
}

/** Coral's name for what was found. */
function tokenOf(value: unknown): string {
  if (typeof value === "number") return Number.isInteger(value) ? "NUMBER_VALUE" : "DECIMAL_VALUE";
  if (typeof value === "boolean") return value ? "TRUE_VALUE" : "FALSE_VALUE";
  return "STRING_VALUE";
}

/** Coral's complaint about a value of the wrong type, as DynamoDB words it. */
function wrongType(value: unknown, wanted: string): never {
  if (Array.isArray(value)) {
    throw serializationError(`Unrecognized collection type class java.lang.${wanted}`);
  }
  if (isFields(value)) throw serializationError("Start of structure or map found where not expected");
  if (wanted === "Boolean" && typeof value === "string") {
    throw serializationError("Unexpected token received from parser");
  }
  throw serializationError(`${tokenOf(value)} cannot be converted to ${wanted}`);
}

const numberNames = { integer: "Integer", long: "Long", float: "Float", double: "Double" } as const;

function decodeNumber({ limit }: Target): Codec {
  const wanted = numberNames[limit?.type ?? "double"];
  const isWhole = wanted === "Integer" || wanted === "Long";
  return (value) => {
    if (typeof value === "number") return isWhole ? Math.trunc(value) : value;
    if (!isWhole && (value === "NaN" || value === "Infinity" || value === "-Infinity")) return Number(value);
    if (typeof value === "bigint") return Number(value);
    return wrongType(value, wanted);
  };
}

function decodeText(value: unknown): string {
  return typeof value === "string" ? value : wrongType(value, "String");
}

function decodeBoolean(value: unknown): boolean {
  return typeof value === "boolean" ? value : wrongType(value, "Boolean");
}

function decodeBlob(value: unknown): Uint8Array {
  if (typeof value === "string") return decodeBase64(value);
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value))
    throw serializationError("Unrecognized collection type class java.nio.ByteBuffer");
  if (isFields(value)) throw serializationError("Start of structure or map found where not expected");
  throw serializationError("only base-64-encoded strings are convertible to bytes");
}

function decodeTime(flavour: Flavour): Codec {
  if (flavour !== "amzCbor") return parseTimestamp;
  // Milliseconds, under CBOR's tag for seconds.
  return (value) =>
    parseTimestamp(value instanceof Date ? new Date(value.getTime() / 1000) : Number(value) / 1000);
}

/** What stands for `null` where a list or map holds structures: an empty one, which then fails its own checks. */
const isStructural = ({ shape }: Target): boolean => shape.kind === "structure" || shape.kind === "union";

function decodeList(shape: Shape, flavour: Flavour): Codec {
  let decodeItem: Codec | undefined;
  const isSparse = shape.traits.sparse === 1;
  return (value) => {
    if (!Array.isArray(value)) {
      if (isFields(value)) throw serializationError("Start of structure or map found where not expected");
      throw serializationError("Unexpected field type");
    }
    decodeItem ??= codecOf(shape.item, flavour, "decode");
    const items: unknown[] = [];
    for (const item of value) {
      if (item !== null && item !== undefined) items.push(decodeItem(item));
      else if (isSparse) items.push(null);
      else if (isStructural(shape.item)) items.push({});
    }
    return items;
  };
}

function decodeMap(shape: Shape, flavour: Flavour): Codec {
  let decodeValue: Codec | undefined;
  const isSparse = shape.traits.sparse === 1;
  return (value) => {
    if (!isFields(value)) {
      if (Array.isArray(value)) throw serializationError("Unrecognized collection type java.util.Map");
      throw serializationError("Unexpected field type");
    }
    decodeValue ??= codecOf(shape.value, flavour, "decode");
    let copy: Fields | undefined;
    for (const key in value) {
      const entry = value[key];
      const isNothing = entry === null || entry === undefined;
      const decoded = isNothing
        ? isSparse
          ? null
          : isStructural(shape.value)
            ? {}
            : undefined
        : decodeValue(entry);
      if (copy === undefined && decoded === entry && !isNothing) continue;
      copy ??= fieldsBefore(value, key);
      if (decoded !== undefined) setField(copy, key, decoded);
    }
    return copy ?? value;
  };
}

function encodeList(shape: Shape, flavour: Flavour): Codec {
  let encodeItem: Codec | undefined;
  const isSparse = shape.traits.sparse === 1;
  return (value) => {
    encodeItem ??= codecOf(shape.item, flavour, "encode");
    const items: unknown[] = [];
    for (const item of value as Iterable<unknown>) {
      if (item !== null && item !== undefined) items.push(encodeItem(item));
      else if (isSparse) items.push(null);
    }
    return items;
  };
}

function encodeMap(shape: Shape, flavour: Flavour): Codec {
  let encodeValue: Codec | undefined;
  const isSparse = shape.traits.sparse === 1;
  return (value) => {
    encodeValue ??= codecOf(shape.value, flavour, "encode");
    let copy: Fields | undefined;
    const source = value as Fields;
    for (const key in source) {
      const entry = source[key];
      const isNothing = entry === null || entry === undefined;
      const encoded = isNothing ? (isSparse ? null : undefined) : encodeValue(entry);
      if (copy === undefined && encoded === entry && !isNothing) continue;
      copy ??= fieldsBefore(source, key);
      if (encoded !== undefined) setField(copy, key, encoded);
    }
    return copy ?? source;
  };
}

type FieldCodec = readonly [name: string, codec: Codec];

/** From the name a field comes with to the name it leaves with and its codec. */
function fieldTable(
  shape: Shape,
  flavour: Flavour,
  direction: Direction,
): Record<string, FieldCodec | undefined> {
  const table = Object.create(null) as Record<string, FieldCodec>;
  for (const member of shape.members) {
    const wire = flavour === "jsonName" ? (member.traits.jsonName ?? member.name) : member.name;
    const codec = codecOf(member, flavour, direction);
    if (direction === "decode") table[wire] = [member.name, codec];
    else table[member.name] = [wire, codec];
  }
  return table;
}

function structureCodec(shape: Shape, flavour: Flavour, direction: Direction): Codec {
  let table: Record<string, FieldCodec | undefined> | undefined;
  // JSON.stringify leaves out what is undefined.
  const mayKeepUndefined = direction === "encode" && (flavour === "json" || flavour === "jsonName");
  return (value) => {
    if (!isFields(value)) {
      if (Array.isArray(value)) throw serializationError(`Unrecognized collection type class ${shape.name}`);
      throw serializationError("Unexpected value type in payload");
    }
    table ??= fieldTable(shape, flavour, direction);
    let copy: Fields | undefined;
    for (const key in value) {
      const entry = table[key];
      const field = value[key];
      if (field === undefined && mayKeepUndefined) continue;
      const isDropped = entry === undefined || field === null || field === undefined;
      const coded = isDropped ? undefined : entry[1](field);
      if (copy === undefined && coded === field && !isDropped && entry[0] === key) continue;
      copy ??= fieldsBefore(value, key);
      if (!isDropped) copy[entry[0]] = coded;
    }
    return copy ?? value;
  };
}

const identity: Codec = (value) => value;
const encodeNumber: Codec = (value) => (Number.isFinite(value) ? value : String(value));
const encodeBigInteger: Codec = (value) =>
  typeof value === "bigint" && !Number.isSafeInteger(Number(value)) ? String(value) : Number(value);

function decodeBigInteger(value: unknown): unknown {
  if (typeof value === "bigint") return value;
  return typeof value === "number" || typeof value === "string"
    ? parseBigInteger(String(value))
    : wrongType(value, "Integer");
}

function simpleDecoder(target: Target, flavour: Flavour): Codec {
  switch (target.shape.kind) {
    case "string":
      return decodeText;
    case "number":
      return decodeNumber(target);
    case "boolean":
      return decodeBoolean;
    case "blob":
      return decodeBlob;
    case "timestamp":
      return decodeTime(flavour);
    case "bigInteger":
      return decodeBigInteger;
    case "bigDecimal":
      return String;
    default:
      return identity;
  }
}

function simpleEncoder({ shape }: Target, flavour: Flavour): Codec {
  const isCbor = flavour === "cbor" || flavour === "amzCbor";
  switch (shape.kind) {
    case "number":
      return isCbor ? identity : encodeNumber;
    case "blob":
      return isCbor ? identity : encodeBase64;
    case "bigInteger":
      return isCbor ? identity : encodeBigInteger;
    case "timestamp": {
      if (flavour === "cbor") return identity;
      if (flavour === "amzCbor") return (value) => new Date((value as Date).getTime() * 1000);
      const format = formatOr(shape.timestampFormat, "epoch-seconds");
      return (value) => formatTimestamp(value as Date, format);
    }
    default:
      return identity;
  }
}

const caches = {
  decode: { json: new WeakMap(), jsonName: new WeakMap(), cbor: new WeakMap(), amzCbor: new WeakMap() },
  encode: { json: new WeakMap(), jsonName: new WeakMap(), cbor: new WeakMap(), amzCbor: new WeakMap() },
} as Record<Direction, Record<Flavour, WeakMap<Shape, Codec>>>;

function codecOf(target: Target, flavour: Flavour, direction: Direction): Codec {
  const { kind } = target.shape;
  if (kind === "structure" || kind === "union" || kind === "list" || kind === "map") {
    return shapeCodec(target.shape, flavour, direction);
  }
  return direction === "decode" ? simpleDecoder(target, flavour) : simpleEncoder(target, flavour);
}

function shapeCodec(shape: Shape, flavour: Flavour, direction: Direction): Codec {
  const cache = caches[direction][flavour];
  const known = cache.get(shape);
  if (known) return known;
  let codec: Codec;
  if (shape.kind === "list")
    codec = direction === "decode" ? decodeList(shape, flavour) : encodeList(shape, flavour);
  else if (shape.kind === "map")
    codec = direction === "decode" ? decodeMap(shape, flavour) : encodeMap(shape, flavour);
  else codec = structureCodec(shape, flavour, direction);
  cache.set(shape, codec);
  return codec;
}

/** Tree to input value; throws a SerializationException. */
export function decoderOf(target: Target, flavour: Flavour): Codec {
  return codecOf(target, flavour, "decode");
}

/** Output value to tree. */
export function encoderOf(target: Target, flavour: Flavour): Codec {
  return codecOf(target, flavour, "encode");
}

/** Decodes the body of an operation that is one structure (or nothing). */
export function decodeStructure(shape: Shape, tree: unknown, flavour: Flavour): Fields {
  if (shape.kind === "unit") return {};
  return shapeCodec(shape, flavour, "decode")(tree) as Fields;
}

export function encodeStructure(shape: Shape, value: Fields, flavour: Flavour): Fields {
  if (shape.kind === "unit") return {};
  return shapeCodec(shape, flavour, "encode")(value) as Fields;
}
