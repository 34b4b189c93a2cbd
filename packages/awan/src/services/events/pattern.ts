/** Event patterns of rules and archives: compiled once, refused in EventBridge's words. */
import {
  compileEventPattern,
  EventPatternError,
  matchesEventPattern,
} from "../../engines/event-pattern/event-pattern.ts";
import { remembered } from "../../kernel/remembered.ts";
import { invalidPattern } from "./errors.ts";
import { jsonComplaint } from "./json-complaint.ts";

const compile = remembered(compileEventPattern);

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
