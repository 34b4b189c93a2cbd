/**
 * Dictionaries that remember how Python 2.7 would order them, in a table beside the plain object. Only what may end in a
 * REST API's document has one (a template without such an API has none); every other object is in order of insertion.
 */
import { type Dict, isDict } from "../../template/value.ts";
import { byteString, isDecimal, withoutMark } from "./byte-string.ts";
import { KeyTable } from "./key-table.ts";

const tables = new WeakMap<Dict, KeyTable>();
const lists = new WeakSet<readonly unknown[]>();

/** A new, empty dictionary of Python 2.7. */
export function dictionary(): Dict {
  const made: Dict = {};
  tables.set(made, new KeyTable());
  return made;
}

/** As `Py27Dict(other)`: one merge. */
export function dictionaryOf(entries: Dict): Dict {
  const made = dictionary();
  update(made, entries);
  return made;
}

/** What a template holds, all of it made dictionaries of Python 2.7, in place. */
export function remember(value: unknown): void {
  if (Array.isArray(value)) {
    lists.add(value);
    value.forEach(remember);
  }
  if (!isDict(value)) return;
  rememberOne(value);
  Object.values(value).forEach(remember);
}

export function rememberOne(value: Dict): void {
  const table = new KeyTable();
  for (const key of Object.keys(value)) table.add(key);
  tables.set(value, table);
}

export function keysOf(value: Dict): string[] {
  const table = tables.get(value);
  if (table === undefined) return Object.keys(value);
  for (const key of Object.keys(value)) table.add(key);
  return table.keys().filter((key) => Object.hasOwn(value, key));
}

export const isRemembered = (value: unknown): boolean =>
  Array.isArray(value) ? lists.has(value) : isDict(value) && tables.has(value);

export const entriesOf = (value: Dict): [string, unknown][] => keysOf(value).map((key) => [key, value[key]]);

/** The name under which `key` is in `value`, as a byte string or not. */
export function nameIn(value: Dict, key: string): string | undefined {
  const text = withoutMark(key);
  if (Object.hasOwn(value, text)) return text;
  const marked = byteString(text);
  return Object.hasOwn(value, marked) ? marked : undefined;
}

export function at(value: Dict, key: string): unknown {
  const name = nameIn(value, key);
  return name === undefined ? undefined : value[name];
}

/** Sets a member; a key that is there stays the string it was. */
export function put(value: Dict, key: string, member: unknown): void {
  const name = nameIn(value, key) ?? key;
  value[name] = member;
  tables.get(value)?.add(name);
}

export function putDefault(value: Dict, key: string, member: unknown): unknown {
  if (nameIn(value, key) === undefined) put(value, key, member);
  return at(value, key);
}

export function remove(value: Dict, key: string): void {
  const name = nameIn(value, key);
  if (name === undefined) return;
  delete value[name];
  tables.get(value)?.remove(name);
}

export function update(value: Dict, other: Dict): void {
  const keys = keysOf(other);
  tables.get(value)?.merge(keys);
  for (const key of keys) put(value, key, other[key]);
}

/** A shallow copy, as `dict.copy()` makes it. */
export function copyOf(value: Dict): Dict {
  const copy: Dict = {};
  const table = tables.get(value);
  const keys = keysOf(value);
  for (const key of keys) copy[key] = value[key];
  if (table !== undefined) {
    const made = new KeyTable();
    made.merge(keys);
    tables.set(copy, made);
  }
  return copy;
}

/** As `copy.deepcopy`: keys go in one by one, in the order of the original. */
export function deepCopy<Value>(value: Value): Value {
  if (Array.isArray(value)) {
    const copies: unknown[] = value.map(deepCopy);
    if (lists.has(value)) lists.add(copies);
    return copies as Value;
  }
  if (!isDict(value)) return value;
  const copy: Dict = {};
  for (const key of keysOf(value)) copy[key] = deepCopy(value[key]);
  copyOrder(value, copy);
  return copy as Value;
}

export function copyOrder(from: Dict, to: Dict): void {
  if (!tables.has(from)) return;
  const table = new KeyTable();
  for (const key of keysOf(from)) table.add(Object.hasOwn(to, key) ? key : withoutMark(key));
  tables.set(to, table);
}

/** The same value without marks; its dictionaries keep their order. */
export function withoutMarks(value: unknown): unknown {
  if (typeof value === "string") return isDecimal(value) ? Number(withoutMark(value)) : withoutMark(value);
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (!isDict(value)) return value;
  const result: Dict = {};
  for (const key of keysOf(value)) result[withoutMark(key)] = withoutMarks(value[key]);
  copyOrder(value, result);
  return result;
}
