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
  /** Two generations: the older is forgotten as a whole, because deleting one by one is slow. */
  #young = new Map<string, Lineage>();
  #old = new Map<string, Lineage>();

  /** The lineage of an invocation that one of `causes` (spans) led to: the one in which the function came most often. */
  next(functionArn: string, causes: readonly (string | undefined)[]): Lineage {
    let before: Lineage | undefined;
    let count = 0;
    for (const cause of causes) {
      const lineage = cause === undefined ? undefined : (this.#young.get(cause) ?? this.#old.get(cause));
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
    this.#young.set(spanId, lineage);
    if (this.#young.size < limits.lineagesRememberedMax / 2) return;
    this.#old = this.#young;
    this.#young = new Map();
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
