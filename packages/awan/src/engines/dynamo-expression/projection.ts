/** Projections: the parts of an item that a list of paths names, with their nesting kept and list gaps closed. */
import type { PathNode } from "./ast.ts";
import { ExpressionError } from "./lexer.ts";
import { type Path, pathText, type Placeholders } from "./placeholders.ts";
import type { AttributeValue, Item } from "./value.ts";

/** A tree of what is wanted: null stands for the whole value. */
interface Branch {
  readonly children: Map<string | number, Branch | null>;
}

export interface Projection {
  readonly paths: readonly Path[];
  readonly root: Branch;
}

export function resolveProjection(nodes: readonly PathNode[], placeholders: Placeholders): Projection {
  const paths = nodes.map((node) => placeholders.path(node));
  checkOverlaps(paths);
  return projectionOf(paths);
}

export function projectionOf(paths: readonly Path[]): Projection {
  const root: Branch = { children: new Map() };
  for (const path of paths) {
    let branch = root;
    for (const [at, part] of path.entries()) {
      if (at === path.length - 1) branch.children.set(part, null);
      else {
        let next = branch.children.get(part);
        if (next === null) break;
        if (next === undefined) branch.children.set(part, (next = { children: new Map() }));
        branch = next;
      }
    }
  }
  return { paths, root };
}

/** No path may be, begin or contradict another; an overlap is reported before any conflict. */
export function checkOverlaps(paths: readonly Path[]): void {
  let conflict: ExpressionError | undefined;
  for (const [at, later] of paths.entries()) {
    for (const earlier of paths.slice(0, at)) {
      const shared = Math.min(earlier.length, later.length);
      let same = 0;
      while (same < shared && earlier[same] === later[same]) same += 1;
      if (same === shared) throw clash("overlap", earlier, later);
      if (typeof earlier[same] !== typeof later[same]) conflict ??= clash("conflict", earlier, later);
    }
  }
  if (conflict !== undefined) throw conflict;
}

const clash = (kind: "overlap" | "conflict", one: Path, two: Path): ExpressionError =>
  new ExpressionError(
    `Two document paths ${kind} with each other; must remove or rewrite one of these paths; path one: ${pathText(one)}, path two: ${pathText(two)}`,
  );

export function project(projection: Projection, item: Item): Item {
  return projectMap(projection.root, item);
}

function projectMap(branch: Branch, map: Item): Item {
  const projected: Record<string, AttributeValue> = {};
  for (const [name, child] of branch.children) {
    if (typeof name === "number" || !Object.hasOwn(map, name)) continue;
    const value = projectValue(child, map[name] as AttributeValue);
    if (value !== undefined) projected[name] = value;
  }
  return projected;
}

function projectValue(branch: Branch | null, value: AttributeValue): AttributeValue | undefined {
  if (branch === null) return value;
  if (value.M !== undefined) {
    const map = projectMap(branch, value.M);
    return Object.keys(map).length === 0 ? undefined : { M: map };
  }
  const list = value.L;
  if (list === undefined) return undefined;
  const wanted = [...branch.children.keys()].filter((part) => typeof part === "number");
  const elements = wanted
    .toSorted((a, b) => a - b)
    .map((at) => {
      const element = list[at];
      return element === undefined ? undefined : projectValue(branch.children.get(at) ?? null, element);
    })
    .filter((element) => element !== undefined);
  return elements.length === 0 ? undefined : { L: elements };
}
