/** Trace contexts: new ones, and those an `X-Amzn-Trace-Id` header continues. */
import type { Random } from "../kernel/random.ts";
import type { Scope, TraceContext } from "./call.ts";
import type { Span } from "./journal.ts";
import type { TransactionRequest } from "./live-call.ts";

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, "0");

/** A story that begins. Few are ever looked at, so it is drawn at once and spelled when somebody asks. */
class NewTrace implements TraceContext {
  readonly #second: number;
  readonly #a: number;
  readonly #b: number;
  readonly #c: number;
  readonly #spanHigh: number;
  readonly #spanLow: number;

  constructor(nowMs: number, random: Random) {
    this.#second = Math.floor(nowMs / 1000);
    this.#a = random.nextInt32();
    this.#b = random.nextInt32();
    this.#c = random.nextInt32();
    this.#spanHigh = random.nextInt32();
    this.#spanLow = random.nextInt32();
  }

  get traceId(): string {
    return `1-${this.#second.toString(16).padStart(8, "0")}-${hex(this.#a)}${hex(this.#b)}${hex(this.#c)}`;
  }
  get spanId(): string {
    return hex(this.#spanHigh) + hex(this.#spanLow);
  }
}

export const newTrace = (nowMs: number, random: Random): TraceContext => new NewTrace(nowMs, random);

/** The context of a call made on behalf of the story the header names; undefined for none. */
export function continueTrace(header: string | undefined, random: Random): TraceContext | undefined {
  const traceId = header === undefined ? undefined : /Root=(1-[0-9a-f]{8}-[0-9a-f]{24})/.exec(header)?.[1];
  if (header === undefined || traceId === undefined) return undefined;
  const parentId = /Parent=([0-9a-f]{16})/.exec(header)?.[1];
  return { traceId, spanId: random.hex(16), ...(parentId === undefined ? {} : { parentId }) };
}

/** A call that has ended. The journal keeps thousands: it shares what the call had. */
class CallSpan implements Span {
  readonly name: string;
  readonly #trace: TraceContext;
  readonly scope: Scope;
  readonly startMs: number;
  readonly endMs: number;
  readonly error: string | undefined;

  constructor(call: TransactionRequest, endMs: number, error: string | undefined) {
    this.name = call.name;
    this.#trace = call.trace;
    this.scope = call.scope;
    this.startMs = call.startedAtMs;
    this.endMs = endMs;
    this.error = error;
  }

  get traceId(): string {
    return this.#trace.traceId;
  }
  get spanId(): string {
    return this.#trace.spanId;
  }
  get parentId(): string | undefined {
    return this.#trace.parentId;
  }

  toJSON(): Span {
    const { name, traceId, spanId, parentId, scope, startMs, endMs, error } = this;
    return { name, traceId, spanId, parentId, scope, startMs, endMs, error };
  }
}

export const spanOf = (call: TransactionRequest, endMs: number, error: string | undefined): Span =>
  new CallSpan(call, endMs, error);
