/**
 * An API's document, Swagger or OpenAPI, while it is edited: a copy in which any path item or method may be two behind an
 * `Fn::If`. Keys are read by name whatever kind of string they are (see `python/byte-string.ts`).
 */
import { type Dict, isDict } from "../../template/value.ts";
import { invalidDocument } from "../errors.ts";
import { conditional, isNoValue } from "../intrinsics.ts";
import { byteString, byteStrings, withoutMark } from "../python/byte-string.ts";
import { at, dictionary, entriesOf, keysOf, nameIn, put, putDefault } from "../python/dictionary.ts";
import { given, shown } from "../python/text.ts";

export const integrationKey = byteString("x-amazon-apigateway-integration");
export const anyMethod = "x-amazon-apigateway-any-method";

/** `Fn::If` inside a document, where our own words are byte strings. */
export const conditionalInDocument = (condition: unknown, value: unknown): Dict => {
  const [parts] = Object.values(conditional(condition, value)) as [unknown[]];
  return { [byteString("Fn::If")]: [condition, value, byteStrings(parts[2])] };
};

/** What an item is: itself, or both sides of an `Fn::If` that are something. */
export function alternatives(item: unknown): unknown[] {
  if (!isDict(item) || nameIn(item, "Fn::If") === undefined) return [item];
  const parts = at(item, "Fn::If");
  if (!Array.isArray(parts)) throw invalidDocument("Value of Fn::If must be a list.");
  return parts.slice(1).filter((part) => !isNoValue(part));
}

export function requireMap(value: unknown, message: string): asserts value is Dict {
  if (!isDict(value)) throw invalidDocument(message);
}

export function requirePathItem(value: unknown, path: string): asserts value is Dict {
  requireMap(value, `Value of '${withoutMark(path)}' path must be a dictionary according to Swagger spec.`);
}

export function requireMethod(value: unknown, path: string, method: unknown): asserts value is Dict {
  requireMap(
    value,
    `Definition of method '${shown(method)}' for path '${withoutMark(path)}' should be a map.`,
  );
}

export const hasIntegrationIn = (method: Dict): boolean => given(at(method, integrationKey));

/** Lower case; "any" by API Gateway's name for it. */
export function methodKey(method: unknown): string {
  if (typeof method !== "string") return shown(method);
  const lower = method.toLowerCase();
  return lower === "any" ? byteString(anyMethod) : lower;
}

export const isVersion3 = (version: unknown): boolean => /^3(\.\d)(\.\d)?\n?$/.test(shown(version));

/** A list under `security`, which documents get wrong. */
export function securityOf(method: Dict, path: string, name: string): unknown[] {
  const security = nameIn(method, "security") === undefined ? [] : at(method, "security");
  if (Array.isArray(security)) return security;
  throw invalidDocument(
    `Type of security for path ${withoutMark(path)} method ${withoutMark(name)} must be a list`,
  );
}

export class ApiDocument {
  readonly doc: Dict;
  paths: Dict;

  constructor(doc: Dict) {
    this.doc = doc;
    this.paths = at(doc, "paths") as Dict;
  }

  pathNames(): string[] {
    return keysOf(this.paths);
  }

  makeConditional(path: string, condition: string): void {
    put(this.paths, path, conditionalInDocument(condition, at(this.paths, path)));
  }

  /** Whether a path, with a method in each of its alternatives, is there. */
  hasPath(path: string, method?: unknown): boolean {
    if (nameIn(this.paths, path) === undefined) return false;
    if (!given(method)) return true;
    const key = methodKey(method);
    return alternatives(at(this.paths, path)).every(
      (item) => isDict(item) && nameIn(item, key) !== undefined,
    );
  }

  hasIntegration(path: string, method: unknown): boolean {
    if (!this.hasPath(path, method)) return false;
    const key = methodKey(method);
    return alternatives(at(this.paths, path)).every((item) => {
      requirePathItem(item, path);
      const definition = at(item, key);
      if (!isDict(definition)) return false;
      return alternatives(definition).some((each) => {
        requireMethod(each, path, withoutMark(key));
        return hasIntegrationIn(each);
      });
    });
  }

  addPath(path: string, method: unknown): void {
    const item = putDefault(this.paths, path, dictionary());
    if (!isDict(item)) requirePathItem(item, path);
    for (const each of alternatives(item)) {
      if (isDict(each)) putDefault(each, methodKey(method), dictionary());
    }
  }

  addTimeout(path: string, method: unknown, timeout: unknown): void {
    for (const definition of this.definitionsAt(path, method)) {
      put(at(definition, integrationKey) as Dict, byteString("timeoutInMillis"), timeout);
    }
  }

  /** Every definition of a method that has an integration (or not, if `all`). */
  definitionsAt(path: string, method: unknown, all = false): Dict[] {
    const key = methodKey(method);
    return alternatives(at(this.paths, path)).flatMap((item) => {
      requirePathItem(item, path);
      return alternatives(at(item, key)).filter((definition): definition is Dict => {
        requireMethod(definition, path, method);
        return all || hasIntegrationIn(definition);
      });
    });
  }

  /** All methods of a path that have integrations, by normalised name. */
  methodsOf(path: string, excluded: readonly string[] = []): { name: string; definition: Dict }[] {
    return alternatives(at(this.paths, path)).flatMap((item) => {
      requirePathItem(item, path);
      return entriesOf(item)
        .filter(([name]) => !excluded.includes(withoutMark(name)))
        .flatMap(([name, method]) =>
          alternatives(method).flatMap((definition) => {
            requireMethod(definition, path, name);
            return hasIntegrationIn(definition)
              ? [{ name: withoutMark(methodKey(withoutMark(name))), definition }]
              : [];
          }),
        );
    });
  }
}
