/**
 * Chains of invocations: what a function sends carries, in its trace header, the span of the invocation that sent it, so
 * the next invocation knows which it follows. A function that comes sixteen times in one chain is in a loop.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
import { limits } from "./limits.ts";

/** An invocation and those that led to it. */
export interface Lineage {
  readonly functionArn: string;
  /** How often the function came in the chain, this time included. */
  readonly count: number;
  readonly before: Lineage | undefined;
  readonly depth: number;
}

/** Loops that are allowed are not remembered for ever. */
const depthMax = 256;

/** Remembers the latest invocations by their spans. Of this process only: a restart begins new chains. */
export class Lineages {
  readonly #bySpan = new Map<string, Lineage>();

  /** The lineage of an invocation that one of `causes` (spans) led to: the one in which the function came most often. */
  next(functionArn: string, causes: readonly (string | undefined)[]): Lineage {
    let before: Lineage | undefined;
    let count = 0;
    for (const cause of causes) {
      const lineage = cause === undefined ? undefined : this.#bySpan.get(cause);
      const times = timesIn(lineage, functionArn);
      if (before === undefined || times > count) {
        before = lineage;
        count = times;
      }
    }
    const depth = (before?.depth ?? 0) + 1;
    return depth > depthMax
      ? { functionArn, count: count + 1, before: undefined, depth: 1 }
      : { functionArn, count: count + 1, before, depth };
  }

  remember(spanId: string, lineage: Lineage): void {
    this.#bySpan.set(spanId, lineage);
    if (this.#bySpan.size <= limits.lineagesRememberedMax) return;
    for (const oldest of this.#bySpan.keys()) {
      this.#bySpan.delete(oldest);
      break;
    }
  }
}

function timesIn(lineage: Lineage | undefined, functionArn: string): number {
  for (let each = lineage; each !== undefined; each = each.before) {
    if (each.functionArn === functionArn) return each.count;
  }
  return 0;
}

/** The span a trace header names as the parent. */
export const spanIn = (traceHeader: string | undefined): string | undefined =>
  traceHeader === undefined ? undefined : /Parent=([0-9a-f]{16})/.exec(traceHeader)?.[1];
