/** A running Awan, reached through its admin API. */
import { SystemClock } from "../kernel/system-clock.ts";
import { UserError } from "./output.ts";

type Method = "GET" | "POST" | "DELETE";

export interface Remote {
  readonly endpoint: string;
  invoke(service: string, operation: string, input?: object): Promise<Record<string, unknown>>;
  admin(method: Method, path: string, body?: object): Promise<Record<string, unknown>>;
  /** An answer that is no JSON. */
  download(path: string): Promise<Uint8Array>;
  upload(path: string, content: Uint8Array): Promise<Record<string, unknown>>;
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
  const ask = async (method: Method, path: string, body?: object): Promise<Response> => {
    let response: Response;
    try {
      const isBytes = body instanceof Uint8Array;
      const type = isBytes ? "application/octet-stream" : "application/json";
      const content = isBytes ? new Uint8Array(body) : JSON.stringify(body);
      response = await fetch(`${endpoint}${path}`, {
        method,
        ...(body === undefined ? {} : { body: content, headers: { "content-type": type } }),
      });
    } catch {
      throw new UserError(
        `no Awan answers at ${endpoint}: start one with "awan start", or name another with --endpoint`,
      );
    }
    if (response.ok) return response;
    const answer = (await response.json()) as RemoteFailure;
    throw new RemoteError(answer.code ?? String(response.status), answer.message ?? "");
  };
  const send = async (method: Method, path: string, body?: object): Promise<Record<string, unknown>> =>
    (await (await ask(method, path, body)).json()) as Record<string, unknown>;
  return {
    endpoint,
    admin: (method, path, body) => send(method, `/_awan/${path}`, body),
    download: async (path) => new Uint8Array(await (await ask("GET", `/_awan/${path}`)).arrayBuffer()),
    upload: (path, content) => send("POST", `/_awan/${path}`, content),
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
