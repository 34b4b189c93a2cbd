/**
 * SNS filter policies as data, and the reader that refuses them in AWS's words. What a policy means is in `match.ts`.
 */
import { parseCidr, type Cidr, CidrProblem } from "./cidr.ts";
import { JsonProblem, JsonTokens } from "./tokens.ts";

export type Scalar = string | number | boolean | null;

export type Condition =
  | { readonly kind: "equals"; readonly value: Scalar }
  | { readonly kind: "prefix" | "suffix"; readonly text: string }
  | { readonly kind: "equals-ignore-case"; readonly text: string }
  | { readonly kind: "numeric"; readonly ranges: readonly NumericBound[] }
  | { readonly kind: "exists"; readonly exists: boolean }
  | { readonly kind: "cidr"; readonly cidr: Cidr }
  | { readonly kind: "anything-but"; readonly values: readonly Scalar[] }
  | { readonly kind: "anything-but-prefix"; readonly texts: readonly string[] };

export interface NumericBound {
  readonly operator: "=" | "<" | "<=" | ">" | ">=";
  readonly value: number;
}

/** Every entry must hold; `alternatives` are the `$or`s, of each of which one must. */
export interface FilterPolicy {
  readonly entries: readonly (readonly [key: string, rule: FilterRule])[];
  readonly alternatives: readonly (readonly FilterPolicy[])[];
}

/** Any condition suffices, or the nested policy holds. */
export type FilterRule = { readonly any: readonly Condition[] } | { readonly nested: FilterPolicy };

export type FilterScope = "MessageAttributes" | "MessageBody";

/** Why a policy is refused, as AWS words it. */
export class FilterPolicyProblem extends Error {
  override name = "FilterPolicyProblem";
}

const keysMax = 5;
const combinationsMax = 150;
const nesting = "Filter policy scope MessageAttributes does not support nested filter policy";

/** Reads a policy. Throws a FilterPolicyProblem. */
export function parseFilterPolicy(text: string, scope: FilterScope): FilterPolicy {
  checkJson(text);
  // AWS tells positions in its own, compact copy of the policy.
  const compact = JSON.stringify(JSON.parse(text));
  const policy = new Reader(compact, scope).policy();
  checkKeys(policy);
  if (combinations(policy, 1) > combinationsMax)
    throw new FilterPolicyProblem("FilterPolicy: Filter policy is too complex");
  return policy;
}

/** Throws a FilterPolicyProblem that begins with `name` when the text is no JSON. */
export function checkJson(text: string, name = "FilterPolicy"): void {
  try {
    const tokens = new JsonTokens(text);
    while (tokens.next() !== "end");
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    throw new FilterPolicyProblem(
      `${name}: failed to parse JSON. ${error.message}\n at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: 1, column: ${error.column}]`,
    );
  }
}

function checkKeys(policy: FilterPolicy): void {
  if (leafKeys(policy) > keysMax) {
    throw new FilterPolicyProblem(`FilterPolicy: Filter policy can not have more than ${keysMax} keys`);
  }
}

function leafKeys(policy: FilterPolicy): number {
  let keys = 0;
  for (const [, rule] of policy.entries) keys += "nested" in rule ? leafKeys(rule.nested) : 1;
  for (const alternatives of policy.alternatives) {
    keys += Math.max(...alternatives.map((alternative) => leafKeys(alternative)));
  }
  return keys;
}

/** Values times depth of every leaf, multiplied; alternatives are added up (SNS Developer Guide, "Filter policy constraints"). */
function combinations(policy: FilterPolicy, depth: number): number {
  let product = 1;
  for (const [, rule] of policy.entries) {
    product *= "nested" in rule ? combinations(rule.nested, depth + 1) : rule.any.length * depth;
  }
  for (const alternatives of policy.alternatives) {
    product *= alternatives.reduce((sum, alternative) => sum + combinations(alternative, depth), 0);
  }
  return product;
}

class Reader {
  readonly #source: string;
  readonly #scope: FilterScope;
  readonly #tokens: JsonTokens;

  constructor(source: string, scope: FilterScope) {
    this.#source = source;
    this.#scope = scope;
    this.#tokens = new JsonTokens(source);
  }

