/** The parameters from before expressions (`Expected`, filters, `KeyConditions`), checked as AWS does and turned into conditions. */
import { checkAttributeName } from "../../engines/dynamo-expression/attribute-name.ts";
import type { Condition, Term } from "../../engines/dynamo-expression/condition.ts";
import type { KeyConditions, KeyOperator } from "../../engines/dynamo-expression/key-condition.ts";
import { normalizeValue } from "../../engines/dynamo-expression/validate-value.ts";
import { type AttributeValue, compareValues, typeOf } from "../../engines/dynamo-expression/value.ts";
import { Constraints } from "./constraints.ts";
import { invalidParameter, validationError } from "./errors.ts";
import { comparisonOperators, type ExpectedAttribute, type LegacyCondition } from "./requests.ts";

type Conditions = Readonly<Record<string, LegacyCondition>>;

const argumentCounts: Readonly<Record<string, readonly [min: number, max: number]>> = {
  NULL: [0, 0],
  NOT_NULL: [0, 0],
  IN: [1, Infinity],
  BETWEEN: [2, 2],
};

const scalars = ["S", "N", "B"];
const scalarsAndSets = ["S", "N", "B", "SS", "NS", "BS", "BOOL", "NULL", "L", "M"];
const operandTypes: Readonly<Record<string, readonly string[]>> = {
  EQ: scalarsAndSets,
  NE: scalarsAndSets,
  LE: scalars,
  LT: scalars,
  GE: scalars,
  GT: scalars,
  CONTAINS: [...scalars, "BOOL", "NULL"],
  NOT_CONTAINS: [...scalars, "BOOL", "NULL"],
  BEGINS_WITH: ["S", "B"],
  IN: scalars,
  BETWEEN: scalars,
};

/** Members of a filter or of KeyConditions. */
export function checkConditionMembers(
  path: string,
  conditions: Conditions | undefined,
  constraints: Constraints,
): void {
  for (const [name, { ComparisonOperator }] of Object.entries(conditions ?? {})) {
    const member = `${path}.${name}.member.comparisonOperator`;
    constraints.required(member, ComparisonOperator).oneOf(member, ComparisonOperator, comparisonOperators);
  }
}

export function checkConditions(conditions: Conditions | undefined): void {
  for (const { ComparisonOperator: operator = "EQ", AttributeValueList: values = [] } of Object.values(
    conditions ?? {},
  )) {
    for (const value of values) normalizeValue(value);
    checkArguments(operator, values);
    checkOperandTypes(operator, values);
    checkBounds(operator, values);
  }
}

function checkArguments(operator: string, values: readonly AttributeValue[]): void {
  const [min, max] = argumentCounts[operator] ?? [1, 1];
  if (values.length < min || values.length > max) {
    throw invalidParameter(`Invalid number of argument(s) for the ${operator} ComparisonOperator`);
  }
  if (new Set(values.map(typeOf)).size > 1) {
    throw invalidParameter("AttributeValues inside AttributeValueList must be of same type");
  }
}

function checkOperandTypes(operator: string, values: readonly AttributeValue[]): void {
  for (const value of values) {
    if (operandTypes[operator]?.includes(typeOf(value)) !== false) continue;
    throw invalidParameter(
      `ComparisonOperator ${operator} is not valid for ${typeOf(value)} AttributeValue type`,
    );
  }
}

function checkBounds(operator: string, [low, high]: readonly AttributeValue[]): void {
  if (operator !== "BETWEEN" || low === undefined || high === undefined) return;
  if ((compareValues(low, high) ?? 0) > 0) {
    throw validationError(
      "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
    );
  }
}

export function checkExpected(expected: Readonly<Record<string, ExpectedAttribute>> | undefined): void {
  for (const [name, condition] of Object.entries(expected ?? {})) {
    checkAttributeName(name);
    const {
      AttributeValueList: list,
      Value: value,
      Exists: exists,
      ComparisonOperator: operator,
    } = condition;
    if (list !== undefined && value !== undefined) {
      throw invalidParameter(`Value and AttributeValueList cannot be used together for Attribute: ${name}`);
    }
    if (operator !== undefined) checkComparison(name, operator, condition);
    else if (list !== undefined) {
      throw invalidParameter(
        `AttributeValueList can only be used with a ComparisonOperator for Attribute: ${name}`,
      );
    } else if (exists !== false && value === undefined) {
      throw invalidParameter(
        `Value must be provided when Exists is ${exists ?? "null"} for Attribute: ${name}`,
      );
    } else if (exists === false && value !== undefined) {
      throw invalidParameter(`Value cannot be used when Exists is false for Attribute: ${name}`);
    } else if (value !== undefined) normalizeValue(value);
  }
}

