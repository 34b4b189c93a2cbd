/** AWS's checks of what is published: attributes, size, structure. */
import { invalidAttribute, invalidParameter, memberMustNotBeNull } from "./errors.ts";
import type { PublishedAttribute, Texts } from "./keys.ts";
import { attributeNameBytesMax, subjectLengthMax } from "./limits.ts";

export interface GivenAttribute {
  readonly DataType?: string | undefined;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: Uint8Array | undefined;
}

/** `path` is where Coral says the attributes are, for the one refusal that comes from it. */
export function checkedAttributes(
  given: Readonly<Record<string, GivenAttribute>> | undefined,
  path = "messageAttributes",
): Readonly<Record<string, PublishedAttribute>> {
  const entries = Object.entries(given ?? {});
  for (const [name, { DataType }] of entries) {
    if (DataType === undefined) throw memberMustNotBeNull(`${path}.${name}.member.dataType`);
  }
  return Object.fromEntries(entries.map(([name, attribute]) => [name, checkedAttribute(name, attribute)]));
}

function checkedAttribute(name: string, given: GivenAttribute): PublishedAttribute {
  checkName(name);
  const { DataType: type = "", StringValue: text, BinaryValue: bytes } = given;
  const kind = type.split(".", 1)[0] as string;
  if ((kind !== "String" && kind !== "Number" && kind !== "Binary") || type === `${kind}.`) {
    throw invalidAttribute(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  const field = kind === "Binary" ? "Binary" : "String";
  const value = kind === "Binary" ? bytes : text;
  const other = kind === "Binary" ? text : bytes;
  if (value === undefined && other !== undefined && other.length > 0) {
    throw invalidAttribute(`The message attribute '${name}' with type '${type}' must use field '${field}'.`);
  }
  if (value === undefined || value.length === 0) {
    throw invalidAttribute(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`,
    );
  }
  if (typeof value !== "string") return { DataType: type, BinaryValue: value };
  if (kind === "Number" && (value.trim() === "" || Number.isNaN(Number(value)))) {
    throw invalidAttribute(`Could not cast message attribute '${name}' value to number.`);
  }
  return { DataType: type, StringValue: value };
}

function checkName(name: string): void {
  if (Buffer.byteLength(name) > attributeNameBytesMax) {
    throw invalidAttribute(
      `Length of message attribute name must be less than ${attributeNameBytesMax} bytes.`,
    );
  }
  const bad = /[^A-Za-z0-9_.-]/u.exec(name);
  if (bad !== null) {
    const code = (bad[0].codePointAt(0) as number).toString(16).toUpperCase();
    throw invalidAttribute(
      `Invalid non-alphanumeric character '#x${code}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    );
  }
  if (name.startsWith("."))
    throw invalidAttribute("Invalid message attribute name starting with character '.' was found.");
  if (name.endsWith("."))
    throw invalidAttribute("Invalid message attribute name ending with character '.' was found.");
  if (name.includes(".."))
    throw invalidAttribute("Message attribute name can not have successive '.' character.");
}

export function checkSubject(subject: string | undefined): void {
  if (subject === undefined) return;
  if (subject === "" || subject.length > subjectLengthMax || /\p{Cc}/u.test(subject) || /^\s/.test(subject)) {
    throw invalidParameter("Subject");
  }
}

/** The texts by protocol of `MessageStructure: json`. */
export function parsedStructure(message: string): Texts {
  let parsed: unknown;
  try {
    parsed = JSON.parse(message);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalidParameter("Message Structure - JSON message body failed to parse");
  }
  const texts: Record<string, string> = {};
  if (typeof parsed === "object" && parsed !== null) {
    for (const [key, value] of Object.entries(parsed)) if (typeof value === "string") texts[key] = value;
  }
  if (texts["default"] === undefined) {
    throw invalidParameter("Message Structure - No default entry in JSON message body");
  }
  return texts;
}

/** Bytes of a message that count against the limit. */
export function sizeOf(message: string, attributes: Readonly<Record<string, PublishedAttribute>>): number {
  let size = Buffer.byteLength(message);
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    size += Buffer.byteLength(name) + Buffer.byteLength(DataType);
    size += StringValue === undefined ? (BinaryValue?.length ?? 0) : Buffer.byteLength(StringValue);
  }
  return size;
}
