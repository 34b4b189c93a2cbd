/** `App` over a cloud. What answers may change (`restore`), so everything asks for the cloud anew. */
import { FaultInjection } from "../host/fault-injection.ts";
import { FaultPlan, type FaultProfile, type Naming, rulesOf } from "../host/faults.ts";
import type { Scope } from "../host/call.ts";
import type { Platform } from "../host/platform.ts";
import type { ManualClock } from "../kernel/clock.ts";
import type { SystemClock } from "../kernel/system-clock.ts";
import type { Cloud } from "../server.ts";
import { copyRows } from "../store/engines/memory.ts";
import type { App, AppFunction, ForkOptions, Snapshot, TracedResponse } from "./app.ts";
import { type AppClock, appClock } from "./app-clock.ts";
import { type AppFaults, appFaults } from "./app-faults.ts";
import { Connection } from "./connect.ts";
import { type Cost, costOf } from "./cost.ts";
import type { Deployed } from "./deployed.ts";
import { explain } from "./explain.ts";
import { Functions, type Mock } from "./functions.ts";
import { type AppQueue, type AppTable, type AppTopic, queueOf, tableOf, topicOf } from "./inspect.ts";
import { seedFrom } from "./options.ts";
import { LogRing } from "./log-ring.ts";
import { Meter } from "./meter.ts";
import { namingOf } from "./naming.ts";
import { use } from "./runners.ts";
import { settle } from "./settle.ts";
import { type Trace, traceOf } from "./trace.ts";

export interface LiveAppParts {
  readonly cloud: Cloud;
  readonly deployed: Deployed;
  readonly seed: number;
  /** Filled by the cloud. */
  readonly defects: unknown[];
  readonly faults?: FaultProfile | undefined;
  readonly mocks?: ReadonlyMap<string, Mock>;
  readonly inTurn: boolean;
  /** Whether a failing test tells of it: `explore` does so itself. */
  readonly isTold?: boolean | undefined;
  /** Called once when it closes, before the cloud does. */
  readonly onClose?: () => void;
}

export class LiveApp implements App {
  readonly clock: AppClock;
  readonly faults: AppFaults;
  readonly seed: number;
  /** Which faults happen: `explore` leaves some of them out. */
  readonly plan: FaultPlan;
  readonly #parts: LiveAppParts;
  readonly #connection: Connection;
  readonly #naming: Naming;
  readonly #meter = new Meter();
  readonly #logs = new LogRing();
  readonly #forks = new Set<LiveApp>();
  /** What answers now. */
  #cloud: Cloud;
  #functions: Functions;
  #children = 0;
  #closed = false;

