/** Conditions: names and values looked up, operands checked as AWS checks them before it reads any item, then evaluated. */
import type { CallNode, Comparator, ConditionNode, Operand } from "./ast.ts";
import { ExpressionError } from "./lexer.ts";
import { type Path, pathText, type Placeholders } from "./placeholders.ts";
import {
  type AttributeType,
  type AttributeValue,
  compareValues,
  equalValues,
  type Item,
  memberText,
  setMembers,
  typeOf,
} from "./value.ts";

export type Term =
  | { readonly kind: "path"; readonly path: Path }
  | { readonly kind: "value"; readonly value: AttributeValue }
  | { readonly kind: "size"; readonly of: Term };

export type Condition =
  | { readonly kind: "and" | "or"; readonly left: Condition; readonly right: Condition }
  | { readonly kind: "not"; readonly operand: Condition }
  | { readonly kind: "compare"; readonly operator: Comparator; readonly left: Term; readonly right: Term }
  | { readonly kind: "between"; readonly operand: Term; readonly low: Term; readonly high: Term }
  | { readonly kind: "in"; readonly operand: Term; readonly options: readonly Term[] }
  | { readonly kind: "exists"; readonly path: Path; readonly wanted: boolean }
  | { readonly kind: "type"; readonly operand: Term; readonly type: string }
  | { readonly kind: "beginsWith" | "contains"; readonly operand: Term; readonly argument: Term }
  /** `size(a)` on its own, kept for key conditions' messages only. */
  | { readonly kind: "bare"; readonly name: string };

const argumentCounts: Readonly<Record<string, number>> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
};

const typeNames: ReadonlySet<string> = new Set(["S", "N", "B", "NULL", "SS", "BOOL", "L", "BS", "NS", "M"]);
const unorderable: ReadonlySet<AttributeType> = new Set(["BOOL", "NULL", "SS", "NS", "BS", "L", "M"]);
const sizeless: ReadonlySet<AttributeType> = new Set(["N", "BOOL", "NULL"]);

export function resolveCondition(node: ConditionNode, placeholders: Placeholders): Condition {
  switch (node.kind) {
    case "and":
    case "or":
      return {
        kind: node.kind,
        left: resolveCondition(node.left, placeholders),
        right: resolveCondition(node.right, placeholders),
      };
    case "not":
      return { kind: "not", operand: resolveCondition(node.operand, placeholders) };
    case "compare": {
      const left = resolveTerm(node.left, placeholders);
      const right = resolveTerm(node.right, placeholders);
      checkDistinct(node.operator, left, [right]);
      if (node.operator !== "=" && node.operator !== "<>") checkOrderable(node.operator, [left, right]);
      return { kind: "compare", operator: node.operator, left, right };
    }
    case "between": {
      const operand = resolveTerm(node.operand, placeholders);
      const low = resolveTerm(node.low, placeholders);
      const high = resolveTerm(node.high, placeholders);
      checkBounds(low, high);
      checkOrderable("BETWEEN", [operand, low, high]);
      return { kind: "between", operand, low, high };
    }
    case "in": {
      const operand = resolveTerm(node.operand, placeholders);
      const options = node.options.map((option) => resolveTerm(option, placeholders));
      checkDistinct("IN", operand, options);
      return { kind: "in", operand, options };
    }
    default:
      return resolveCall(node, placeholders);
  }
}

function resolveCall(node: CallNode, placeholders: Placeholders): Condition {
  const terms = node.args.map((arg) => resolveTerm(arg, placeholders));
  checkCount(node.name, terms.length);
  const [first, second] = terms as [Term, Term];
  switch (node.name) {
    case "attribute_exists":
    case "attribute_not_exists":
      if (first.kind !== "path") throw pathRequired(node.name);
      return { kind: "exists", path: first.path, wanted: node.name === "attribute_exists" };
    case "attribute_type":
      checkDistinct("attribute_type", first, [second]);
      return { kind: "type", operand: first, type: checkTypeName(second) };
    case "begins_with":
      checkDistinct("begins_with", first, [second]);
      for (const term of terms) checkOperand("begins_with", term, (type) => type === "S" || type === "B");
      return { kind: "beginsWith", operand: first, argument: second };
    case "contains":
      checkDistinct("contains", first, [second]);
      return { kind: "contains", operand: first, argument: second };
    default:
      return { kind: "bare", name: node.name };
  }
}

