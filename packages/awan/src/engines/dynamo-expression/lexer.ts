/** Splits an expression into tokens; never fails, because AWS's syntax errors name tokens that mean nothing too. */
export type TokenKind = "word" | "name" | "value" | "number" | "symbol" | "end";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const pattern =
  /(?<word>[A-Za-z][A-Za-z0-9_]*)|(?<name>#[A-Za-z0-9_]+)|(?<value>:[A-Za-z0-9_]+)|(?<number>\d+)|(?<symbol><>|<=|>=|\S)/gu;

export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(pattern)) {
    const groups = match.groups ?? {};
    const kind = (Object.keys(groups).find((name) => groups[name] !== undefined) ?? "symbol") as TokenKind;
    tokens.push({ kind, text: match[0], start: match.index, end: match.index + match[0].length });
  }
  tokens.push({ kind: "end", text: "<EOF>", start: text.length, end: text.length });
  return tokens;
}

/** A cursor over tokens that words syntax errors as AWS does: the token, and the text from its left to its right neighbour. */
export class Tokens {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokenize(source);
  }

  get position(): number {
    return this.#at;
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] as Token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== "end") this.#at += 1;
    return token;
  }

  /** Whether the next token is this symbol; takes it if so. */
  takeSymbol(text: string): boolean {
    const token = this.peek();
    if (token.kind !== "symbol" || token.text !== text) return false;
    this.#at += 1;
    return true;
  }

  isKeyword(keyword: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "word" && token.text.toUpperCase() === keyword;
  }

  takeKeyword(keyword: string): boolean {
    if (!this.isKeyword(keyword)) return false;
    this.#at += 1;
    return true;
  }

  syntaxError(): ExpressionError {
    const token = this.peek();
    const previous = this.#tokens[this.#at - 1];
    const following = this.#tokens[this.#at + 1];
    const from = (previous ?? token).start;
    const to =
      token.kind === "end"
        ? (previous ?? token).end
        : following?.kind === "end"
          ? token.end
          : (following ?? token).end;
    return new ExpressionError(
      `Syntax error; token: "${token.text}", near: "${this.#source.slice(from, to)}"`,
    );
  }
}

/** What is wrong with an expression's text; whoever asked for the parse adds which expression it was. */
export class ExpressionError extends Error {}
