/** Bodies of the query protocols: `a.b.1=x` pairs, read into a tree and from there into values by shape. */
import type { Member, Shape, Target } from "../../model/shape.ts";
import { setField } from "./codec.ts";
import { parseScalar } from "./scalars.ts";

type Fields = Record<string, unknown>;

interface FormNode {
  value?: string;
  children?: Map<string, FormNode>;
}

function decodeComponent(text: string): string {
  try {
    return decodeURIComponent(text.includes("+") ? text.replaceAll("+", " ") : text);
  } catch {
    return text;
  }
}

/** Fields of an `application/x-www-form-urlencoded` body; of a repeated name the last wins. */
export function parseForm(body: string): Map<string, string> {
  const form = new Map<string, string>();
  for (const pair of body.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = equals < 0 ? pair : pair.slice(0, equals);
    form.set(decodeComponent(name), equals < 0 ? "" : decodeComponent(pair.slice(equals + 1)));
  }
  return form;
}

function treeOf(form: ReadonlyMap<string, string>): FormNode {
  const root: FormNode = {};
  for (const [name, value] of form) {
    let node = root;
    for (const part of name.split(".")) {
      node.children ??= new Map();
      let child = node.children.get(part);
      if (!child) node.children.set(part, (child = {}));
      node = child;
    }
    node.value = value;
  }
  return root;
}

/** What differs between the query protocol and EC2's. */
export interface FormDialect {
  /** The name a member has in the form. */
  fieldOf(member: Member): string;
  /** Whether a list's items follow its name directly. */
  isFlat(target: Target): boolean;
}

const queryDialect: FormDialect = {
  fieldOf: (member) => member.ownTraits.xmlName ?? member.name,
  isFlat: (target) => target.traits.xmlFlattened === 1,
};

export { queryDialect };

/** `1`, `2`, … in numeric order; gaps are allowed. */
function numbered(node: FormNode | undefined): FormNode[] {
  if (!node?.children) return [];
  return [...node.children]
    .filter(([name]) => /^\d+$/.test(name))
    .toSorted(([left], [right]) => Number(left) - Number(right))
    .map(([, child]) => child);
}

function readStructure(shape: Shape, node: FormNode, dialect: FormDialect): Fields {
  const fields: Fields = {};
  for (const member of shape.members) {
    const field = dialect.fieldOf(member);
    const child = node.children?.get(field) ?? node.children?.get(member.name);
    const value = child && read(member, child, dialect);
    if (value !== undefined) fields[member.name] = value;
  }
  return fields;
}

function readList(target: Target, node: FormNode, dialect: FormDialect): unknown[] | undefined {
  const { item } = target.shape;
  let source: FormNode | undefined = node;
  if (!dialect.isFlat(target)) {
    // Clients disagree on the item's name, and some leave it out.
    const named = node.children?.get(item.ownTraits.xmlName ?? "member") ?? node.children?.get("member");
    source = named ?? (numbered(node).length > 0 ? node : undefined);
  }
  const items = numbered(source);
  // `Name=` is how an empty list travels.
  if (items.length === 0) return node.value === "" ? [] : undefined;
  return items.map((child) => read(item, child, dialect)).filter((value) => value !== undefined);
}

function readMap(target: Target, node: FormNode, dialect: FormDialect): Fields | undefined {
  const { key, value } = target.shape;
  const source = dialect.isFlat(target) ? node : (node.children?.get("entry") ?? node);
  const entries: Fields = {};
  for (const entry of numbered(source)) {
    const name = entry.children?.get(key.ownTraits.xmlName ?? "key")?.value;
    const child = entry.children?.get(value.ownTraits.xmlName ?? "value");
    if (name !== undefined) setField(entries, name, read(value, child ?? { value: "" }, dialect));
  }
  return entries;
}

function read(target: Target, node: FormNode, dialect: FormDialect): unknown {
  switch (target.shape.kind) {
    case "structure":
    case "union":
      return readStructure(target.shape, node, dialect);
    case "list":
      return readList(target, node, dialect);
    case "map":
      return readMap(target, node, dialect);
    default:
      return node.value === undefined ? undefined : parseScalar(target, node.value);
  }
}

/** An operation's input from its form. */
export function readForm(shape: Shape, form: ReadonlyMap<string, string>, dialect: FormDialect): Fields {
  return shape.kind === "unit" ? {} : readStructure(shape, treeOf(form), dialect);
}
