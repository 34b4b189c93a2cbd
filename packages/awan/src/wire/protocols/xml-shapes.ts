/** Values as XML and back, by shape: query answers, REST-XML bodies, S3 event payloads. */
import type { Member, Shape, Target } from "../../model/shape.ts";
import { setField } from "./codec.ts";
import { formatScalar, parseScalar } from "./scalars.ts";
import { escapeXml } from "./xml.ts";
import type { XmlNode } from "./xml.ts";

type Fields = Record<string, unknown>;

/** A member's element. An `xmlName` on the target structure names a document's root, so only the member's own counts. */
const elementOf = (member: Member): string => member.ownTraits.xmlName ?? member.name;

const isFlattened = (target: Target): boolean => target.traits.xmlFlattened === 1;

/** ` xmlns="…"`, or nothing. */
export function namespaceAttribute(namespace: readonly [string, string] | undefined): string {
  if (!namespace) return "";
  const [prefix, uri] = namespace;
  return ` xmlns${prefix === "" ? "" : `:${prefix}`}="${escapeXml(uri)}"`;
}

/** Members of a structure as elements, without an element around them. */
export function xmlMembers(
  shape: Shape,
  fields: Fields,
  includes: (member: Member) => boolean = () => true,
): string {
  let xml = "";
  for (const member of shape.members) {
    const value = fields[member.name];
    if (value === null || value === undefined || member.traits.xmlAttribute || !includes(member)) continue;
    xml += xmlElement(member, value, elementOf(member));
  }
  return xml;
}

/** Members of a structure that are attributes of its element. */
export function xmlAttributes(shape: Shape, fields: Fields): string {
  let text = "";
  for (const member of shape.members) {
    const value = fields[member.name];
    if (!member.traits.xmlAttribute || value === null || value === undefined) continue;
    text += ` ${elementOf(member)}="${escapeXml(formatScalar(member, value, "date-time"))}"`;
  }
  return text;
}

function listElement(target: Target, items: Iterable<unknown>, element: string): string {
  const flattened = isFlattened(target);
  const { item } = target.shape;
  const itemElement = flattened ? element : (item.ownTraits.xmlName ?? "member");
  let xml = "";
  for (const value of items) {
    if (value !== null && value !== undefined) xml += xmlElement(item, value, itemElement);
  }
  return flattened ? xml : `<${element}${namespaceAttribute(target.traits.xmlNamespace)}>${xml}</${element}>`;
}

function mapElement(target: Target, entries: Fields, element: string): string {
  const flattened = isFlattened(target);
  const { key, value } = target.shape;
  const entryElement = flattened ? element : "entry";
  const keyElement = key.ownTraits.xmlName ?? "key";
  let xml = "";
  for (const [name, entry] of Object.entries(entries)) {
    if (entry === null || entry === undefined) continue;
    xml += `<${entryElement}><${keyElement}>${escapeXml(name)}</${keyElement}>`;
    xml += `${xmlElement(value, entry, value.ownTraits.xmlName ?? "value")}</${entryElement}>`;
  }
  return flattened ? xml : `<${element}${namespaceAttribute(target.traits.xmlNamespace)}>${xml}</${element}>`;
}

/** One element (several, for a flattened list or map). */
export function xmlElement(target: Target, value: unknown, element: string): string {
  switch (target.shape.kind) {
    case "structure":
    case "union": {
      const fields = value as Fields;
      const attributes = namespaceAttribute(target.traits.xmlNamespace) + xmlAttributes(target.shape, fields);
      return `<${element}${attributes}>${xmlMembers(target.shape, fields)}</${element}>`;
    }
    case "list":
      return listElement(target, value as Iterable<unknown>, element);
    case "map":
      return mapElement(target, value as Fields, element);
    default: {
      const opening = `${element}${namespaceAttribute(target.traits.xmlNamespace)}`;
      return `<${opening}>${escapeXml(formatScalar(target, value, "date-time"))}</${element}>`;
    }
  }
}

function readMap(target: Target, entries: readonly XmlNode[]): Fields {
  const { key, value } = target.shape;
  const keyElement = key.ownTraits.xmlName ?? "key";
  const valueElement = value.ownTraits.xmlName ?? "value";
  const fields: Fields = {};
  for (const entry of entries) {
    const keyNode = entry.children.find(({ name }) => name === keyElement);
    const valueNode = entry.children.find(({ name }) => name === valueElement);
    if (keyNode && valueNode) setField(fields, keyNode.text, readXml(value, valueNode));
  }
  return fields;
}

function readMember(member: Member, node: XmlNode): unknown {
  const element = elementOf(member);
  if (member.traits.xmlAttribute) {
    const text = node.attributes[element];
    return text === undefined ? undefined : parseScalar(member, text);
  }
  if (isFlattened(member) && (member.shape.kind === "list" || member.shape.kind === "map")) {
    const nodes = node.children.filter(({ name }) => name === element);
    if (nodes.length === 0) return undefined;
    return member.shape.kind === "map"
      ? readMap(member, nodes)
      : nodes.map((item) => readXml(member.shape.item, item));
  }
  const child = node.children.find(({ name }) => name === element);
  return child ? readXml(member, child) : undefined;
}

/** Members of a structure from an element's children and attributes. */
export function readXmlMembers(
  shape: Shape,
  node: XmlNode,
  includes: (member: Member) => boolean = () => true,
): Fields {
  const fields: Fields = {};
  for (const member of shape.members) {
    if (!includes(member)) continue;
    const value = readMember(member, node);
    if (value !== undefined) fields[member.name] = value;
  }
  return fields;
}

/** The value of an element. */
export function readXml(target: Target, node: XmlNode): unknown {
  const { shape } = target;
  switch (shape.kind) {
    case "structure":
    case "union":
      return readXmlMembers(shape, node);
    case "list": {
      const element = shape.item.ownTraits.xmlName ?? "member";
      return node.children.filter(({ name }) => name === element).map((item) => readXml(shape.item, item));
    }
    case "map":
      return readMap(
        target,
        node.children.filter(({ name }) => name === "entry"),
      );
    default:
      return parseScalar(target, node.text);
  }
}
