/**
 * Awan's core as its shell sees it: runs bodies in transactions, waits out parks and effects, and keeps duties,
 * dispatches and residents going. It knows no service and no protocol.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, SkippingClock } from "../kernel/clock.ts";
import { AwsError, Defect } from "../kernel/errors.ts";
import { Random } from "../kernel/random.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Engine, Range } from "../store/engine.ts";
import { Draft } from "../store/transaction.ts";
import { Activity } from "./activity.ts";
import type { Call, Scope, TraceContext } from "./call.ts";
import { Dispatcher } from "./dispatcher.ts";
import { Duties } from "./duties.ts";
import type { Journal } from "./journal.ts";
import { dueTimes, hostTransaction, outbox } from "./keys.ts";
import { type Aftermath, rootPrincipal, servicePrincipal, type TransactionRequest } from "./live-call.ts";
import { Registry, type ServiceLoaders, splitName } from "./registry.ts";
import { Residents } from "./residents.ts";
import { type Answer, Park, Perform, type RunRequest, type Shell } from "./service.ts";
import { packTuple } from "../store/tuple.ts";
import { commitOf, type Ran, Transactions } from "./transactions.ts";

export interface PlatformOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly engine: Engine;
  readonly blobs: Blobs;
  readonly journal: Journal;
  readonly services: ServiceLoaders;
  readonly dataDir?: string | undefined;
  readonly accountId?: string;
  readonly region?: string;
  /** Our own bugs. Tests collect them and fail; the server logs them. */
  readonly onDefect: (error: unknown, where: string) => void;
}

export const defaultAccountId = "000000000000";
export const defaultRegion = "us-east-1";

export class Platform implements Shell {
  readonly clock: Clock;
  readonly blobs: Blobs;
  readonly journal: Journal;
  readonly registry: Registry;
  readonly dataDir: string | undefined;
  readonly accountId: string;
  readonly region: string;
  /** Set once it listens. */
  endpoint = "";
  readonly #engine: Engine;
  readonly #random: Random;
  readonly #activity: Activity;
  readonly #transactions: Transactions;
  readonly #duties: Duties;
  readonly #dispatcher: Dispatcher;
  readonly #residents: Residents;
  readonly #onDefect: PlatformOptions["onDefect"];
  /** Ends the wait of each parked call with a refusal. */
  readonly #parked = new Set<(error: AwsError) => void>();
  #scratch: string | undefined;

