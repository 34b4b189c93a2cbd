/**
 * From an operation's body to its answer: runs it, waits out what it parks on and the effects it asks for, and records
 * the call. Most answers are there at once, and then nothing asynchronous happens at all.
 */
import type { Clock } from "../kernel/clock.ts";
import { AwsError, Defect } from "../kernel/errors.ts";
import type { Activity } from "./activity.ts";
import type { Call, Scope, TraceContext } from "./call.ts";
import type { Journal } from "./journal.ts";
import type { TransactionRequest } from "./live-call.ts";
import type { ParkedCalls } from "./parked.ts";
import { type Answer, Park, Perform, type RunRequest } from "./service.ts";
import { spanOf } from "./trace.ts";
import { commitOf, type Ran, type Transactions } from "./transactions.ts";

export interface AnswerParts {
  readonly clock: Clock;
  readonly activity: Activity;
  readonly transactions: Transactions;
  readonly parked: ParkedCalls;
  readonly journal: Journal;
  perform(effect: string, request: unknown, trace: TraceContext, scope: Scope): Promise<unknown>;
  onDefect(error: unknown, where: string): void;
}

export class Answers {
  readonly #parts: AnswerParts;

  constructor(parts: AnswerParts) {
    this.#parts = parts;
  }

  /** Runs the body; most answers are there at once, and then nothing asynchronous happens at all. */
  give<Output>(
    transaction: TransactionRequest,
    body: (call: Call) => Answer<Output>,
    caller: RunRequest["caller"],
  ): Output | Promise<Output> {
    let ran: Ran<Answer<Output>>;
    try {
      ran = this.#parts.transactions.run(transaction, body);
    } catch (error) {
      return this.#refuse(transaction, error);
    }
    const { result } = ran;
    const isThere = !(result instanceof Park) && !(result instanceof Perform);
    if (!isThere || this.#parts.transactions.durable(ran.commit) !== undefined) {
      return this.#untilAnswered(transaction, ran, caller);
    }
    this.#recordCall(transaction, undefined);
    return result;
  }

  /** Throws the error, once what it was decided by is durable. */
  #refuse(transaction: TransactionRequest, error: unknown): Promise<never> {
    this.#recordCall(transaction, error);
    const durable = error instanceof AwsError ? this.#parts.transactions.durable(commitOf(error)) : undefined;
    if (durable === undefined) throw error;
    return this.#parts.activity.during(async () => {
      await durable;
      throw error;
    });
  }

  async #untilAnswered<Output>(
    transaction: TransactionRequest,
    first: Ran<Answer<Output>>,
    caller: RunRequest["caller"],
  ): Promise<Output> {
    this.#parts.activity.begin();
    let error: unknown;
    try {
      return await this.#waitOut(transaction, first, caller);
    } catch (thrown) {
      error = thrown;
      if (thrown instanceof AwsError) await this.#parts.transactions.durable(commitOf(thrown));
      throw thrown;
    } finally {
      this.#parts.activity.end();
      this.#recordCall(transaction, error);
    }
  }

  /**
   * Waits out parks and effects. Between a run and the watch on what it read nothing is awaited: nothing may commit
   * there, or the wake-up is lost.
   */
  async #waitOut<Output>(
    transaction: TransactionRequest,
    first: Ran<Answer<Output>>,
    caller: RunRequest["caller"],
  ): Promise<Output> {
    let ran = first;
    for (;;) {
      const { result, body } = ran;
      if (result instanceof Park) {
        if (result.deadlineMs <= this.#parts.clock.nowMs())
          throw new Defect(`${transaction.name} parked past its deadline`);
        const parked = { name: transaction.name, untilMs: result.deadlineMs };
        await this.#parts.parked.wait(ran.reads(), parked, caller?.signal);
        ran = this.#parts.transactions.run(transaction, body);
        continue;
      }
      const durable = this.#parts.transactions.durable(ran.commit);
      if (durable !== undefined) await durable;
      if (!(result instanceof Perform)) return result;
      const performed = await this.#parts.perform(
        result.effect,
        result.request,
        transaction.trace,
        transaction.scope,
      );
      ran = this.#parts.transactions.run(transaction, (call) => result.then(call, performed as never));
    }
  }

  #recordCall(transaction: TransactionRequest, error: unknown): void {
    const code = error instanceof AwsError ? error.code : error === undefined ? undefined : "InternalFailure";
    if (error !== undefined && !(error instanceof AwsError)) this.#parts.onDefect(error, transaction.name);
    this.#parts.journal.record(spanOf(transaction, this.#parts.clock.nowMs(), code));
  }
}
