/** PartiQL's names, paths, literals and conditions. Conditions come out as those of expressions, values in place. */
import type { Condition, Term } from "./condition.ts";
import type { Comparator } from "./ast.ts";
import { validationError } from "./errors.ts";
import { malformed, PartiqlTokens } from "./partiql-lexer.ts";
import type { Path } from "./placeholders.ts";
import { normalizeValue } from "./validate-value.ts";
import type { AttributeValue } from "./value.ts";

const comparators: Readonly<Record<string, Comparator>> = {
  "=": "=",
  "<>": "<>",
  "!=": "<>",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
};

/** Words that end an expression, so that they are no names. */
const keywords: ReadonlySet<string> = new Set([
  "AND",
  "OR",
  "NOT",
  "IN",
  "BETWEEN",
  "IS",
  "WHERE",
  "FROM",
  "ORDER",
  "SET",
  "REMOVE",
  "RETURNING",
  "VALUE",
  "MISSING",
  "NULL",
  "TRUE",
  "FALSE",
]);

export class PartiqlParse extends PartiqlTokens {
  readonly #parameters: readonly AttributeValue[];
  #used = 0;

  constructor(statement: string, parameters: readonly AttributeValue[]) {
    super(statement);
    this.#parameters = parameters;
  }

  finish(): void {
    this.takeSymbol(";");
    if (this.peek().kind !== "end") throw this.unexpected();
    if (this.#used !== this.#parameters.length) {
      throw validationError("Number of parameters in request and statement don't match.");
    }
  }

  name(): string {
    const { kind, text } = this.peek();
    if (kind !== "quoted" && (kind !== "word" || keywords.has(text.toUpperCase()))) throw this.unexpected();
    this.next();
    return text;
  }

  path(): Path {
    const parts: (string | number)[] = [this.name()];
    for (;;) {
      if (this.takeSymbol(".")) parts.push(this.name());
      else if (this.isSymbol("[")) {
        this.next();
        const { kind, text } = this.next();
        if (kind === "number") parts.push(Number(text));
        else if (kind === "string") parts.push(text);
        else throw malformed(`Unexpected token: ${text}`);
        this.expectSymbol("]");
      } else return parts;
    }
  }

  /** Whether a literal or parameter begins here. */
  startsValue(): boolean {
    const { kind, text } = this.peek();
    if (kind === "string" || kind === "number") return true;
    if (kind === "word") return ["TRUE", "FALSE", "NULL"].includes(text.toUpperCase());
    return kind === "symbol" && ["?", "[", "{", "<<", "-", "+"].includes(text);
  }

  value(): AttributeValue {
    return normalizeValue(this.#literal());
  }

  #literal(): AttributeValue {
    const { kind, text } = this.next();
    if (kind === "string") return { S: text };
    if (kind === "number") return { N: text };
    if (kind === "word") {
      const word = text.toUpperCase();
      if (word === "TRUE" || word === "FALSE") return { BOOL: word === "TRUE" };
      if (word === "NULL") return { NULL: true };
    }
    if (kind === "symbol") {
      if (text === "?") return this.#parameter();
      if (text === "-" || text === "+") return this.#signed(text);
      if (text === "[") return { L: this.#elements("]") };
      if (text === "<<") return asSet(this.#elements(">>"));
      if (text === "{") return { M: this.#members() };
    }
    throw malformed(`Unexpected token: ${text}`);
  }

  #signed(sign: string): AttributeValue {
    const { kind, text } = this.next();
    if (kind !== "number") throw malformed(`Unexpected token: ${text}`);
    return { N: sign === "-" ? `-${text}` : text };
  }

  #parameter(): AttributeValue {
    const value = this.#parameters[this.#used];
    this.#used += 1;
    if (value === undefined)
      throw validationError("Number of parameters in request and statement don't match.");
    return value;
  }

  #elements(end: string): AttributeValue[] {
    const elements: AttributeValue[] = [];
    if (this.takeSymbol(end)) return elements;
    do elements.push(this.#literal());
    while (this.takeSymbol(","));
    this.expectSymbol(end);
    return elements;
  }

  #members(): Record<string, AttributeValue> {
    const members: Record<string, AttributeValue> = {};
    if (this.takeSymbol("}")) return members;
    do {
      const { kind, text } = this.next();
      if (kind !== "string" && kind !== "quoted" && kind !== "word")
        throw malformed(`Unexpected token: ${text}`);
      this.expectSymbol(":");
      members[text] = this.#literal();
    } while (this.takeSymbol(","));
    this.expectSymbol("}");
    return members;
  }

