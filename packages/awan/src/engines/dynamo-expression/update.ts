/**
 * Update expressions. All operands are read from the item as it was before; the item itself is never changed: what an
 * action touches is copied on its way down.
 */
import type { Operand, UpdateAction } from "./ast.ts";
import { pathRequired, valueAt, wrongOperand } from "./condition.ts";
import { Document } from "./document.ts";
import { validationError } from "./errors.ts";
import { ExpressionError } from "./lexer.ts";
import { addNumbers, subtractNumbers } from "./number.ts";
import type { Path, Placeholders } from "./placeholders.ts";
import { checkOverlaps } from "./projection.ts";
import { addMembers, removeMembers } from "./set-arithmetic.ts";
import { type AttributeType, type AttributeValue, type Item, typeOf } from "./value.ts";

type Term =
  | { readonly kind: "path"; readonly path: Path }
  | { readonly kind: "value"; readonly value: AttributeValue }
  | { readonly kind: "ifNotExists"; readonly path: Path; readonly otherwise: Term }
  | { readonly kind: "listAppend"; readonly first: Term; readonly second: Term }
  | { readonly kind: "arithmetic"; readonly operator: "+" | "-"; readonly left: Term; readonly right: Term };

export type Update =
  | { readonly section: "SET"; readonly path: Path; readonly term: Term }
  | { readonly section: "REMOVE"; readonly path: Path }
  | { readonly section: "ADD" | "DELETE"; readonly path: Path; readonly value: AttributeValue };

export function resolveUpdate(
  actions: readonly UpdateAction[],
  placeholders: Placeholders,
): readonly Update[] {
  const flaws: ExpressionError[] = [];
  const updates = actions.map((action) => resolveAction(action, placeholders, flaws));
  checkOverlaps(updates.map(({ path }) => path));
  // Wrong operands rank below names, values and overlaps of the whole expression.
  if (flaws[0] !== undefined) throw flaws[0];
  return updates;
}

function resolveAction(
  { section, path, value }: UpdateAction,
  placeholders: Placeholders,
  flaws: ExpressionError[],
): Update {
  const target = placeholders.path(path);
  if (section === "REMOVE" || value === undefined) return { section: "REMOVE", path: target };
  if (section === "SET") return { section, path: target, term: resolveTerm(value, placeholders, flaws) };
  const operand = value.kind === "value" ? placeholders.value(value.name) : { NULL: true };
  const type = typeOf(operand);
  const name = longNames[type];
  if (name !== undefined && !(section === "ADD" && type === "N")) {
    // Ranks before what is wrong within SET.
    flaws.unshift(
      new ExpressionError(
        `Incorrect operand type for operator or function; operator: ${section}, operand type: ${name}, typeSet: ALLOWED_FOR_${section}_OPERAND`,
      ),
    );
  }
  return { section, path: target, value: operand };
}

/** Types that ADD and DELETE refuse, as their messages call them. Sets are allowed. */
const longNames: Partial<Record<AttributeType, string>> = {
  S: "STRING",
  N: "NUMBER",
  B: "BINARY",
  NULL: "NULL",
  BOOL: "BOOLEAN",
  L: "LIST",
  M: "MAP",
};

function resolveTerm(node: Operand, placeholders: Placeholders, flaws: ExpressionError[]): Term {
  const operand = (value: Operand): Term => resolveTerm(value, placeholders, flaws);
  switch (node.kind) {
    case "path":
      return { kind: "path", path: placeholders.path(node) };
    case "value":
      return { kind: "value", value: placeholders.value(node.name) };
    case "arithmetic": {
      const left = operand(node.left);
      const right = operand(node.right);
      checkImmediate(node.operator, [left, right], "N", flaws);
      return { kind: "arithmetic", operator: node.operator, left, right };
    }
    default: {
      const terms = node.args.map(operand);
      if (terms.length !== 2) {
        flaws.push(
          new ExpressionError(
            `Incorrect number of operands for operator or function; operator or function: ${node.name}, number of operands: ${terms.length}`,
          ),
        );
      }
      const [first, second = first] = terms as [Term, Term?];
      if (node.name === "list_append") {
        checkImmediate(node.name, terms, "L", flaws);
        return { kind: "listAppend", first, second };
      }
      if (first.kind !== "path") flaws.push(pathRequired(node.name));
      return { kind: "ifNotExists", path: first.kind === "path" ? first.path : [], otherwise: second };
    }
  }
}

