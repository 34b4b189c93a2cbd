/** Items as plain JSON, binary in base64: the form that Lambda events, Kinesis records and exports carry. */
import type { AttributeValue, Item } from "../../engines/dynamo-expression/value.ts";

export type JsonItem = Readonly<Record<string, unknown>>;

export function jsonItem(item: Item): JsonItem {
  const json: Record<string, unknown> = {};
  for (const name in item) json[name] = jsonValue(item[name] as AttributeValue);
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
