/** Splits a PartiQL statement into tokens. */
import { validationError } from "./errors.ts";

export interface PartiqlToken {
  readonly kind: "word" | "quoted" | "string" | "number" | "symbol" | "end";
  /** Words as written; quoted names and strings without their quotes. */
  readonly text: string;
}

const pattern =
  /\s+|--[^\n]*|(?<word>[A-Za-z_$][\w$]*)|"(?<quoted>(?:[^"]|"")*)"|'(?<string>(?:[^']|'')*)'|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)|(?<symbol><<|>>|<=|>=|<>|!=|[=<>()[\]{},.*+\-:?;])/gy;

export const malformed = (detail: string): Error =>
  validationError(`Statement wasn't well formed, can't be processed: ${detail}`);

export function tokenizePartiql(statement: string): readonly PartiqlToken[] {
  const tokens: PartiqlToken[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < statement.length) {
    const match = pattern.exec(statement);
    if (match === null) throw malformed("Invalid token");
    const { word, quoted, string, number, symbol } = match.groups ?? {};
    if (word !== undefined) tokens.push({ kind: "word", text: word });
    else if (quoted !== undefined) tokens.push({ kind: "quoted", text: quoted.replaceAll('""', '"') });
    else if (string !== undefined) tokens.push({ kind: "string", text: string.replaceAll("''", "'") });
    else if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (symbol !== undefined) tokens.push({ kind: "symbol", text: symbol });
  }
  tokens.push({ kind: "end", text: "EOF" });
  return tokens;
}

/** A cursor over a statement's tokens and its parameters. */
export class PartiqlTokens {
  readonly #tokens: readonly PartiqlToken[];
  #at = 0;

  constructor(statement: string) {
    this.#tokens = tokenizePartiql(statement);
  }

  peek(ahead = 0): PartiqlToken {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] as PartiqlToken;
  }

  next(): PartiqlToken {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  isKeyword(keyword: string, ahead = 0): boolean {
    const { kind, text } = this.peek(ahead);
    return kind === "word" && text.toUpperCase() === keyword;
  }

  takeKeyword(...keywords: readonly string[]): boolean {
    if (!keywords.every((keyword, at) => this.isKeyword(keyword, at))) return false;
    this.#at += keywords.length;
    return true;
  }

  expectKeyword(keyword: string): void {
    if (!this.takeKeyword(keyword)) throw this.unexpected();
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    const { kind, text } = this.peek(ahead);
    return kind === "symbol" && text === symbol;
  }

  takeSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.#at += 1;
    return true;
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.unexpected();
  }

  unexpected(): Error {
    return malformed(
      this.peek().kind === "end" ? "Unexpected end of statement" : `Unexpected token: ${this.peek().text}`,
    );
  }
}