function resolveTerm(node: Operand, placeholders: Placeholders): Term {
  switch (node.kind) {
    case "path":
      return { kind: "path", path: placeholders.path(node) };
    case "value":
      return { kind: "value", value: placeholders.value(node.name) };
    case "call": {
      const terms = node.args.map((arg) => resolveTerm(arg, placeholders));
      checkCount(node.name, terms.length);
      const of = terms[0] as Term;
      checkOperand("size", of, (type) => !sizeless.has(type));
      return { kind: "size", of };
    }
    default:
      throw new ExpressionError("Syntax error;");
  }
}

function checkCount(name: string, count: number): void {
  if (argumentCounts[name] !== count) {
    throw new ExpressionError(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${count}`,
    );
  }
}

export const pathRequired = (name: string): ExpressionError =>
  new ExpressionError(`Operator or function requires a document path; operator or function: ${name}`);

export const wrongOperand = (name: string, type: string): ExpressionError =>
  new ExpressionError(
    `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`,
  );

function checkOperand(name: string, term: Term, isAllowed: (type: AttributeType) => boolean): void {
  const type = term.kind === "value" ? typeOf(term.value) : term.kind === "size" ? "N" : undefined;
  if (type !== undefined && !isAllowed(type)) throw wrongOperand(name, type);
}

function checkOrderable(operator: string, terms: readonly Term[]): void {
  for (const term of terms) checkOperand(operator, term, (type) => !unorderable.has(type));
}

function checkTypeName(term: Term): string {
  if (term.kind === "size") throw wrongOperand("attribute_type", "N");
  if (term.kind !== "value") throw wrongOperand("attribute_type", "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
  const { S } = term.value;
  if (S === undefined) throw wrongOperand("attribute_type", typeOf(term.value));
  if (!typeNames.has(S)) {
    throw new ExpressionError(
      `Invalid attribute type name found; type: ${S}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`,
    );
  }
  return S;
}

function checkDistinct(name: string, first: Term, rest: readonly Term[]): void {
  if (first.kind !== "path") return;
  const text = pathText(first.path);
  if (rest.some((term) => term.kind === "path" && pathText(term.path) === text)) {
    throw new ExpressionError(
      `The first operand must be distinct from the remaining operands for this operator or function; operator: ${name}, first operand: ${text}`,
    );
  }
}

function checkBounds(low: Term, high: Term): void {
  if (low.kind !== "value" || high.kind !== "value") return;
  const bounds = (): string =>
    `lower bound operand: AttributeValue: ${valueText(low.value)}, upper bound operand: AttributeValue: ${valueText(high.value)}`;
  if (typeOf(low.value) !== typeOf(high.value)) {
    throw new ExpressionError(
      `The BETWEEN operator requires same data type for lower and upper bounds; ${bounds()}`,
    );
  }
  if ((compareValues(low.value, high.value) ?? 0) > 0) {
    throw new ExpressionError(
      `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds()}`,
    );
  }
}

function valueText(value: AttributeValue): string {
  const { S, N, B } = value;
  const text = S ?? N ?? (B === undefined ? JSON.stringify(value[typeOf(value)]) : bytesText(B.length));
  return `{${typeOf(value)}:${text}}`;
}

/** AWS prints the buffer, not the bytes. */
const bytesText = (length: number): string => `java.nio.HeapByteBuffer[pos=0 lim=${length} cap=${length}]`;

/** What stands at `path`, or undefined. */
export function valueAt(item: Item, path: Path): AttributeValue | undefined {
  const [head, ...rest] = path;
  let value = own(item, head as string);
  for (const part of rest) {
    if (value === undefined) return undefined;
    value =
      typeof part === "number" ? value.L?.[part] : value.M === undefined ? undefined : own(value.M, part);
  }
  return value;
}

function own(item: Item, name: string): AttributeValue | undefined {
  return Object.hasOwn(item, name) ? item[name] : undefined;
}

function termValue(term: Term, item: Item): AttributeValue | undefined {
  if (term.kind === "value") return term.value;
  if (term.kind === "path") return valueAt(item, term.path);
  const of = termValue(term.of, item);
  const size = of === undefined ? undefined : sizeOf(of);
  return size === undefined ? undefined : { N: String(size) };
}

function sizeOf(value: AttributeValue): number | undefined {
  if (value.S !== undefined) return value.S.length;
  if (value.B !== undefined) return value.B.length;
  if (value.M !== undefined) return Object.keys(value.M).length;
  return (value.SS ?? value.NS ?? value.BS ?? value.L)?.length;
}

const noItem: Item = {};

/** Whether the condition holds for `item`; an item that does not exist has no attributes. */
export function evaluateCondition(condition: Condition, item: Item = noItem): boolean {
  switch (condition.kind) {
    case "and":
      return evaluateCondition(condition.left, item) && evaluateCondition(condition.right, item);
    case "or":
      return evaluateCondition(condition.left, item) || evaluateCondition(condition.right, item);
    case "not":
      return !evaluateCondition(condition.operand, item);
    case "compare":
      return holds(condition.operator, termValue(condition.left, item), termValue(condition.right, item));
    case "between": {
      const value = termValue(condition.operand, item);
      return (
        holds(">=", value, termValue(condition.low, item)) &&
        holds("<=", value, termValue(condition.high, item))
      );
    }
    case "in": {
      const value = termValue(condition.operand, item);
      return condition.options.some((option) => holds("=", value, termValue(option, item)));
    }
    case "exists":
      return (valueAt(item, condition.path) !== undefined) === condition.wanted;
    case "type": {
      const value = termValue(condition.operand, item);
      return value !== undefined && typeOf(value) === condition.type;
    }
    case "beginsWith":
      return beginsWith(termValue(condition.operand, item), termValue(condition.argument, item));
    case "contains":
      return containsValue(termValue(condition.operand, item), termValue(condition.argument, item));
    default:
      return false;
  }
}

/** A comparison; with an attribute that is not there only `<>` holds. */
export function holds(
  operator: Comparator,
  left: AttributeValue | undefined,
  right: AttributeValue | undefined,
): boolean {
  if (left === undefined || right === undefined) return operator === "<>";
  if (operator === "=") return equalValues(left, right);
  if (operator === "<>") return !equalValues(left, right);
  const order = compareValues(left, right);
  if (order === undefined) return false;
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  return operator === ">" ? order > 0 : order >= 0;
}

export function beginsWith(value: AttributeValue | undefined, prefix: AttributeValue | undefined): boolean {
  if (value?.S !== undefined && prefix?.S !== undefined) return value.S.startsWith(prefix.S);
  if (value?.B === undefined || prefix?.B === undefined || value.B.length < prefix.B.length) return false;
  return Buffer.compare(value.B.subarray(0, prefix.B.length), prefix.B) === 0;
}

/** A substring of a string or binary, a member of a set, an element of a list. */
export function containsValue(whole: AttributeValue | undefined, part: AttributeValue | undefined): boolean {
  if (whole === undefined || part === undefined) return false;
  if (whole.S !== undefined) return part.S !== undefined && whole.S.includes(part.S);
  if (whole.B !== undefined)
    return part.B !== undefined && Buffer.from(whole.B).includes(Buffer.from(part.B));
  if (whole.L !== undefined) return whole.L.some((element) => equalValues(element, part));
  const type = typeOf(whole);
  if (type !== `${typeOf(part)}S`) return false;
  return setMembers(whole).some((member) => memberText(member) === memberText(part));
}