  policy(): FilterPolicy {
    if (this.#tokens.next() !== "{") throw this.#problem("Filter is not an object");
    return this.#object(0);
  }

  /** The rest of an object whose opening brace has been read. */
  #object(depth: number): FilterPolicy {
    const tokens = this.#tokens;
    const entries: (readonly [string, FilterRule])[] = [];
    const alternatives: (readonly FilterPolicy[])[] = [];
    while (tokens.next() === "field") {
      const key = tokens.text;
      const value = tokens.next();
      if (key === "$or" && value === "[") alternatives.push(this.#alternatives(depth));
      else if (value === "[") entries.push([key, { any: this.#conditions() }]);
      else if (value === "{") {
        if (this.#scope === "MessageAttributes") this.#refuseNested();
        entries.push([key, { nested: this.#object(depth + 1) }]);
      } else throw this.#problem(`"${key}" must be an object or an array`);
    }
    if (entries.length === 0 && alternatives.length === 0 && depth > 0)
      throw this.#problem("Empty objects are not allowed");
    return { entries, alternatives };
  }

  /** In attributes nesting is refused, but what is wrong inside of it is told first. */
  #refuseNested(): never {
    new Reader(this.#source, "MessageBody").policy();
    throw new FilterPolicyProblem(nesting);
  }

  #alternatives(depth: number): readonly FilterPolicy[] {
    const found: FilterPolicy[] = [];
    for (let kind = this.#tokens.next(); kind !== "]"; kind = this.#tokens.next()) {
      if (kind !== "{") throw this.#problem("$or must contain objects");
      found.push(this.#object(depth));
    }
    if (found.length < 2) throw this.#problem("There must have at least 2 Objects in $or relationship");
    return found;
  }

  #conditions(): readonly Condition[] {
    const found: Condition[] = [];
    for (let kind = this.#tokens.next(); kind !== "]"; kind = this.#tokens.next()) {
      if (kind === "[") throw this.#problem("Match value must be String, number, true, false, or null");
      found.push(kind === "{" ? this.#expression() : { kind: "equals", value: this.#scalar() });
    }
    if (found.length === 0) throw this.#problem("Empty arrays are not allowed");
    return found;
  }

  #scalar(): Scalar {
    const { kind } = this.#tokens;
    if (kind === "text") return this.#tokens.text;
    if (kind === "number") return this.#tokens.number;
    return kind === "null" ? null : kind === "true";
  }

  #expression(): Condition {
    const tokens = this.#tokens;
    if (tokens.next() !== "field") throw this.#problem("Empty objects are not allowed");
    const condition = this.#operator(tokens.text);
    if (tokens.next() !== "}") throw this.#problem("Only one key allowed in match expression");
    return condition;
  }

  #operator(name: string): Condition {
    switch (name) {
      case "prefix":
      case "suffix":
        return { kind: name, text: this.#text(name) };
      case "equals-ignore-case":
        return { kind: name, text: this.#text(name) };
      case "cidr":
        return { kind: name, cidr: this.#cidr() };
      case "exists":
        return { kind: name, exists: this.#boolean() };
      case "numeric":
        return { kind: name, ranges: this.#numeric() };
      case "anything-but":
        return this.#anythingBut();
      default:
        throw this.#problem(`Unrecognized match type ${name}`);
    }
  }

  #text(operator: string): string {
    if (this.#tokens.next() !== "text") throw this.#problem(`${operator} match pattern must be a string`);
    return this.#tokens.text;
  }

  #boolean(): boolean {
    const kind = this.#tokens.next();
    if (kind === "true" || kind === "false") return kind === "true";
    throw this.#problem("exists match pattern must be either true or false.");
  }

  #cidr(): Cidr {
    try {
      return parseCidr(this.#text("prefix"));
    } catch (error) {
      if (error instanceof CidrProblem) throw new FilterPolicyProblem(`FilterPolicy: ${error.message}`);
      throw error;
    }
  }

  #anythingBut(): Condition {
    const tokens = this.#tokens;
    const kind = tokens.next();
    if (kind === "{") {
      tokens.next();
      const name = tokens.text;
      if (name !== "prefix") throw this.#problem(`Unsupported anything-but pattern: ${name}`);
      const text = this.#text("prefix");
      if (tokens.next() !== "}") throw this.#problem("Only one key allowed in match expression");
      return { kind: "anything-but-prefix", texts: [text] };
    }
    if (kind !== "[") return { kind: "anything-but", values: [this.#scalar()] };
    const values: Scalar[] = [];
    for (let next = tokens.next(); next !== "]"; next = tokens.next()) {
      if (next === "[" || next === "{")
        throw this.#problem("Inside anything but list, start|null|boolean is not supported.");
      values.push(this.#scalar());
    }
    if (values.length === 0) throw this.#problem("Empty arrays are not allowed");
    return { kind: "anything-but", values };
  }

  #numeric(): readonly NumericBound[] {
    const tokens = this.#tokens;
    if (tokens.next() !== "[") throw this.#problem("Value of numeric must be an array.");
    if (tokens.next() !== "text") throw this.#problem(`Invalid member in numeric match: ${tokens.text}`);
    const operator = tokens.text;
    if (operator === "=") {
      const value = this.#bound("equals");
      if (tokens.next() !== "]") throw this.#problem("Too many elements in numeric expression");
      return [{ operator, value }];
    }
    if (operator === "<" || operator === "<=") {
      const value = this.#bound(operator);
      if (tokens.next() !== "]") throw this.#problem("Too many elements in numeric expression");
      return [{ operator, value }];
    }
    if (operator === ">" || operator === ">=") return this.#range(operator);
    tokens.next();
    throw this.#problem(`Unrecognized numeric range operator: ${operator}`);
  }

  #range(lower: ">" | ">="): readonly NumericBound[] {
    const tokens = this.#tokens;
    const bottom = { operator: lower, value: this.#bound(lower) };
    const next = tokens.next();
    if (next === "]") return [bottom];
    if (next !== "text") throw this.#problem(`Bad value in numeric range: ${tokens.text}`);
    const upper = tokens.text;
    if (upper !== "<" && upper !== "<=") throw this.#problem(`Bad numeric range operator: ${upper}`);
    const top = { operator: upper, value: this.#bound(upper) } as const;
    if (tokens.next() !== "]") throw this.#problem("Too many terms in numeric range expression");
    if (bottom.value >= top.value) throw this.#problem("Bottom must be less than top");
    return [bottom, top];
  }

  #bound(operator: string): number {
    if (this.#tokens.next() !== "number") throw this.#problem(`Value of ${operator} must be numeric`);
    return this.#tokens.number;
  }

  #problem(message: string): FilterPolicyProblem {
    return new FilterPolicyProblem(
      `FilterPolicy: ${message}\n at [Source: (String)"${this.#source}"; line: 1, column: ${this.#tokens.column}]`,
    );
  }
}
