/**
 * The paths of InputPath, InputPathsMap and PartitionKeyPath: names, quoted names and indices from `$` on.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
const step = /^(?:\.([^.[\]]+)|\[(\d+)\]|\[['"]([^\]]*)['"]\]|(\[\*\]|\.\*))/;

/** Undefined when the path leads nowhere, or is none. */
export function valueAt(root: unknown, path: string): unknown {
  if (!path.startsWith("$")) return undefined;
  return walk(root, path.slice(1));
}

function walk(value: unknown, path: string): unknown {
  if (path === "") return value;
  const match = step.exec(path);
  if (match === null || typeof value !== "object" || value === null) return undefined;
  const [whole, name, index, quoted] = match;
  const rest = path.slice(whole.length);
  const key = name ?? quoted ?? index;
  if (key !== undefined) {
    return Object.hasOwn(value, key) ? walk((value as Record<string, unknown>)[key], rest) : undefined;
  }
  const found = Object.values(value)
    .map((each) => walk(each, rest))
    .filter((each) => each !== undefined);
  return found.length === 0 ? undefined : found;
}