  constructor(options: PlatformOptions) {
    this.clock = options.clock;
    this.blobs = options.blobs;
    this.journal = options.journal;
    this.dataDir = options.dataDir;
    this.accountId = options.accountId ?? defaultAccountId;
    this.region = options.region ?? defaultRegion;
    this.registry = new Registry(options.services);
    this.#engine = options.engine;
    this.#random = new Random(options.seed);
    this.#onDefect = options.onDefect;
    // Only a call that waits for time may make a skipping clock jump: otherwise it would run through all retention.
    const skip = (): void => {
      if (this.#parked.size > 0) this.clock.idle();
    };
    this.#activity = new Activity(this.clock instanceof SkippingClock ? skip : undefined);
    const parts = { engine: this.#engine, clock: this.clock, random: this.#random, registry: this.registry };
    this.#transactions = new Transactions({
      ...parts,
      journal: this.journal,
      follow: (aftermath, commit) => this.#follow(aftermath, commit),
    });
    const common = { ...parts, activity: this.#activity, onDefect: options.onDefect };
    this.#duties = new Duties({
      ...common,
      own: { dispatch: (call, [id]) => this.#resume(call, id as string) },
      transact: (name, scope, body) => void this.#transact(name, scope, body),
    });
    this.#dispatcher = new Dispatcher({
      ...common,
      shell: this,
      transact: (name, scope, body, trace) => this.#transact(name, scope, body, trace).commit,
      durable: (commit) => this.#transactions.durable(commit),
    });
    this.#residents = new Residents({
      ...common,
      transact: (name, scope, body) => this.#transact(name, scope, body),
      watch: (ranges, wake) => this.#transactions.watch(ranges, wake),
    });
  }

  /** Takes up what an earlier process, or the original of a fork, left to be done. */
  start(): void {
    const host = hostTransaction(new Draft(this.#engine));
    for (const { key, value } of outbox.scan(host, [])) {
      const scheduled = dueTimes.has(host, ["", "", "host.dispatch", packTuple(key)]);
      if (!scheduled) this.#dispatcher.start(key[0], value, 0);
    }
    this.#residents.startAll();
    this.#duties.arm();
  }

  /** Answers every parked call now, because the cloud is going away. */
  releaseParked(): void {
    const error = new AwsError("ServiceUnavailable", "Awan is stopping.", { status: 503, fault: "server" });
    for (const refuse of this.#parked) refuse(error);
  }

  async stop(): Promise<void> {
    this.releaseParked();
    this.#duties.stop();
    this.#dispatcher.stop();
    this.#residents.stop();
    await this.registry.close();
    await this.journal.close();
    await this.#engine.close();
    if (this.#scratch !== undefined) rmSync(this.#scratch, { recursive: true, force: true });
  }

  scratchDir(): string {
    this.#scratch ??= mkdtempSync(join(tmpdir(), "awan-"));
    return this.#scratch;
  }

  newRequestId(): string {
    return this.#random.uuid();
  }

  /** The context of a call made on behalf of the story an `X-Amzn-Trace-Id` header names; undefined for none. */
  continueTrace(header: string | undefined): TraceContext | undefined {
    const traceId = header === undefined ? undefined : /Root=(1-[0-9a-f]{8}-[0-9a-f]{24})/.exec(header)?.[1];
    if (header === undefined || traceId === undefined) return undefined;
    const parentId = /Parent=([0-9a-f]{16})/.exec(header)?.[1];
    return { traceId, spanId: this.#random.hex(16), ...(parentId === undefined ? {} : { parentId }) };
  }

  async invoke(
    service: string,
    operation: string,
    input: object,
    request: Partial<RunRequest> = {},
  ): Promise<Record<string, unknown>> {
    if (this.registry.ready(service) === undefined) await this.registry.load(service);
    const run = this.registry.operation(service, operation);
    const answer = await this.run({ name: `${service}.${operation}`, ...request }, (call) =>
      run(call, input as never),
    );
    return (answer ?? {}) as Record<string, unknown>;
  }

  async run<Output>(request: RunRequest, body: (call: Call) => Answer<Output>): Promise<Output> {
    const [service] = splitName(request.name);
    if (this.registry.ready(service) === undefined && this.registry.has(service))
      await this.registry.load(service);
    const transaction = this.#describe(request);
    this.#activity.begin();
    let error: unknown;
    try {
      return await this.#untilAnswered(transaction, body, request.caller);
    } catch (thrown) {
      error = thrown;
      throw thrown;
    } finally {
      this.#activity.end();
      this.#recordCall(transaction, error);
    }
  }

  async perform(effect: string, request: unknown, trace?: TraceContext, scope?: Scope): Promise<unknown> {
    const run = await this.registry.effect(effect);
    return this.#activity.during(() =>
      run(
        {
          shell: this,
          scope: scope ?? { accountId: this.accountId, region: this.region },
          trace: trace ?? this.#newTrace(),
          random: this.#random,
          attempt: 0,
        },
        request as never,
      ),
    );
  }

  /** Resolves when nothing is left to happen now: no operation runs, no effect, no duty is due. */
  idle(): Promise<void> {
    return this.#activity.idle();
  }

  /** When the earliest duty is due. */
  nextDutyAtMs(): number | undefined {
    return this.#duties.nextAtMs();
  }

  async #untilAnswered<Output>(
    transaction: TransactionRequest,
    first: (call: Call) => Answer<Output>,
    caller: RunRequest["caller"],
  ): Promise<Output> {
    let body = first;
    for (;;) {
      let ran: Ran<Answer<Output>>;
      try {
        // Not awaited: nothing may commit between a run that parks and its watch, or the wake-up is lost.
        ran = this.#transactions.run(transaction, body);
      } catch (error) {
        if (error instanceof AwsError) await this.#transactions.durable(commitOf(error));
        throw error;
      }
      const { result, commit } = ran;
      if (result instanceof Park) {
        if (result.deadlineMs <= this.clock.nowMs())
          throw new Defect(`${transaction.name} parked past its deadline`);
        await this.#waitParked(ran.reads(), result.deadlineMs, caller?.signal);
        continue;
      }
      const durable = this.#transactions.durable(commit);
      if (durable !== undefined) await durable;
      if (!(result instanceof Perform)) return result;
      const performed = await this.perform(
        result.effect,
        result.request,
        transaction.trace,
        transaction.scope,
      );
      body = (call) => result.then(call, performed as never);
    }
  }

  #waitParked(reads: readonly Range[], deadlineMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      let waiting = true;
      const done = (end: () => void): void => {
        if (!waiting) return;
        waiting = false;
        stopWatching();
        cancelAlarm();
        signal?.removeEventListener("abort", abort);
        this.#parked.delete(refuse);
        this.#activity.begin();
        end();
      };
      const wake = (): void => done(resolve);
      const refuse = (error: AwsError): void => done(() => reject(error));
      const abort = (): void =>
        refuse(new AwsError("RequestAborted", "The caller went away.", { status: 499 }));
      this.#parked.add(refuse);
      const stopWatching = this.#transactions.watch(reads, wake);
      const cancelAlarm = this.clock.at(deadlineMs, wake);
      signal?.addEventListener("abort", abort);
      this.#activity.end();
      if (signal?.aborted === true) abort();
    });
  }

  /** A transaction of the host's own making: a duty, a completion, a resident's run. */
  #transact<Result>(name: string, scope: Scope, body: (call: Call) => Result, trace = this.#newTrace()) {
    const [service] = splitName(name);
    return this.#transactions.run(
      {
        name,
        scope,
        principal: servicePrincipal(service, scope.accountId),
        startedAtMs: this.clock.nowMs(),
        requestId: this.#random.uuid(),
        endpoint: this.endpoint,
        trace,
        mayPark: false,
      },
      body,
    );
  }

  #follow(aftermath: Aftermath, commit: number): void {
    for (const { id, row } of aftermath.dispatches ?? []) this.#dispatcher.start(id, row, commit);
    for (const resident of aftermath.residents ?? []) this.#residents.refresh(resident);
    if (aftermath.dutiesChanged) this.#duties.arm();
  }

  #resume(call: Call, id: string): void {
    const row = outbox.get(hostTransaction(call.tx.draft), [id]);
    if (row !== undefined) this.#dispatcher.start(id, row, 0);
  }

  #describe(request: RunRequest): TransactionRequest {
    const scope = { accountId: request.accountId ?? this.accountId, region: request.region ?? this.region };
    return {
      name: request.name,
      scope,
      principal: request.principal ?? rootPrincipal(scope.accountId),
      startedAtMs: this.clock.nowMs(),
      requestId: request.requestId ?? this.#random.uuid(),
      endpoint: request.endpoint ?? this.endpoint,
      trace: request.trace ?? this.#newTrace(),
      mayPark: true,
    };
  }

  #newTrace(): TraceContext {
    const seconds = Math.floor(this.clock.nowMs() / 1000).toString(16);
    return { traceId: `1-${seconds.padStart(8, "0")}-${this.#random.hex(24)}`, spanId: this.#random.hex(16) };
  }

  #recordCall(transaction: TransactionRequest, error: unknown): void {
    const { name, trace, scope, startedAtMs } = transaction;
    const code = error instanceof AwsError ? error.code : error === undefined ? undefined : "InternalFailure";
    if (error !== undefined && !(error instanceof AwsError)) this.#onDefect(error, name);
    const { traceId, spanId, parentId } = trace;
    this.journal.record({
      name,
      traceId,
      spanId,
      parentId,
      scope,
      startMs: startedAtMs,
      endMs: this.clock.nowMs(),
      error: code,
    });
  }
}
