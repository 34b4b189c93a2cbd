/**
 * Message attributes: AWS's checks and AWS's MD5 (SQS Developer Guide, "Calculating the MD5 message digest for message
 * attributes"). SNS delivers through the same form.
 */
import { createHash, hash } from "node:crypto";
import { invalidParameterValue } from "./errors.ts";
import { attributeNameBytesMax, attributeTypeBytesMax, messageAttributesMax } from "./limits.ts";

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: Uint8Array;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

export interface GivenAttribute {
  readonly DataType?: string | undefined;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: Uint8Array | undefined;
}

export function md5(content: string | Uint8Array): string {
  return hash("md5", content, "hex");
}

/** The digest over names in order: each part with its length before it, values with a byte for their kind. */
export function md5OfAttributes(attributes: MessageAttributes): string | null {
  const names = Object.keys(attributes).toSorted();
  if (names.length === 0) return null;
  const digest = createHash("md5");
  const part = (content: string | Uint8Array): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(typeof content === "string" ? Buffer.byteLength(content) : content.length);
    digest.update(length).update(content);
  };
  for (const name of names) {
    const { DataType, StringValue, BinaryValue } = attributes[name] as MessageAttribute;
    part(name);
    part(DataType);
    digest.update(Buffer.of(StringValue === undefined ? 2 : 1));
    part(StringValue ?? BinaryValue ?? "");
  }
  return digest.digest("hex");
}

/** What the attributes weigh against a message's size limit: names, types and values. */
export function sizeOfAttributes(attributes: MessageAttributes | null): number {
  let size = 0;
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes ?? {})) {
    size += Buffer.byteLength(name) + Buffer.byteLength(DataType);
    size += StringValue === undefined ? (BinaryValue?.length ?? 0) : Buffer.byteLength(StringValue);
  }
  return size;
}

/** Text the SQS wire can carry: the first character outside #x9 | #xA | #xD | #x20–#xD7FF | #xE000–#xFFFD | #x10000–. */
export function invalidCharacter(text: string): string | undefined {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const found = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/u.exec(text);
  return found === null ? undefined : `#x${(found[0].codePointAt(0) as number).toString(16).toUpperCase()}`;
}

export const allowedCharacters = "#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF";

/** Checks given attributes and keeps what is stored of them; null when there are none. */
export function checkedAttributes(
  given: Readonly<Record<string, GivenAttribute>> | undefined,
): MessageAttributes | null {
  const entries = Object.entries(given ?? {});
  if (entries.length === 0) return null;
  if (entries.length > messageAttributesMax) {
    throw invalidParameterValue(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [${messageAttributesMax}].`,
    );
  }
  return Object.fromEntries(entries.map(([name, attribute]) => [name, checkedAttribute(name, attribute)]));
}

function checkedAttribute(name: string, given: GivenAttribute): MessageAttribute {
  checkName(name);
  const { DataType: type, StringValue: text, BinaryValue: bytes } = given;
  if (type === undefined || type === "") {
    throw invalidParameterValue(
      `The message attribute '${name}' must contain non-empty message attribute type.`,
    );
  }
  if (Buffer.byteLength(type) >= attributeTypeBytesMax) {
    throw invalidParameterValue(
      `Invalid length of message attribute type. Length of message attribute type must be less than ${attributeTypeBytesMax} bytes.`,
    );
  }
  const kind = type.split(".", 1)[0] as string;
  if (kind !== "String" && kind !== "Number" && kind !== "Binary") {
    throw invalidParameterValue(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  const field = kind === "Binary" ? "Binary" : "String";
  const value = kind === "Binary" ? bytes : text;
  if (value === undefined || value.length === 0) {
    const other = kind === "Binary" ? text : bytes;
    throw invalidParameterValue(
      other === undefined || other.length === 0
        ? `Message (user) attribute '${name}' must contain a non-empty value of type '${field}'.`
        : `The message attribute '${name}' with type '${kind}' must use field '${field}'.`,
    );
  }
  if (typeof value !== "string") return { DataType: type, BinaryValue: value };
  const invalid = invalidCharacter(value);
  if (invalid !== undefined) {
    throw invalidParameterValue(
      `Invalid binary character '${invalid}' was found in the message attribute '${name}' value, the set of allowed characters is ${allowedCharacters}`,
    );
  }
  if (kind === "Number" && !isNumber(value)) {
    throw invalidParameterValue(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  }
  return { DataType: type, StringValue: value };
}

const isNumber = (text: string): boolean => /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text.trim());

function checkName(name: string): void {
  if (Buffer.byteLength(name) > attributeNameBytesMax) {
    throw invalidParameterValue(
      `Length of message attribute name must be less than ${attributeNameBytesMax} bytes.`,
    );
  }
  if (/^(aws|amazon)\./i.test(name)) {
    throw invalidParameterValue(
      `Invalid message attribute name '${name}'. You can't use message attribute names beginning with 'AWS.' or 'Amazon.' as these strings are reserved for internal use.`,
    );
  }
  const bad = /[^\p{L}\p{N}_.-]/u.exec(name);
  if (bad !== null) {
    const code = (bad[0].codePointAt(0) as number).toString(16).toUpperCase();
    throw invalidParameterValue(
      `Invalid non-alphanumeric character '#x${code}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    );
  }
  if (name.startsWith(".")) {
    throw invalidParameterValue("Invalid message attribute name starting with character '.' was found.");
  }
  if (name.endsWith(".")) {
    throw invalidParameterValue("Invalid message attribute name ending with character '.' was found.");
  }
  if (name.includes("..")) {
    throw invalidParameterValue("Message attribute name can not have successive '.' character.");
  }
}

/** Whether a receive that asks for `wanted` names gets the attribute: `All`, `.*`, `Prefix.*`, or the name itself. */
export function isWanted(name: string, wanted: readonly string[]): boolean {
  return wanted.some(
    (pattern) =>
      pattern === "All" ||
      pattern === ".*" ||
      pattern === name ||
      (pattern.endsWith("*") && name.startsWith(pattern.slice(0, pattern.endsWith(".*") ? -2 : -1))),
  );
}
