/** Lists in one order, members by name: the comparison of the translator's own tests. */
export function normalized(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => JSON.stringify(normalized(item))).toSorted();
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, normalized(member)]));
}
