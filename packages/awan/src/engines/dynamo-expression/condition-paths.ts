/** The paths a condition looks at, for checks against a key schema. */
import type { Condition, Term } from "./condition.ts";
import type { Path } from "./placeholders.ts";

/** Every path of the condition, for checks against the key schema. */
export function conditionPaths(condition: Condition, visit: (path: Path) => void): void {
  const term = (operand: Term): void => {
    if (operand.kind === "path") visit(operand.path);
    else if (operand.kind === "size") term(operand.of);
  };
  switch (condition.kind) {
    case "and":
    case "or":
      conditionPaths(condition.left, visit);
      conditionPaths(condition.right, visit);
      break;
    case "not":
      conditionPaths(condition.operand, visit);
      break;
    case "compare":
      term(condition.left);
      term(condition.right);
      break;
    case "between":
      for (const operand of [condition.operand, condition.low, condition.high]) term(operand);
      break;
    case "in":
      for (const operand of [condition.operand, ...condition.options]) term(operand);
      break;
    case "exists":
      visit(condition.path);
      break;
    case "type":
      term(condition.operand);
      break;
    case "beginsWith":
    case "contains":
      term(condition.operand);
      term(condition.argument);
      break;
    default:
  }
}
