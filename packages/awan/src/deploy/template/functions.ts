/**
 * Intrinsic functions, evaluated against what is known so far. A reference to something that does not exist yet gives
 * `unknownValue`, and whatever contains it becomes unknown too: so change sets and executions share one evaluator.
 */
import { cidrBlocks } from "./cidr.ts";
import { splitSub } from "./sub.ts";
import { type Dict, deepEqual, isDict, scalarText, soleKey, validationError } from "./value.ts";

/** What `Ref: AWS::NoValue` gives: its place disappears. */
export const noValue = Symbol("AWS::NoValue");
/** Known only once the resource referred to exists. */
export const unknownValue = Symbol("known after apply");

/** What functions may look at. Conditions are evaluated before. */
export interface Scope {
  /** Values of parameters and pseudo parameters. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly mappings: Readonly<Record<string, unknown>>;
  readonly conditions: Readonly<Record<string, boolean>>;
  /** `Ref` and `Fn::GetAtt` of a resource; `unknownValue` when it does not exist yet, undefined when there is none. */
  readonly ref: (logicalId: string) => unknown;
  readonly attribute: (logicalId: string, attribute: string) => unknown;
  readonly importValue: (name: string) => unknown;
  readonly availabilityZones: (region: string) => readonly string[];
}

/** `value` with every function replaced by its result; `noValue` only at the top. */
export function evaluate(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) {
      const result = evaluate(item, scope);
      if (result !== noValue) items.push(result);
    }
    return items;
  }
  if (!isDict(value)) return value;
  const key = soleKey(value);
  if (key !== undefined) {
    const compute = functions[key];
    if (compute !== undefined) return compute(value[key], scope);
    if (
      key === "Condition" &&
      typeof value[key] === "string" &&
      Object.hasOwn(scope.conditions, value[key])
    ) {
      return scope.conditions[value[key]];
    }
    if (key.startsWith("Fn::"))
      throw validationError(`Template error: ${key} is not a valid intrinsic function`);
  }
  const result: Dict = {};
  for (const [name, member] of Object.entries(value)) {
    const computed = evaluate(member, scope);
    if (computed !== noValue) result[name] = computed;
  }
  return result;
}

/** Whether anything in an evaluated value is not known yet. */
export function hasUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isDict(value) && Object.values(value).some(hasUnknown);
}

/** Arguments evaluated; undefined when one of them is unknown. */
function known(args: unknown, scope: Scope): unknown {
  const value = evaluate(args, scope);
  return hasUnknown(value) ? unknownValue : value;
}

type Compute = (args: unknown, scope: Scope) => unknown;

const functions: Readonly<Record<string, Compute>> = {
  Ref: (args, scope) => {
    if (typeof args !== "string") {
      throw validationError("Template error: every Ref object must have a single String value.");
    }
    if (args === "AWS::NoValue") return noValue;
    if (Object.hasOwn(scope.parameters, args)) return scope.parameters[args];
    const value = scope.ref(args);
    if (value === undefined) throw unresolved([args]);
    return value;
  },
  "Fn::GetAtt": (args, scope) => getAtt(args, scope),
  "Fn::Join": (args, scope) => join(args, scope),
  "Fn::Sub": (args, scope) => sub(args, scope),
  "Fn::Select": (args, scope) => select(args, scope),
  "Fn::Split": (args, scope) => {
    const value = known(args, scope);
    if (value === unknownValue) return value;
    const text = Array.isArray(value) && value.length === 2 ? scalarText(value[1]) : undefined;
    if (!Array.isArray(value) || typeof value[0] !== "string" || value[0] === "" || text === undefined) {
      throw validationError(
        "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.",
      );
    }
    return text.split(value[0]);
  },
  "Fn::Base64": (args, scope) => {
    const value = known(args, scope);
    if (value === unknownValue) return value;
    const text = scalarText(value);
    if (text === undefined)
      throw validationError("Template error: every Fn::Base64 object must have a String-typed value.");
    return Buffer.from(text, "utf8").toString("base64");
  },
  "Fn::FindInMap": (args, scope) => findInMap(args, scope),
  "Fn::GetAZs": (args, scope) => {
    const region = known(args, scope);
    if (region === unknownValue) return region;
    const own = scope.parameters["AWS::Region"];
    return [...scope.availabilityZones(typeof region === "string" && region !== "" ? region : String(own))];
  },
  "Fn::ImportValue": (args, scope) => {
    const name = known(args, scope);
    if (name === unknownValue) return name;
    return scope.importValue(String(name));
  },
  "Fn::Cidr": (args, scope) => {
    const value = known(args, scope);
    if (value === unknownValue) return value;
    const [block, count, bits] = Array.isArray(value) ? value : [];
    return cidrBlocks(String(block), Number(count), bits === undefined ? undefined : Number(bits));
  },
  "Fn::If": (args, scope) => {
    if (!Array.isArray(args) || args.length !== 3 || typeof args[0] !== "string") {
      throw validationError("Template error: Fn::If requires a list argument with three elements");
    }
    const condition = scope.conditions[args[0]];
    if (condition === undefined) {
      throw validationError(`Template error: unresolved condition dependency ${args[0]} in Fn::If`);
    }
    return evaluate(condition ? args[1] : args[2], scope);
  },
  "Fn::Equals": (args, scope) => {
    const value = known(args, scope);
    if (value === unknownValue) return value;
    if (!Array.isArray(value) || value.length !== 2) {
      throw validationError(
        "Template error: every Fn::Equals object requires a list of 2 string parameters.",
      );
    }
    const [left, right] = value.map((item) => scalarText(item) ?? item);
    return deepEqual(left, right);
  },
  "Fn::And": (args, scope) => allOf("Fn::And", args, scope).every(Boolean),
  "Fn::Or": (args, scope) => allOf("Fn::Or", args, scope).some(Boolean),
  "Fn::Not": (args, scope) => {
    const value = evaluate(args, scope);
    if (!Array.isArray(value) || value.length !== 1) {
      throw validationError("Template error: every Fn::Not object requires one boolean parameter.");
    }
    return value[0] === unknownValue ? unknownValue : !value[0];
  },
  "Fn::Length": (args, scope) => {
    const value = evaluate(args, scope);
    if (value === unknownValue) return value;
    if (!Array.isArray(value))
      throw validationError("Template error: Fn::Length requires a list or a function that returns a list");
    return value.length;
  },
  "Fn::ToJsonString": (args, scope) => {
    const value = known(args, scope);
    return value === unknownValue ? value : JSON.stringify(value);
  },
};

