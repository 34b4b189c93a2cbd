/** Recursive descent over the grammars of conditions, projections and updates. */
import type { Comparator, ConditionNode, Operand, PathNode, UpdateAction, UpdateSection } from "./ast.ts";
import {
  comparators,
  conditionFunctions,
  inOperandsMax,
  type Node,
  Parse,
  updateFunctions,
} from "./parse-state.ts";

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
  const node = parse.nested(() => disjunction(parse));
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
  parse.finish(["limit", "reserved", "unknownFunction", "misusedFunction", "section"]);
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
