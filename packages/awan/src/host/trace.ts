/** Trace contexts: new ones, and those an `X-Amzn-Trace-Id` header continues. */
import type { Random } from "../kernel/random.ts";
import type { TraceContext } from "./call.ts";
import type { Span } from "./journal.ts";
import type { TransactionRequest } from "./live-call.ts";

export function newTrace(nowMs: number, random: Random): TraceContext {
  const seconds = Math.floor(nowMs / 1000).toString(16);
  return { traceId: `1-${seconds.padStart(8, "0")}-${random.hex(24)}`, spanId: random.hex(16) };
}

/** The context of a call made on behalf of the story the header names; undefined for none. */
export function continueTrace(header: string | undefined, random: Random): TraceContext | undefined {
  const traceId = header === undefined ? undefined : /Root=(1-[0-9a-f]{8}-[0-9a-f]{24})/.exec(header)?.[1];
  if (header === undefined || traceId === undefined) return undefined;
  const parentId = /Parent=([0-9a-f]{16})/.exec(header)?.[1];
  return { traceId, spanId: random.hex(16), ...(parentId === undefined ? {} : { parentId }) };
}

/** A call that has ended. */
export function spanOf(call: TransactionRequest, endMs: number, error: string | undefined): Span {
  const { name, trace, scope, startedAtMs } = call;
  const { traceId, spanId, parentId } = trace;
  return { name, traceId, spanId, parentId, scope, startMs: startedAtMs, endMs, error };
}
