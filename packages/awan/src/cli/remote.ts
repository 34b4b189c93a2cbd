/** A running Awan, reached through its admin API. */
import { SystemClock } from "../kernel/system-clock.ts";
import { UserError } from "./output.ts";

export interface Remote {
  readonly endpoint: string;
  invoke(service: string, operation: string, input?: object): Promise<Record<string, unknown>>;
  admin(method: "GET" | "POST", path: string): Promise<Record<string, unknown>>;
}

/** An answer Awan gave that is an AWS error. */
export class RemoteError extends UserError {
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

interface RemoteFailure {
  readonly code?: string;
  readonly message?: string;
}

export function connect(options: { readonly endpoint: string; readonly region: string }): Remote {
  const endpoint = options.endpoint.replace(/\/$/, "");
  const send = async (
    method: "GET" | "POST",
    path: string,
    body?: object,
  ): Promise<Record<string, unknown>> => {
    let response: Response;
    try {
      response = await fetch(`${endpoint}${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      });
    } catch {
      throw new UserError(
        `no Awan answers at ${endpoint}: start one with "awan start", or name another with --endpoint`,
      );
    }
    const answer = (await response.json()) as Record<string, unknown> & RemoteFailure;
    if (!response.ok) throw new RemoteError(answer.code ?? String(response.status), answer.message ?? "");
    return answer;
  };
  return {
    endpoint,
    admin: (method, path) => send(method, `/_awan/${path}`),
    invoke: (service, operation, input = {}) =>
      send("POST", "/_awan/invoke", { service, operation, input, region: options.region }),
  };
}

const clock = new SystemClock();

/** Waits in real time: only commands that watch a server do. */
export function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.at(clock.nowMs() + durationMs, resolve);
  });
}
