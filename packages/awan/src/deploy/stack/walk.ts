/** Carries out work along a graph: whatever waits for nothing runs at once, beside everything else that does. */

/**
 * Calls `work` for each node after the nodes it needs. Once a call answers false nothing new is started; resolves,
 * when all that was started has ended, with whether every node was done.
 */
export async function walkGraph(
  graph: ReadonlyMap<string, ReadonlySet<string>>,
  work: (node: string) => Promise<boolean>,
): Promise<boolean> {
  const waiting = new Map(
    [...graph].map(([node, needs]) => [node, new Set([...needs].filter((need) => graph.has(need)))]),
  );
  const dependants = new Map<string, string[]>();
  for (const [node, needs] of waiting) {
    for (const need of needs) dependants.set(need, [...(dependants.get(need) ?? []), node]);
  }
  let failed = false;
  const start = async (node: string): Promise<void> => {
    waiting.delete(node);
    if (!(await work(node))) {
      failed = true;
      return;
    }
    const next: Promise<void>[] = [];
    for (const dependant of dependants.get(node) ?? []) {
      const needs = waiting.get(dependant);
      needs?.delete(node);
      if (needs?.size === 0 && !failed) next.push(start(dependant));
    }
    await Promise.all(next);
  };
  const ready = [...waiting].filter(([, needs]) => needs.size === 0).map(([node]) => node);
  await Promise.all(ready.map(async (node) => (failed ? undefined : await start(node))));
  return !failed && waiting.size === 0;
}

/** The same nodes, each needing those that needed it. */
export function reversed(graph: ReadonlyMap<string, ReadonlySet<string>>): Map<string, ReadonlySet<string>> {
  const result = new Map<string, Set<string>>([...graph.keys()].map((node) => [node, new Set()]));
  for (const [node, needs] of graph) for (const need of needs) result.get(need)?.add(node);
  return result;
}
