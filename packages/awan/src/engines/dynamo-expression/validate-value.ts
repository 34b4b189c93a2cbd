/**
 * Checks attribute values in AWS's order and words, and brings their numbers into canonical form. What is already
 * canonical is returned as it is, so that the usual item is not copied.
 */
import { checkAttributeName } from "./attribute-name.ts";
import { invalidParameter, validationError } from "./errors.ts";
import { normalizeNumber } from "./number.ts";
import { type AttributeValue, type Item, memberText } from "./value.ts";

/** Levels of lists and maps within one attribute. */
export const nestingLevelsMax = 32;

/** The item with every number canonical; throws what AWS answers to a malformed value. */
export function normalizeItem(item: Item): Item {
  return normalizeMap(item, 0);
}

function normalizeMap(map: Item, depth: number): Item {
  let copy: Record<string, AttributeValue> | undefined;
  for (const name in map) {
    if (name === "" || name.length > 16_384) checkAttributeName(name);
    const value = map[name] as AttributeValue;
    const normal = normalizeValue(value, depth);
    if (normal !== value) (copy ??= { ...map })[name] = normal;
  }
  return copy ?? map;
}

export function normalizeValue(value: AttributeValue, depth = 0): AttributeValue {
  if (value.S !== undefined && isSingle(value)) return value;
  let count = 0;
  let normal = value;
  for (const type in value) {
    if (value[type as keyof AttributeValue] === undefined) continue;
    count += 1;
    normal = normalizeMember(value, type, depth);
  }
  if (count === 0) {
    throw validationError(
      "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
    );
  }
  if (count > 1) {
    throw validationError(
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    );
  }
  return normal;
}

function isSingle(value: AttributeValue): boolean {
  let count = 0;
  for (const _ in value) count += 1;
  return count === 1;
}

function normalizeMember(value: AttributeValue, type: string, depth: number): AttributeValue {
  switch (type) {
    case "N": {
      const number = normalizeNumber(value.N ?? "");
      return number === value.N ? value : { N: number };
    }
    case "NULL":
      if (value.NULL !== true) {
        throw invalidParameter("Null attribute value types must have the value of true");
      }
      return value;
    case "SS":
      return checkTexts(value);
    case "NS":
      return checkNumbers(value);
    case "BS":
      return checkBytes(value);
    case "L":
      return normalizeList(value, nested(depth));
    case "M": {
      const map = normalizeMap(value.M ?? {}, nested(depth));
      return map === value.M ? value : { M: map };
    }
    default:
      return value;
  }
}

function nested(depth: number): number {
  if (depth >= nestingLevelsMax) {
    throw validationError(
      "Nesting Levels have exceeded supported limits: Attributes nested levels exceeds the maximum",
    );
  }
  return depth + 1;
}

function normalizeList(value: AttributeValue, depth: number): AttributeValue {
  const list = value.L ?? [];
  let copy: AttributeValue[] | undefined;
  for (const [at, element] of list.entries()) {
    const normal = normalizeValue(element, depth);
    if (normal !== element) (copy ??= [...list])[at] = normal;
  }
  return copy === undefined ? value : { L: copy };
}

function checkTexts(value: AttributeValue): AttributeValue {
  const texts = value.SS ?? [];
  if (texts.length === 0) throw invalidParameter("An string set  may not be empty");
  if (new Set(texts).size < texts.length) {
    throw invalidParameter(`Input collection [${texts.join(", ")}] contains duplicates.`);
  }
  return value;
}

function checkNumbers(value: AttributeValue): AttributeValue {
  const texts = value.NS ?? [];
  if (texts.length === 0) throw invalidParameter("An number set  may not be empty");
  const normal = texts.map(normalizeNumber);
  if (new Set(normal).size < normal.length) throw validationError("Input collection contains duplicates");
  return normal.every((text, at) => text === texts[at]) ? value : { NS: normal };
}

function checkBytes(value: AttributeValue): AttributeValue {
  const list = value.BS ?? [];
  if (list.length === 0) throw invalidParameter("Binary sets should not be empty");
  if (new Set(list.map((B) => memberText({ B }))).size < list.length) {
    const texts = list.map((bytes) => Buffer.from(bytes).toString("base64"));
    throw invalidParameter(`Input collection [${texts.join(", ")}]of type BS contains duplicates.`);
  }
  return value;
}
