/** Key conditions: at most one comparison per key attribute, joined by AND, from `KeyConditionExpression`. */
import type { Condition, Term } from "./condition.ts";
import { validationError } from "./errors.ts";
import type { AttributeValue } from "./value.ts";

export type KeyOperator =
  | "EQ"
  | "LT"
  | "LE"
  | "GT"
  | "GE"
  | "BETWEEN"
  | "BEGINS_WITH"
  | "NE"
  | "IN"
  | "CONTAINS"
  | "NOT_CONTAINS"
  | "NULL"
  | "NOT_NULL";

export interface KeyCondition {
  readonly operator: KeyOperator;
  readonly values: readonly AttributeValue[];
}

export type KeyConditions = ReadonlyMap<string, KeyCondition>;

const operators = { "=": "EQ", "<": "LT", "<=": "LE", ">": "GT", ">=": "GE" } as const;
const mirrored = { "=": "EQ", "<": "GT", "<=": "GE", ">": "LT", ">=": "LE" } as const;

export function toKeyConditions(condition: Condition): KeyConditions {
  const conditions = new Map<string, KeyCondition>();
  collect(condition, conditions);
  return conditions;
}

function collect(condition: Condition, into: Map<string, KeyCondition>): void {
  switch (condition.kind) {
    case "and":
      collect(condition.left, into);
      collect(condition.right, into);
      return;
    case "or":
    case "not":
    case "in":
      throw invalidOperator(condition.kind.toUpperCase());
    case "exists":
      throw invalidOperator(condition.wanted ? "attribute_exists" : "attribute_not_exists");
    case "type":
      throw invalidOperator("attribute_type");
    case "contains":
      throw invalidOperator("contains");
    case "bare":
      throw nested();
    case "compare": {
      if (condition.operator === "<>") throw invalidOperator("<>");
      const { left, right } = condition;
      const isMirrored = left.kind !== "path";
      const name = attributeName([left, right]);
      put(into, name, {
        operator: (isMirrored ? mirrored : operators)[condition.operator],
        values: [valueOf(isMirrored ? left : right)],
      });
      return;
    }
    case "between":
      mustLead("BETWEEN", condition.operand);
      put(into, attributeName([condition.operand, condition.low, condition.high]), {
        operator: "BETWEEN",
        values: [valueOf(condition.low), valueOf(condition.high)],
      });
      return;
    default:
      mustLead("begins_with", condition.operand);
      put(into, attributeName([condition.operand, condition.argument]), {
        operator: "BEGINS_WITH",
        values: [valueOf(condition.argument)],
      });
  }
}

const invalidOperator = (operator: string): Error =>
  validationError(`Invalid operator used in KeyConditionExpression: ${operator}`);

const nested = (): Error => validationError("KeyConditionExpressions cannot contain nested operations");

const invalidCondition = (what: string): Error =>
  validationError(`Invalid condition in KeyConditionExpression: ${what}`);

function mustLead(operator: string, operand: Term): void {
  if (operand.kind === "path") return;
  throw invalidCondition(`${operator} operator must have the key attribute as its first operand`);
}

/** The one attribute among the operands. */
function attributeName(terms: readonly Term[]): string {
  let name: string | undefined;
  for (const term of terms) {
    if (term.kind === "size") throw nested();
    if (term.kind !== "path") continue;
    if (name !== undefined) throw invalidCondition("Multiple attribute names used in one condition");
    if (term.path.length > 1) {
      throw validationError("KeyConditionExpressions cannot have conditions on nested attributes");
    }
    name = term.path[0] as string;
  }
  if (name === undefined) throw invalidCondition("No key attribute specified");
  return name;
}

function valueOf(term: Term): AttributeValue {
  if (term.kind !== "value") throw nested();
  return term.value;
}

function put(into: Map<string, KeyCondition>, name: string, condition: KeyCondition): void {
  if (into.has(name))
    throw validationError("KeyConditionExpressions must only contain one condition per key");
  into.set(name, condition);
}
