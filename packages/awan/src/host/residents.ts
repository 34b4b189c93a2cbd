/**
 * Standing watchers. Each kept resident is run when a commit touches what its last run read, or at the time it
 * returned; between runs it costs nothing.
 */
import type { Clock } from "../kernel/clock.ts";
import type { Engine, Range } from "../store/engine.ts";
import { Draft } from "../store/transaction.ts";
import { packTuple, unpackTuple } from "../store/tuple.ts";
import type { Activity } from "./activity.ts";
import type { Call, Scope, TraceContext } from "./call.ts";
import { hostTransaction, residentRows } from "./keys.ts";
import { type Registry, splitName } from "./registry.ts";

export interface ResidentHost {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly activity: Activity;
  transact<Result>(
    name: string,
    scope: Scope,
    body: (call: Call) => Result,
    cause: TraceContext | undefined,
  ): { readonly result: Result; reads(): readonly Range[] };
  watch(ranges: readonly Range[], wake: (cause: TraceContext) => void): () => void;
  onDefect(error: unknown, where: string): void;
}

interface Running {
  stopWatching: () => void;
  cancelAlarm: () => void;
  queued: boolean;
}

export class Residents {
  readonly #host: ResidentHost;
  /** By packed row key. */
  readonly #running = new Map<string, Running>();
  #stopped = false;

  constructor(host: ResidentHost) {
    this.#host = host;
  }

  /** Starts every resident that is kept: after a restart or in a fork. */
  startAll(): void {
    for (const row of residentRows.scan(hostTransaction(new Draft(this.#host.engine)), [])) {
      this.refresh(packTuple(row.key));
    }
  }

  /** Starts or stops one, by its row: called after a commit that kept or dismissed it. */
  refresh(packed: string): void {
    const kept = this.#isKept(packed);
    const running = this.#running.get(packed);
    if (kept && running === undefined) {
      const started = { stopWatching: () => {}, cancelAlarm: () => {}, queued: false };
      this.#running.set(packed, started);
      this.#queue(packed, started);
    } else if (kept && running !== undefined) this.#queue(packed, running);
    else if (running !== undefined) {
      rest(running);
      this.#running.delete(packed);
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const running of this.#running.values()) rest(running);
    this.#running.clear();
  }

  #isKept(packed: string): boolean {
    const key = unpackTuple(packed) as [string, string, string, string];
    return residentRows.has(hostTransaction(new Draft(this.#host.engine)), key);
  }

  #queue(packed: string, running: Running, cause?: TraceContext): void {
    if (running.queued || this.#stopped) return;
    running.queued = true;
    rest(running);
    void this.#host.activity.during(() =>
      this.#run(packed, running, cause).catch((error: unknown) => this.#host.onDefect(error, "resident")),
    );
  }

  async #run(packed: string, running: Running, cause: TraceContext | undefined): Promise<void> {
    const [accountId, region, name, key] = unpackTuple(packed) as [string, string, string, string];
    const [service, own] = splitName(name);
    // Let the commit that woke it finish, and others of the same moment come along.
    await (this.#host.registry.ready(service) ?? this.#host.registry.load(service));
    running.queued = false;
    if (this.#stopped || this.#running.get(packed) !== running) return;
    const resident = this.#host.registry.ready(service)?.residents?.[own];
    if (resident === undefined) throw new Error(`no resident ${name}`);
    let ran: { readonly result: number | undefined; reads(): readonly Range[] };
    try {
      const body = (call: Call): number | undefined => resident(call, unpackTuple(key));
      ran = this.#host.transact(name, { accountId, region }, body, cause);
    } catch (error) {
      // Reported; it rests until it is kept anew or the platform restarts.
      this.#host.onDefect(error, name);
      return;
    }
    if (this.#running.get(packed) !== running) return;
    const wake = (): void => this.#queue(packed, running);
    // What it does now continues the story of the call whose commit woke it.
    const wakeBy = (by: TraceContext): void => this.#queue(packed, running, by);
    running.stopWatching = this.#host.watch(ran.reads(), wakeBy);
    if (ran.result === undefined) return;
    if (ran.result <= this.#host.clock.nowMs()) this.#queue(packed, running);
    else running.cancelAlarm = this.#host.clock.at(ran.result, wake);
  }
}

function rest(running: Running): void {
  running.stopWatching();
  running.cancelAlarm();
  running.stopWatching = () => {};
  running.cancelAlarm = () => {};
}
