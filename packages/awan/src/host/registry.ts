/**
 * Services by name, loaded when first needed: starting Awan loads none. A service is loaded together with those it
 * needs, so that inside a transaction everything is there.
 */
import { Defect, invariant, notImplemented } from "../kernel/errors.ts";
import type { Authorizer } from "./authorization.ts";
import type { Ports } from "./ports.ts";
import type { Effect, Operation, Service } from "./service.ts";

export type ServiceLoaders = Readonly<Record<string, () => Promise<Service>>>;

export class Registry {
  readonly ports: Ports;
  /** Set when IAM is enforced. */
  authorizer: Authorizer | undefined;
  /** Set when signatures are required or IAM is enforced. */
  isGuarded = false;
  readonly #loaders: ServiceLoaders;
  readonly #loaded = new Map<string, Service>();
  readonly #ready = new Set<string>();
  readonly #loading = new Map<string, Promise<Service>>();

  constructor(loaders: ServiceLoaders) {
    this.#loaders = loaders;
    this.ports = new Proxy({} as Ports, {
      get: (_target, name) => {
        const port = this.#loaded.get(String(name))?.port;
        invariant(
          port !== undefined,
          `the port of ${String(name)} is used by a service that does not name it in \`needs\``,
        );
        return port;
      },
    });
  }

  names(): readonly string[] {
    return Object.keys(this.#loaders);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#loaders, name);
  }

  /** The service, if it and everything it needs are loaded already. */
  ready(name: string): Service | undefined {
    return this.#ready.has(name) ? this.#loaded.get(name) : undefined;
  }

  /** Loads the service and, transitively, what it needs. */
  async load(name: string): Promise<Service> {
    const ready = this.ready(name);
    if (ready !== undefined) return ready;
    const seen = new Set<string>();
    const visit = async (each: string): Promise<void> => {
      if (seen.has(each)) return;
      seen.add(each);
      const service = await this.#loadAlone(each);
      await Promise.all((service.needs ?? []).filter((need) => this.has(need)).map(visit));
    };
    await visit(name);
    for (const each of seen) this.#ready.add(each);
    return this.#loaded.get(name) as Service;
  }

  operation(service: string, operation: string): Operation {
    const loaded = this.#loaded.get(service);
    if (loaded === undefined) {
      if (!this.has(service)) throw notImplemented(`the service ${service}`);
      throw new Defect(
        `${service}.${operation} is used by a service that does not name ${service} in \`needs\``,
      );
    }
    const run = loaded.operations !== undefined && Object.hasOwn(loaded.operations, operation);
    if (!run) throw notImplemented(`${service}:${operation}`);
    return loaded.operations[operation] as Operation;
  }

  async effect(qualifiedName: string): Promise<Effect> {
    const [service, name] = splitName(qualifiedName);
    if (!this.has(service)) throw notImplemented(`the service ${service}`);
    const effect = (await this.load(service)).effects?.[name];
    invariant(effect !== undefined, `no effect ${qualifiedName}`);
    return effect;
  }

  /** Closes every service that was loaded. */
  async close(): Promise<void> {
    await Promise.all([...this.#loaded.values()].map(async (service) => service.close?.()));
  }

  #loadAlone(name: string): Promise<Service> {
    let loading = this.#loading.get(name);
    if (loading === undefined) {
      const loader = this.#loaders[name];
      if (loader === undefined) return Promise.reject(notImplemented(`the service ${name}`));
      loading = loader().then((service) => {
        this.#loaded.set(name, service);
        return service;
      });
      this.#loading.set(name, loading);
    }
    return loading;
  }
}

/** `sqs.expire` → `["sqs", "expire"]`. */
export function splitName(qualifiedName: string): [service: string, name: string] {
  const dot = qualifiedName.indexOf(".");
  invariant(dot > 0, `not of the form service.name: ${qualifiedName}`);
  return [qualifiedName.slice(0, dot), qualifiedName.slice(dot + 1)];
}
