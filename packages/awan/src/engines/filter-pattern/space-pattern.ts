/**
 * Space-delimited patterns: `[ip, user, ..., status = 4*, bytes > 1000]`. A message is split at spaces, with quoted and
 * bracketed parts kept whole, and must have as many fields as the pattern names; `...` stands for any number.
 */
import { compare, type Expression, parseExpression, wildcard } from "./expression.ts";
import type { FilterPattern } from "./filter-pattern.ts";
import { FilterPatternError } from "./pattern-error.ts";

interface Field {
  readonly name: string;
  readonly condition: Expression | undefined;
}

const ellipsis = "...";

export function compileFields(text: string): FilterPattern {
  const fields = splitFields(text).map(parseField);
  if (fields.filter((field) => field.name === ellipsis).length > 1) {
    throw new FilterPatternError("only one ellipsis is allowed");
  }
  const assign = (message: string): Map<string, string> | undefined => {
    const values = splitMessage(message);
    const at = fields.findIndex((field) => field.name === ellipsis);
    if (at === -1 ? values.length !== fields.length : values.length < fields.length - 1) return undefined;
    const named = new Map<string, string>();
    const tail = fields.length - at - 1;
    for (const [index, field] of fields.entries()) {
      if (field.name === ellipsis) continue;
      const value = at !== -1 && index > at ? values[values.length - tail + (index - at - 1)] : values[index];
      named.set(field.name === "" ? `${index + 1}` : field.name, value as string);
    }
    return named;
  };
  return {
    matches: (message) => {
      const named = assign(message);
      return (
        named !== undefined &&
        fields.every(({ condition }) => condition === undefined || holds(condition, named))
      );
    },
    extract: (message) => {
      const extracted: Record<string, string> = {};
      for (const [name, value] of assign(message) ?? []) extracted[`$${name}`] = value;
      return extracted;
    },
  };
}

/** Splits at commas outside quotes, regular expressions and parentheses. */
function splitFields(text: string): string[] {
  const parts: string[] = [];
  let part = "";
  let depth = 0;
  let closing: string | undefined;
  for (const character of text) {
    if (closing !== undefined) {
      if (character === closing) closing = undefined;
    } else if (character === '"' || character === "%") closing = character;
    else if (character === "(") depth += 1;
    else if (character === ")") depth -= 1;
    else if (character === "," && depth === 0) {
      parts.push(part.trim());
      part = "";
      continue;
    }
    part += character;
  }
  return [...parts, part.trim()];
}

function parseField(text: string): Field {
  if (text === ellipsis) return { name: ellipsis, condition: undefined };
  const name = /^\(*\s*([A-Za-z0-9_]*)/.exec(text)?.[1] ?? "";
  if (/^[A-Za-z0-9_]*$/.test(text)) return { name: text, condition: undefined };
  return { name, condition: parseExpression(text) };
}

function holds(expression: Expression, named: ReadonlyMap<string, string>): boolean {
  switch (expression.kind) {
    case "and":
      return holds(expression.left, named) && holds(expression.right, named);
    case "or":
      return holds(expression.left, named) || holds(expression.right, named);
    case "compare": {
      const value = named.get(expression.selector);
      if (value === undefined) return false;
      const { operand, comparator } = expression;
      // Status codes such as `4*` are text with a wildcard although they look like numbers.
      if (operand.kind === "text" && operand.text.includes("*")) {
        return wildcard(operand.text, value) === (comparator === "=");
      }
      return compare(value, comparator, operand);
    }
    default:
      return false;
  }
}

/** Fields of a message: separated by spaces, `"…"` and `[…]` kept whole without their delimiters. */
export function splitMessage(message: string): string[] {
  return [...message.matchAll(/"([^"]*)"|\[([^\]]*)\]|(\S+)/g)].map(
    ([, quoted, bracketed, plain]) => quoted ?? bracketed ?? (plain as string),
  );
}
