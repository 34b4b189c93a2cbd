/** From key attributes to row keys, and every check a key goes through. */
import { hash } from "node:crypto";
import type { AwsError } from "../../kernel/errors.ts";
import { encodeNumber, numberBytes } from "../../engines/dynamo-expression/number.ts";
import { type AttributeValue, type Item, typeOf } from "../../engines/dynamo-expression/value.ts";
import type { TuplePart } from "../../store/tuple.ts";
import { invalidParameter, keyMismatch, validationError } from "./errors.ts";
import { limits } from "./limits.ts";
import {
  hashKeys,
  type IndexRow,
  type KeyAttribute,
  type KeySchema,
  rangeKeys,
  type TableRow,
} from "./schema.ts";

/**
 * 32 hexadecimal digits: rows of one partition lie together, and partitions in the order in which DynamoDB itself scans
 * them, which is that of the MD5 of a salt and the key's bytes (observed on AWS by others).
 */
export function partitionOf(value: AttributeValue): string {
  if (value.S !== undefined) return textPartition(value.S);
  return hash("md5", Buffer.concat([saltBytes, value.B ?? numberBytes(value.N ?? "0")]), "hex");
}

/** A write needs its partition several times, a batch those of all its items: the newest are remembered. */
const knownPartitions = new Map<string, string>();
const partitionsMax = 256;

function textPartition(text: string): string {
  const known = knownPartitions.get(text);
  if (known !== undefined) return known;
  const partition = hash("md5", salt + text, "hex");
  if (knownPartitions.size >= partitionsMax) knownPartitions.clear();
  knownPartitions.set(text, partition);
  return partition;
}

const salt = "Outliers";
const saltBytes = Buffer.from(salt);

/** A sort key's part of a row key: its order is DynamoDB's. */
export function rangePart(value: AttributeValue): TuplePart {
  return value.S ?? value.B ?? encodeNumber(value.N ?? "0");
}

/** The key of an item's own row, after `storage` and index 0. The key attributes were checked. */
export function keyParts(schema: KeySchema, item: Item): readonly TuplePart[] {
  const partition = partitionOf(item[schema.hash.name] as AttributeValue);
  return schema.range === null
    ? [partition]
    : [partition, rangePart(item[schema.range.name] as AttributeValue)];
}

/** The key of an item's entry in an index, after `storage` and the index; undefined when it has none. */
export function entryParts(
  index: IndexRow,
  item: Item,
  own: readonly TuplePart[],
): readonly TuplePart[] | undefined {
  const hashes = hashKeys(index).map(({ name }) => item[name]);
  const ranges = rangeKeys(index).map(({ name }) => item[name]);
  if (!areAll(hashes) || !areAll(ranges)) return undefined;
  return [partitionOfAll(hashes), ...ranges.map(rangePart), ...own];
}

const areAll = (values: readonly (AttributeValue | undefined)[]): values is readonly AttributeValue[] =>
  values.every((value) => value !== undefined);

/** As `partitionOf`; of several attributes the hash of their hashes. */
export function partitionOfAll(values: readonly AttributeValue[]): string {
  const partitions = values.map(partitionOf);
  return partitions.length === 1 ? String(partitions[0]) : partitionOf({ S: partitions.join("") });
}

const isOfType = (value: AttributeValue, type: string): boolean =>
  value[type as keyof AttributeValue] !== undefined;

/** The key attributes of an item that is to be put. */
export function checkItemKeys(table: TableRow, item: Item): void {
  checkPutKey(item, table.hash, true);
  if (table.range !== null) checkPutKey(item, table.range, false);
}

function checkPutKey(item: Item, { name, type }: KeyAttribute, isHash: boolean): void {
  const value = Object.hasOwn(item, name) ? item[name] : undefined;
  if (value === undefined) throw invalidParameter(`Missing the key ${name} in the item`);
  if (!isOfType(value, type)) {
    throw invalidParameter(`Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`);
  }
  checkNotEmpty(value, name);
  checkKeySize(value, isHash);
}

