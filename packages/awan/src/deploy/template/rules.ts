/** The Rules section: assertions about parameters that are checked before anything is made. */
import { evaluate, noValue, type Scope } from "./functions.ts";
import type { Plan } from "../stack/plan.ts";
import { type Dict, isDict, soleKey, validationError, textOf } from "./value.ts";

/** @throws AwsError ValidationError naming the assertions that do not hold. */
export function checkRules(plan: Plan): void {
  const failed: string[] = [];
  for (const [name, rule] of Object.entries(plan.template.rules)) {
    const applies = rule["RuleCondition"] === undefined || truth(rule["RuleCondition"], plan);
    if (!applies) continue;
    const assertions = Array.isArray(rule["Assertions"]) ? (rule["Assertions"] as Dict[]) : [];
    for (const assertion of assertions) {
      if (truth(assertion["Assert"], plan)) continue;
      failed.push(textOf(assertion["AssertDescription"] ?? `Rule ${name} failed`));
    }
  }
  if (failed.length > 0) {
    throw validationError(`Template validation error: Failed assertions: [${failed.join(", ")}]`);
  }
}

function truth(expression: unknown, plan: Plan): boolean {
  const key = soleKey(expression);
  const args: unknown = isDict(expression) && key !== undefined ? expression[key] : undefined;
  const list = Array.isArray(args) ? args : [];
  switch (key) {
    case "Fn::And":
      return list.every((item) => truth(item, plan));
    case "Fn::Or":
      return list.some((item) => truth(item, plan));
    case "Fn::Not":
      return !truth(list[0], plan);
    case "Fn::Contains":
      return texts(list[0], plan).includes(text(list[1], plan));
    case "Fn::EachMemberIn": {
      const allowed = texts(list[1], plan);
      return texts(list[0], plan).every((item) => allowed.includes(item));
    }
    case "Fn::EachMemberEquals": {
      const wanted = text(list[1], plan);
      return texts(list[0], plan).every((item) => item === wanted);
    }
    default:
      return Boolean(evaluate(expression, scopeOf(plan)));
  }
}

const scopeOf = (plan: Plan): Scope => ({
  parameters: plan.parameters,
  mappings: plan.template.mappings,
  conditions: plan.conditions,
  ref: () => undefined,
  attribute: () => undefined,
  importValue: () => undefined,
  availabilityZones: () => [],
});

function texts(value: unknown, plan: Plan): string[] {
  const key = soleKey(value);
  if (key === "Fn::RefAll" && isDict(value)) {
    const type = String(value[key]);
    return Object.entries(plan.template.parameters)
      .filter(([, definition]) => definition["Type"] === type)
      .flatMap(([name]) => plan.parameters[name])
      .map(String);
  }
  const result = evaluate(value, scopeOf(plan));
  return Array.isArray(result) ? result.map(String) : [String(result)];
}

function text(value: unknown, plan: Plan): string {
  const result = evaluate(value, scopeOf(plan));
  return result === noValue ? "" : String(result);
}
