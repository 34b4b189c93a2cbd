/** The policy document of a POST form: whether it is one, still holds, and lets these fields through ("POST policy", API reference). */
import { accessDenied, s3Error } from "../errors.ts";

type Condition = Readonly<Record<string, unknown>> | readonly unknown[];

export interface SizeRange {
  readonly min: number;
  readonly max: number;
}

const invalidPolicy = (reason: string): Error =>
  s3Error("InvalidPolicyDocument", 400, `Invalid Policy: ${reason}`);

function parse(policy: string): { readonly expiration: number; readonly conditions: readonly Condition[] } {
  let document: { readonly expiration?: unknown; readonly conditions?: unknown };
  try {
    document = JSON.parse(Buffer.from(policy, "base64").toString("utf8")) as typeof document;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalidPolicy("Invalid JSON.");
  }
  const { expiration, conditions } = document;
  if (typeof expiration !== "string") throw invalidPolicy("Policy missing expiration.");
  const expiresAtMs = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(expiration)
    ? Date.parse(expiration)
    : Number.NaN;
  if (Number.isNaN(expiresAtMs)) throw invalidPolicy(`Invalid 'expiration' value: '${expiration}'`);
  if (!Array.isArray(conditions)) throw invalidPolicy("Policy missing conditions.");
  if (conditions.length === 0) throw invalidPolicy("Policy missing conditions.");
  return { expiration: expiresAtMs, conditions: conditions as readonly Condition[] };
}

const unconditional =
  /^(x-amz-signature|file|policy|awsaccesskeyid|signature|x-ignore-.*|x-amz-checksum-.*)$/;

/** Refuses what the policy does not allow; the size it allows, if it says. */
export function checkPostPolicy(
  policy: string,
  fields: ReadonlyMap<string, string>,
  nowMs: number,
): SizeRange | undefined {
  const { expiration, conditions } = parse(policy);
  if (expiration <= nowMs) throw accessDenied("Invalid according to Policy: Policy expired.");
  const covered = new Set<string>();
  let size: SizeRange | undefined;
  for (const condition of conditions) {
    if (Array.isArray(condition) && String(condition[0]).toLowerCase() === "content-length-range")
      size = sizeRange(condition);
    else checkCondition(condition, fields, covered);
  }
  for (const name of fields.keys()) {
    if (!covered.has(name) && name !== "bucket" && !unconditional.test(name))
      throw accessDenied(`Invalid according to Policy: Extra input fields: ${name}`);
  }
  return size;
}

const failed = (...condition: readonly string[]): Error =>
  accessDenied(
    `Invalid according to Policy: Policy Condition failed: [${condition.map((each) => `"${each}"`).join(", ")}]`,
  );

function sizeRange(condition: readonly unknown[]): SizeRange {
  const [, min, max] = condition;
  if (condition.length !== 3) throw invalidPolicy("Invalid Condition: wrong number of arguments.");
  const [from, to] = [Number(min), Number(max)];
  if (from < 0 || to < 0) throw invalidPolicy("Invalid Condition: a size is not negative.");
  if (!Number.isInteger(from) || !Number.isInteger(to)) {
    throw failed("content-length-range", String(min), String(max));
  }
  return { min: from, max: to };
}

function checkCondition(
  condition: Condition,
  fields: ReadonlyMap<string, string>,
  covered: Set<string>,
): void {
  const rules: [string, string, string][] = Array.isArray(condition)
    ? [
        [
          String(condition[0]).toLowerCase(),
          String(condition[1]).replace(/^\$/, "").toLowerCase(),
          String(condition[2] ?? ""),
        ],
      ]
    : Object.entries(condition).map(([name, value]) => ["eq", name.toLowerCase(), String(value)]);
  if (!Array.isArray(condition) && rules.length !== 1) {
    throw invalidPolicy(
      "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.",
    );
  }
  if (rules.length === 0) throw invalidPolicy("Invalid Simple-Condition: value must be a string.");
  if (Array.isArray(condition) && condition.length !== 3)
    throw invalidPolicy("Invalid Condition: wrong number of arguments.");
  for (const [operator, name, wanted] of rules) {
    covered.add(name);
    const actual = fields.get(name);
    // In the list form a field's name begins with a dollar sign.
    const isNamed = !Array.isArray(condition) || String(condition[1]).startsWith("$");
    const holds =
      !isNamed && (operator === "eq" || operator === "starts-with")
        ? false
        : operator === "eq"
          ? actual === wanted
          : operator === "starts-with"
            ? wanted === "" || (actual !== undefined && allStartWith(name, actual, wanted))
            : undefined;
    if (holds === undefined) throw invalidPolicy(`Invalid Condition: unknown operation '${operator}'.`);
    if (!holds) throw failed(operator, Array.isArray(condition) ? String(condition[1]) : `$${name}`, wanted);
  }
}

/** Of a list of content types, each must begin so. */
function allStartWith(name: string, actual: string, wanted: string): boolean {
  if (name !== "content-type") return actual.startsWith(wanted);
  return actual.split(",").every((each) => each.trim().startsWith(wanted));
}
