/** Key conditions against a schema: the partition, and the bounds of the sort key as a range of rows. */
import { holds, beginsWith } from "../../engines/dynamo-expression/condition.ts";
import type { KeyCondition, KeyConditions } from "../../engines/dynamo-expression/key-condition.ts";
import { type AttributeValue, equalValues, type Item } from "../../engines/dynamo-expression/value.ts";
import type { ScanOptions } from "../../store/table.ts";
import type { TuplePart } from "../../store/tuple.ts";
import { invalidParameter, validationError } from "./errors.ts";
import {
  checkKey,
  checkKeyAttribute,
  entryParts,
  keyOf,
  keyParts,
  partitionOfAll,
  rangePart,
} from "./item-key.ts";
import {
  hashKeys,
  type IndexRow,
  type KeyAttribute,
  type KeySchema,
  keyNames,
  rangeKeys,
  type TableRow,
} from "./schema.ts";

const notIndexable: readonly string[] = ["NULL", "NOT_NULL", "NE", "CONTAINS", "NOT_CONTAINS", "IN"];

export interface KeyBounds {
  /** A value for each attribute of the partition key. */
  readonly hashes: readonly AttributeValue[];
  /** Conditions on the sort key's attributes in order: equalities, then at most one that is not. */
  readonly ranges: readonly KeyCondition[];
}

/** `checkStart` sees each attribute before its condition: AWS checks both attribute by attribute. */
export function boundsOf(
  schema: KeySchema,
  conditions: KeyConditions,
  checkStart: (attribute: KeyAttribute, isHash: boolean) => void = () => {},
): KeyBounds {
  const hashNames = hashKeys(schema);
  const rangeNames = rangeKeys(schema);
  const isComposite = hashNames.length > 1 || rangeNames.length > 1;
  if (!isComposite && rangeNames.length === 0 && conditions.size > 1) throw notSupported();
  const hashes = hashNames.map((attribute) => {
    checkStart(attribute, true);
    const condition = checkedCondition(attribute, conditions);
    if (condition === undefined || condition.operator !== "EQ") {
      if (isComposite) throw equalityNeeded("HASH", attribute.name);
      throw condition === undefined ? missed(attribute.name) : notSupported();
    }
    return condition.values[0] as AttributeValue;
  });
  const ranges: KeyCondition[] = [];
  for (const attribute of rangeNames) {
    checkStart(attribute, false);
    const condition = checkedCondition(attribute, conditions);
    if (condition === undefined) continue;
    const before = ranges.at(-1);
    const isNext =
      rangeNames[ranges.length] === attribute && (before === undefined || before.operator === "EQ");
    if (!isNext) throw equalityNeeded("RANGE", attribute.name);
    ranges.push(condition);
  }
  if (hashes.length + ranges.length < conditions.size) {
    const lacking = [...hashNames, ...rangeNames].find(({ name }) => !conditions.has(name));
    throw missed(lacking?.name ?? schema.hash.name);
  }
  return { hashes, ranges };
}

const missed = (name: string): Error => validationError(`Query condition missed key schema element: ${name}`);

const equalityNeeded = (kind: "HASH" | "RANGE", name: string): Error =>
  validationError(
    kind === "HASH"
      ? `Query key condition not supported: every HASH key attribute needs an equality condition: ${name}`
      : `Query key condition not supported: RANGE key attributes are taken in their order, by equality but for the last: ${name}`,
  );