function checkComparison(name: string, operator: string, condition: ExpectedAttribute): void {
  const { AttributeValueList: list, Value: value, Exists: exists } = condition;
  if (exists !== undefined) {
    throw invalidParameter(`Exists and ComparisonOperator cannot be used together for Attribute: ${name}`);
  }
  if (operator !== "NULL" && operator !== "NOT_NULL" && list === undefined && value === undefined) {
    throw invalidParameter(
      `Value or AttributeValueList must be used with ComparisonOperator: ${operator} for Attribute: ${name}`,
    );
  }
  const values = list ?? (value === undefined ? [] : [value]);
  for (const each of values) normalizeValue(each);
  checkArguments(operator, values);
  checkOperandTypes(operator, values);
  checkBounds(operator, values);
}

/** A ConditionalOperator needs two conditions to join. */
export function checkConditionalOperator(operator: string | undefined, conditions: object | undefined): void {
  if (operator !== undefined && Object.keys(conditions ?? {}).length < 2) {
    throw invalidParameter(
      "ConditionalOperator can only be used when Filter or Expected has two or more elements",
    );
  }
}

export function expectedCondition(
  expected: Readonly<Record<string, ExpectedAttribute>> | undefined,
  operator: string | undefined,
): Condition | undefined {
  const conditions = Object.entries(expected ?? {}).map(([name, condition]) => {
    const values = condition.AttributeValueList ?? (condition.Value === undefined ? [] : [condition.Value]);
    if (condition.ComparisonOperator !== undefined) return one(name, condition.ComparisonOperator, values);
    return condition.Exists === false ? one(name, "NULL", []) : one(name, "EQ", values);
  });
  return join(conditions, operator);
}

export function filterCondition(
  filter: Conditions | undefined,
  operator: string | undefined,
): Condition | undefined {
  const conditions = Object.entries(filter ?? {}).map(([name, condition]) =>
    one(name, condition.ComparisonOperator ?? "EQ", condition.AttributeValueList ?? []),
  );
  return join(conditions, operator);
}

function join(conditions: readonly Condition[], operator: string | undefined): Condition | undefined {
  if (conditions.length === 0) return undefined;
  return conditions.reduce((left, right) => ({ kind: operator === "OR" ? "or" : "and", left, right }));
}

const comparators = { EQ: "=", NE: "<>", LT: "<", LE: "<=", GT: ">", GE: ">=" } as const;

function one(name: string, operator: string, raw: readonly AttributeValue[]): Condition {
  const operand: Term = { kind: "path", path: [name] };
  const values = raw.map((value): Term => ({ kind: "value", value: normalizeValue(value) }));
  const [first, second] = values as [Term, Term];
  switch (operator) {
    case "NULL":
    case "NOT_NULL":
      return { kind: "exists", path: [name], wanted: operator === "NOT_NULL" };
    case "IN":
      return { kind: "in", operand, options: values };
    case "BETWEEN":
      return { kind: "between", operand, low: first, high: second };
    case "BEGINS_WITH":
      return { kind: "beginsWith", operand, argument: first };
    case "CONTAINS":
      return { kind: "contains", operand, argument: first };
    case "NOT_CONTAINS": {
      const contains: Condition = { kind: "contains", operand, argument: first };
      return {
        kind: "and",
        left: { kind: "exists", path: [name], wanted: true },
        right: { kind: "not", operand: contains },
      };
    }
    default:
      return {
        kind: "compare",
        operator: comparators[operator as keyof typeof comparators],
        left: operand,
        right: first,
      };
  }
}

export function legacyKeyConditions(conditions: Conditions): KeyConditions {
  return new Map(
    Object.entries(conditions).map(([name, { ComparisonOperator = "EQ", AttributeValueList = [] }]) => [
      name,
      {
        operator: ComparisonOperator as KeyOperator,
        values: AttributeValueList.map((value) => normalizeValue(value)),
      },
    ]),
  );
}
