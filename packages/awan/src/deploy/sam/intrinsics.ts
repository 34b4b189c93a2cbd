/** The intrinsic functions the transform writes, and what it asks of those it reads. */
import { type Dict, isDict, isIntrinsic, soleKey } from "../template/value.ts";
import { withoutMark } from "./python/byte-string.ts";

export const ref = (logicalId: string): Dict => ({ Ref: logicalId });
export const getAtt = (logicalId: string, attribute: string): Dict => ({
  "Fn::GetAtt": [logicalId, attribute],
});
export const sub = (text: string, variables?: Dict): Dict => ({
  "Fn::Sub": variables === undefined ? text : [text, variables],
});
export const join = (separator: string, items: readonly unknown[]): Dict => ({
  "Fn::Join": [separator, items],
});

/** `value` if the condition holds, otherwise nothing. */
export const conditional = (condition: unknown, value: unknown, otherwise?: unknown): Dict => ({
  "Fn::If": [condition, value, otherwise ?? { Ref: "AWS::NoValue" }],
});

export const orOf = (conditions: readonly string[]): Dict => ({
  "Fn::Or": conditions.map((condition) => ({ Condition: condition })),
});

export const not = (condition: string): Dict => ({ "Fn::Not": [{ Condition: condition }] });

export const isFunction = (value: unknown): value is Dict => {
  const key = soleKey(value);
  return (
    isIntrinsic(value) ||
    (key !== undefined && key !== withoutMark(key) && isIntrinsic({ [withoutMark(key)]: 0 }))
  );
};

export const isIf = (value: unknown): value is Dict => withoutMark(soleKey(value) ?? "") === "Fn::If";

export const isNoValue = (value: unknown): boolean =>
  isDict(value) &&
  Object.keys(value).length === 1 &&
  Object.entries(value).every(
    ([key, member]) =>
      withoutMark(key) === "Ref" && typeof member === "string" && withoutMark(member) === "AWS::NoValue",
  );

/** The three parts of an `Fn::If`, or why they are not. */
export function partsOfIf(
  value: Dict,
): readonly [condition: unknown, then: unknown, otherwise: unknown] | string {
  const parts = value["Fn::If"];
  return Array.isArray(parts) && parts.length === 3
    ? (parts as [unknown, unknown, unknown])
    : "Fn::If requires 3 arguments";
}

/** The resource that a `Ref` or `Fn::GetAtt` is about. */
export function logicalIdIn(value: unknown): string | undefined {
  if (!isIntrinsic(value)) return undefined;
  if (typeof value["Ref"] === "string") return value["Ref"];
  const attribute = value["Fn::GetAtt"];
  if (Array.isArray(attribute) && attribute.length === 2 && typeof attribute[0] === "string")
    return attribute[0];
  if (typeof attribute !== "string") return undefined;
  const parts = attribute.split(".");
  return parts.length === 2 ? parts[0] : undefined;
}

/** An API's id: what a `Ref` names, or the value itself. */
export const apiIdOf = (value: unknown): unknown => (isDict(value) && "Ref" in value ? value["Ref"] : value);

const conditionsMax = 10;

/**
 * Any of the conditions, as conditions of at most ten parts: the last is called `name`, those it needs get numbers.
 * Nothing for fewer than two.
 */
export function combinedConditions(conditions: readonly string[], name: string): Dict {
  const made: Dict = {};
  if (conditions.length < 2) return made;
  let left = [...conditions];
  let number = Math.floor((conditions.length - 2) / (conditionsMax - 1));
  while (left.length > 1) {
    const own = number > 0 ? `${name}${number}` : name;
    number -= 1;
    made[own] = orOf(left.slice(0, conditionsMax));
    left = [...left.slice(conditionsMax), own];
  }
  return made;
}
