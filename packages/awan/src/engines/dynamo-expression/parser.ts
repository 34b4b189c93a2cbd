/**
 * Recursive descent over the four grammars. Parsing goes on past what is well-formed but refused (a reserved word, an
 * unknown function, redundant parentheses): AWS reports those by rank, not by place, and a syntax error before any.
 */
import type {
  CallNode,
  Comparator,
  ConditionNode,
  Operand,
  PathNode,
  PathPart,
  UpdateAction,
  UpdateSection,
} from "./ast.ts";
import { ExpressionError, Tokens } from "./lexer.ts";
import { isReservedWord } from "./reserved-words.ts";

const comparators: ReadonlySet<string> = new Set(["=", "<>", "<", "<=", ">", ">="]);
const conditionFunctions: ReadonlySet<string> = new Set([
  "attribute_exists",
  "attribute_not_exists",
  "attribute_type",
  "begins_with",
  "contains",
  "size",
]);
const updateFunctions: ReadonlySet<string> = new Set(["if_not_exists", "list_append"]);
/** Developer Guide, "Expressions: limits". */
const operatorsMax = 300;
const inOperandsMax = 100;
const pathElementsMax = 32;

type Flaw = "parentheses" | "unknownFunction" | "misusedFunction" | "reserved" | "section" | "limit";

type Node =
  | { readonly is: "operand"; readonly node: Operand }
  | { readonly is: "condition"; readonly node: ConditionNode };

/** One parse: the cursor, and the first flaw of each kind. */
class Parse {
  readonly tokens: Tokens;
  readonly flaws = new Map<Flaw, string>();
  readonly #keywords: ReadonlySet<string>;
  #operators = 0;

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
    if (!functions.has(name)) this.flaw("unknownFunction", `Invalid function name; function: ${name}`);
    if (functions === conditionFunctions) this.checkNotPredicates(args);
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

  redundantParentheses(): void {
    this.flaw("parentheses", "The expression has redundant parentheses;");
  }