const unresolved = (names: readonly string[]): Error =>
  validationError(
    `Template format error: Unresolved resource dependencies [${names.join(", ")}] in the Resources block of the template`,
  );

function allOf(name: string, args: unknown, scope: Scope): unknown[] {
  if (!Array.isArray(args) || args.length < 2 || args.length > 10) {
    throw validationError(
      `Template error: every ${name} object requires a list of at least 2 and at most 10 boolean parameters.`,
    );
  }
  return args.map((item) => evaluate(item, scope));
}

function getAtt(args: unknown, scope: Scope): unknown {
  const list =
    typeof args === "string"
      ? [args.slice(0, Math.max(0, args.indexOf("."))), args.slice(args.indexOf(".") + 1)]
      : args;
  if (!Array.isArray(list) || list.length !== 2 || typeof list[0] !== "string" || list[0] === "") {
    throw validationError(
      "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute",
    );
  }
  const attribute = evaluate(list[1], scope);
  if (typeof attribute !== "string") return unknownValue;
  const value = scope.attribute(list[0], attribute);
  if (value === undefined) {
    throw validationError(`Template error: instance of Fn::GetAtt references undefined resource ${list[0]}`);
  }
  return value;
}

function join(args: unknown, scope: Scope): unknown {
  const value = known(args, scope);
  if (value === unknownValue) return value;
  if (
    !Array.isArray(value) ||
    value.length !== 2 ||
    typeof value[0] !== "string" ||
    !Array.isArray(value[1])
  ) {
    throw validationError(
      "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.",
    );
  }
  const parts = value[1].map((item) => {
    const text = scalarText(item);
    if (text === undefined) {
      throw validationError(
        "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.",
      );
    }
    return text;
  });
  return parts.join(value[0]);
}

function sub(args: unknown, scope: Scope): unknown {
  const [text, variables] = Array.isArray(args) ? args : [args, {}];
  if (typeof text !== "string" || !isDict(variables)) {
    throw validationError(
      "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string",
    );
  }
  let result = "";
  for (const part of splitSub(text)) {
    if ("literal" in part) {
      result += part.literal;
      continue;
    }
    const value = Object.hasOwn(variables, part.name)
      ? evaluate(variables[part.name], scope)
      : part.name.includes(".")
        ? getAtt(part.name, scope)
        : evaluate({ Ref: part.name }, scope);
    if (hasUnknown(value)) return unknownValue;
    if (value === noValue) continue;
    const written = Array.isArray(value) ? value.join(",") : scalarText(value);
    if (written === undefined) {
      throw validationError(
        `Template error: variable ${part.name} in Fn::Sub expression does not resolve to a string`,
      );
    }
    result += written;
  }
  return result;
}

function select(args: unknown, scope: Scope): unknown {
  const malformed =
    "Template error: Fn::Select requires a list argument with two elements: an integer index and a list";
  if (!Array.isArray(args) || args.length !== 2) throw validationError(malformed);
  const index = evaluate(args[0], scope);
  const list = evaluate(args[1], scope);
  if (index === unknownValue || list === unknownValue) return unknownValue;
  const position = Number(scalarText(index));
  if (!Number.isInteger(position)) throw validationError(malformed);
  if (!Array.isArray(list)) throw validationError(malformed);
  const value: unknown = list[position];
  if (value === undefined) {
    throw validationError(`Template error: Fn::Select  cannot select nonexistent value at index ${position}`);
  }
  return value;
}

function findInMap(args: unknown, scope: Scope): unknown {
  if (!Array.isArray(args) || args.length < 3 || args.length > 4) {
    throw validationError(
      "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value",
    );
  }
  const keys = args.slice(0, 3).map((item) => known(item, scope));
  if (keys.includes(unknownValue)) return unknownValue;
  const [map, first, second] = keys.map(String) as [string, string, string];
  const top = scope.mappings[map];
  const level = isDict(top) ? top[first] : undefined;
  const value = isDict(level) ? level[second] : undefined;
  if (value !== undefined) return value;
  const fallback: unknown = args[3];
  if (isDict(fallback) && "DefaultValue" in fallback) return evaluate(fallback["DefaultValue"], scope);
  throw validationError(`Template error: Unable to get mapping for ${map}::${first}::${second}`);
}
