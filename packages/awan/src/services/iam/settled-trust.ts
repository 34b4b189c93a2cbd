/**
 * Trust policies as IAM keeps them: a list of one action or one principal is the value itself from the next reading on
 * (recorded on AWS); the answer to the creation still has what was sent.
 */

/** The document's text, unchanged when there is nothing to settle. It was checked before. */
export function settledTrust(document: string): string {
  const parsed = JSON.parse(document) as { Statement?: unknown };
  const statements = [parsed.Statement].flat() as Record<string, unknown>[];
  let changed = false;
  const sole = (value: unknown): unknown => {
    if (!Array.isArray(value) || value.length !== 1) return value;
    changed = true;
    return value[0];
  };
  const settled = statements.map((statement) => {
    const { Action, Principal } = statement;
    return {
      ...statement,
      ...(Action === undefined ? {} : { Action: sole(Action) }),
      ...(typeof Principal === "object" && Principal !== null
        ? { Principal: Object.fromEntries(Object.entries(Principal).map(([kind, who]) => [kind, sole(who)])) }
        : {}),
    };
  });
  return changed ? JSON.stringify({ ...parsed, Statement: settled }) : document;
}
