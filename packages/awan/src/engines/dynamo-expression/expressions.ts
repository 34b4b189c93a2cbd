/**
 * The expressions of one request: parsed (or taken from a cache of parses, which do not depend on names and values),
 * resolved against the request's placeholders, and refused in AWS's words with the parameter's name in front.
 */
import type { ConditionNode, PathNode, UpdateAction } from "./ast.ts";
import { type Condition, resolveCondition } from "./condition.ts";
import { validationError } from "./errors.ts";
import { type KeyConditions, toKeyConditions } from "./key-condition.ts";
import { ExpressionError } from "./lexer.ts";
import { parseCondition, parseProjection, parseUpdate } from "./parser.ts";
import type { Placeholders } from "./placeholders.ts";
import { type Projection, resolveProjection } from "./projection.ts";
import { resolveUpdate, type Update } from "./update.ts";

export type ExpressionParameter =
  | "ConditionExpression"
  | "FilterExpression"
  | "KeyConditionExpression"
  | "ProjectionExpression"
  | "UpdateExpression";

/** Developer Guide, "Expressions: limits". */
const expressionSizeBytesMax = 4096;
const cachedParsesMax = 2000;

/** Parses by text, oldest first; dropped whole generations at a time would cost hits, so one goes for one that comes. */
class ParseCache<Parsed> {
  readonly #parses = new Map<string, Parsed>();
  readonly #parse: (text: string) => Parsed;

  constructor(parse: (text: string) => Parsed) {
    this.#parse = parse;
  }

  get(text: string): Parsed {
    let parsed = this.#parses.get(text);
    if (parsed === undefined) {
      if (text.trim() === "") throw new ExpressionError("The expression can not be empty;");
      const size = Buffer.byteLength(text);
      if (size > expressionSizeBytesMax) {
        throw new ExpressionError(
          `Expression size has exceeded the maximum allowed size; expression size: ${size}`,
        );
      }
      parsed = this.#parse(text);
      if (this.#parses.size >= cachedParsesMax)
        this.#parses.delete(this.#parses.keys().next().value as string);
      this.#parses.set(text, parsed);
    }
    return parsed;
  }
}

const conditions = new ParseCache<ConditionNode>(parseCondition);
const projections = new ParseCache<readonly PathNode[]>(parseProjection);
const updates = new ParseCache<readonly UpdateAction[]>(parseUpdate);

function named<Result>(parameter: ExpressionParameter, body: () => Result): Result {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw validationError(`Invalid ${parameter}: ${error.message}`);
  }
}

export function condition(
  text: string,
  placeholders: Placeholders,
  parameter: ExpressionParameter = "ConditionExpression",
): Condition {
  return named(parameter, () => resolveCondition(conditions.get(text), placeholders));
}

export function keyConditions(text: string, placeholders: Placeholders): KeyConditions {
  return toKeyConditions(condition(text, placeholders, "KeyConditionExpression"));
}

export function projection(text: string, placeholders: Placeholders): Projection {
  return named("ProjectionExpression", () => resolveProjection(projections.get(text), placeholders));
}

export function update(text: string, placeholders: Placeholders): readonly Update[] {
  return named("UpdateExpression", () => resolveUpdate(updates.get(text), placeholders));
}
