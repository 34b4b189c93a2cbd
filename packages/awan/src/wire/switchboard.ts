/**
 * Functions run in processes shared by an application and its forks, and know one endpoint. What they send carries the
 * trace header they were given, and that names the fork: each request goes to the fork it comes from.
 */
import type { Handle } from "./exchange.ts";

interface Connection {
  readonly name: string;
  /** What to append to the trace header of functions run by the fork. */
  readonly lineage: string;
  disconnect(): void;
}

export class Switchboard {
  readonly #forks = new Map<string, Handle>();
  /** Answers what no fork asks, in the original's place. */
  #successor: Handle | undefined;
  #count = 0;

  connect(handle: Handle): Connection {
    this.#count += 1;
    const name = String(this.#count);
    this.#forks.set(name, handle);
    return { name, lineage: `;Awan=${name}`, disconnect: () => this.#forks.delete(name) };
  }

  /** From now on `handle` answers what the original answered. */
  succeed(handle: Handle): void {
    this.#successor = handle;
  }

  /** `handle`, but for requests of forks. */
  before(handle: Handle, mayBeSucceeded: boolean): Handle {
    return (request, context) => {
      const current = mayBeSucceeded ? (this.#successor ?? handle) : handle;
      if (this.#forks.size === 0) return current(request, context);
      const name = /;Awan=(\d+)/.exec(request.headers["x-amzn-trace-id"] ?? "")?.[1];
      const fork = name === undefined ? undefined : this.#forks.get(name);
      return (fork ?? current)(request, context);
    };
  }
}
