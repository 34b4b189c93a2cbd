/**
 * CloudWatch Logs filter patterns ("Filter pattern syntax for metric filters, subscription filters, filter log events,
 * and Live Tail"): terms, JSON selectors in braces, space-delimited fields in brackets. A pattern is compiled once to a
 * function of the message.
 */
import { parseExpression } from "./expression.ts";
import { compileJson } from "./json-pattern.ts";
import { FilterPatternError } from "./pattern-error.ts";
import { compileFields } from "./space-pattern.ts";
import { compileTerms } from "./term-pattern.ts";

export interface FilterPattern {
  matches(message: string): boolean;
  /** Values of the selectors or fields the pattern names (`$.latency`, `$status`), of a message that matches. */
  extract(message: string): Readonly<Record<string, string>>;
}

export { FilterPatternError } from "./pattern-error.ts";

/** Compiles `text`; throws a FilterPatternError when it is no pattern. An empty pattern matches everything. */
export function compileFilterPattern(text: string): FilterPattern {
  const pattern = text.trim();
  if (pattern === "") return { matches: () => true, extract: () => ({}) };
  if (pattern.startsWith("{")) {
    if (!pattern.endsWith("}")) throw new FilterPatternError("a JSON pattern ends with }");
    return compileJson(parseExpression(pattern.slice(1, -1)));
  }
  if (pattern.startsWith("[")) {
    if (!pattern.endsWith("]")) throw new FilterPatternError("a space-delimited pattern ends with ]");
    return compileFields(pattern.slice(1, -1));
  }
  return compileTerms(pattern);
}
