/** What every kind of instance is to the pool: one process that serves one event at a time until it is ended. */

/** An error as AWS's runtimes describe it. */
export interface Failure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export interface RuntimeEvent {
  readonly requestId: string;
  readonly invokedArn: string;
  readonly payload: Uint8Array;
  readonly traceHeader: string;
  readonly timeoutMs: number;
  readonly nowMs: number;
  readonly clientContext?: string;
  readonly identity?: string;
}

/** Why an instance ends, as extensions are told. */
export type EndReason = "SPINDOWN" | "TIMEOUT" | "FAILURE";

/** How one event ended. */
export type Ending =
  | { readonly kind: "result"; readonly payload: Uint8Array; readonly rssBytes: number }
  | { readonly kind: "streamed"; readonly rssBytes: number }
  | {
      readonly kind: "failure";
      readonly failure: Failure;
      readonly rssBytes: number;
      readonly fatal: boolean;
    }
  | { readonly kind: "exit"; readonly code: number | null; readonly signal: string | null };

/** Told what happens while an event, or the init phase, is under way. */
export interface Listener {
  log(message: string): void;
  prelude(json: string): void;
  chunk(bytes: Uint8Array): void;
}

export interface Instance {
  readonly logStream: string;
  readonly processId: number | undefined;
  /** Loads the code. Resolves with undefined when the instance can serve events. */
  init(listener: Listener): Promise<Ending | undefined>;
  run(event: RuntimeEvent, listener: Listener): Promise<Ending>;
  /** Kills the process and everything it started. What it resolves with, if anything, is when extensions have ended too. */
  end(reason?: EndReason): Promise<void> | void;
  /** Called once when the process has gone, for whatever reason. */
  onExit(gone: () => void): void;
}
