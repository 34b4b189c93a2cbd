/**
 * Runs functions in processes of this machine: the implementation of `host/functions.ts`. It knows pools by function
 * and version, kinds of runtimes, and replacements by callbacks; nothing of the service's rows.
 */
import { availableParallelism } from "node:os";
import type {
  FunctionInvocation,
  FunctionOutcome,
  FunctionReplacement,
  FunctionRunner,
  FunctionSpec,
} from "../host/functions.ts";
import type { Shell } from "../host/service.ts";
import type { Clock } from "../kernel/clock.ts";
import { AwsError } from "../kernel/errors.ts";
import { Random } from "../kernel/random.ts";
import { SystemClock } from "../kernel/system-clock.ts";
import { newSeed } from "../kernel/system-secrets.ts";
import { createInstance } from "./create-instance.ts";
import type { Instance } from "./instance.ts";
import { runInvocation } from "./invocation.ts";
import { Pool, type PoolOptions } from "./pool.ts";
import { runReplacement } from "./replacement.ts";
import { unusableReason } from "./runtimes.ts";
import { type Interpreter, refillSpares } from "./spares.ts";

const refillDelayMs = 2;

export interface RunnerOptions {
  /** The machine's time. Processes live in it: timeouts and idle times are real even when the platform's clock is virtual. */
  readonly clock?: Clock;
  /** For names of log streams; a seed makes them repeatable. */
  readonly random?: Random;
  readonly idleMsMax?: number;
  /** Names of functions to be started with the debugger's port open, waiting for it to attach. */
  readonly inspect?: readonly string[];
  /** Encloses functions with bubblewrap: this machine's files are read-only for them. */
  readonly sandbox?: boolean;
}

export function createRunner(options: RunnerOptions = {}): FunctionRunner {
  return new Runner(options);
}

class Runner implements FunctionRunner {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #poolOptions: PoolOptions;
  readonly #inspect: readonly string[];
  readonly #sandbox: boolean;
  readonly #pools = new Map<string, Pool>();
  readonly #replacements = new Map<string, FunctionReplacement>();
  /** What serves each runtime that was used: spares are kept of these. */
  readonly #interpreters = new Map<string, Interpreter>();
  /** Runtimes whose stand-in has been told of. */
  readonly #noticed = new Set<string>();
  readonly #notices = new WeakMap<Instance, string>();
  #closed = false;

  constructor(options: RunnerOptions) {
    this.#clock = options.clock ?? new SystemClock();
    this.#random = options.random ?? new Random(newSeed());
    this.#inspect = options.inspect ?? [];
    this.#sandbox = options.sandbox ?? false;
    this.#poolOptions = {
      clock: this.#clock,
      idleMsMax: options.idleMsMax ?? 5 * 60_000,
      patienceMs: 200,
      instancesEager: 10,
      instancesEagerQuick: Math.min(10, availableParallelism() + 2),
    };
  }

  async invoke(shell: Shell, invocation: FunctionInvocation): Promise<FunctionOutcome> {
    if (this.#closed) throw new AwsError("ServiceException", "Awan is stopping.", { status: 500 });
    const { spec } = invocation;
    const replacement = this.#replacements.get(spec.name);
    if (replacement !== undefined)
      return runReplacement(replacement, invocation, shell.clock, this.#logStream(spec, shell));
    const pool = this.#pool(shell, spec);
    // A debugger sees one instance: everything goes through it.
    const lease = await pool.take(this.#isInspected(spec) ? { ...spec, instancesMax: 1 } : spec);
    let usable = false;
    try {
      const end = await runInvocation({
        invocation,
        ...lease,
        notice: lease.cold ? this.#notices.get(lease.instance) : undefined,
        platformClock: shell.clock,
        machineClock: this.#clock,
        suspendTimeouts: this.#isInspected(spec),
      });
      usable = end.usable;
      return end.outcome;
    } finally {
      pool.give(lease.instance, usable);
      const interpreter = this.#interpreters.get(spec.runtime);
      if (lease.cold && interpreter !== undefined) this.#refillLater(interpreter);
    }
  }

  /** Starting a process holds everything up for milliseconds: not before the answer has left. */
  #refillLater(interpreter: Interpreter): void {
    this.#clock.at(this.#clock.nowMs() + refillDelayMs, () => {
      if (!this.#closed) refillSpares(interpreter);
    });
  }

  unusable(runtime: string): string | undefined {
    return unusableReason(runtime);
  }

  prepare(): void {
    refillSpares("node");
  }

  retire(arn: string, version?: string): void {
    for (const [key, pool] of this.#pools) {
      if (version === undefined ? !key.startsWith(`${arn}:`) : key !== `${arn}:${version}`) continue;
      pool.retire();
      if (pool.size === 0) this.#pools.delete(key);
    }
  }

  async provision(shell: Shell, spec: FunctionSpec, count: number): Promise<number> {
    const pool = this.#pool(shell, spec);
    let ready = 0;
    const deaf = { log: () => {}, prelude: () => {}, chunk: () => {} };
    for (let i = 0; i < count; i += 1) {
      const instance = await pool.add(spec);
      const failed = await instance.init(deaf);
      if (failed === undefined) ready += 1;
      pool.give(instance, failed === undefined);
    }
    return ready;
  }

  replace(functionName: string, replacement: FunctionReplacement | undefined): void {
    if (replacement === undefined) this.#replacements.delete(functionName);
    else this.#replacements.set(functionName, replacement);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.close()));
  }

  /** By name, or by the logical id CloudFormation made part of the name. */
  #isInspected({ name }: FunctionSpec): boolean {
    return this.#inspect.some((wanted) => name === wanted || name.split("-").includes(wanted));
  }

  #pool(shell: Shell, spec: FunctionSpec): Pool {
    const key = `${spec.arn}:${spec.version}`;
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      pool = new Pool(this.#poolOptions, (wanted) => this.#create(shell, wanted));
      this.#pools.set(key, pool);
    }
    return pool;
  }

  #logStream(spec: FunctionSpec, shell: Shell): string {
    const day = new Date(shell.clock.nowMs()).toISOString().slice(0, 10).replaceAll("-", "/");
    return `${day}/[${spec.version}]${this.#random.hex(32)}`;
  }

  async #create(shell: Shell, spec: FunctionSpec): Promise<Instance> {
    const created = await createInstance({
      shell,
      spec,
      logStream: this.#logStream(spec, shell),
      clock: this.#clock,
      random: this.#random,
      inspect: this.#isInspected(spec),
      sandbox: this.#sandbox,
    });
    const { instance, interpreter, notice } = created;
    if (interpreter !== undefined) this.#interpreters.set(spec.runtime, interpreter);
    if (notice !== undefined && !this.#noticed.has(spec.runtime)) {
      this.#noticed.add(spec.runtime);
      this.#notices.set(instance, notice);
    }
    return instance;
  }
}
