/**
 * What the grammars share: the cursor, paths, operands and calls, and the flaws found so far. Parsing goes on past what
 * is well-formed but refused (a reserved word, an unknown function, redundant parentheses): AWS reports those by rank,
 * not by place, and a syntax error before any.
 */
import type { CallNode, ConditionNode, Operand, PathNode, PathPart } from "./ast.ts";
import { ExpressionError, Tokens } from "./lexer.ts";
import { isReservedWord } from "./reserved-words.ts";

export const comparators: ReadonlySet<string> = new Set(["=", "<>", "<", "<=", ">", ">="]);
export const conditionFunctions: ReadonlySet<string> = new Set([
  "attribute_exists",
  "attribute_not_exists",
  "attribute_type",
  "begins_with",
  "contains",
  "size",
]);
export const updateFunctions: ReadonlySet<string> = new Set(["if_not_exists", "list_append"]);
/** Developer Guide, "Expressions: limits". */
const operatorsMax = 300;
export const inOperandsMax = 100;
const pathElementsMax = 32;

type Flaw = "parentheses" | "unknownFunction" | "misusedFunction" | "reserved" | "section" | "limit";

export type Node =
  | { readonly is: "operand"; readonly node: Operand }
  | { readonly is: "condition"; readonly node: ConditionNode };

/** One parse: the cursor, and the first flaw of each kind. */
export class Parse {
  readonly tokens: Tokens;
  readonly flaws = new Map<Flaw, string>();
  readonly #keywords: ReadonlySet<string>;
  #operators = 0;
  #depth = 0;

  constructor(source: string, keywords: readonly string[]) {
    this.tokens = new Tokens(source);
    this.#keywords = new Set(keywords);
  }

  flaw(kind: Flaw, message: string): void {
    if (!this.flaws.has(kind)) this.flaws.set(kind, message);
  }

  countOperator(): void {
    this.#operators += 1;
    if (this.#operators > operatorsMax) {
      this.flaw("limit", `The expression contains too many operators; operator count: ${this.#operators}`);
    }
  }

  /** Ends the parse: everything was read, and the flaw that ranks first is thrown. */
  finish(ranks: readonly Flaw[]): void {
    if (this.tokens.peek().kind !== "end") throw this.tokens.syntaxError();
    for (const kind of ranks) {
      const message = this.flaws.get(kind);
      if (message !== undefined) throw new ExpressionError(message);
    }
  }

  path(): PathNode {
    const parts: PathPart[] = [this.#pathName()];
    for (;;) {
      if (this.tokens.takeSymbol(".")) parts.push(this.#pathName());
      else if (this.tokens.takeSymbol("[")) {
        const token = this.tokens.peek();
        if (token.kind !== "number") throw this.tokens.syntaxError();
        this.tokens.next();
        if (token.text.length > 9)
          this.flaw("limit", `List index is not within the allowable range; index: [${token.text}]`);
        parts.push(Number(token.text));
        this.expect("]");
      } else break;
    }
    if (parts.length > pathElementsMax) {
      this.flaw("limit", `The document path has too many nesting elements; nesting levels: ${parts.length}`);
    }
    return { kind: "path", parts };
  }

  #pathName(): string {
    const token = this.tokens.peek();
    if (token.kind === "name") return this.tokens.next().text;
    if (token.kind !== "word" || this.#keywords.has(token.text.toUpperCase()))
      throw this.tokens.syntaxError();
    if (isReservedWord(token.text)) {
      this.flaw("reserved", `Attribute name is a reserved keyword; reserved keyword: ${token.text}`);
    }
    return this.tokens.next().text;
  }

  expect(symbol: string): void {
    if (!this.tokens.takeSymbol(symbol)) throw this.tokens.syntaxError();
  }

  /** A function call, a value or a path. */
  operand(functions: ReadonlySet<string>): Operand {
    const token = this.tokens.peek();
    if (token.kind === "value") return { kind: "value", name: this.tokens.next().text };
    const opens = this.tokens.peek(1);
    if (
      token.kind === "word" &&
      opens.kind === "symbol" &&
      opens.text === "(" &&
      !this.#keywords.has(token.text.toUpperCase())
    ) {
      return this.call(functions);
    }
    return this.path();
  }

  call(functions: ReadonlySet<string>): CallNode {
    const name = this.tokens.next().text;
    this.expect("(");
    const args = [this.operandInParentheses(functions)];
    while (this.tokens.takeSymbol(",")) args.push(this.operandInParentheses(functions));
    this.expect(")");
    this.countOperator();
    if (functions === conditionFunctions) {
      if (updateFunctions.has(name)) this.#notAllowed("a condition", name);
      else if (!functions.has(name)) this.flaw("unknownFunction", `Invalid function name; function: ${name}`);
      this.checkNotPredicates(args);
    } else {
      if (conditionFunctions.has(name)) this.#notAllowed("an update", name);
      else if (!functions.has(name)) this.flaw("unknownFunction", `Invalid function name; function: ${name}`);
      // Of the update functions only if_not_exists may stand within another.
      for (const arg of args) if (arg.kind === "call" && arg.name === "list_append") this.#misused(arg.name);
    }
    return { kind: "call", name, args };
  }

  operandInParentheses(functions: ReadonlySet<string>): Operand {
    let depth = 0;
    while (this.tokens.takeSymbol("(")) depth += 1;
    if (depth > 1 && functions === conditionFunctions) this.redundantParentheses();
    const operand = this.operand(functions);
    for (; depth > 0; depth -= 1) this.expect(")");
    return operand;
  }

  /** No expression within the limit of operators needs deeper parentheses; the stack would not bear them. */
  nested<Result>(body: () => Result): Result {
    if (this.#depth >= operatorsMax) throw new ExpressionError("The expression has redundant parentheses;");
    this.#depth += 1;
    const result = body();
    this.#depth -= 1;
    return result;
  }

  redundantParentheses(): void {
    this.flaw("parentheses", "The expression has redundant parentheses;");
  }

  checkNotPredicates(operands: readonly Operand[]): void {
    for (const operand of operands) {
      if (operand.kind === "call" && operand.name !== "size") this.#misused(operand.name);
    }
  }

  #notAllowed(where: string, name: string): void {
    this.flaw("misusedFunction", `The function is not allowed in ${where} expression; function: ${name}`);
  }

  #misused(name: string): void {
    this.flaw(
      "misusedFunction",
      `The function is not allowed to be used this way in an expression; function: ${name}`,
    );
  }

  asCondition(node: Node): ConditionNode {
    if (node.is === "condition") return node.node;
    if (node.node.kind !== "call") throw this.tokens.syntaxError();
    if (node.node.name === "size") this.#misused("size");
    return node.node;
  }
}
