/** Where each statement of a policy document stands in its text, as the simulator reports it: lines and columns from 1. */
export interface Position {
  readonly Line: number;
  readonly Column: number;
}

export interface Span {
  readonly StartPosition: Position;
  readonly EndPosition: Position;
}

/** One span per statement, in order. The text is JSON. */
export function statementSpans(text: string): Span[] {
  const spans: Span[] = [];
  const start = text.search(/"Statement"\s*:/);
  if (start === -1) return spans;
  let at = text.indexOf(":", start) + 1;
  let depth = 0;
  let openedAt = -1;
  let isList = false;
  for (let inString = false; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === "\\") at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "[" && depth === 0 && openedAt === -1 && !isList) isList = true;
    else if (character === "{") {
      if (depth === 0) openedAt = at;
      depth += 1;
    } else if (character === "}") {
      depth -= 1;
      if (depth < 0) return spans;
      if (depth === 0) {
        // AWS counts the start after the brace, the end after the closing one.
        spans.push({ StartPosition: positionOf(text, openedAt + 1), EndPosition: positionOf(text, at + 1) });
        if (!isList) return spans;
      }
    } else if (character === "]" && depth === 0) return spans;
  }
  return spans;
}

function positionOf(text: string, index: number): Position {
  const before = text.slice(0, index).split("\n");
  return { Line: before.length, Column: (before.at(-1) as string).length + 1 };
}
