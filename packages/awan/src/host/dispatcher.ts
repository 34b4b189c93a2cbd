/**
 * Performs what transactions dispatched, at least once: the outbox row is removed in the same transaction that tells
 * the completion how it ended, so a crash in between performs it again.
 */
import { AwsError } from "../kernel/errors.ts";
import type { Random } from "../kernel/random.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Activity } from "./activity.ts";
import type { Call, Scope, TraceContext } from "./call.ts";
import { hostTransaction, outbox, type OutboxRow } from "./keys.ts";
import { type Registry, splitName } from "./registry.ts";
import type { Outcome, Shell } from "./service.ts";

export interface DispatchHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly registry: Registry;
  readonly activity: Activity;
  readonly shell: Shell;
  transact(name: string, scope: Scope, body: (call: Call) => void, trace: TraceContext): number;
  durable(commit: number): Promise<void> | undefined;
  onDefect(error: unknown, where: string): void;
}

const hostScope = { accountId: "", region: "" };

export class Dispatcher {
  readonly #host: DispatchHost;
  #stopped = false;

  constructor(host: DispatchHost) {
    this.#host = host;
  }

  /** Performs one dispatch; `commit` is the transaction that wrote it, which must be durable first. */
  start(id: string, row: OutboxRow, commit: number): void {
    if (this.#stopped) return;
    void this.#host.activity.during(() =>
      this.#perform(id, row, commit).catch((error: unknown) => this.#host.onDefect(error, row.effect)),
    );
  }

  stop(): void {
    this.#stopped = true;
  }

  async #perform(id: string, row: OutboxRow, commit: number): Promise<void> {
    await this.#host.durable(commit);
    if (this.#stopped) return;
    const outcome = this.#tooOld(row)
      ? expired(row)
      : await this.#attempt(row, {
          traceId: row.traceId,
          spanId: this.#host.random.hex(16),
          parentId: row.parentId,
        });
    if (this.#stopped) return;
    const delayMs = row.retryDelaysMs?.[row.attempts];
    if (!outcome.ok && outcome.expired !== true && delayMs !== undefined) this.#retryLater(id, row, delayMs);
    else await this.#complete(id, row, outcome);
  }

  async #attempt(row: OutboxRow, trace: TraceContext): Promise<Outcome> {
    const attempts = row.attempts + 1;
    try {
      const effect = await this.#host.registry.effect(row.effect);
      const { shell, random } = this.#host;
      const context = { shell, scope: row.scope, trace, random, attempt: row.attempts };
      return { ok: true, value: await effect(context, row.request as never), attempts };
    } catch (error) {
      if (error instanceof AwsError) return { ok: false, code: error.code, message: error.message, attempts };
      this.#host.onDefect(error, row.effect);
      return { ok: false, code: "InternalFailure", message: String(error), attempts };
    }
  }

  #tooOld(row: OutboxRow): boolean {
    return row.ageMsMax !== undefined && this.#host.clock.nowMs() > row.writtenAtMs + row.ageMsMax;
  }

  #retryLater(id: string, row: OutboxRow, delayMs: number): void {
    const atMs = this.#host.clock.nowMs() + delayMs;
    this.#host.transact(
      "host.retry",
      hostScope,
      (call) => {
        outbox.set(hostTransaction(call.tx.draft), [id], { ...row, attempts: row.attempts + 1 });
        call.schedule("host.dispatch", [id], atMs);
      },
      { traceId: row.traceId, spanId: row.parentId },
    );
  }

  async #complete(id: string, row: OutboxRow, outcome: Outcome): Promise<void> {
    const name = row.completion;
    const completion = name === undefined ? undefined : await this.#completion(name);
    try {
      this.#host.transact(
        name ?? row.effect,
        row.scope,
        (call) => {
          outbox.delete(hostTransaction(call.tx.draft), [id]);
          completion?.(call, row.context, outcome);
        },
        { traceId: row.traceId, spanId: this.#host.random.hex(16), parentId: row.parentId },
      );
    } catch (error) {
      this.#host.onDefect(error, name ?? row.effect);
      this.#host.transact(
        "host.drop",
        hostScope,
        (call) => outbox.delete(hostTransaction(call.tx.draft), [id]),
        { traceId: row.traceId, spanId: row.parentId },
      );
    }
  }

  async #completion(qualifiedName: string) {
    const [service, name] = splitName(qualifiedName);
    const completion = (await this.#host.registry.load(service)).completions?.[name];
    if (completion === undefined) throw new Error(`no completion ${qualifiedName}`);
    return completion;
  }
}

function expired(row: OutboxRow): Outcome {
  return {
    ok: false,
    code: "EventAgeExceeded",
    message: "The maximum age was reached.",
    attempts: row.attempts,
    expired: true,
  };
}
