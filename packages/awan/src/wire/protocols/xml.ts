/** XML as a tree, and text escaped for it. Small and strict: no document types, hence no entities to expand. */
import { AwsError } from "../../kernel/errors.ts";

export interface XmlNode {
  /** Without its namespace prefix. */
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlNode[];
  text: string;
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\r": "&#xD;",
};
const special = /[&<>"'\r]/;
const specials = new RegExp(special, "g");

export function escapeXml(text: string): string {
  return special.test(text) ? text.replace(specials, (character) => escapes[character] ?? character) : text;
}

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const entity = /&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g;

function unescapeXml(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(entity, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return named[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    if (code > 0x10ffff) throw malformed();
    return String.fromCodePoint(code);
  });
}

/** S3's words, used for any service. */
export function malformed(): AwsError {
  return new AwsError(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
    { status: 400 },
  );
}

const attribute = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const prefix = /^.*:/;

function openElement(inner: string): XmlNode {
  const name = /^[^\s]+/.exec(inner)?.[0];
  if (name === undefined) throw malformed();
  const node: XmlNode = { name: name.replace(prefix, ""), attributes: {}, children: [], text: "" };
  for (const [, key, double, single] of inner.slice(name.length).matchAll(attribute)) {
    if (key !== undefined) node.attributes[key] = unescapeXml(double ?? single ?? "");
  }
  return node;
}

function after(xml: string, end: string, from: number): number {
  const found = xml.indexOf(end, from);
  if (found < 0) throw malformed();
  return found + end.length;
}

/** The root element. Throws MalformedXML. */
export function parseXml(xml: string): XmlNode {
  const document: XmlNode = { name: "", attributes: {}, children: [], text: "" };
  const open = [document];
  let at = 0;
  while (at < xml.length) {
    const start = xml.indexOf("<", at);
    const parent = open[open.length - 1] ?? document;
    if (start !== at) parent.text += unescapeXml(start < 0 ? xml.slice(at) : xml.slice(at, start));
    if (start < 0) break;
    if (xml.startsWith("<![CDATA[", start)) {
      at = after(xml, "]]>", start);
      parent.text += xml.slice(start + 9, at - 3);
    } else if (xml.startsWith("<!--", start)) {
      at = after(xml, "-->", start);
    } else if (xml.startsWith("<?", start)) {
      at = after(xml, "?>", start);
    } else if (xml.startsWith("<!", start)) {
      throw malformed();
    } else {
      at = after(xml, ">", start);
      const inner = xml.slice(start + 1, at - 1);
      if (inner.startsWith("/")) {
        const name = inner.slice(1).trim().replace(prefix, "");
        if (open.length < 2 || open.pop()?.name !== name) throw malformed();
      } else {
        const isEmpty = inner.endsWith("/");
        const node = openElement(isEmpty ? inner.slice(0, -1) : inner);
        parent.children.push(node);
        if (!isEmpty) open.push(node);
      }
    }
  }
  const [root, second] = document.children;
  if (open.length !== 1 || root === undefined || second !== undefined) throw malformed();
  return root;
}
