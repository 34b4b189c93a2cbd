/**
 * Runs functions in processes of this machine: the implementation of `host/functions.ts`. It knows pools by function
 * and version, kinds of runtimes, and replacements by callbacks; nothing of the service's rows.
 */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
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
import { locateCode } from "./code.ts";
import { functionEnvironment } from "./environment.ts";
import type { Instance } from "./instance.ts";
import { runInvocation } from "./invocation.ts";
import { nodeProcess, type PipeInit, PipeInstance, type PipeProcess } from "./pipe-instance.ts";
import { Pool, type PoolOptions } from "./pool.ts";
import { runReplacement } from "./replacement.ts";
import { RuntimeApiInstance } from "./runtime-api-instance.ts";
import { runtimeFor, unusableReason } from "./runtimes.ts";
import { type Interpreter, refillSpares, takeProcess } from "./spares.ts";

const refillDelayMs = 2;

export interface RunnerOptions {
  /** The machine's time. Processes live in it: timeouts and idle times are real even when the platform's clock is virtual. */
  readonly clock?: Clock;
  /** For names of log streams; a seed makes them repeatable. */
  readonly random?: Random;
  readonly idleMsMax?: number;
  /** Names of functions to be started with the debugger's port open, waiting for it to attach. */
  readonly inspect?: readonly string[];
}

export function createRunner(options: RunnerOptions = {}): FunctionRunner {
  return new Runner(options);
}

class Runner implements FunctionRunner {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #poolOptions: PoolOptions;
  readonly #inspect: ReadonlySet<string>;
  readonly #pools = new Map<string, Pool>();
  readonly #replacements = new Map<string, FunctionReplacement>();
  /** What serves each runtime that was used: spares are kept of these. */
  readonly #interpreters = new Map<string, Interpreter>();
  #closed = false;

  constructor(options: RunnerOptions) {
    this.#clock = options.clock ?? new SystemClock();
    this.#random = options.random ?? new Random(newSeed());
    this.#inspect = new Set(options.inspect);
    this.#poolOptions = {
      clock: this.#clock,
      idleMsMax: options.idleMsMax ?? 5 * 60_000,
      patienceMs: 200,
      instancesEager: 10,
    };
  }

  async invoke(shell: Shell, invocation: FunctionInvocation): Promise<FunctionOutcome> {
    if (this.#closed) throw new AwsError("ServiceException", "Awan is stopping.", { status: 500 });
    const { spec } = invocation;
    const replacement = this.#replacements.get(spec.name);
    if (replacement !== undefined)
      return runReplacement(replacement, invocation, shell.clock, this.#logStream(spec, shell));
    const pool = this.#pool(shell, spec);
    const lease = await pool.take(spec);
    let usable = false;
    try {
      const end = await runInvocation({
        invocation,
        ...lease,
        platformClock: shell.clock,
        machineClock: this.#clock,
        suspendTimeouts: this.#inspect.has(spec.name),
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
    const leases = [];
    for (let i = 0; i < count; i += 1) leases.push(await pool.take(spec));
    const deaf = { log: () => {}, prelude: () => {}, chunk: () => {} };
    for (const { instance, cold } of leases) {
      const failed = cold ? await instance.init(deaf) : undefined;
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
    for (const pool of this.#pools.values()) pool.close();
    this.#pools.clear();
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
    const choice = await runtimeFor(spec.runtime);
    if (choice.kind === "none") throw unusable(choice.reason);
    const location = await locateCode(shell, spec);
    const logStream = this.#logStream(spec, shell);
    const temporaryDir = join(location.functionsDir, "tmp", logStream.slice(-32));
    mkdirSync(temporaryDir, { recursive: true });
    const environment = functionEnvironment(spec, {
      ...location,
      endpoint: shell.endpoint,
      temporaryDir,
      logStream,
    });
    if (choice.kind === "provided") {
      const command = [location.taskRoot, location.layersRoot ?? location.taskRoot]
        .map((directory) => join(directory, "bootstrap"))
        .find((file) => existsSync(file));
      if (command === undefined)
        throw unusable(`Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]`);
      return new RuntimeApiInstance({ command, cwd: location.taskRoot, environment, logStream });
    }
    const interpreter = choice.kind === "node" ? "node" : choice.interpreter;
    this.#interpreters.set(spec.runtime, interpreter);
    const init = initOf(shell, spec, { environment, root: location.taskRoot });
    return new PipeInstance(this.#process(spec, interpreter, location.taskRoot), init, logStream);
  }

  /** A spare, unless the function needs a process of its own from the start. */
  #process(spec: FunctionSpec, interpreter: Interpreter, cwd: string): PipeProcess {
    const nodeOptions = spec.environment["NODE_OPTIONS"];
    const inspect = this.#inspect.has(spec.name);
    if (interpreter !== "node" || (nodeOptions === undefined && !inspect)) return takeProcess(interpreter);
    return nodeProcess(cwd, {
      flags: inspect ? ["--inspect-wait=0"] : [],
      ...(nodeOptions === undefined ? {} : { nodeOptions }),
    });
  }
}

/** Not a server error: asking again would not help. */
const unusable = (reason: string): AwsError =>
  new AwsError("InvalidRuntimeException", reason, { status: 400, fault: "client" });

function initOf(
  shell: Shell,
  spec: FunctionSpec,
  place: { readonly environment: Record<string, string>; readonly root: string },
): PipeInit {
  return {
    ...place,
    handler: spec.handler,
    functionName: spec.name,
    functionVersion: spec.version,
    memorySizeMb: spec.memorySizeMb,
    logFormat: spec.logFormat,
    logLevel: spec.applicationLogLevel,
    virtual: !(shell.clock instanceof SystemClock),
    nowMs: shell.clock.nowMs(),
  };
}