  checkNotPredicates(operands: readonly Operand[]): void {
    for (const operand of operands) {
      if (operand.kind === "call" && operand.name !== "size") this.#misused(operand.name);
    }
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

export function parseCondition(source: string): ConditionNode {
  const parse = new Parse(source, ["AND", "OR", "NOT", "BETWEEN", "IN"]);
  const node = parse.asCondition(disjunction(parse));
  parse.finish(["parentheses", "limit", "unknownFunction", "misusedFunction", "reserved"]);
  return node;
}

function disjunction(parse: Parse): Node {
  let left = conjunction(parse);
  while (parse.tokens.isKeyword("OR")) {
    const first = parse.asCondition(left);
    parse.tokens.next();
    parse.countOperator();
    left = {
      is: "condition",
      node: { kind: "or", left: first, right: parse.asCondition(conjunction(parse)) },
    };
  }
  return left;
}

function conjunction(parse: Parse): Node {
  let left = negation(parse);
  while (parse.tokens.isKeyword("AND")) {
    const first = parse.asCondition(left);
    parse.tokens.next();
    parse.countOperator();
    left = { is: "condition", node: { kind: "and", left: first, right: parse.asCondition(negation(parse)) } };
  }
  return left;
}

function negation(parse: Parse): Node {
  if (!parse.tokens.takeKeyword("NOT")) return predicate(parse);
  parse.countOperator();
  return { is: "condition", node: { kind: "not", operand: parse.asCondition(negation(parse)) } };
}

/** A comparison, or what stands alone: a function call, a bare operand, something in parentheses. */
function predicate(parse: Parse): Node {
  const first = primary(parse);
  if (first.is === "condition") return first;
  const token = parse.tokens.peek();
  if (token.kind === "symbol" && comparators.has(token.text)) {
    const operator = parse.tokens.next().text as Comparator;
    const right = parse.operandInParentheses(conditionFunctions);
    parse.countOperator();
    parse.checkNotPredicates([first.node, right]);
    return { is: "condition", node: { kind: "compare", operator, left: first.node, right } };
  }
  if (parse.tokens.takeKeyword("BETWEEN")) return between(parse, first.node);
  if (parse.tokens.takeKeyword("IN")) return inList(parse, first.node);
  return first;
}

function between(parse: Parse, operand: Operand): Node {
  const low = parse.operandInParentheses(conditionFunctions);
  if (!parse.tokens.takeKeyword("AND")) throw parse.tokens.syntaxError();
  const high = parse.operandInParentheses(conditionFunctions);
  parse.countOperator();
  parse.checkNotPredicates([operand, low, high]);
  return { is: "condition", node: { kind: "between", operand, low, high } };
}

function inList(parse: Parse, operand: Operand): Node {
  parse.expect("(");
  const options = [parse.operandInParentheses(conditionFunctions)];
  while (parse.tokens.takeSymbol(",")) options.push(parse.operandInParentheses(conditionFunctions));
  parse.expect(")");
  parse.countOperator();
  parse.checkNotPredicates([operand, ...options]);
  if (options.length > inOperandsMax) {
    parse.flaw(
      "limit",
      `The IN operator is provided with too many operands; number of operands: ${options.length}`,
    );
  }
  return { is: "condition", node: { kind: "in", operand, options } };
}

function primary(parse: Parse): Node {
  if (!parse.tokens.takeSymbol("(")) return { is: "operand", node: parse.operand(conditionFunctions) };
  const opensTwice = parse.tokens.peek().kind === "symbol" && parse.tokens.peek().text === "(";
  const inner = parse.tokens.position;
  const node = disjunction(parse);
  // `((a))`: the inner pair closed right before this one does.
  if (opensTwice && closesWhole(parse, inner)) parse.redundantParentheses();
  parse.expect(")");
  return node;
}

/** Whether the parenthesis opened at token `inner` is closed by the token before the cursor. */
function closesWhole(parse: Parse, inner: number): boolean {
  let depth = 0;
  for (let at = inner; at < parse.tokens.position; at += 1) {
    const { kind, text } = parse.tokens.peek(at - parse.tokens.position);
    if (kind === "symbol" && text === "(") depth += 1;
    if (kind === "symbol" && text === ")") depth -= 1;
    if (depth === 0) return at === parse.tokens.position - 1;
  }
  return false;
}

export function parseProjection(source: string): readonly PathNode[] {
  const parse = new Parse(source, []);
  const paths = [parse.path()];
  while (parse.tokens.takeSymbol(",")) paths.push(parse.path());
  parse.finish(["limit", "reserved"]);
  return paths;
}

const sections: readonly UpdateSection[] = ["SET", "REMOVE", "ADD", "DELETE"];

export function parseUpdate(source: string): readonly UpdateAction[] {
  const parse = new Parse(source, sections);
  const actions: UpdateAction[] = [];
  const seen = new Set<UpdateSection>();
  do {
    const section = sections.find((name) => parse.tokens.isKeyword(name));
    if (section === undefined) throw parse.tokens.syntaxError();
    parse.tokens.next();
    if (seen.has(section))
      parse.flaw("section", `The "${section}" section can only be used once in an update expression;`);
    seen.add(section);
    do actions.push(updateAction(parse, section));
    while (parse.tokens.takeSymbol(","));
  } while (parse.tokens.peek().kind !== "end");
  parse.finish(["limit", "reserved", "unknownFunction", "section"]);
  return actions;
}

function updateAction(parse: Parse, section: UpdateSection): UpdateAction {
  const path = parse.path();
  parse.countOperator();
  if (section === "REMOVE") return { section, path };
  if (section === "SET") {
    parse.expect("=");
    return { section, path, value: setValue(parse) };
  }
  const token = parse.tokens.peek();
  if (token.kind !== "value") throw parse.tokens.syntaxError();
  parse.tokens.next();
  return { section, path, value: { kind: "value", name: token.text } };
}

function setValue(parse: Parse): Operand {
  const wrapped = parse.tokens.takeSymbol("(");
  const left = parse.operandInParentheses(updateFunctions);
  let value: Operand = left;
  const token = parse.tokens.peek();
  if (token.kind === "symbol" && (token.text === "+" || token.text === "-")) {
    parse.tokens.next();
    parse.countOperator();
    value = {
      kind: "arithmetic",
      operator: token.text,
      left,
      right: parse.operandInParentheses(updateFunctions),
    };
  }
  if (!wrapped) return value;
  parse.expect(")");
  const after = parse.tokens.peek();
  // `(a) + b`: the parentheses were the operand's.
  if (value === left && after.kind === "symbol" && (after.text === "+" || after.text === "-")) {
    parse.tokens.next();
    parse.countOperator();
    return {
      kind: "arithmetic",
      operator: after.text,
      left,
      right: parse.operandInParentheses(updateFunctions),
    };
  }
  return value;
}
