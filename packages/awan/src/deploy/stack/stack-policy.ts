/**
 * Stack policies: which updates of which resources are allowed. With a policy nothing is allowed that no statement
 * allows, and a denial wins; of two statements that differ in nothing but their effect, the later one counts.
 */
import type { Scope } from "../../host/call.ts";
import type { Shell } from "../../host/service.ts";
import { type Dict, isDict, validationError } from "../template/value.ts";
import { readTemplateUrl } from "./template-url.ts";

export type PolicyAction = "Update:Modify" | "Update:Replace" | "Update:Delete";

const actions = new Set(["Update:*", "Update:Modify", "Update:Replace", "Update:Delete", "Update:Tags", "*"]);
const invalid = "Error validating stack policy: Invalid stack policy";

/** The policy's text, read and checked; null when none was given. @throws AwsError ValidationError */
export async function readPolicy(
  shell: Shell,
  scope: Scope,
  body: string | null | undefined,
  url: string | null | undefined,
): Promise<string | null> {
  if (typeof body === "string" && typeof url === "string") {
    throw validationError("You cannot specify both StackPolicyURL and StackPolicyBody");
  }
  const text = typeof url === "string" ? await readTemplateUrl(shell, scope, url) : (body ?? null);
  if (text !== null) checkPolicy(text);
  return text;
}

/** @throws AwsError ValidationError */
export function checkPolicy(text: string): void {
  let policy: unknown;
  try {
    policy = JSON.parse(text) as unknown;
  } catch {
    throw validationError(invalid);
  }
  if (!isDict(policy) || !Object.keys(policy).every((key) => key === "Statement" || key === "Version")) {
    throw validationError(invalid);
  }
  for (const statement of statementsOf(policy)) if (!isStatement(statement)) throw validationError(invalid);
}

function isStatement(statement: unknown): statement is Dict {
  return (
    isDict(statement) &&
    (statement["Effect"] === "Allow" || statement["Effect"] === "Deny") &&
    statement["Principal"] === "*" &&
    listOf(statement["Action"]).every((action) => actions.has(action)) &&
    (statement["Action"] !== undefined || statement["NotAction"] !== undefined)
  );
}

const statementsOf = (policy: Dict): unknown[] => {
  const statements = policy["Statement"];
  return statements === undefined ? [] : Array.isArray(statements) ? statements : [statements];
};

const listOf = (value: unknown): string[] =>
  value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(String);

/** Why the policy forbids the action, in the words of the resource's event; undefined when it is allowed. */
export function denial(
  text: string | null,
  action: PolicyAction,
  resource: { readonly logicalId: string; readonly type: string },
): string | undefined {
  if (text === null) return undefined;
  const parsed: unknown = JSON.parse(text);
  const statements = (isDict(parsed) ? statementsOf(parsed) : []) as Dict[];
  if (statements.length === 0) return undefined;
  const counting = statements.filter(
    (statement, i) => !statements.slice(i + 1).some((later) => alike(statement, later)),
  );
  const fitting = counting.filter((statement) => matches(statement, action, resource));
  const denied = fitting.find((statement) => statement["Effect"] === "Deny");
  if (denied !== undefined) {
    const number = statements.indexOf(denied) + 1;
    const [what] = listOf(denied["Action"] ?? denied["NotAction"]);
    const [whom] = listOf(denied["Resource"] ?? denied["NotResource"]);
    return `Action denied by stack policy: Statement [#${number}] does not allow [${what}] for resource [${whom}]`;
  }
  return fitting.length > 0
    ? undefined
    : `Action not allowed by stack policy: no statement allows [${action}] for resource [LogicalResourceId/${resource.logicalId}]`;
}

const alike = (a: Dict, b: Dict): boolean =>
  JSON.stringify({ ...a, Effect: "" }) === JSON.stringify({ ...b, Effect: "" });

function matches(
  statement: Dict,
  action: PolicyAction,
  { logicalId, type }: { readonly logicalId: string; readonly type: string },
): boolean {
  const condition = statement["Condition"];
  const resource = `LogicalResourceId/${logicalId}`;
  return (
    within(statement["Action"], statement["NotAction"], action) &&
    within(statement["Resource"], statement["NotResource"], resource) &&
    (!isDict(condition) || fulfils(condition, type))
  );
}

/** A statement without the member applies to nothing: AWS ignores a denial that names no resource. */
const within = (patterns: unknown, others: unknown, value: string): boolean =>
  patterns === undefined
    ? others !== undefined && !listOf(others).some((pattern) => like(pattern, value))
    : listOf(patterns).some((pattern) => like(pattern, value));

function fulfils(condition: Dict, type: string): boolean {
  return Object.entries(condition).every(([operator, operands]) => {
    const wanted = isDict(operands) ? listOf(operands["ResourceType"]) : [];
    if (operator === "StringEquals") return wanted.includes(type);
    return operator === "StringLike" && wanted.some((pattern) => like(pattern, type));
  });
}

const like = (pattern: string, value: string): boolean =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  ).test(value);
