/**
 * The condition language that JSON and space-delimited patterns share: comparisons joined by `&&` and `||` (which binds
 * weaker), with parentheses. A small tokenizer and a recursive descent over it.
 */
import { FilterPatternError } from "./pattern-error.ts";

export type Comparator = "=" | "!=" | "<" | ">" | "<=" | ">=";

/** What a value is compared with: text with `*` wildcards, a number, or a regular expression. */
export type Operand =
  | { readonly kind: "text"; readonly text: string; readonly quoted: boolean }
  | { readonly kind: "regex"; readonly regex: RegExp };

export type Expression =
  | { readonly kind: "and" | "or"; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: "compare";
      readonly selector: string;
      readonly comparator: Comparator;
      readonly operand: Operand;
    }
  | { readonly kind: "is"; readonly selector: string; readonly what: "TRUE" | "FALSE" | "NULL" }
  | { readonly kind: "exists"; readonly selector: string; readonly negated: boolean };

interface Token {
  readonly kind: "word" | "quoted" | "regex" | "operator" | "open" | "close";
  readonly text: string;
}

const tokenPattern =
  /\s*(?:(?<quoted>"(?:[^"\\]|\\.)*")|(?<regex>%(?:[^%\\]|\\.)+%)|(?<operator>&&|\|\||!=|<=|>=|=|<|>)|(?<open>\()|(?<close>\))|(?<word>(?:\[(?:'[^']*'|"[^"]*"|[^\]])*\]|[^\s()=<>!&|"%])+))/y;

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  const source = text.trimEnd();
  while (tokenPattern.lastIndex < source.length) {
    const found = tokenPattern.exec(source)?.groups;
    if (found === undefined) throw new FilterPatternError(`cannot read the pattern: ${text}`);
    for (const [kind, value] of Object.entries(found)) {
      if (value !== undefined) tokens.push({ kind: kind as Token["kind"], text: value });
    }
  }
  return tokens;
}

export function parseExpression(text: string): Expression {
  const parser = new Parser(tokenize(text));
  return parser.whole();
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expression {
    const expression = this.#or();
    if (this.#at !== this.#tokens.length) throw new FilterPatternError("unexpected text after the condition");
    return expression;
  }

  #or(): Expression {
    let left = this.#and();
    while (this.#takeOperator("||")) left = { kind: "or", left, right: this.#and() };
    return left;
  }

  #and(): Expression {
    let left = this.#single();
    while (this.#takeOperator("&&")) left = { kind: "and", left, right: this.#single() };
    return left;
  }

  #single(): Expression {
    const token = this.#next();
    if (token.kind === "open") {
      const inner = this.#or();
      if (this.#next().kind !== "close") throw new FilterPatternError("a parenthesis is not closed");
      return inner;
    }
    if (token.kind !== "word") throw new FilterPatternError(`a selector is expected, not ${token.text}`);
    return this.#condition(token.text);
  }

  #condition(selector: string): Expression {
    const token = this.#next();
    if (token.kind === "operator" && token.text !== "&&" && token.text !== "||") {
      return { kind: "compare", selector, comparator: token.text as Comparator, operand: this.#operand() };
    }
    const word = token.text.toUpperCase();
    if (token.kind === "word" && word === "IS") {
      const what = this.#next().text.toUpperCase();
      if (what === "TRUE" || what === "FALSE" || what === "NULL") return { kind: "is", selector, what };
    }
    if (token.kind === "word" && word === "EXISTS") return { kind: "exists", selector, negated: false };
    if (token.kind === "word" && word === "NOT" && this.#next().text.toUpperCase() === "EXISTS") {
      return { kind: "exists", selector, negated: true };
    }
    throw new FilterPatternError(`a comparison is expected after ${selector}`);
  }

  #operand(): Operand {
    const token = this.#next();
    if (token.kind === "regex") return { kind: "regex", regex: toRegex(token.text.slice(1, -1)) };
    if (token.kind === "quoted") {
      return { kind: "text", text: token.text.slice(1, -1).replaceAll(/\\(.)/g, "$1"), quoted: true };
    }
    if (token.kind !== "word") throw new FilterPatternError(`a value is expected, not ${token.text}`);
    return { kind: "text", text: token.text, quoted: false };
  }

  #takeOperator(text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== "operator" || token.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #next(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new FilterPatternError("the pattern ends too early");
    this.#at += 1;
    return token;
  }
}

export function toRegex(source: string): RegExp {
  try {
    return new RegExp(source, "u");
  } catch {
    try {
      return new RegExp(source);
    } catch {
      throw new FilterPatternError(`not a regular expression: ${source}`);
    }
  }
}

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Whether `actual` stands in the relation; numbers compare as numbers, text with `*` as a wildcard. */
export function compare(actual: string | number, comparator: Comparator, operand: Operand): boolean {
  if (operand.kind === "regex") {
    const found = operand.regex.test(String(actual));
    return comparator === "!=" ? !found : comparator === "=" && found;
  }
  const isNumber = !operand.quoted && numberPattern.test(operand.text);
  const number =
    typeof actual === "number" ? actual : numberPattern.test(actual) ? Number(actual) : Number.NaN;
  switch (comparator) {
    case "=":
      return isNumber && !Number.isNaN(number)
        ? number === Number(operand.text)
        : wildcard(operand.text, String(actual));
    case "!=":
      return !compare(actual, "=", operand);
    case "<":
      return isNumber && number < Number(operand.text);
    case ">":
      return isNumber && number > Number(operand.text);
    case "<=":
      return isNumber && number <= Number(operand.text);
    default:
      return isNumber && number >= Number(operand.text);
  }
}

/** Whole-text match where `*` stands for any characters; without backtracking over more than the last star. */
export function wildcard(pattern: string, text: string): boolean {
  if (!pattern.includes("*")) return pattern === text;
  let at = 0;
  let inPattern = 0;
  let starAt = -1;
  let resumeAt = 0;
  while (at < text.length) {
    if (pattern[inPattern] === "*") {
      starAt = inPattern;
      resumeAt = at;
      inPattern += 1;
    } else if (pattern[inPattern] === text[at]) {
      inPattern += 1;
      at += 1;
    } else if (starAt !== -1) {
      resumeAt += 1;
      at = resumeAt;
      inPattern = starAt + 1;
    } else return false;
  }
  while (pattern[inPattern] === "*") inPattern += 1;
  return inPattern === pattern.length;
}

/** The selectors of an expression, in order, each once. */
export function selectorsOf(expression: Expression): string[] {
  if (expression.kind === "and" || expression.kind === "or") {
    return [...new Set([...selectorsOf(expression.left), ...selectorsOf(expression.right)])];
  }
  return "selector" in expression ? [expression.selector] : [];
}
