/** Attribute values as they travel: an object with one member, named by its type. */
import { compareNumbers } from "./number.ts";

export type AttributeType = "S" | "N" | "B" | "BOOL" | "NULL" | "SS" | "NS" | "BS" | "L" | "M";

/** Exactly one member is present once a value was validated. */
export interface AttributeValue {
  readonly S?: string;
  readonly N?: string;
  readonly B?: Uint8Array;
  readonly BOOL?: boolean;
  readonly NULL?: boolean;
  readonly SS?: readonly string[];
  readonly NS?: readonly string[];
  readonly BS?: readonly Uint8Array[];
  readonly L?: readonly AttributeValue[];
  readonly M?: Item;
}

export type Item = Readonly<Record<string, AttributeValue>>;

/** The type of a validated value. */
export function typeOf(value: AttributeValue): AttributeType {
  for (const type in value) if (value[type as AttributeType] !== undefined) return type as AttributeType;
  return "NULL";
}

const compareText = (a: string, b: string): number => {
  if (a === b) return 0;
  // UTF-16 order differs from UTF-8 order only where surrogates are involved.
  return surrogates.test(a) || surrogates.test(b)
    ? Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"))
    : a < b
      ? -1
      : 1;
};
const surrogates = /[\ud800-\udfff]/;

/** Order of two scalars of one type; undefined when their types differ or have no order. */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.S !== undefined) return b.S === undefined ? undefined : compareText(a.S, b.S);
  if (a.N !== undefined) return b.N === undefined ? undefined : compareNumbers(a.N, b.N);
  if (a.B !== undefined) return b.B === undefined ? undefined : Buffer.compare(a.B, b.B);
  return undefined;
}

/** Equality as DynamoDB has it: same type and value; sets have no order, numbers are compared as numbers. */
export function equalValues(a: AttributeValue, b: AttributeValue): boolean {
  if (a === b) return true;
  const type = typeOf(a);
  if (type !== typeOf(b)) return false;
  switch (type) {
    case "S":
      return a.S === b.S;
    case "N":
      return compareNumbers(a.N ?? "", b.N ?? "") === 0;
    case "B":
      return Buffer.compare(a.B ?? empty, b.B ?? empty) === 0;
    case "BOOL":
      return a.BOOL === b.BOOL;
    case "NULL":
      return true;
    case "L":
      return equalLists(a.L ?? [], b.L ?? []);
    case "M":
      return equalItems(a.M ?? {}, b.M ?? {});
    default:
      return equalSets(setMembers(a), setMembers(b));
  }
}

const empty = new Uint8Array();

function equalLists(a: readonly AttributeValue[], b: readonly AttributeValue[]): boolean {
  return a.length === b.length && a.every((value, at) => equalValues(value, b[at] as AttributeValue));
}

export function equalItems(a: Item, b: Item): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => {
    const other = b[name];
    return other !== undefined && equalValues(a[name] as AttributeValue, other);
  });
}

function equalSets(a: readonly AttributeValue[], b: readonly AttributeValue[]): boolean {
  if (a.length !== b.length) return false;
  const texts = new Set(a.map(memberText));
  return b.every((member) => texts.has(memberText(member)));
}

/** The members of a set (or list) as values. */
export function setMembers(value: AttributeValue): readonly AttributeValue[] {
  if (value.SS !== undefined) return value.SS.map((S) => ({ S }));
  if (value.NS !== undefined) return value.NS.map((N) => ({ N }));
  if (value.BS !== undefined) return value.BS.map((B) => ({ B }));
  return value.L ?? [];
}

/** A set member as text that is equal exactly for equal members. */
export function memberText({ S, N, B }: AttributeValue): string {
  return S ?? N ?? Buffer.from(B ?? empty).toString("latin1");
}
