/**
 * Awan's core as its shell sees it: runs bodies in transactions, waits out parks and effects, and keeps duties,
 * dispatches and residents going. It knows no service and no protocol.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, SkippingClock } from "../kernel/clock.ts";
import { Random } from "../kernel/random.ts";
import { plainOutput } from "../kernel/json-output.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Engine } from "../store/engine.ts";
import { copyRows } from "../store/engines/memory.ts";
import { Draft } from "../store/transaction.ts";
import { Activity } from "./activity.ts";
import { Answers } from "./answers.ts";
import type { Call, Scope, TraceContext } from "./call.ts";
import { Dispatcher } from "./dispatcher.ts";
import { Duties } from "./duties.ts";
import type { Journal } from "./journal.ts";
import type { Interventions } from "./interventions.ts";
import { dueTimes, hostTransaction, knownScope, outbox } from "./keys.ts";
import { type Aftermath, rootPrincipal, servicePrincipal, type TransactionRequest } from "./live-call.ts";
import { ParkedCalls } from "./parked.ts";
import { Registry, splitName } from "./registry.ts";
import { Residents } from "./residents.ts";
import type { Answer, RunRequest, Service, Shell } from "./service.ts";
import { packTuple } from "../store/tuple.ts";
import type { ForkOptions, PlatformOptions } from "./platform-options.ts";
import { continueTrace, newTrace } from "./trace.ts";
import { Transactions } from "./transactions.ts";

export type { ForkOptions, PlatformOptions } from "./platform-options.ts";

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
  /** Marks what functions send on behalf of a fork, so that it comes back to the fork: `;Awan=3`. */
  lineage = "";
  readonly engine: Engine;
  readonly #random: Random;
  readonly #activity: Activity;
  readonly #transactions: Transactions;
  readonly #answers: Answers;
  readonly #duties: Duties;
  readonly #dispatcher: Dispatcher;
  readonly #residents: Residents;
  /** Calls that wait for a commit or for time. */
  readonly parked: ParkedCalls;
  readonly #original: PlatformOptions["original"];
  #interventions: Interventions | undefined;
  /** Told the name of every transaction that begins, while somebody counts them. */
  onTransaction: ((name: string) => void) | undefined;
  #scratch: string | undefined;

  constructor(options: PlatformOptions) {
    this.clock = options.clock;
    this.blobs = options.blobs;
    this.journal = options.journal;
    this.dataDir = options.dataDir;
    this.accountId = options.accountId ?? defaultAccountId;
    this.region = options.region ?? defaultRegion;
    this.#original = options.original;
    this.registry = options.original?.registry ?? new Registry(options.services);
    if (options.authorizer !== undefined) this.registry.authorizer = options.authorizer;
    if (options.authorizer !== undefined || options.checksSignatures === true) this.registry.isGuarded = true;
    this.engine = options.engine;
    this.#random = new Random(options.seed);
    // Only a call that waits for time may make a skipping clock jump: otherwise it would run through all retention.
    this.#activity = new Activity(this.clock instanceof SkippingClock ? () => this.#skip() : undefined);
    const parts = { engine: this.engine, clock: this.clock, random: this.#random, registry: this.registry };
    this.#transactions = new Transactions({
      ...parts,
      journal: this.journal,
      follow: (aftermath, commit) => this.#follow(aftermath, commit),
    });
    const watch = this.#transactions.watch.bind(this.#transactions);
    this.parked = new ParkedCalls({ clock: this.clock, activity: this.#activity, watch });
    this.#answers = new Answers({
      clock: this.clock,
      activity: this.#activity,
      transactions: this.#transactions,
      parked: this.parked,
      journal: this.journal,
      perform: (effect, request, trace, scope) => this.perform(effect, request, trace, scope),
      onDefect: options.onDefect,
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
      transact: (name, scope, body, cause) => this.#transact(name, scope, body, cause),
      watch,
    });
  }

  /** Takes up what an earlier process, or the original of a fork, left to be done. */
  start(): void {
    const host = hostTransaction(new Draft(this.engine));
    for (const { key, value } of outbox.scan(host, [])) {
      const scheduled = dueTimes.has(host, ["", "", "host.dispatch", packTuple(key)]);
      if (!scheduled) this.#dispatcher.start(key[0], value, 0);
    }
    this.#residents.startAll();
    this.#duties.arm();
  }

  /** Answers every parked call now, because the cloud is going away. */
  releaseParked(): void {
    this.parked.release();
  }

  /** Starts nothing any more; what is under way ends. */
  halt(): void {
    this.releaseParked();
    this.#duties.stop();
    this.#dispatcher.stop();
    this.#residents.stop();
  }

  async stop(): Promise<void> {
    this.halt();
    if (this.#original === undefined) await this.registry.close();
    await this.journal.close();
    await this.engine.close();
    await this.blobs.close();
    if (this.#scratch !== undefined) rmSync(this.#scratch, { recursive: true, force: true });
  }

  scratchDir(): string {
    if (this.#original !== undefined) return this.#original.scratchDir();
    this.#scratch ??= mkdtempSync(join(tmpdir(), "awan-"));
    return this.#scratch;
  }

  newRequestId(): string {
    return this.#random.uuid();
  }

  /** The context of a call made on behalf of the story an `X-Amzn-Trace-Id` header names; undefined for none. */
  continueTrace(header: string | undefined): TraceContext | undefined {
    return continueTrace(header, this.#random);
  }

  async invoke(
    service: string,
    operation: string,
    input: object,
    request: Partial<RunRequest> = {},
  ): Promise<Record<string, unknown>> {
    return plainOutput(await this.invokeNow(service, operation, input, request));
  }

  /** As `invoke`, but an answer that is there at once is no promise, a refusal is thrown at once, and JSON stays JSON. */
  invokeNow(
    service: string,
    operation: string,
    input: object,
    request: Partial<RunRequest>,
  ): Record<string, unknown> | Promise<Record<string, unknown>> {
    if (this.registry.ready(service) === undefined) {
      return this.registry.load(service).then(() => this.invokeNow(service, operation, input, request));
    }
    const name = `${service}.${operation}`;
    const body = this.#operationBody(service, operation, input);
    const invoke = (): Record<string, unknown> | Promise<Record<string, unknown>> =>
      this.#answers.give(this.#describe(name, request), body, request.caller);
    if (this.#interventions === undefined) return invoke();
    return this.#interventions.call({ service, operation, input, request }, async () => invoke());
  }

  #operationBody(service: string, operation: string, input: object) {
    const run = this.registry.operation(service, operation);
    const { authorizer } = this.registry;
    if (authorizer === undefined) {
      return (call: Call) => (run(call, input as never) ?? {}) as Answer<Record<string, unknown>>;
    }
    const loaded = this.registry.ready(service) as Service;
    return (call: Call) => {
      authorizer.checkOperation(call, loaded, operation, input);
      return (run(call, input as never) ?? {}) as Answer<Record<string, unknown>>;
    };
  }

  get interventions(): Interventions | undefined {
    return this.#interventions;
  }

  /** Puts `interventions` between callers, functions and this platform; undefined takes them away. */
  intervene(interventions: Interventions | undefined): void {
    this.#interventions = interventions;
    const mayBegin = interventions !== undefined || this.clock instanceof SkippingClock;
    this.#activity.onIdle = mayBegin
      ? () => {
          if (interventions?.release() !== true && this.clock instanceof SkippingClock) this.#skip();
        }
      : undefined;
  }

  /** What is under way: for interventions that hold something back. */
  get activity(): Activity {
    return this.#activity;
  }

  /** This platform as it is now, with its memory shared and everything else its own. Not started. */
  fork(options: ForkOptions): Platform {
    const fork = new Platform({
      ...options,
      engine: options.engine ?? copyRows(this.engine),
      blobs: this.blobs.fork(),
      services: {},
      original: this,
      accountId: this.accountId,
      region: this.region,
    });
    fork.endpoint = this.endpoint;
    return fork;
  }

  #skip(): void {
    if (this.parked.size > 0) this.clock.idle();
  }

  async run<Output>(request: RunRequest, body: (call: Call) => Answer<Output>): Promise<Output> {
    const [service] = splitName(request.name);
    if (this.registry.ready(service) === undefined && this.registry.has(service))
      await this.registry.load(service);
    return this.#answers.give(this.#describe(request.name, request), body, request.caller);
  }

  async load(service: string): Promise<void> {
    await this.registry.load(service);
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

  /** A transaction of the host's own making: a duty, a completion, a resident's run. */
  #transact<Result>(name: string, scope: Scope, body: (call: Call) => Result, trace = this.#newTrace()) {
    const [service] = splitName(name);
    this.onTransaction?.(name);
    return this.#transactions.run(
      {
        name,
        scope,
        principal: servicePrincipal(service, scope.accountId),
        startedAtMs: this.clock.nowMs(),
        requestId: this.#random.uuid(),
        endpoint: this.endpoint,
        trace,
        http: undefined,
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

  #describe(name: string, request: Partial<RunRequest>): TransactionRequest {
    const scope = knownScope(request.accountId ?? this.accountId, request.region ?? this.region);
    return {
      name,
      scope,
      principal: request.principal ?? rootPrincipal(scope.accountId),
      startedAtMs: this.clock.nowMs(),
      requestId: request.requestId ?? this.#random.uuid(),
      endpoint: request.endpoint ?? this.endpoint,
      trace: request.trace ?? this.#newTrace(),
      http: request.http,
      mayPark: true,
    };
  }

  #newTrace(): TraceContext {
    return newTrace(this.clock.nowMs(), this.#random);
  }
}
