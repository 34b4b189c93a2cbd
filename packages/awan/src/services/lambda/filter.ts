/**
 * Filters of event source mappings: event patterns over a record whose data is decoded first.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
import {
  compileEventPattern,
  EventPatternError,
  matchesEventPattern,
} from "../../engines/event-pattern/event-pattern.ts";
import { remembered } from "../../kernel/remembered.ts";
import { invalidParameter } from "./errors.ts";

const compile = remembered(compileEventPattern);

interface FilterCriteria {
  readonly Filters?: readonly { readonly Pattern?: string | undefined }[] | undefined;
}

/** The patterns of `FilterCriteria`, checked as AWS does. */
export function patternsOf(criteria: FilterCriteria | undefined): string[] {
  return (criteria?.Filters ?? []).map(({ Pattern }) => {
    try {
      compile(Pattern ?? "");
    } catch (error) {
      if (!(error instanceof EventPatternError)) throw error;
      throw invalidParameter("Invalid filter pattern definition.");
    }
    return Pattern as string;
  });
}

/** Whether one of the patterns (or none exists) lets the record through. */
export const passes = (patterns: readonly string[], record: unknown): boolean =>
  patterns.length === 0 || patterns.some((pattern) => matchesEventPattern(compile(pattern), record));

/** JSON objects and lists as such; everything else stays text. */
export function decoded(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
