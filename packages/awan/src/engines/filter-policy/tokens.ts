/**
 * A JSON reader that tells where it is as Jackson does, because AWS's refusals of filter policies carry its line and
 * column: text is read lazily (its place is behind the opening quote until it is looked at), and reading a field's name
 * reads the beginning of its value too.
 */
export type TokenKind =
  | "{"
  | "}"
  | "["
  | "]"
  | "field"
  | "text"
  | "number"
  | "true"
  | "false"
  | "null"
  | "end";

/** What is wrong with a text that is no JSON, in Jackson's words, and where. */
export class JsonProblem extends Error {
  override name = "JsonProblem";
  readonly column: number;

  constructor(message: string, column: number) {
    super(message);
    this.column = column;
  }
}

const literals: Readonly<Record<string, TokenKind>> = { true: "true", false: "false", null: "null" };
const expectedValue = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

export class JsonTokens {
  readonly #text: string;
  #at = 0;
  #kind: TokenKind = "end";
  #value: unknown;
  /** Where the text of the current token begins, while it has not been read. */
  #unread: number | undefined;
  #pending: { kind: TokenKind; value: unknown; unread: number | undefined } | undefined;
  readonly #open: ("{" | "[")[] = [];
  /** Inside the innermost object or array: whether a comma must come before the next element. */
  #needsComma = false;

  constructor(text: string) {
    this.#text = text;
  }

  get kind(): TokenKind {
    return this.#kind;
  }

  /** One-based, in front of the next character. */
  get column(): number {
    return this.#at + 1;
  }

  /** The token's text: a field's name, a text or the digits of a number, else what it looks like. */
  get text(): string {
    if (this.#unread !== undefined) this.#readText();
    switch (this.#kind) {
      case "field":
      case "text":
      case "number":
        return String(this.#value);
      default:
        return this.#kind;
    }
  }

  get number(): number {
    return Number(this.#value);
  }

  next(): TokenKind {
    if (this.#unread !== undefined) this.#readText();
    const pending = this.#pending;
    if (pending !== undefined) {
      this.#pending = undefined;
      this.#kind = pending.kind;
      this.#value = pending.value;
      this.#unread = pending.unread;
      return this.#kind;
    }
    return this.#advance();
  }

  #advance(): TokenKind {
    this.#skipSpace();
    const char = this.#text[this.#at];
    const inside = this.#open.at(-1);
    if (char === undefined) {
      if (inside !== undefined)
        throw new JsonProblem(
          `Unexpected end-of-input: expected close marker for ${inside === "{" ? "Object" : "Array"}`,
          this.column,
        );
      return this.#set("end");
    }
    if ((char === "}" && inside === "{") || (char === "]" && inside === "[")) {
      this.#at += 1;
      this.#open.pop();
      this.#needsComma = true;
      return this.#set(char);
    }
    if (this.#needsComma && inside !== undefined) this.#comma(char, inside);
    if (inside === "{") return this.#field();
    return this.#valueToken();
  }

  #comma(char: string, inside: "{" | "["): void {
    if (char !== ",") {
      throw this.#unexpected(
        char,
        `was expecting comma to separate ${inside === "{" ? "Object" : "Array"} entries`,
      );
    }
    this.#at += 1;
    this.#skipSpace();
  }

  #field(): TokenKind {
    const char = this.#text[this.#at];
    if (char !== '"') throw this.#unexpected(char ?? "", "was expecting double-quote to start field name");
    this.#at += 1;
    const name = this.#quoted();
    this.#skipSpace();
    const colon = this.#text[this.#at];
    if (colon !== ":")
      throw this.#unexpected(colon ?? "", "was expecting a colon to separate field name and value");
    this.#at += 1;
    this.#skipSpace();
    const kind = this.#valueToken();
    this.#pending = { kind, value: this.#value, unread: this.#unread };
    this.#unread = undefined;
    this.#value = name;
    this.#kind = "field";
    return "field";
  }

  #valueToken(): TokenKind {
    const char = this.#text[this.#at] ?? "";
    if (char === "{" || char === "[") {
      this.#at += 1;
      this.#open.push(char);
      this.#needsComma = false;
      return this.#set(char);
    }
    this.#needsComma = true;
    if (char === '"') {
      this.#at += 1;
      this.#set("text");
      this.#unread = this.#at;
      return "text";
    }
    const number = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y;
    number.lastIndex = this.#at;
    const digits = number.exec(this.#text)?.[0];
    if (digits !== undefined) {
      this.#at += digits.length;
      this.#set("number");
      this.#value = digits;
      return "number";
    }
    return this.#literal(char);
  }

  #literal(char: string): TokenKind {
    const word = /[A-Za-z0-9_$]+/y;
    word.lastIndex = this.#at;
    const found = word.exec(this.#text)?.[0];
    const kind = found === undefined ? undefined : literals[found];
    if (found === undefined) throw this.#unexpected(char, `expected a valid value ${expectedValue}`);
    this.#at += found.length;
    if (kind === undefined)
      throw new JsonProblem(`Unrecognized token '${found}': was expecting ${expectedValue}`, this.column);
    return this.#set(kind);
  }

  #readText(): void {
    this.#unread = undefined;
    this.#value = this.#quoted();
  }

  /** The rest of a text whose opening quote has been read. */
  #quoted(): string {
    const end = /(?:[^"\\]|\\.)*"/sy;
    end.lastIndex = this.#at;
    const raw = end.exec(this.#text)?.[0];
    if (raw === undefined) {
      this.#at = this.#text.length;
      throw new JsonProblem("Unexpected end-of-input in VALUE_STRING", this.column);
    }
    this.#at += raw.length;
    try {
      return JSON.parse(`"${raw}`) as string;
    } catch (error) {
      if (error instanceof SyntaxError) throw new JsonProblem("Unrecognized character escape", this.column);
      throw error;
    }
  }

  #unexpected(char: string, expectation: string): JsonProblem {
    return new JsonProblem(
      `Unexpected character ('${char}' (code ${char === "" ? 0 : char.codePointAt(0)})): ${expectation}`,
      this.column,
    );
  }

  #set(kind: TokenKind): TokenKind {
    this.#kind = kind;
    this.#value = undefined;
    this.#unread = undefined;
    return kind;
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at += 1;
  }
}
