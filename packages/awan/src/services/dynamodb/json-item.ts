/** Items as plain JSON, binary in base64: the form that Lambda events, Kinesis records and exports carry. */
import type { AttributeValue, Item } from "../../engines/dynamo-expression/value.ts";

export type JsonItem = Readonly<Record<string, unknown>>;

export function jsonItem(item: Item): JsonItem {
  const json: Record<string, unknown> = {};
  for (const name in item) {
    const value = jsonValue(item[name] as AttributeValue);
    if (name === "__proto__") Object.defineProperty(json, name, { value, enumerable: true });
    else json[name] = value;
  }
  return json;
}

function jsonValue(value: AttributeValue): unknown {
  if (value.B !== undefined) return { B: base64(value.B) };
  if (value.BS !== undefined) return { BS: value.BS.map(base64) };
  if (value.L !== undefined) return { L: value.L.map(jsonValue) };
  if (value.M !== undefined) return { M: jsonItem(value.M) };
  return value;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** A line of an import: `{"Item": {…}}`; undefined when it is none. */
export function itemFromJson(line: string): Item | undefined {
  try {
    const { Item: item } = JSON.parse(line) as { readonly Item?: JsonItem };
    return item === undefined ? undefined : fromJson(item);
  } catch {
    return undefined;
  }
}

/** The item of a JSON object that is one. */
export function fromJson(item: JsonItem): Item {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, valueFromJson(value as JsonItem)]),
  );
}

function valueFromJson(value: JsonItem): AttributeValue {
  const { B: bytes, BS: set, L: list, M: map } = value;
  if (typeof bytes === "string") return { B: new Uint8Array(Buffer.from(bytes, "base64")) };
  if (Array.isArray(set))
    return { BS: set.map((each) => new Uint8Array(Buffer.from(String(each), "base64"))) };
  if (Array.isArray(list)) return { L: list.map((each) => valueFromJson(each as JsonItem)) };
  if (typeof map === "object" && map !== null) return { M: fromJson(map as JsonItem) };
  return value;
}

/** A line of CSV: every value is a string, as AWS imports it; keys of other types are converted by their table. */
export function itemFromCsv(headers: readonly string[], values: readonly string[]): Item {
  return Object.fromEntries(
    headers.flatMap((name, at) => (values[at] === undefined ? [] : [[name, { S: values[at] }] as const])),
  );
}
