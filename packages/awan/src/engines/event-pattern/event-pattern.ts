/**
 * AWS's event patterns (EventBridge rules, Pipes, Lambda's event source filters), after the published semantics of
 * aws/event-ruler: an event is flattened to leaves, each with the array elements it came through; a pattern matches when
 * every field finds a leaf and the chosen leaves come from the same array elements.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
import { EventPatternError } from "./error.ts";
import { compileMatcher, type Leaf, type Matcher } from "./matcher.ts";

export { EventPatternError } from "./error.ts";

type Node =
  | { readonly kind: "field"; readonly path: string; readonly matchers: readonly Matcher[] }
  | { readonly kind: "or"; readonly alternatives: readonly (readonly Node[])[] };

export interface EventPattern {
  readonly nodes: readonly Node[];
}

/** Compiles a pattern, given as JSON text or as the value of it. Throws EventPatternError. */
export function compileEventPattern(pattern: unknown): EventPattern {
  const value = typeof pattern === "string" ? parse(pattern) : pattern;
  if (!isObject(value)) throw new EventPatternError("Filter is not an object");
  if (Object.keys(value).length === 0) throw new EventPatternError("Empty objects are not allowed");
  return { nodes: compileObject(value, "") };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new EventPatternError(error instanceof SyntaxError ? error.message : String(error));
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function compileObject(pattern: Record<string, unknown>, prefix: string): Node[] {
  const nodes: Node[] = [];
  for (const [name, value] of Object.entries(pattern)) {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    if (name === "$or" && isAlternatives(value)) {
      nodes.push({ kind: "or", alternatives: value.map((each) => compileObject(each, prefix)) });
    } else if (Array.isArray(value)) {
      if (value.length === 0) throw new EventPatternError("Empty arrays are not allowed");
      nodes.push({ kind: "field", path, matchers: value.map(compileMatcher) });
    } else if (isObject(value)) {
      if (Object.keys(value).length === 0) throw new EventPatternError("Empty objects are not allowed");
      nodes.push(...compileObject(value, path));
    } else throw new EventPatternError(`"${name}" must be an object or an array`);
  }
  return nodes;
}

const operatorNames = new Set([
  "exists",
  "prefix",
  "suffix",
  "equals-ignore-case",
  "wildcard",
  "numeric",
  "cidr",
  "anything-but",
]);

/** `$or` is an operator only before a list of two or more patterns; otherwise it is a field's name. */
function isAlternatives(value: unknown): value is Record<string, unknown>[] {
  return (
    Array.isArray(value) &&
    value.length >= 2 &&
    value.every(
      (each) =>
        isObject(each) &&
        Object.keys(each).length > 0 &&
        !Object.keys(each).some((name) => operatorNames.has(name)),
    )
  );
}

/** By which element each array on the way was entered: array's path → index. */
type Membership = ReadonlyMap<string, number>;

interface Field {
  readonly value: Leaf;
  readonly membership: Membership;
}

type Fields = ReadonlyMap<string, readonly Field[]>;

const nowhere: Membership = new Map();

/** Whether `event` (a JSON value) matches. */
export function matchesEventPattern(pattern: EventPattern, event: unknown): boolean {
  const fields = new Map<string, Field[]>();
  flatten(event, "", nowhere, fields);
  return solve(pattern.nodes, 0, nowhere, fields);
}

function flatten(value: unknown, path: string, membership: Membership, fields: Map<string, Field[]>): void {
  if (Array.isArray(value)) {
    value.forEach((each, index) => flatten(each, path, new Map(membership).set(path, index), fields));
  } else if (isObject(value)) {
    for (const [name, each] of Object.entries(value)) {
      flatten(each, path === "" ? name : `${path}.${name}`, membership, fields);
    }
  } else {
    const field = { value: value as Leaf, membership };
    const known = fields.get(path);
    if (known === undefined) fields.set(path, [field]);
    else known.push(field);
  }
}

/** Whether nodes from `at` on can be satisfied together with the array elements chosen so far. */
function solve(nodes: readonly Node[], at: number, chosen: Membership, fields: Fields): boolean {
  const node = nodes[at];
  if (node === undefined) return true;
  if (node.kind === "or") {
    const rest = nodes.slice(at + 1);
    return node.alternatives.some((alternative) => solve([...alternative, ...rest], 0, chosen, fields));
  }
  const candidates = fields.get(node.path) ?? [];
  for (const matcher of node.matchers) {
    if (matcher.absent) {
      if (candidates.length === 0 && solve(nodes, at + 1, chosen, fields)) return true;
      continue;
    }
    for (const { value, membership } of candidates) {
      if (!matcher.accepts(value)) continue;
      const merged = merge(chosen, membership);
      if (merged !== undefined && solve(nodes, at + 1, merged, fields)) return true;
    }
  }
  return false;
}

/** Both choices together; undefined when they name different elements of one array. */
function merge(chosen: Membership, membership: Membership): Membership | undefined {
  if (membership.size === 0) return chosen;
  const merged = new Map(chosen);
  for (const [path, index] of membership) {
    const known = merged.get(path);
    if (known !== undefined && known !== index) return undefined;
    merged.set(path, index);
  }
  return merged;
}
