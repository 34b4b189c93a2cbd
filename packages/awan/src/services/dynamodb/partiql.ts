/** Carries out PartiQL statements with the same parts as the other operations: keys found in WHERE, the rest a condition. */
import type { Condition, Term } from "../../engines/dynamo-expression/condition.ts";
import type { KeyCondition } from "../../engines/dynamo-expression/key-condition.ts";
import type { SelectStatement, Statement } from "../../engines/dynamo-expression/partiql.ts";
import { type AttributeValue, type Item, typeOf } from "../../engines/dynamo-expression/value.ts";
import { AwsError } from "../../kernel/errors.ts";
import { validationError } from "./errors.ts";
import type { Prepared } from "./item-write.ts";
import { type KeySchema, keyNames, type TableRow } from "./schema.ts";

/** The conditions that AND joins at the top. */
function conjuncts(condition: Condition | undefined): readonly Condition[] {
  if (condition === undefined) return [];
  return condition.kind === "and"
    ? [...conjuncts(condition.left), ...conjuncts(condition.right)]
    : [condition];
}

const isAttribute = (term: Term, name: string): boolean =>
  term.kind === "path" && term.path.length === 1 && term.path[0] === name;

function equalityOn(condition: Condition, name: string): AttributeValue | undefined {
  if (condition.kind !== "compare" || condition.operator !== "=") return undefined;
  const { left, right } = condition;
  if (isAttribute(left, name) && right.kind === "value") return right.value;
  return isAttribute(right, name) && left.kind === "value" ? left.value : undefined;
}

/** The values of the partition key that WHERE allows; undefined when it does not say: then all is scanned. */
export function partitionValues(
  schema: KeySchema,
  where: Condition | undefined,
): readonly AttributeValue[] | undefined {
  // An index of several partition key attributes is scanned; WHERE is checked per item in any case.
  if (schema.moreHash !== undefined) return undefined;
  const { name, type } = schema.hash;
  for (const condition of conjuncts(where)) {
    const value = equalityOn(condition, name);
    if (value !== undefined) return checkedTypes([value], name, type);
    if (condition.kind === "in" && isAttribute(condition.operand, name)) {
      const values = condition.options.flatMap((option) => (option.kind === "value" ? [option.value] : []));
      if (values.length === condition.options.length) return checkedTypes(values, name, type);
    }
  }
  return undefined;
}

function checkedTypes(
  values: readonly AttributeValue[],
  name: string,
  type: string,
): readonly AttributeValue[] {
  for (const value of values) {
    if (typeOf(value) !== type) {
      throw validationError(
        `One or more parameter values were invalid: Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`,
      );
    }
  }
  return values;
}

const operators = { "=": "EQ", "<": "LT", "<=": "LE", ">": "GT", ">=": "GE" } as const;

/** A condition on the sort key that narrows a query. It is still checked per item with the rest. */
export function rangeCondition(schema: KeySchema, where: Condition | undefined): KeyCondition | undefined {
  if (schema.range === null) return undefined;
  const { name, type } = schema.range;
  const fits = (values: readonly (AttributeValue | undefined)[]): values is readonly AttributeValue[] =>
    values.every((value) => value?.[type] !== undefined);
  for (const condition of conjuncts(where)) {
    if (condition.kind === "compare" && condition.operator !== "<>") {
      const { left, right } = condition;
      const values = [isAttribute(left, name) && right.kind === "value" ? right.value : undefined];
      if (fits(values)) return { operator: operators[condition.operator], values };
    } else if (condition.kind === "between" && isAttribute(condition.operand, name)) {
      const values = [condition.low, condition.high].map((term) =>
        term.kind === "value" ? term.value : undefined,
      );
      if (fits(values)) return { operator: "BETWEEN", values };
    } else if (condition.kind === "beginsWith" && isAttribute(condition.operand, name)) {
      const values = [condition.argument.kind === "value" ? condition.argument.value : undefined];
      if (fits(values)) return { operator: "BEGINS_WITH", values };
    }
  }
  return undefined;
}

export interface KeyedWhere {
  readonly key: Item;
  /** What WHERE asks beyond the key. */
  readonly condition: Condition | undefined;
}

/** WHERE of a statement about one item: every key attribute by equality. */
export function keyedWhere(table: TableRow, where: Condition | undefined): KeyedWhere | undefined {
  const key: Record<string, AttributeValue> = {};
  let rest: Condition | undefined;
  const names = keyNames(table);
  for (const condition of conjuncts(where)) {
    const name = names.find((each) => key[each] === undefined && equalityOn(condition, each) !== undefined);
    if (name !== undefined) key[name] = equalityOn(condition, name) as AttributeValue;
    else rest = rest === undefined ? condition : { kind: "and", left: rest, right: condition };
  }
  return names.every((name) => key[name] !== undefined) ? { key, condition: rest } : undefined;
}

/** A statement that writes (or checks) one item, as a prepared write. */
export function prepareStatement(
  table: TableRow,
  statement: Exclude<Statement, SelectStatement>,
  returnFailed: boolean,
): Prepared {
  const plain = { updates: [], legacyUpdates: undefined, returnFailed };
  if (statement.kind === "insert")
    return { kind: "put", item: statement.item, condition: undefined, ...plain };
  const where = keyedWhere(table, statement.where);
  if (where === undefined) {
    throw validationError("Where clause does not contain a mandatory equality on all key attributes");
  }
  const { key: item, condition } = where;
  if (statement.kind === "delete") return { kind: "delete", item, condition, ...plain };
  const exists: Condition = { kind: "exists", path: [table.hash.name], wanted: true };
  const both: Condition = condition === undefined ? exists : { kind: "and", left: exists, right: condition };
  if (statement.kind === "exists") return { kind: "check", item, condition: both, ...plain };
  return { kind: "update", item, condition: both, ...plain, updates: statement.updates };
}

export const duplicateItem = (): AwsError =>
  new AwsError("DuplicateItemException", "Duplicate primary key exists in table");
