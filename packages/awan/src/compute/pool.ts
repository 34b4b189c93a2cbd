/**
 * The instances of one version of a function: idle ones are used newest first, as on AWS; more are started as events
 * come in together. A new revision (code or configuration) lets the old instances finish their event and no more.
 */
import type { FunctionSpec } from "../host/functions.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Instance } from "./instance.ts";

interface Idle {
  readonly instance: Instance;
  readonly cancelReap: () => void;
}

export interface Lease {
  readonly instance: Instance;
  /** Whether the instance has yet to be initialised. */
  readonly cold: boolean;
}

export interface PoolOptions {
  /** Real time: processes live in it, whatever the platform's clock says. */
  readonly clock: Clock;
  readonly idleMsMax: number;
  /** How long an event waits for a busy instance before one more process is started for it. */
  readonly patienceMs: number;
  /** From so many instances on, events are patient. */
  readonly instancesEager: number;
  /** The same for functions that are quick: waiting for one of theirs costs less than another process. */
  readonly instancesEagerQuick: number;
}

/** A function whose events last so long or less is quick. */
const quickMs = 5;
/** What an event waits for an instance of a quick function. */
const quickPatienceMs = 20;

export class Pool {
  readonly #options: PoolOptions;
  readonly #create: (spec: FunctionSpec) => Promise<Instance>;
  #revision = "";
  #idle: Idle[] = [];
  readonly #all = new Set<Instance>();
  readonly #revisionOf = new WeakMap<Instance, string>();
  readonly #waiting: (() => void)[] = [];
  #starting = 0;
  /** How long events of warm instances last, the latest counting most; unknown at first. */
  #usualMs = Infinity;
  readonly #takenAt = new WeakMap<Instance, bigint>();

  constructor(options: PoolOptions, create: (spec: FunctionSpec) => Promise<Instance>) {
    this.#options = options;
    this.#create = create;
  }

  get size(): number {
    return this.#all.size;
  }

  /** An instance that serves `spec`, alone with the caller until it is given back. */
  async take(spec: FunctionSpec): Promise<Lease> {
    this.#renew(spec.revision);
    for (;;) {
      const idle = this.#idle.pop();
      if (idle !== undefined) {
        idle.cancelReap();
        this.#takenAt.set(idle.instance, process.hrtime.bigint());
        return { instance: idle.instance, cold: false };
      }
      const count = this.#all.size + this.#starting;
      const isFull = count >= spec.instancesMax;
      const isQuick = this.#usualMs <= quickMs;
      const { instancesEager, instancesEagerQuick, patienceMs } = this.#options;
      if (count < (isQuick ? instancesEagerQuick : instancesEager) && !isFull) break;
      const patient = await this.#wait(isFull, count < instancesEager ? quickPatienceMs : patienceMs);
      if (!patient) break;
    }
    return { instance: await this.#start(spec), cold: true };
  }

  /** One more instance, whatever is idle. */
  async add(spec: FunctionSpec): Promise<Instance> {
    this.#renew(spec.revision);
    return this.#start(spec);
  }

  /** Returns an instance after its event, or drops it. */
  give(instance: Instance, usable: boolean): void {
    if (!this.#all.has(instance)) return;
    this.#learn(instance);
    if (!usable || this.#revisionOf.get(instance) !== this.#revision) {
      this.#drop(instance);
    } else {
      const { clock, idleMsMax } = this.#options;
      const cancelReap = clock.at(clock.nowMs() + idleMsMax, () => this.#drop(instance));
      this.#idle.push({ instance, cancelReap });
    }
    this.#waiting.shift()?.();
  }

  #learn(instance: Instance): void {
    const takenAt = this.#takenAt.get(instance);
    if (takenAt === undefined) return;
    const tookMs = Number(process.hrtime.bigint() - takenAt) / 1e6;
    this.#usualMs = this.#usualMs === Infinity ? tookMs : this.#usualMs * 0.8 + tookMs * 0.2;
  }

  /** Ends idle instances now and busy ones after their event. */
  retire(): void {
    this.#renew(`${this.#revision}, retired`);
  }

  async close(): Promise<void> {
    for (const idle of this.#idle) idle.cancelReap();
    this.#idle = [];
    const instances = [...this.#all];
    this.#all.clear();
    await Promise.all(instances.map(async (instance) => instance.end()));
  }

  #renew(revision: string): void {
    if (revision === this.#revision) return;
    this.#revision = revision;
    for (const idle of this.#idle.splice(0)) {
      idle.cancelReap();
      this.#drop(idle.instance);
    }
  }

  async #start(spec: FunctionSpec): Promise<Instance> {
    this.#starting += 1;
    try {
      const instance = await this.#create(spec);
      this.#all.add(instance);
      this.#revisionOf.set(instance, spec.revision);
      instance.onExit(() => this.#drop(instance));
      return instance;
    } finally {
      this.#starting -= 1;
    }
  }

  #drop(instance: Instance): void {
    if (!this.#all.delete(instance)) return;
    const at = this.#idle.findIndex((idle) => idle.instance === instance);
    if (at !== -1) this.#idle.splice(at, 1)[0]?.cancelReap();
    void instance.end();
    this.#waiting.shift()?.();
  }

  /** Waits until an instance is given back (true) or patience ends (false; never, when `full`). */
  #wait(full: boolean, patienceMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const { clock } = this.#options;
      const free = (): void => {
        cancel();
        resolve(true);
      };
      const cancel = full
        ? () => {}
        : clock.at(clock.nowMs() + patienceMs, () => {
            const at = this.#waiting.indexOf(free);
            if (at !== -1) this.#waiting.splice(at, 1);
            resolve(false);
          });
      this.#waiting.push(free);
    });
  }
}
