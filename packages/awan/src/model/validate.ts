/**
 * Constraint checks in the words of AWS's own framework (Coral). A boolean closure per shape answers the usual case; the
 * message is put together only for input that fails.
 */
import { AwsError } from "../kernel/errors.ts";
import type { OperationModel } from "./service-model.ts";
import type { Limit, Member, Shape, Target } from "./shape.ts";
import type { ProtocolName } from "./table.ts";

type Check = (value: unknown) => boolean;
type Fields = Readonly<Record<string, unknown>>;

const patterns = new Map<string, RegExp | undefined>();

/** Java's classes that JavaScript does not have. */
const javaClasses: readonly (readonly [from: string, to: string])[] = [
  ["\\p{Print}", "[\\x20-\\x7e]"],
  ["\\p{XDigit}", "[0-9A-Fa-f]"],
];

/** A model's pattern (Java's syntax, matched whole); undefined when JavaScript cannot read it. */
function patternOf(source: string): RegExp | undefined {
  if (patterns.has(source)) return patterns.get(source);
  let compiled: RegExp | undefined;
  const inlineFlags = /^\(\?([is]+)\)/.exec(source);
  let text = source.slice(inlineFlags?.[0].length ?? 0);
  for (const [from, to] of javaClasses) text = text.replaceAll(from, to);
  for (const mode of ["u", ""]) {
    try {
      compiled = new RegExp(`^(?:${text})$`, `${mode}${inlineFlags?.[1] ?? ""}`);
      break;
    } catch {
      // Java knows classes and flags that JavaScript does not: such patterns are not checked.
    }
  }
  patterns.set(source, compiled);
  return compiled;
}

/** What `min` and `max` bound: a number's value, anything else's length. */
function measure(shape: Shape, value: unknown): number | undefined {
  switch (shape.kind) {
    case "number":
      return value as number;
    case "string":
    case "list":
      return (value as string).length;
    case "blob":
      return value instanceof Uint8Array ? value.byteLength : undefined;
    case "map":
      return Object.keys(value as object).length;
    default:
      return undefined;
  }
}

function limitsOf(target: Target): {
  item?: Limit | undefined;
  key?: Limit | undefined;
  value?: Limit | undefined;
} {
  const { shape, limit } = target;
  if (shape.kind === "list") return { item: limit?.item ?? shape.item.limit };
  if (shape.kind === "map")
    return { key: limit?.key ?? shape.key.limit, value: limit?.value ?? shape.value.limit };
  return {};
}

const isMandatory = (parent: Shape, member: Member): boolean =>
  member.isRequired && parent.kind === "structure" && member.traits.idempotencyToken === undefined;

const constrains = (limit: Limit | undefined): boolean =>
  limit !== undefined &&
  (limit.min !== undefined ||
    limit.max !== undefined ||
    limit.pattern !== undefined ||
    limit.enum !== undefined);

/** The constraints a value breaks, in Coral's order and words. */
function broken(target: Pick<Target, "shape">, limit: Limit, value: unknown): string[] {
  const messages: string[] = [];
  const { shape } = target;
  if (typeof value === "string") {
    if (limit.pattern !== undefined && patternOf(limit.pattern)?.test(value) === false) {
      messages.push(`Member must satisfy regular expression pattern: ${limit.pattern}`);
    }
    if (limit.enum && !limit.enum.includes(value)) {
      messages.push(`Member must satisfy enum value set: [${limit.enum.join(", ")}]`);
    }
  }
  const size = measure(shape, value);
  const what = shape.kind === "number" ? "value" : "length";
  if (size !== undefined && limit.min !== undefined && size < limit.min) {
    messages.push(`Member must have ${what} greater than or equal to ${limit.min}`);
  }
  if (size !== undefined && limit.max !== undefined && size > limit.max) {
    messages.push(`Member must have ${what} less than or equal to ${limit.max}`);
  }
  return messages;
}

const isDecimal = ({ type }: Limit): boolean => type === "double" || type === "float";

/** As Java prints a double. */
const decimal = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));

/** All constraints of a list's or map's simple members: they are reported together, at the collection. */
function stated(shape: Shape, limit: Limit): string {
  const what = shape.kind === "number" ? "value" : "length";
  const bound = (value: number): string => (isDecimal(limit) ? decimal(value) : String(value));
  const parts: string[] = [];
  if (limit.max !== undefined)
    parts.push(`Member must have ${what} less than or equal to ${bound(limit.max)}`);
  if (limit.min !== undefined)
    parts.push(`Member must have ${what} greater than or equal to ${bound(limit.min)}`);
  if (limit.pattern !== undefined)
    parts.push(`Member must satisfy regular expression pattern: ${limit.pattern}`);
  if (limit.enum) parts.push(`Member must satisfy enum value set: [${limit.enum.join(", ")}]`);
  if (limit.notNull === true) parts.push("Member must not be null");
  return parts.join(", ");
}

