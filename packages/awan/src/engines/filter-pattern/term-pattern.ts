/** Patterns of terms: all must occur (`ERROR timeout`), any (`?ERROR ?WARN`), none (`-DEBUG`), phrases, `%regex%`. */
import { toRegex } from "./expression.ts";
import type { FilterPattern } from "./filter-pattern.ts";
import { FilterPatternError } from "./pattern-error.ts";

type Term = (message: string) => boolean;

const termPattern = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)+)%|([^\s"%]+))/y;

export function compileTerms(text: string): FilterPattern {
  const all: Term[] = [];
  const any: Term[] = [];
  const none: Term[] = [];
  termPattern.lastIndex = 0;
  while (termPattern.lastIndex < text.length) {
    const found = termPattern.exec(text);
    if (found === null) throw new FilterPatternError(`Invalid filter pattern: ${text}`);
    const [, sign, quoted, regex, plain] = found;
    const term = termOf({ quoted, regex, plain });
    if (sign === "?") any.push(term);
    else if (sign === "-") none.push(term);
    else all.push(term);
  }
  // "If you combine ? with other terms, the ? terms are ignored" (the syntax's documentation).
  const optional = all.length > 0 || none.length > 0 ? [] : any;
  return {
    matches: (message) =>
      all.every((term) => term(message)) &&
      none.every((term) => !term(message)) &&
      (optional.length === 0 || optional.some((term) => term(message))),
    extract: () => ({}),
  };
}

function termOf(parts: {
  quoted: string | undefined;
  regex: string | undefined;
  plain: string | undefined;
}): Term {
  if (parts.regex !== undefined) {
    const regex = toRegex(parts.regex);
    return (message) => regex.test(message);
  }
  const text = parts.quoted?.replaceAll(/\\(.)/g, "$1") ?? parts.plain ?? "";
  if (parts.quoted === undefined && !/^[\w:*.@-]+$/.test(text)) {
    throw new FilterPatternError(
      `terms with characters other than letters, digits and underscores need quotes: ${text}`,
    );
  }
  return (message) => message.includes(text);
}
