/** An application under test: its clock, chance, faults and state in the test's hands, and forks of all that. */
import type { FaultProfile } from "../host/faults.ts";
import type { Platform } from "../host/platform.ts";
import type { Engine } from "../store/engine.ts";
import type { AppClock } from "./app-clock.ts";
import type { AppFaults } from "./app-faults.ts";
import type { Cost } from "./cost.ts";
import type { FunctionCall, Mock } from "./functions.ts";
import type { AppQueue, AppTable, AppTopic } from "./inspect.ts";
import type { Trace } from "./trace.ts";

export interface AppFunction {
  /** As Lambda knows it. */
  readonly name: string;
  /** Runs `mock` in this process in the function's place; its SDK calls come from `context.app`. */
  mock(mock: Mock): void;
  /** Gives the function its own code back. */
  restore(): void;
  /** Every invocation so far, repeated deliveries included. */
  calls(): readonly FunctionCall[];
  /** Invokes it and waits for the answer; throws an Error with the function's own error's name. */
  invoke(event?: unknown): Promise<unknown>;
}

/** A moment of an application, to come back to. */
export interface Snapshot {
  readonly nowMs: number;
  readonly seed: number;
  readonly engine: Engine;
}

export interface ForkOptions {
  /** The fork's own stream of chance; derived from its original's by default. */
  readonly seed?: number;
  readonly faults?: FaultProfile;
  /** As `StartAppOptions.repeatable`; its original's by default. */
  readonly repeatable?: boolean;
  /** Whether a test that fails prints what happened in the fork; it does by default. */
  readonly isTold?: boolean;
  /** Puts something around the fork's rows: how simulations see commits. */
  readonly rows?: (rows: Engine) => Engine;
}

export interface TracedResponse extends Response {
  /** What this request set in motion. */
  readonly trace: Trace;
}

/** The names of an application, as `awan types` writes them. */
export interface AppNames {
  readonly functions: string;
  readonly queues: string;
  readonly tables: string;
  readonly topics: string;
  readonly outputs: string;
}

/** `startApp<Orders>(…)` knows the template's names; without, any string is one. */
export interface App<Names extends AppNames = AppNames> extends AsyncDisposable {
  readonly clock: AppClock;
  readonly faults: AppFaults;
  readonly seed: number;
  /** Outputs of the deployed stack. */
  readonly outputs: Readonly<Record<Names["outputs"], string>>;
  /** Physical ids of the deployed stack's resources, by logical id. */
  readonly resources: Readonly<Record<string, string>>;
  /** `http://127.0.0.1:port`: the same application for clients outside this process. Forks have their original's. */
  readonly endpoint: string;
  readonly platform: Platform;
  /** A client of an SDK's class, connected in process. */
  client<Client>(ClientClass: new (config: never) => Client, config?: object): Client;
  /** An HTTP request to the application: a path of the deployed API, or a whole URL. */
  fetch(pathOrUrl: string, init?: RequestInit): Promise<TracedResponse>;
  /** Resolves when nothing is left to happen now; throws a NotSettledError that names what goes round for ever. */
  settle(): Promise<void>;
  /** A copy of the application as it is when nothing is under way, with memory and warm functions shared. */
  fork(options?: ForkOptions): Promise<App<Names>>;
  snapshot(): Promise<Snapshot>;
  /** Goes back to a snapshot, time included. Clients stay valid. */
  restore(snapshot: Snapshot): Promise<void>;
  /** By logical id, name, URL or ARN. */
  fn(name: Names["functions"]): AppFunction;
  queue(name: Names["queues"]): AppQueue;
  table(name: Names["tables"]): AppTable;
  topic(name: Names["topics"]): AppTopic;
  /** The story of a response of `fetch`, of an SDK's answer, or of a trace id. */
  trace(of: Response | { readonly $metadata: { readonly requestId?: string } } | string): Trace;
  /** What a reader of a failed test needs: virtual time, seed, faults, stories and logs. */
  explain(): Promise<string>;
  /** What it would have cost on AWS so far. */
  cost(trace?: Trace): Cost;
  close(): Promise<void>;
}
