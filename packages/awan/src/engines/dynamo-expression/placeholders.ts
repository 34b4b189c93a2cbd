/** `ExpressionAttributeNames` and `ExpressionAttributeValues`: looked up by expressions, every one of which must be used. */
import type { PathNode } from "./ast.ts";
import { attributeNameFlaw } from "./attribute-name.ts";
import { validationError } from "./errors.ts";
import { ExpressionError } from "./lexer.ts";
import { AwsError } from "../../kernel/errors.ts";
import { normalizeValue } from "./validate-value.ts";
import type { AttributeValue } from "./value.ts";

export type Path = readonly (string | number)[];

const namePattern = /^#[0-9a-zA-Z_]+$/;
const valuePattern = /^:[0-9a-zA-Z_]+$/;

export class Placeholders {
  readonly #names: Readonly<Record<string, string>>;
  readonly #values: Record<string, AttributeValue> = {};
  readonly #unusedNames: Set<string>;
  readonly #unusedValues: Set<string>;

  /** Checks keys and values in AWS's order: names, then the values' keys, then the values. */
  constructor(
    names: Readonly<Record<string, string>> | undefined,
    values: Readonly<Record<string, AttributeValue>> | undefined,
  ) {
    this.#names = names ?? {};
    this.#unusedNames = new Set(checkKeys("ExpressionAttributeNames", names, namePattern));
    for (const key of this.#unusedNames) checkName(key, this.#names[key] ?? "");
    this.#unusedValues = new Set(checkKeys("ExpressionAttributeValues", values, valuePattern));
    for (const key of this.#unusedValues)
      this.#values[key] = checkValue(key, values?.[key] as AttributeValue);
  }

  path(node: PathNode): Path {
    return node.parts.map((part) =>
      typeof part === "string" && part.startsWith("#") ? this.#name(part) : part,
    );
  }

  #name(alias: string): string {
    const name = Object.hasOwn(this.#names, alias) ? this.#names[alias] : undefined;
    if (name === undefined) {
      throw new ExpressionError(
        `An expression attribute name used in the document path is not defined; attribute name: ${alias}`,
      );
    }
    this.#unusedNames.delete(alias);
    return name;
  }

  value(alias: string): AttributeValue {
    const value = Object.hasOwn(this.#values, alias) ? this.#values[alias] : undefined;
    if (value === undefined) {
      throw new ExpressionError(
        `An expression attribute value used in expression is not defined; attribute value: ${alias}`,
      );
    }
    this.#unusedValues.delete(alias);
    return value;
  }

  checkAllUsed(): void {
    if (this.#unusedNames.size > 0) throw unused("ExpressionAttributeNames", this.#unusedNames);
    if (this.#unusedValues.size > 0) throw unused("ExpressionAttributeValues", this.#unusedValues);
  }
}

const unused = (parameter: string, keys: ReadonlySet<string>): AwsError =>
  validationError(`Value provided in ${parameter} unused in expressions: keys: {${[...keys].join(", ")}}`);

function checkKeys(
  parameter: string,
  map: Readonly<Record<string, unknown>> | undefined,
  pattern: RegExp,
): readonly string[] {
  if (map === undefined) return [];
  const keys = Object.keys(map);
  if (keys.length === 0) throw validationError(`${parameter} must not be empty`);
  for (const key of keys) {
    if (!pattern.test(key))
      throw validationError(`${parameter} contains invalid key: Syntax error; key: "${key}"`);
  }
  return keys;
}

function checkName(key: string, name: string): void {
  const flaw = attributeNameFlaw(name);
  if (flaw !== undefined)
    throw validationError(`ExpressionAttributeNames contains invalid value: ${flaw} for key ${key}`);
}

function checkValue(key: string, value: AttributeValue): AttributeValue {
  try {
    return normalizeValue(value);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw validationError(
      `ExpressionAttributeValues contains invalid value: ${error.message} for key ${key}`,
    );
  }
}

/** A path as AWS's messages print it: `[a, [0], b]`. */
export function pathText(path: Path): string {
  return `[${path.map((part) => (typeof part === "number" ? `[${part}]` : part)).join(", ")}]`;
}