const checks = new WeakMap<Shape, Check>();
const needs = new WeakMap<Shape, boolean>();

/** Whether anything at or below a shape is constrained; lets whole subtrees go unvisited. */
function needsCheck(shape: Shape, path: Set<Shape> = new Set()): boolean {
  const known = needs.get(shape);
  if (known !== undefined) return known;
  if (path.has(shape)) return false;
  path.add(shape);
  const below = (target: Target): boolean => constrains(target.limit) || targetNeedsCheck(target, path);
  let result = false;
  if (shape.kind === "structure" || shape.kind === "union") {
    result = shape.members.some((member) => isMandatory(shape, member) || below(member));
  } else if (shape.kind === "list") result = below(shape.item);
  else if (shape.kind === "map") result = below(shape.key) || below(shape.value);
  path.delete(shape);
  // A negative answer inside a cycle depends on where the walk began, so only the outermost one is kept.
  if (result || path.size === 0) needs.set(shape, result);
  return result;
}

function targetNeedsCheck(target: Target, path?: Set<Shape>): boolean {
  const { item, key, value } = limitsOf(target);
  return constrains(item) || constrains(key) || constrains(value) || needsCheck(target.shape, path);
}

/** Undefined when there is nothing to check. */
function checkOf(target: Target): Check | undefined {
  const { shape, limit } = target;
  const own = limit && constrains(limit) && !shape.isStreaming ? limit : undefined;
  const inner = targetNeedsCheck(target) ? innerCheck(target) : undefined;
  if (own && inner) return (value) => broken(target, own, value).length === 0 && inner(value);
  if (own) return simpleCheck(shape, own);
  return inner;
}

function simpleCheck(shape: Shape, limit: Limit): Check {
  const { min = -Infinity, max = Infinity } = limit;
  const pattern = limit.pattern === undefined ? undefined : patternOf(limit.pattern);
  const values = limit.enum && new Set(limit.enum);
  return (value) => {
    const size = measure(shape, value);
    if (size !== undefined && (size < min || size > max)) return false;
    if (typeof value !== "string") return true;
    return (values === undefined || values.has(value)) && (pattern === undefined || pattern.test(value));
  };
}

function innerCheck(target: Target): Check {
  const { shape } = target;
  if (shape.kind === "structure" || shape.kind === "union") return structureCheck(shape);
  const { item, key, value } = limitsOf(target);
  // Made on first use: a list of structures may hold lists of itself.
  let checkItem: Check | undefined;
  if (shape.kind === "list") {
    return (items) => {
      const check = (checkItem ??= checkOf({ ...shape.item, limit: item }) ?? always);
      return (items as unknown[]).every((entry) => entry === null || check(entry));
    };
  }
  const checkKey = key && constrains(key) ? simpleCheck(shape.key.shape, key) : always;
  return (entries) => {
    const check = (checkItem ??= checkOf({ ...shape.value, limit: value }) ?? always);
    for (const [name, entry] of Object.entries(entries as Fields)) {
      if (!checkKey(name) || (entry !== null && !check(entry))) return false;
    }
    return true;
  };
}

const always: Check = () => true;

function structureCheck(shape: Shape): Check {
  const known = checks.get(shape);
  if (known) return known;
  let members: (readonly [name: string, isMandatory: boolean, check: Check | undefined])[] | undefined;
  const check: Check = (value) => {
    members ??= shape.members
      .map((member) => [member.name, isMandatory(shape, member), checkOf(member)] as const)
      .filter(([, mandatory, memberCheck]) => mandatory || memberCheck !== undefined);
    const fields = value as Fields;
    for (const [name, mandatory, memberCheck] of members) {
      const field = fields[name];
      if (field === undefined || field === null) {
        if (mandatory) return false;
      } else if (memberCheck !== undefined && !memberCheck(field)) return false;
    }
    return true;
  };
  checks.set(shape, check);
  return check;
}

