/** The first checks of a request, which AWS reports together: `2 validation errors detected: …; …`. */
import { validationError } from "./errors.ts";

export class Constraints {
  /** Made when there is something to tell: most requests are fine. */
  #violations: string[] | undefined;

  /** `path` is in AWS's casing: `keySchema.1.member.keyType`. */
  add(path: string, value: unknown, constraint: string): this {
    const text = value === undefined || value === null ? "null" : `'${javaText(value)}'`;
    (this.#violations ??= []).push(`Value ${text} at '${path}' failed to satisfy constraint: ${constraint}`);
    return this;
  }

  required(path: string, value: unknown): this {
    return value === undefined || value === null ? this.add(path, null, "Member must not be null") : this;
  }

  oneOf(path: string, value: unknown, allowed: readonly string[]): this {
    if (value === undefined || (typeof value === "string" && allowed.includes(value))) return this;
    return this.add(path, value, `Member must satisfy enum value set: [${allowed.join(", ")}]`);
  }

  /** Length of a text, a list or a map. */
  length(
    path: string,
    value: string | readonly unknown[] | object | undefined,
    min: number,
    max = Infinity,
  ): this {
    if (value === undefined) return this;
    const length =
      typeof value === "string" || Array.isArray(value) ? value.length : Object.keys(value).length;
    if (length < min) this.add(path, value, `Member must have length greater than or equal to ${min}`);
    if (length > max) this.add(path, value, `Member must have length less than or equal to ${max}`);
    return this;
  }

  range(path: string, value: number | undefined, min: number, max = Infinity): this {
    if (value === undefined) return this;
    if (value < min) this.add(path, value, `Member must have value greater than or equal to ${min}`);
    if (value > max) this.add(path, value, `Member must have value less than or equal to ${max}`);
    return this;
  }

  pattern(path: string, value: string | undefined, pattern: string): this {
    if (value === undefined || new RegExp(`^(?:${pattern})$`).test(value)) return this;
    return this.add(path, value, `Member must satisfy regular expression pattern: ${pattern}`);
  }

  check(): void {
    if (this.#violations === undefined) return;
    const count = this.#violations.length;
    throw validationError(
      `${count} validation error${count === 1 ? "" : "s"} detected: ${this.#violations.slice(0, 10).join("; ")}`,
    );
  }
}

/** How Java prints it: `[a, b]`, `{key=value}`, `KeySchemaElement(attributeName=pk, keyType=HASH)`. */
function javaText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(javaText).join(", ")}]`;
  if (value instanceof Uint8Array)
    return `java.nio.HeapByteBuffer[pos=0 lim=${value.length} cap=${value.length}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    const isMember = entries.every(([name]) => /^[A-Z]/.test(name)) && entries.length > 0;
    const text = entries
      .map(([name, member]) => `${isMember ? lowerFirst(name) : name}=${javaText(member)}`)
      .join(", ");
    if (!isMember) return `{${text}}`;
    return `${"KeyType" in value ? "KeySchemaElement" : "WriteRequest"}(${text})`;
  }
  return String(value);
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

export const tableNamePattern = "[a-zA-Z0-9_.-]+";

/** A data operation's TableName (or the table's ARN): checked before all else, and alone. */
export function checkTableName(name: string | undefined, path = "tableName"): asserts name is string {
  if (name !== undefined && name.length >= 3 && name.length <= 255 && plainName.test(name)) return;
  if (name?.startsWith("arn:") === true && name.length <= 1024) return;
  const constraints = new Constraints().required(path, name).length(path, name, 1, 255);
  constraints.check();
  constraints.pattern(path, name, tableNamePattern).check();
  constraints.length(path, name, 3).check();
}

const plainName = /^[a-zA-Z0-9_.-]+$/;

/** A control operation's TableName. */
export function checkControlTableName(name: string | undefined): asserts name is string {
  if (name === undefined) {
    throw validationError("The parameter 'TableName' is required but was not present in the request");
  }
  if (name.startsWith("arn:") && name.length <= 1024) return;
  const constraints = new Constraints().length("tableName", name, 3, 255);
  constraints.check();
  constraints.pattern("tableName", name, tableNamePattern).check();
}

/** The table names of a batch: keys of its RequestItems. */
export function checkRequestNames(requests: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(requests)) {
    if (name.startsWith("arn:") && name.length <= 1024) continue;
    if (name.length >= 3 && name.length <= 255 && plainName.test(name)) continue;
    new Constraints()
      .add(
        "requestItems",
        requests,
        `Map keys must satisfy constraint: [Member must have length less than or equal to 255, Member must have length greater than or equal to 3, Member must satisfy regular expression pattern: ${tableNamePattern}]`,
      )
      .check();
  }
}
