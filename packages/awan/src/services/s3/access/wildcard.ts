/** IAM's wildcards, compiled once per pattern. */
const patterns = new Map<string, RegExp>();

/** IAM's wildcards: `*` any characters, `?` one. */
export function wildcardMatches(pattern: string, text: string, ignoreCase = false): boolean {
  if (!/[*?]/.test(pattern))
    return ignoreCase ? pattern.toLowerCase() === text.toLowerCase() : pattern === text;
  const cacheKey = (ignoreCase ? "i" : "s") + pattern;
  let expression = patterns.get(cacheKey);
  if (expression === undefined) {
    const source = pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll("*", ".*")
      .replaceAll("?", ".");
    expression = new RegExp(`^${source}$`, ignoreCase ? "is" : "s");
    if (patterns.size > 1000) patterns.clear();
    patterns.set(cacheKey, expression);
  }
  return expression.test(text);
}
