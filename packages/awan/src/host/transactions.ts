/**
 * Runs one synchronous body in one transaction, commits it, and sets in motion what follows from the commit: wakes
 * those who read what was written, starts dispatches, residents and the alarm for duties.
 */
import type { Clock } from "../kernel/clock.ts";
import { AwsError } from "../kernel/errors.ts";
import type { Random } from "../kernel/random.ts";
import type { Engine, Range } from "../store/engine.ts";
import { Draft } from "../store/transaction.ts";
import { RangeWatchers } from "../store/watch.ts";
import type { Call, TraceContext } from "./call.ts";
import type { Journal } from "./journal.ts";
import { Aftermath, LiveCall, type TransactionRequest } from "./live-call.ts";
import type { Registry } from "./registry.ts";
import { Park } from "./service.ts";

/** One run of a body: its result, and what it read and wrote. */
export class Ran<Result> {
  readonly result: Result;
  /** The newest commit this transaction made or read, when that is not durable yet: wait for it before answering. */
  readonly commit: number;
  readonly body: (call: Call) => Result;
  readonly #draft: Draft;

  constructor(body: (call: Call) => Result, result: Result, draft: Draft, commit: number) {
    this.body = body;
    this.result = result;
    this.commit = commit;
    this.#draft = draft;
  }

  /** What it read, for watching. */
  reads(): Range[] {
    return this.#draft.reads();
  }
}

/** Wakes whoever parked on a range, and says for which call. Called at most once per registration. */
export type Wake = (cause: TraceContext) => void;

export interface Parts {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly random: Random;
  readonly registry: Registry;
  readonly journal: Journal;
  /** Told after each commit what it asked for. */
  readonly follow: (aftermath: Aftermath, commit: number) => void;
}

export class Transactions {
  readonly #parts: Parts;
  readonly #watchers = new RangeWatchers<Wake>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Throws what `body` throws; then nothing was written. An AwsError carries the commit it must wait for, see `commitOf`. */
  run<Result>(request: TransactionRequest, body: (call: Call) => Result): Ran<Result> {
    const { engine, clock, random, registry } = this.#parts;
    const draft = new Draft(engine);
    const aftermath = new Aftermath();
    const nowMs = clock.nowMs();
    const shared = { request, draft, registry, nowMs, random, aftermath };
    engine.takeNewestRead();
    let result: Result;
    try {
      result = body(new LiveCall(shared, request.scope, request.principal));
    } catch (error) {
      if (error instanceof AwsError) refusedAfter.set(error, engine.takeNewestRead());
      throw error;
    }
    let commit = engine.takeNewestRead();
    const dropped = request.mayPark && result instanceof Park;
    if (!dropped && draft.writes.size > 0) commit = this.#commit(draft, aftermath, request, nowMs);
    return new Ran(body, result, draft, commit);
  }

  /** Resolves when the commit is durable; undefined when it is already. */
  durable(commit: number): Promise<void> | undefined {
    return commit === 0 ? undefined : this.#parts.engine.durable(commit);
  }

  /** Calls `wake` once when a commit touches one of the ranges; the returned function stops watching. */
  watch(ranges: readonly Range[], wake: Wake): () => void {
    this.#watchers.add(wake, ranges);
    return () => this.#watchers.remove(wake, ranges);
  }

  #commit(draft: Draft, aftermath: Aftermath, request: TransactionRequest, nowMs: number): number {
    const commit = this.#parts.engine.commit(draft.writes);
    this.#wakeReaders(draft, request.trace);
    for (const note of aftermath.notes ?? []) {
      this.#parts.journal.record({
        name: note.kind,
        traceId: request.trace.traceId,
        spanId: this.#parts.random.hex(16),
        parentId: request.trace.spanId,
        scope: { accountId: note.scope.accountId, region: note.scope.region },
        startMs: nowMs,
        endMs: nowMs,
        attributes: note.attributes,
      });
    }
    this.#parts.follow(aftermath, commit);
    return commit;
  }

  #wakeReaders(draft: Draft, cause: TraceContext): void {
    if (this.#watchers.segmentCount === 0) return;
    const woken = new Set<Wake>();
    for (const key of draft.writes.keys()) this.#watchers.collect(key, woken);
    for (const wake of woken) wake(cause);
  }
}

const refusedAfter = new WeakMap<AwsError, number>();

/** The commit a refusal rests on: an error may not be answered before what it was decided by is durable. */
export const commitOf = (error: AwsError): number => refusedAfter.get(error) ?? 0;