  constructor(parts: LiveAppParts) {
    this.#parts = parts;
    this.#cloud = parts.cloud;
    this.seed = parts.seed;
    this.#naming = namingOf(parts.deployed.resources);
    this.plan = new FaultPlan(parts.seed);
    this.plan.add(...rulesOf(parts.faults ?? "none"));
    this.faults = appFaults(this.plan);
    this.clock = appClock(() => {
      this.#use();
      return this.platform;
    });
    this.#connection = new Connection(() => {
      this.#use();
      return this.#cloud;
    }, parts.seed);
    this.#meter.listen(parts.cloud.platform.journal);
    this.#functions = this.#intervene(parts.mocks ?? new Map());
    this.#use();
  }

  get platform(): Platform {
    return this.#cloud.platform;
  }

  get outputs(): Readonly<Record<string, string>> {
    return this.#parts.deployed.outputs;
  }

  get resources(): Readonly<Record<string, string>> {
    return this.#parts.deployed.resources;
  }

  get endpoint(): string {
    return this.platform.endpoint;
  }

  client<Client>(ClientClass: new (config: never) => Client, config?: object): Client {
    return new ClientClass(this.#connection.clientConfig(config) as never);
  }

  async fetch(pathOrUrl: string, init?: RequestInit): Promise<TracedResponse> {
    const base = this.#parts.deployed.apiBase ?? this.endpoint;
    const url = pathOrUrl.startsWith("/") ? `${base}${pathOrUrl}` : pathOrUrl;
    const { response, traceId, bytes } = await this.#connection.fetch(url, init);
    if (url.includes("execute-api")) this.#meter.exchanged(traceId, bytes);
    return Object.assign(response, { trace: this.trace(traceId) });
  }

  settle(): Promise<void> {
    return settle(this.platform);
  }

  async fork(options: ForkOptions = {}): Promise<LiveApp> {
    await this.settle();
    this.#children += 1;
    const seed = options.seed ?? seedFrom(this.seed, this.#children);
    const defects: unknown[] = [];
    const cloud = this.#cloud.fork({
      clock: this.#clockAt(this.platform.clock.nowMs()),
      seed,
      onDefect: (error) => defects.push(error),
      ...(options.rows === undefined ? {} : { engine: options.rows(copyRows(this.platform.engine)) }),
    });
    const { deployed } = this.#parts;
    const { mocks } = this.#functions;
    const onClose = (): boolean => this.#forks.delete(fork);
    const inTurn = options.repeatable ?? this.#parts.inTurn;
    const fork: LiveApp = new LiveApp({
      inTurn,
      cloud,
      deployed,
      seed,
      defects,
      mocks,
      onClose,
      faults: options.faults,
      isTold: options.isTold ?? this.#parts.isTold,
    });
    this.#forks.add(fork);
    cloud.platform.start();
    return fork;
  }

  async snapshot(): Promise<Snapshot> {
    await this.settle();
    this.#children += 1;
    return {
      nowMs: this.platform.clock.nowMs(),
      seed: seedFrom(this.seed, this.#children),
      engine: copyRows(this.platform.engine),
    };
  }

  async restore(snapshot: Snapshot): Promise<void> {
    const before = this.#cloud;
    const { nowMs, seed, engine } = snapshot;
    const copy = engine.fork?.();
    if (copy === undefined) throw new RangeError("this is no snapshot");
    this.#cloud = before.succeed({
      clock: this.#clockAt(nowMs),
      seed,
      engine: copy,
      journal: before.platform.journal,
      onDefect: (error) => this.#parts.defects.push(error),
    });
    this.#functions = this.#intervene(this.#functions.mocks);
    this.#cloud.platform.start();
    await this.settle();
  }

  fn(name: string): AppFunction {
    const functionName = this.#named(name);
    return {
      name: functionName,
      mock: (mock) => this.#functions.mock(functionName, mock),
      restore: () => this.#functions.mock(functionName, undefined),
      calls: () => this.#functions.calls(functionName),
      invoke: async (event = {}) => {
        const Payload = Buffer.from(JSON.stringify(event), "utf8");
        const answered = await this.platform.invoke(
          "lambda",
          "Invoke",
          { FunctionName: functionName, Payload },
          this.#scopeOf(name),
        );
        const { Payload: answerBytes, FunctionError } = answered;
        const text = Buffer.from(answerBytes as Uint8Array).toString("utf8");
        const answer: unknown = text === "" ? undefined : JSON.parse(text);
        if (FunctionError === undefined) return answer;
        const { errorType = "Error", errorMessage } = answer as { errorType?: string; errorMessage?: string };
        throw Object.assign(new Error(errorMessage), { name: errorType });
      },
    };
  }

  queue(name: string): AppQueue {
    const physical = this.resources[name] ?? name;
    const url = physical.startsWith("http")
      ? physical
      : `${this.endpoint}/${this.#scopeOf(name).accountId}/${physical}`;
    return queueOf(this.platform, url, this.#scopeOf(name));
  }

  table(name: string): AppTable {
    return tableOf(this.platform, this.resources[name] ?? name, this.#scopeOf(name));
  }

  topic(name: string): AppTopic {
    const scope = this.#scopeOf(name);
    const { accountId, region } = scope;
    const physical = this.resources[name] ?? name;
    const arn = physical.startsWith("arn:") ? physical : `arn:aws:sns:${region}:${accountId}:${physical}`;
    return topicOf(this.platform, arn, scope);
  }

  trace(of: Response | { readonly $metadata: { readonly requestId?: string } } | string): Trace {
    const traceId =
      typeof of === "string"
        ? of
        : of instanceof Response
          ? (of as TracedResponse).trace.traceId
          : this.#connection.traceOf(of.$metadata.requestId ?? "");
    if (traceId === undefined) throw new RangeError("that was no answer of this application");
    return traceOf(this.platform.journal, traceId, this.#naming);
  }

  /** All that happened, as one story. */
  everything(): Trace {
    return traceOf(this.platform.journal, undefined, this.#naming);
  }

  explain(): Promise<string> {
    const { plan } = this;
    return Promise.resolve(explain(this.platform, { plan, naming: this.#naming, logs: this.#logs }));
  }

  cost(trace?: Trace): Cost {
    return costOf(this.#meter.used(trace?.traceId));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#parts.onClose?.();
    for (const fork of this.#forks) await fork.close();
    if (this.#cloud !== this.#parts.cloud) await this.#cloud.close();
    await this.#parts.cloud.close();
    const { defects } = this.#parts;
    if (defects.length > 0)
      throw new AggregateError(defects, `Awan failed ${defects.length} time(s): ${String(defects[0])}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The forks and this one, for whoever watches over all of them. */
  *everyone(): Generator<LiveApp> {
    yield this;
    for (const fork of this.#forks) yield* fork.everyone();
  }

  #named(name: string): string {
    return this.resources[name] ?? (name.startsWith("arn:") ? (name.split(":")[6] ?? name) : name);
  }

  /** A test that fails tells what happened in the applications it used. */
  #use(): void {
    if (this.#parts.isTold !== false) use(this);
  }

  #scopeOf(name: string): Scope {
    const { accountId, region } = this.platform;
    return this.#parts.deployed.elsewhere.get(name) ?? { accountId, region };
  }

  #clockAt(nowMs: number): ManualClock | SystemClock {
    return (this.platform.clock as ManualClock | SystemClock).fork(nowMs);
  }

  #intervene(mocks: ReadonlyMap<string, Mock>): Functions {
    const { platform } = this;
    const faults = new FaultInjection(platform, this.plan, this.#naming);
    const functions = new Functions({
      faults,
      app: () => this,
      clock: platform.clock,
      meter: this.#meter,
      logs: this.#logs,
      mocks,
      inTurn: this.#parts.inTurn,
    });
    platform.intervene(functions);
    return functions;
  }
}
