/**
 * Choosing a route as HTTP APIs do: a full match of method and path first, then one that ends in a greedy variable,
 * then `$default`. Among equals a literal segment goes before a variable, a named method before ANY. Routes are kept
 * in a tree of segments, so a request costs what its path is long, not what the API is large.
 */
export interface Match<Target> {
  readonly target: Target;
  /** Decoded values by name; empty for `$default`. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Node<Target> {
  readonly literals: Map<string, Node<Target>>;
  variable: Node<Target> | undefined;
  readonly methods: Map<string, Named<Target>>;
  readonly greedy: Map<string, Named<Target>>;
}

interface Named<Target> {
  readonly target: Target;
  readonly names: readonly string[];
}

export interface Router<Target> {
  match(method: string, path: string): Match<Target> | undefined;
}

const newNode = <Target>(): Node<Target> => ({
  literals: new Map(),
  variable: undefined,
  methods: new Map(),
  greedy: new Map(),
});

const variablePattern = /^\{([^}+]+)(\+?)\}$/;

/** A router over `[routeKey, target]` pairs: `GET /orders/{id}`, `ANY /{proxy+}`, `$default`. */
export function createRouter<Target>(
  routes: readonly (readonly [routeKey: string, target: Target])[],
): Router<Target> {
  const root = newNode<Target>();
  let fallback: Target | undefined;
  for (const [routeKey, target] of routes) {
    if (routeKey === "$default") fallback = target;
    else addRoute(root, routeKey, target);
  }
  return {
    match: (method, path) => {
      const segments = segmentsOf(path);
      const found =
        descend(root, segments, 0, method, false, []) ?? descend(root, segments, 0, method, true, []);
      if (found !== undefined) return found;
      return fallback === undefined ? undefined : { target: fallback, pathParameters: {} };
    },
  };
}

const segmentsOf = (path: string): string[] => (path.startsWith("/") ? path.slice(1) : path).split("/");

function addRoute<Target>(root: Node<Target>, routeKey: string, target: Target): void {
  const space = routeKey.indexOf(" ");
  const method = routeKey.slice(0, space).toUpperCase();
  const names: string[] = [];
  let node = root;
  for (const segment of segmentsOf(routeKey.slice(space + 1))) {
    const variable = variablePattern.exec(segment);
    if (variable === null) {
      const next = node.literals.get(segment) ?? newNode<Target>();
      node.literals.set(segment, next);
      node = next;
      continue;
    }
    names.push(variable[1] as string);
    if (variable[2] === "+") {
      node.greedy.set(method, { target, names });
      return;
    }
    node.variable ??= newNode<Target>();
    node = node.variable;
  }
  node.methods.set(method, { target, names });
}

function descend<Target>(
  node: Node<Target>,
  segments: readonly string[],
  at: number,
  method: string,
  greedy: boolean,
  values: readonly string[],
): Match<Target> | undefined {
  if (at === segments.length) return greedy ? undefined : taken(node.methods, method, values);
  const segment = segments[at] as string;
  const literal = node.literals.get(segment);
  if (literal !== undefined) {
    const found = descend(literal, segments, at + 1, method, greedy, values);
    if (found !== undefined) return found;
  }
  if (node.variable !== undefined && segment !== "") {
    const found = descend(node.variable, segments, at + 1, method, greedy, [...values, segment]);
    if (found !== undefined) return found;
  }
  if (!greedy) return undefined;
  const rest = segments.slice(at).join("/");
  return rest === "" ? undefined : taken(node.greedy, method, [...values, rest]);
}

function taken<Target>(
  methods: ReadonlyMap<string, Named<Target>>,
  method: string,
  values: readonly string[],
): Match<Target> | undefined {
  const named = methods.get(method) ?? methods.get("ANY");
  if (named === undefined) return undefined;
  const pathParameters: Record<string, string> = {};
  for (const [index, name] of named.names.entries()) pathParameters[name] = values[index] as string;
  return { target: named.target, pathParameters };
}
