/**
 * The one loop that makes time matter: sleeps until the earliest due row, then runs each due row as a duty in a
 * transaction of its own that also removes the row.
 */
import type { Clock } from "../kernel/clock.ts";
import type { Call } from "./call.ts";
import { Draft } from "../store/transaction.ts";
import type { Engine } from "../store/engine.ts";
import { unpackTuple } from "../store/tuple.ts";
import type { Activity } from "./activity.ts";
import { dueRows, dueTimes, hostTransaction } from "./keys.ts";
import { type Registry, splitName } from "./registry.ts";
import type { Duty } from "./service.ts";

/** Duties run between two turns of the event loop, so that a thousand of them do not hold up requests. */
const dutiesPerTurn = 64;

export interface DutyHost {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly activity: Activity;
  /** Duties of the host itself. */
  readonly own: Readonly<Record<string, Duty>>;
  /** Runs the body in a transaction of the given scope, reporting what it throws as a defect. */
  transact(name: string, scope: { accountId: string; region: string }, body: (call: Call) => void): void;
  onDefect(error: unknown, where: string): void;
}

interface Due {
  readonly atMs: number;
  readonly accountId: string;
  readonly region: string;
  readonly duty: string;
  readonly key: string;
  readonly payload: unknown;
}

export class Duties {
  readonly #host: DutyHost;
  #alarmAtMs = Number.POSITIVE_INFINITY;
  #cancelAlarm: () => void = () => {};
  #running = false;
  #stopped = false;

  constructor(host: DutyHost) {
    this.#host = host;
  }

  /** Sets the alarm for the earliest due row. Called at start and after commits that scheduled something. */
  arm(): void {
    if (this.#running || this.#stopped) return;
    const next = this.#first();
    if (next === undefined || next.atMs >= this.#alarmAtMs) return;
    this.#cancelAlarm();
    if (next.atMs <= this.#host.clock.nowMs()) {
      this.#start();
      return;
    }
    this.#alarmAtMs = next.atMs;
    this.#cancelAlarm = this.#host.clock.at(next.atMs, () => this.#start());
  }

  /** When the earliest duty is due, or undefined when none is scheduled. */
  nextAtMs(): number | undefined {
    return this.#first()?.atMs;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelAlarm();
  }

  #start(): void {
    this.#alarmAtMs = Number.POSITIVE_INFINITY;
    this.#cancelAlarm = () => {};
    if (this.#running) return;
    this.#running = true;
    void this.#host.activity
      .during(() => this.#runDue())
      .finally(() => {
        this.#running = false;
        this.arm();
      });
  }

  async #runDue(): Promise<void> {
    let inTurn = 0;
    for (let due = this.#first(); due !== undefined && !this.#stopped; due = this.#first()) {
      if (due.atMs > this.#host.clock.nowMs()) return;
      const duty = await this.#load(due);
      this.#run(due, duty);
      inTurn += 1;
      if (inTurn % dutiesPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #load(due: Due): Promise<Duty | undefined> {
    const [service, name] = splitName(due.duty);
    if (service === "host") return this.#host.own[name];
    try {
      const loaded = this.#host.registry.ready(service) ?? (await this.#host.registry.load(service));
      return loaded.duties?.[name];
    } catch (error) {
      this.#host.onDefect(error, due.duty);
      return undefined;
    }
  }

  #run(due: Due, duty: Duty | undefined): void {
    const remove = (call: Call): void => {
      const host = hostTransaction(call.tx.draft);
      dueRows.delete(host, [due.atMs, due.accountId, due.region, due.duty, due.key]);
      dueTimes.delete(host, [due.accountId, due.region, due.duty, due.key]);
    };
    try {
      this.#host.transact(due.duty, due, (call) => {
        // It may have been unscheduled while its service was loading.
        const host = hostTransaction(call.tx.draft);
        if (dueTimes.get(host, [due.accountId, due.region, due.duty, due.key]) !== due.atMs) return;
        remove(call);
        if (duty === undefined) throw new Error(`no such duty: ${due.duty}`);
        duty(call, unpackTuple(due.key), due.payload);
      });
    } catch (error) {
      // A duty that fails would fail for ever: it is reported and dropped.
      this.#host.onDefect(error, due.duty);
      this.#host.transact(due.duty, due, remove);
    }
  }

  #first(): Due | undefined {
    const row = dueRows.first(hostTransaction(new Draft(this.#host.engine)), []);
    if (row === undefined) return undefined;
    const [atMs, accountId, region, duty, key] = row.key;
    return { atMs, accountId, region, duty, key, payload: row.value.payload };
  }
}
