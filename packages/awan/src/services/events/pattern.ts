/** Event patterns of rules and archives: compiled once, refused in EventBridge's words. */
import {
  compileEventPattern,
  type EventPattern,
  EventPatternError,
  matchesEventPattern,
} from "../../engines/event-pattern/event-pattern.ts";
import { invalidPattern } from "./errors.ts";
import { jsonComplaint } from "./json-complaint.ts";

const compiled = new Map<string, EventPattern>();
const compiledMax = 1000;

function compile(pattern: string): EventPattern {
  let known = compiled.get(pattern);
  if (known === undefined) {
    known = compileEventPattern(pattern);
    if (compiled.size >= compiledMax) compiled.clear();
    compiled.set(pattern, known);
  }
  return known;
}

/** Throws InvalidEventPatternException. */
export function checkPattern(pattern: string): void {
  try {
    compile(pattern);
  } catch (error) {
    if (!(error instanceof EventPatternError)) throw error;
    throw invalidPattern(jsonComplaint(pattern) ?? error.reason);
  }
}

export const fits = (pattern: string, event: unknown): boolean =>
  matchesEventPattern(compile(pattern), event);
