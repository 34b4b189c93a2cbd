/** JSON patterns: `{ $.status = 404 && $.user.name = "a*" }` on messages that are JSON objects. */
import { compare, type Expression, selectorsOf } from "./expression.ts";
import type { FilterPattern } from "./filter-pattern.ts";
import { FilterPatternError } from "./pattern-error.ts";

/** A member, an index, or (null) every item. */
type Step = string | number | null;

/** `$.a.b[0]`, `$.a[*]`, `$['x.y']` → steps. */
export function parseSelector(selector: string): Step[] {
  if (!selector.startsWith("$")) throw new FilterPatternError(`a JSON selector starts with $: ${selector}`);
  const steps: Step[] = [];
  const stepPattern = /\.?\[(?:'([^']*)'|"([^"]*)"|(\d+)|(\*))\]|\.([^.[\]]+)/y;
  stepPattern.lastIndex = 1;
  while (stepPattern.lastIndex < selector.length) {
    const found = stepPattern.exec(selector);
    if (found === null) throw new FilterPatternError(`not a JSON selector: ${selector}`);
    const [, single, double, index, star, name] = found;
    if (index !== undefined) steps.push(Number(index));
    else steps.push(star === undefined ? (single ?? double ?? name ?? "") : null);
  }
  return steps;
}

/** Every value the steps lead to; none when the path does not exist. */
function select(value: unknown, steps: readonly Step[], at = 0): unknown[] {
  if (at === steps.length) return [value];
  const step = steps[at] ?? null;
  if (step === null) {
    return Array.isArray(value) ? value.flatMap((item) => select(item, steps, at + 1)) : [];
  }
  if (typeof step === "number") {
    return Array.isArray(value) && step < value.length ? select(value[step], steps, at + 1) : [];
  }
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return [];
  return select((value as Record<string, unknown>)[step], steps, at + 1);
}

type Predicate = (root: unknown) => boolean;

export function compileJson(expression: Expression): FilterPattern {
  const predicate = compile(expression);
  const selectors = selectorsOf(expression).map((selector) => [selector, parseSelector(selector)] as const);
  return {
    matches: (message) => {
      const root = parseObject(message);
      return root !== undefined && predicate(root);
    },
    extract: (message) => {
      const root = parseObject(message);
      const values: Record<string, string> = {};
      for (const [selector, steps] of selectors) {
        const [value] = root === undefined ? [] : select(root, steps);
        if (value !== undefined) values[selector] = typeof value === "string" ? value : JSON.stringify(value);
      }
      return values;
    },
  };
}

function parseObject(message: string): object | undefined {
  const start = message.trimStart();
  if (!start.startsWith("{") && !start.startsWith("[")) return undefined;
  try {
    return JSON.parse(message) as object;
  } catch {
    return undefined;
  }
}

function compile(expression: Expression): Predicate {
  switch (expression.kind) {
    case "and": {
      const [left, right] = [compile(expression.left), compile(expression.right)];
      return (root) => left(root) && right(root);
    }
    case "or": {
      const [left, right] = [compile(expression.left), compile(expression.right)];
      return (root) => left(root) || right(root);
    }
    case "exists": {
      const steps = parseSelector(expression.selector);
      return (root) => select(root, steps).length > 0 !== expression.negated;
    }
    case "is": {
      const steps = parseSelector(expression.selector);
      const wanted = expression.what === "NULL" ? null : expression.what === "TRUE";
      return (root) => select(root, steps).includes(wanted);
    }
    default: {
      const steps = parseSelector(expression.selector);
      const { comparator, operand } = expression;
      return (root) =>
        select(root, steps).some(
          (value) =>
            (typeof value === "string" || typeof value === "number") && compare(value, comparator, operand),
        );
    }
  }
}
