/** Filter patterns of requests: compiled, or refused with the service's own error. */
import {
  compileFilterPattern,
  type FilterPattern,
  FilterPatternError,
} from "../../engines/filter-pattern/filter-pattern.ts";
import { invalidParameter } from "./errors.ts";

export function patternOf(text: string): FilterPattern {
  try {
    return compileFilterPattern(text);
  } catch (error) {
    if (error instanceof FilterPatternError)
      throw invalidParameter(`Invalid filter pattern: ${error.message}`);
    throw error;
  }
}
