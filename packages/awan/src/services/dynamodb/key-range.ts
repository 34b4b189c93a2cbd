/** Key conditions against a schema: the partition, and the bounds of the sort key as a range of rows. */
import { holds, beginsWith } from "../../engines/dynamo-expression/condition.ts";
import type { KeyCondition, KeyConditions } from "../../engines/dynamo-expression/key-condition.ts";
import { type AttributeValue, equalValues, type Item } from "../../engines/dynamo-expression/value.ts";
import type { ScanOptions } from "../../store/table.ts";
import type { TuplePart } from "../../store/tuple.ts";
import { invalidParameter, validationError } from "./errors.ts";
import { checkKey, checkKeyAttribute, entryParts, keyOf, keyParts, rangePart } from "./item-key.ts";
import { type IndexRow, type KeyAttribute, type KeySchema, keyNames, type TableRow } from "./schema.ts";

const notIndexable: readonly string[] = ["NULL", "NOT_NULL", "NE", "CONTAINS", "NOT_CONTAINS", "IN"];

export interface KeyBounds {
  readonly hash: AttributeValue;
  readonly range: KeyCondition | undefined;
}

export function boundsOf(schema: KeySchema, conditions: KeyConditions): KeyBounds {
  const hash = conditionFor(schema.hash, conditions, true, schema);
  const range = schema.range === null ? undefined : conditionFor(schema.range, conditions, false, schema);
  return { hash: hash?.values[0] as AttributeValue, range };
}

function conditionFor(
  { name, type }: KeyAttribute,
  conditions: KeyConditions,
  isHash: boolean,
  schema: KeySchema,
): KeyCondition | undefined {
  if (isHash && schema.range === null && conditions.size > 1) throw notSupported();
  const condition = conditions.get(name);
  if (condition === undefined) {
    if (isHash || conditions.size > 1)
      throw validationError(`Query condition missed key schema element: ${name}`);
    return undefined;
  }
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
  if (isHash && condition.operator !== "EQ") throw notSupported();
  return condition;
}

const notSupported = (): Error => validationError("Query key condition not supported");

const startKeyInvalid = (detail?: string): Error =>
  validationError(`The provided starting key is invalid${detail === undefined ? "" : `: ${detail}`}`);

/** Checks an ExclusiveStartKey and gives the row key after which the page begins. */
export function startParts(table: TableRow, index: IndexRow | undefined, start: Item): readonly TuplePart[] {
  if (Object.keys(start).length !== keyNames(table, index).length) {
    throw startKeyInvalid(
      index === undefined ? "The provided key element does not match the schema" : undefined,
    );
  }
  const own = keyOf(table, start);
  try {
    checkKey(table, own);
  } catch (error) {
    throw startKeyInvalid((error as Error).message);
  }
  const parts = keyParts(table, own);
  if (index === undefined) return parts;
  for (const attribute of [index.hash, index.range]) {
    if (attribute === null) continue;
    if (start[attribute.name] === undefined) throw startKeyInvalid();
    checkKeyAttribute(start, attribute, attribute === index.hash);
  }
  const entry = entryParts(index, start, parts);
  if (entry === undefined) throw startKeyInvalid();
  return entry;
}

/** A Query's start key lies within what it queries. */
export function checkStartWithin(schema: KeySchema, bounds: KeyBounds, start: Item): void {
  const sameHash = equalValues(start[schema.hash.name] as AttributeValue, bounds.hash);
  const rangeValue = schema.range === null ? undefined : start[schema.range.name];
  if (bounds.range === undefined || rangeValue === undefined) {
    if (!sameHash) {
      throw validationError(
        "The provided starting key is outside query boundaries based on provided conditions",
      );
    }
    return;
  }
  if (!matches(bounds.range, rangeValue)) {
    throw validationError("The provided starting key does not match the range key predicate");
  }
  if (!sameHash) {
    throw validationError(
      "The provided starting key is outside query boundaries based on provided conditions",
    );
  }
}

const comparators = { EQ: "=", LT: "<", LE: "<=", GT: ">", GE: ">=" } as const;

function matches({ operator, values }: KeyCondition, value: AttributeValue): boolean {
  const [first, second] = values;
  if (operator === "BETWEEN") return holds(">=", value, first) && holds("<=", value, second);
  if (operator === "BEGINS_WITH") return beginsWith(value, first);
  return holds(comparators[operator as keyof typeof comparators], value, first);
}

/** The rows of the partition that the sort key condition allows, from the start key's row on. */
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