function checkImmediate(
  name: string,
  terms: readonly Term[],
  wanted: AttributeType,
  flaws: ExpressionError[],
): void {
  for (const term of terms) {
    const type = term.kind === "value" ? typeOf(term.value) : wanted;
    if (type !== wanted) {
      flaws.push(wrongOperand(name, type));
      return;
    }
  }
}

const incorrectOperand = (): Error =>
  validationError("An operand in the update expression has an incorrect data type");

function evaluate(term: Term, item: Item): AttributeValue {
  switch (term.kind) {
    case "value":
      return term.value;
    case "path": {
      const value = valueAt(item, term.path);
      if (value === undefined) {
        throw validationError(
          "The provided expression refers to an attribute that does not exist in the item",
        );
      }
      return value;
    }
    case "ifNotExists":
      return valueAt(item, term.path) ?? evaluate(term.otherwise, item);
    case "listAppend": {
      const first = evaluate(term.first, item).L;
      const second = evaluate(term.second, item).L;
      if (first === undefined || second === undefined) throw incorrectOperand();
      return { L: [...first, ...second] };
    }
    default: {
      const left = evaluate(term.left, item).N;
      const right = evaluate(term.right, item).N;
      if (left === undefined || right === undefined) throw incorrectOperand();
      return { N: term.operator === "+" ? addNumbers(left, right) : subtractNumbers(left, right) };
    }
  }
}

/** The item after the update. `item` is what the update starts from: for a new item, its key. */
export function applyUpdate(updates: readonly Update[], item: Item): Item {
  const values = updates.map((update) =>
    update.section === "SET" ? evaluate(update.term, item) : undefined,
  );
  const document = new Document(item);
  for (const [at, update] of updates.entries()) {
    const { path } = update;
    if (update.section === "REMOVE") document.remove(path);
    else if (update.section === "SET") document.set(path, values[at] as AttributeValue);
    else {
      const existing = document.parentOf(path).get();
      const changed =
        update.section === "ADD" ? add(existing, update.value) : subtract(existing, update.value);
      if (changed === undefined) document.remove(path);
      else if (changed !== existing) document.set(path, changed);
    }
  }
  return document.finish();
}

function add(existing: AttributeValue | undefined, value: AttributeValue): AttributeValue {
  if (existing === undefined) return value;
  if (typeOf(existing) !== typeOf(value)) throw incorrectOperand();
  if (value.N !== undefined) return { N: addNumbers(existing.N ?? "0", value.N) };
  return addMembers(existing, value);
}

/** Undefined when nothing is left: DynamoDB has no empty sets. */
function subtract(existing: AttributeValue | undefined, value: AttributeValue): AttributeValue | undefined {
  if (existing === undefined) return undefined;
  if (typeOf(existing) !== typeOf(value)) throw incorrectOperand();
  return removeMembers(existing, value);
}

/** Every path of an update, its operands' included, for checks against a key schema. */
export function updatePaths(updates: readonly Update[], visit: (path: Path) => void): void {
  const term = (operand: Term): void => {
    switch (operand.kind) {
      case "path":
        visit(operand.path);
        break;
      case "ifNotExists":
        visit(operand.path);
        term(operand.otherwise);
        break;
      case "listAppend":
        term(operand.first);
        term(operand.second);
        break;
      case "arithmetic":
        term(operand.left);
        term(operand.right);
        break;
      default:
    }
  };
  for (const update of updates) {
    visit(update.path);
    if (update.section === "SET") term(update.term);
  }
}