  condition(): Condition {
    let left = this.#conjunction();
    while (this.takeKeyword("OR")) left = { kind: "or", left, right: this.#conjunction() };
    return left;
  }

  #conjunction(): Condition {
    let left = this.#negation();
    while (this.takeKeyword("AND")) left = { kind: "and", left, right: this.#negation() };
    return left;
  }

  #negation(): Condition {
    if (this.takeKeyword("NOT")) return { kind: "not", operand: this.#negation() };
    if (this.takeSymbol("(")) {
      const condition = this.condition();
      this.expectSymbol(")");
      return condition;
    }
    return this.#predicate();
  }

  #predicate(): Condition {
    const call = this.#call();
    if (call !== undefined) return call;
    const operand = this.term();
    if (this.takeKeyword("IS")) return this.#is(operand);
    const negated = this.takeKeyword("NOT");
    let condition: Condition;
    if (this.takeKeyword("BETWEEN")) {
      const low = this.term();
      this.expectKeyword("AND");
      condition = { kind: "between", operand, low, high: this.term() };
    } else if (this.takeKeyword("IN")) condition = { kind: "in", operand, options: this.#options() };
    else {
      const operator = this.peek().kind === "symbol" ? comparators[this.peek().text] : undefined;
      if (operator === undefined) throw this.unexpected();
      this.next();
      condition = { kind: "compare", operator, left: operand, right: this.term() };
    }
    return negated ? { kind: "not", operand: condition } : condition;
  }

  #is(operand: Term): Condition {
    if (operand.kind !== "path") throw this.unexpected();
    const wanted = this.takeKeyword("NOT");
    if (this.takeKeyword("MISSING")) return { kind: "exists", path: operand.path, wanted };
    this.expectKeyword("NULL");
    const isNull: Condition = { kind: "type", operand, type: "NULL" };
    return wanted ? { kind: "not", operand: isNull } : isNull;
  }

  #options(): readonly Term[] {
    const end = this.takeSymbol("[") ? "]" : ")";
    if (end === ")") this.expectSymbol("(");
    const options = [this.term()];
    while (this.takeSymbol(",")) options.push(this.term());
    this.expectSymbol(end);
    if (options.length > 100) {
      throw validationError(
        `The IN operator is provided with too many operands; number of operands: ${options.length}`,
      );
    }
    return options;
  }

  #call(): Condition | undefined {
    const name = this.peek().text.toLowerCase();
    if (this.peek().kind !== "word" || !this.isSymbol("(", 1) || name === "size") return undefined;
    this.next();
    this.next();
    const operand = this.term();
    let condition: Condition;
    if (name === "attribute_exists" || name === "attribute_not_exists") {
      if (operand.kind !== "path") throw this.unexpected();
      condition = { kind: "exists", path: operand.path, wanted: name === "attribute_exists" };
    } else {
      this.expectSymbol(",");
      const argument = this.term();
      if (name === "begins_with") condition = { kind: "beginsWith", operand, argument };
      else if (name === "contains") condition = { kind: "contains", operand, argument };
      else if (name === "attribute_type") {
        condition = {
          kind: "type",
          operand,
          type: argument.kind === "value" ? (argument.value.S ?? "") : "",
        };
      } else throw malformed(`Unexpected function: ${name}`);
    }
    this.expectSymbol(")");
    return condition;
  }

  term(): Term {
    if (this.startsValue()) return { kind: "value", value: this.value() };
    if (this.isKeyword("SIZE") && this.isSymbol("(", 1)) {
      this.next();
      this.next();
      const of = this.term();
      this.expectSymbol(")");
      return { kind: "size", of };
    }
    return { kind: "path", path: this.path() };
  }
}

/** `<<…>>`: a set of what its members are. */
export function asSet(members: readonly AttributeValue[]): AttributeValue {
  const [first] = members;
  if (first?.S !== undefined) return { SS: members.map(({ S }) => S ?? "") };
  if (first?.N !== undefined) return { NS: members.map(({ N }) => N ?? "") };
  if (first?.B !== undefined) return { BS: members.map(({ B }) => B ?? new Uint8Array()) };
  throw malformed("Sets hold strings, numbers or binary values");
}