function checkedCondition({ name, type }: KeyAttribute, conditions: KeyConditions): KeyCondition | undefined {
  const condition = conditions.get(name);
  if (condition === undefined) return undefined;
  if (notIndexable.includes(condition.operator)) {
    throw validationError("Attempted conditional constraint is not an indexable operation");
  }
  if (condition.values.some((value) => value[type] === undefined)) {
    throw invalidParameter("Condition parameter type does not match schema type");
  }
  if (
    condition.values.some(({ S, B }) => S === "" || B?.length === 0) &&
    condition.operator !== "BEGINS_WITH"
  ) {
    throw validationError(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${type === "S" ? "string" : "binary"} value. Key: ${name}`,
    );
  }
  return condition;
}

const notSupported = (): Error => validationError("Query key condition not supported");

const startKeyInvalid = (detail?: string): Error =>
  validationError(`The provided starting key is invalid${detail === undefined ? "" : `: ${detail}`}`);

/** The first look at an ExclusiveStartKey: as many attributes as the keys of table and index have. */
export function checkStartSize(
  table: TableRow,
  index: IndexRow | undefined,
  start: Item,
  kind: "query" | "scan",
): void {
  if (Object.keys(start).length === keyNames(table, index).length) return;
  throw startKeyInvalid(index === undefined && kind === "scan" ? mismatch : undefined);
}

const mismatch = "The provided key element does not match the schema";

/** One key attribute of an ExclusiveStartKey. */
export function checkStartAttribute(
  index: IndexRow | undefined,
  start: Item,
  attribute: KeyAttribute,
  isHash: boolean,
): void {
  if (index !== undefined && start[attribute.name] === undefined) throw startKeyInvalid();
  checkKeyAttribute(start, attribute, isHash);
}

/** The row key after which the page begins. */
export function startParts(table: TableRow, index: IndexRow | undefined, start: Item): readonly TuplePart[] {
  const own = keyOf(table, start);
  try {
    checkKey(table, own);
  } catch (error) {
    throw startKeyInvalid((error as Error).message);
  }
  const parts = keyParts(table, own);
  if (index === undefined) return parts;
  const entry = entryParts(index, start, parts);
  if (entry === undefined) throw startKeyInvalid();
  return entry;
}

/** A Query's start key lies within what it queries. */
export function checkStartWithin(schema: KeySchema, bounds: KeyBounds, start: Item): void {
  const sameHash = hashKeys(schema).every(({ name }, at) =>
    equalValues(start[name] as AttributeValue, bounds.hashes[at] as AttributeValue),
  );
  if (bounds.ranges.length === 0) {
    if (sameHash) return;
    throw validationError(
      "The provided starting key is outside query boundaries based on provided conditions",
    );
  }
  const names = rangeKeys(schema);
  if (!bounds.ranges.every((range, at) => matches(range, start[names[at]?.name ?? ""] as AttributeValue))) {
    throw validationError("The provided starting key does not match the range key predicate");
  }
  if (!sameHash) throw validationError("The query can return at most one row and cannot be restarted");
}

const comparators = { EQ: "=", LT: "<", LE: "<=", GT: ">", GE: ">=" } as const;

function matches({ operator, values }: KeyCondition, value: AttributeValue): boolean {
  const [first, second] = values;
  if (operator === "BETWEEN") return holds(">=", value, first) && holds("<=", value, second);
  if (operator === "BEGINS_WITH") return beginsWith(value, first);
  return holds(comparators[operator as keyof typeof comparators], value, first);
}

/** Where a query's rows lie: what all their keys begin with, and bounds on what follows. */
export function rowsOf(
  bounds: KeyBounds,
  start: readonly TuplePart[] | undefined,
  reverse: boolean,
): { readonly prefix: readonly TuplePart[]; readonly range: ScanOptions } {
  const last = bounds.ranges.at(-1);
  // The last equality stays a bound: with a start key it is the start that tells where to go on.
  const fixed = bounds.ranges.slice(0, -1).map(({ values }) => rangePart(values[0] as AttributeValue));
  const prefix = [partitionOfAll(bounds.hashes), ...fixed];
  return { prefix, range: rangeOf(last, start?.slice(prefix.length), reverse) };
}

/** The rows that a condition on the next part of the key allows, from the start key's row on. */
export function rangeOf(
  range: KeyCondition | undefined,
  start: readonly TuplePart[] | undefined,
  reverse: boolean,
): ScanOptions {
  const bounds = range === undefined ? {} : sortBounds(range);
  if (start === undefined) return { ...bounds, reverse };
  if (!reverse) {
    const { from: _from, after: _after, ...upper } = bounds;
    return { ...upper, after: start, reverse };
  }
  const { before: _before, upTo: _upTo, ...lower } = bounds;
  return { ...lower, before: start, reverse };
}

function sortBounds({ operator, values }: KeyCondition): ScanOptions {
  const first = rangePart(values[0] as AttributeValue);
  switch (operator) {
    case "EQ":
      return { from: [first], upTo: [first] };
    case "LT":
      return { before: [first] };
    case "LE":
      return { upTo: [first] };
    case "GT":
      return { after: [first] };
    case "GE":
      return { from: [first] };
    case "BETWEEN":
      return { from: [first], upTo: [rangePart(values[1] as AttributeValue)] };
    default: {
      const end = afterPrefix(first);
      return end === undefined ? { from: [first] } : { from: [first], before: [end] };
    }
  }
}

/** The least text (or bytes) above everything that begins with `prefix`; undefined when there is none. */
export function afterPrefix(prefix: TuplePart): TuplePart | undefined {
  if (typeof prefix === "string") {
    const points = Array.from(prefix, (character) => character.codePointAt(0) as number);
    while (points.at(-1) === 0x10_ffff) points.pop();
    const last = points.pop();
    if (last === undefined) return undefined;
    // Surrogates are no characters; UTF-8 goes from U+D7FF to U+E000.
    return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
  }
  const bytes = [...(prefix as Uint8Array)];
  while (bytes.at(-1) === 0xff) bytes.pop();
  const last = bytes.pop();
  return last === undefined ? undefined : Uint8Array.from([...bytes, last + 1]);
}