function checkNotEmpty(value: AttributeValue, name: string): void {
  if (value.S === "" || value.B?.length === 0) {
    throw validationError(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${value.S === "" ? "string" : "binary"} value. Key: ${name}`,
    );
  }
}

function keySizeBytes(value: AttributeValue): number {
  if (value.S === undefined) return value.B?.length ?? 0;
  // Short texts are within every limit, whatever their characters.
  return value.S.length <= 341 ? value.S.length : Buffer.byteLength(value.S);
}

/** Whether an attribute may be an index's key. */
export function fitsIndexKey(
  value: AttributeValue | undefined,
  { type }: KeyAttribute,
  isHash: boolean,
): boolean {
  if (value === undefined || !isOfType(value, type) || value.S === "" || value.B?.length === 0) return false;
  return keySizeBytes(value) <= (isHash ? limits.hashKeySizeBytesMax : limits.rangeKeySizeBytesMax);
}

function checkKeySize(value: AttributeValue, isHash: boolean): void {
  const size = keySizeBytes(value);
  if (isHash && size > limits.hashKeySizeBytesMax) {
    throw invalidParameter("Size of hashkey has exceeded the maximum size limit of2048 bytes");
  }
  if (!isHash && size > limits.rangeKeySizeBytesMax) {
    throw invalidParameter("Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
  }
}

/** A `Key` parameter: exactly the key attributes, of their types. */
export function checkKey(table: KeySchema, key: Item): void {
  if (Object.keys(key).length !== (table.range === null ? 1 : 2)) throw keyMismatch();
  checkKeyAttribute(key, table.hash, true);
  if (table.range !== null) checkKeyAttribute(key, table.range, false);
}

export function checkKeyAttribute(key: Item, { name, type }: KeyAttribute, isHash: boolean): void {
  const value = Object.hasOwn(key, name) ? key[name] : undefined;
  if (value === undefined || !isOfType(value, type)) throw keyMismatch();
  checkNotEmpty(value, name);
  checkKeySize(value, isHash);
}

/** The index keys among an item's attributes: scalars of the declared types. */
export function checkIndexKeys(table: TableRow, item: Item): void {
  for (const index of table.indexes) {
    for (const attribute of hashKeys(index)) checkIndexKey(index, attribute, item, true);
    for (const attribute of rangeKeys(index)) checkIndexKey(index, attribute, item, false);
  }
}

function checkIndexKey(index: IndexRow, { name, type }: KeyAttribute, item: Item, isHash: boolean): void {
  const value = Object.hasOwn(item, name) ? item[name] : undefined;
  if (value === undefined) return;
  if (!isOfType(value, type)) {
    throw invalidParameter(
      `Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)} IndexName: ${index.name}`,
    );
  }
  if (value.S === "" || value.B?.length === 0) {
    throw validationError(
      `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${value.S === "" ? "string" : "binary"} value. IndexName: ${index.name}, IndexKey: ${name}`,
    );
  }
  checkKeySize(value, isHash);
}

/** The primary key of an item. */
export function keyOf(table: KeySchema, item: Item): Item {
  const key: Record<string, AttributeValue> = { [table.hash.name]: item[table.hash.name] as AttributeValue };
  if (table.range !== null) key[table.range.name] = item[table.range.name] as AttributeValue;
  return key;
}

export const nestedKeyError = (kind: "Key" | "IndexKey", name: string): AwsError =>
  validationError(
    `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${kind}: ${name}`,
  );

/** Whether two row keys are the same. */
export function sameKey(a: readonly TuplePart[], b: readonly TuplePart[]): boolean {
  return a.every((part, at) => {
    const other = b[at];
    if (part instanceof Uint8Array && other instanceof Uint8Array) return Buffer.compare(part, other) === 0;
    return part === other;
  });
}
