/** Sizes as AWS counts them (Developer Guide, "DynamoDB item sizes and formats"). */
import { numberSizeBytes } from "./number.ts";
import type { AttributeValue, Item } from "./value.ts";

// eslint-disable-next-line no-control-regex -- ASCII is one byte a character
const ascii = /^[\x00-\x7f]*$/;

export function textSizeBytes(text: string): number {
  return text.length < 64 && ascii.test(text) ? text.length : Buffer.byteLength(text, "utf8");
}

/** Names and values together: what limits, pages and capacity units count. */
export function itemSizeBytes(item: Item): number {
  let size = 0;
  for (const name in item) size += textSizeBytes(name) + valueSizeBytes(item[name] as AttributeValue);
  return size;
}

/** Bytes a list or map costs besides its content. */
const containerSizeBytes = 3;
/** Bytes each element of a list or map costs besides itself. */
const elementSizeBytes = 1;

export function valueSizeBytes(value: AttributeValue): number {
  if (value.S !== undefined) return textSizeBytes(value.S);
  if (value.N !== undefined) return numberSizeBytes(value.N);
  if (value.B !== undefined) return value.B.length;
  if (value.SS !== undefined) return value.SS.reduce((size, text) => size + textSizeBytes(text), 0);
  if (value.NS !== undefined) return value.NS.reduce((size, text) => size + numberSizeBytes(text), 0);
  if (value.BS !== undefined) return value.BS.reduce((size, bytes) => size + bytes.length, 0);
  if (value.L !== undefined) {
    return value.L.reduce(
      (size, element) => size + elementSizeBytes + valueSizeBytes(element),
      containerSizeBytes,
    );
  }
  if (value.M !== undefined) {
    return containerSizeBytes + itemSizeBytes(value.M) + elementSizeBytes * Object.keys(value.M).length;
  }
  return 1;
}
