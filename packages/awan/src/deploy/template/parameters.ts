/** Template parameters: what was given, kept or defaulted, checked against the constraints in AWS's words. */
import { type Dict, scalarText, validationError } from "./value.ts";

export interface GivenParameter {
  readonly ParameterKey?: string | undefined;
  readonly ParameterValue?: string | undefined;
  readonly UsePreviousValue?: boolean | undefined;
}

/** A parameter as a stack remembers it. */
export interface ParameterRow {
  readonly key: string;
  /** As given; for SSM types the name of the SSM parameter. */
  readonly value: string;
  /** What an SSM parameter held when the stack was last changed. */
  readonly resolved: string | null;
  readonly type: string;
  readonly noEcho: boolean;
}

const awsTypes = /^(List<)?AWS::(EC2|Route53|SSM)::[A-Za-z:]+>?$/;
const plainTypes = new Set(["String", "Number", "List<Number>", "List<String>", "CommaDelimitedList"]);
const ssmType = /^AWS::SSM::Parameter::Value<(.+)>$/;

/** The type an SSM parameter's value has, or undefined when `type` is no SSM value type. */
export const ssmValueType = (type: string): string | undefined => ssmType.exec(type)?.[1];

/** The declared parameters with their values. SSM types come back with `resolved: null`. */
export function bindParameters(
  declared: Readonly<Record<string, Dict>>,
  given: readonly GivenParameter[],
  previous: readonly ParameterRow[],
): ParameterRow[] {
  const unknown = given
    .map(({ ParameterKey }) => ParameterKey ?? "")
    .filter((key) => !Object.hasOwn(declared, key));
  if (unknown.length > 0)
    throw validationError(`Parameters: [${unknown.join(", ")}] do not exist in the template`);
  const rows: ParameterRow[] = [];
  const missing: string[] = [];
  for (const [key, definition] of Object.entries(declared)) {
    if (!/^[A-Za-z0-9]+$/.test(key)) {
      throw validationError(`Template format error: Parameter name ${key} is non alphanumeric.`);
    }
    const type = definition["Type"];
    if (typeof type !== "string") {
      throw validationError(`Template format error: Every Parameters object must contain a Type member.`);
    }
    if (!plainTypes.has(type) && !awsTypes.test(type) && !ssmType.test(type)) {
      throw validationError(`Template format error: Unrecognized parameter type: ${type}`);
    }
    const own = given.findLast((item) => item.ParameterKey === key);
    if (own?.UsePreviousValue === true && (own.ParameterValue ?? "") !== "") {
      throw validationError(
        `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true and non empty value for a parameter`,
      );
    }
    const before = previous.find((item) => item.key === key);
    const fallback = defaultText(definition["Default"]);
    const value =
      own?.UsePreviousValue === true ? before?.value : own === undefined ? fallback : own.ParameterValue;
    if (value === undefined) missing.push(key);
    else {
      if (!ssmType.test(type)) checkValue(key, type, value, definition);
      rows.push({ key, value, resolved: null, type, noEcho: String(definition["NoEcho"]) === "true" });
    }
  }
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(", ")}] must have values`);
  return rows;
}

const defaultText = (value: unknown): string | undefined =>
  Array.isArray(value) ? value.map(String).join(",") : scalarText(value);

/** By name, as functions see them. */
export const parameterValues = (rows: readonly ParameterRow[]): Record<string, unknown> =>
  Object.fromEntries(rows.map((row) => [row.key, parameterValue(row)]));

/** The value functions see: numbers as numbers, lists as lists. */
export function parameterValue(row: ParameterRow): unknown {
  const type = ssmValueType(row.type) ?? row.type;
  const text = row.resolved ?? row.value;
  if (type === "CommaDelimitedList" || type.startsWith("List<")) {
    return text === "" ? [] : text.split(",").map((item) => item.trim());
  }
  if (type === "Number") {
    const number = Number(text);
    return String(number) === text ? number : text;
  }
  return text;
}

function checkValue(key: string, type: string, value: string, definition: Dict): void {
  const described = definition["ConstraintDescription"];
  const fail = (own: string): never => {
    throw validationError(
      typeof described === "string" ? `Parameter ${key} failed to satisfy constraint: ${described}` : own,
    );
  };
  const items =
    type === "CommaDelimitedList" || type.startsWith("List<")
      ? value.split(",").map((item) => item.trim())
      : [value];
  const numeric = type === "Number" || type === "List<Number>";
  if (numeric && items.some((item) => item === "" || !Number.isFinite(Number(item)))) {
    fail(`Parameter '${key}' must be a number.`);
  }
  const allowed = definition["AllowedValues"];
  if (Array.isArray(allowed)) {
    const texts = allowed.map((item) => scalarText(item));
    if (items.some((item) => !texts.includes(item))) {
      fail(`Parameter '${key}' must be one of AllowedValues`);
    }
  }
  const pattern = definition["AllowedPattern"];
  if (typeof pattern === "string" && !items.every((item) => matchesWhole(pattern, item))) {
    fail(`Parameter '${key}' must match pattern ${pattern}`);
  }
  const limit = (name: string): number | undefined =>
    definition[name] === undefined ? undefined : Number(definition[name]);
  const [lengthMin, lengthMax, min, max] = [
    limit("MinLength"),
    limit("MaxLength"),
    limit("MinValue"),
    limit("MaxValue"),
  ];
  if (lengthMin !== undefined && value.length < lengthMin) {
    fail(`Parameter '${key}' must contain at least ${lengthMin} characters`);
  }
  if (lengthMax !== undefined && value.length > lengthMax) {
    fail(`Parameter '${key}' must contain at most ${lengthMax} characters`);
  }
  if (numeric && min !== undefined && items.some((item) => Number(item) < min)) {
    fail(`Parameter '${key}' must be a number not less than ${min}`);
  }
  if (numeric && max !== undefined && items.some((item) => Number(item) > max)) {
    fail(`Parameter '${key}' must be a number not greater than ${max}`);
  }
}

function matchesWhole(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, "u").test(value);
  } catch {
    try {
      return new RegExp(`^(?:${pattern})$`).test(value);
    } catch {
      // Java's dialect has constructs JavaScript lacks; those cannot be checked here.
      return true;
    }
  }
}