/** A value as Java prints it. */
function printed(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (value instanceof Uint8Array) {
    return `java.nio.HeapByteBuffer[pos=0 lim=${value.byteLength} cap=${value.byteLength}]`;
  }
  if (value instanceof Date) return value.toString();
  if (Array.isArray(value)) return `[${value.map(printed).join(", ")}]`;
  if (typeof value === "object") {
    return `{${Object.entries(value)
      .map(([key, entry]) => `${key}=${printed(entry)}`)
      .join(", ")}}`;
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

const uncapitalised = (name: string): string => `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
const isSimple = ({ kind }: Shape): boolean =>
  kind === "string" || kind === "number" || kind === "blob" || kind === "boolean" || kind === "timestamp";

function complaint(value: unknown, path: string, constraint: string): string {
  const shown = value === null || value === undefined ? "null" : `'${printed(value)}'`;
  return `Value ${shown} at '${path}' failed to satisfy constraint: ${constraint}`;
}

function explainTarget(target: Target, value: unknown, path: string, complaints: string[]): void {
  const { shape, limit } = target;
  if (limit && !shape.isStreaming) {
    for (const message of broken(target, limit, value)) complaints.push(complaint(value, path, message));
  }
  const limits = limitsOf(target);
  if (shape.kind === "structure" || shape.kind === "union")
    explainMembers(shape, value as Fields, path, complaints);
  else if (shape.kind === "list") explainList(shape.item, limits.item, value as unknown[], path, complaints);
  else if (shape.kind === "map") explainMap(target, value as Fields, path, complaints);
}

function explainMembers(shape: Shape, fields: Fields, path: string, complaints: string[]): void {
  for (const member of shape.members) {
    const value = fields[member.name];
    const name = uncapitalised(member.name);
    const memberPath = path === "" ? name : `${path}.${name}`;
    if (value !== undefined && value !== null) explainTarget(member, value, memberPath, complaints);
    else if (isMandatory(shape, member))
      complaints.push(complaint(null, memberPath, "Member must not be null"));
  }
}

function explainList(
  item: Target,
  limit: Limit | undefined,
  items: readonly unknown[],
  path: string,
  complaints: string[],
): void {
  if (isSimple(item.shape)) {
    const fails = limit && items.some((entry) => entry !== null && broken(item, limit, entry).length > 0);
    if (fails)
      complaints.push(
        complaint(items, path, `Member must satisfy constraint: [${stated(item.shape, limit)}]`),
      );
    return;
  }
  for (const [index, entry] of items.entries()) {
    if (entry !== null) explainTarget({ ...item, limit }, entry, `${path}.${index + 1}.member`, complaints);
  }
}

const withDecimals = (entries: Fields): Fields =>
  Object.fromEntries(
    Object.entries(entries).map(([name, value]) => [
      name,
      typeof value === "number" ? decimal(value) : value,
    ]),
  );

function explainMap(target: Target, entries: Fields, path: string, complaints: string[]): void {
  const { key, value } = target.shape;
  const limits = limitsOf(target);
  const { key: keyLimit, value: valueLimit } = limits;
  if (keyLimit && Object.keys(entries).some((name) => broken(key, keyLimit, name).length > 0)) {
    const message = `Map keys must satisfy constraint: [${stated(key.shape, keyLimit)}]`;
    complaints.push(complaint(entries, path, message));
  }
  if (isSimple(value.shape)) {
    const fails = (entry: unknown) =>
      entry !== null && valueLimit !== undefined && broken(value, valueLimit, entry).length > 0;
    if (valueLimit && Object.values(entries).some(fails)) {
      const message = `Map value must satisfy constraint: [${stated(value.shape, valueLimit)}]`;
      const shown = isDecimal(valueLimit) ? withDecimals(entries) : entries;
      complaints.push(complaint(shown, path, message));
    }
    return;
  }
  for (const [name, entry] of Object.entries(entries)) {
    if (entry !== null)
      explainTarget({ ...value, limit: valueLimit }, entry, `${path}.${name}.member`, complaints);
  }
}

/** `1 validation error detected: …`, or undefined when the input keeps every constraint of the model. */
export function constraintMessage(operation: OperationModel, input: Fields): string | undefined {
  const shape = operation.input;
  if (shape.kind === "unit" || structureCheck(shape)(input)) return undefined;
  const complaints: string[] = [];
  explainMembers(shape, input, "", complaints);
  if (complaints.length === 0) return undefined;
  const count = `${complaints.length} validation error${complaints.length === 1 ? "" : "s"} detected`;
  return `${count}: ${complaints.join("; ")}`;
}

/** Services that call a broken constraint otherwise than ValidationException. */
const validationCodes: Readonly<Record<string, string>> = {
  logs: "InvalidParameterException",
  "cognito-idp": "InvalidParameterException",
};

/** Throws the error AWS answers when the input breaks a constraint of the model. */
export function validateInput(operation: OperationModel, input: Fields, protocol: ProtocolName): void {
  const message = constraintMessage(operation, input);
  if (message === undefined) return;
  const isQuery = protocol === "query" || protocol === "ec2";
  const code =
    validationCodes[operation.service.name] ?? (isQuery ? "ValidationError" : "ValidationException");
  throw new AwsError(code, message, { status: 400, fault: "client" });
}
