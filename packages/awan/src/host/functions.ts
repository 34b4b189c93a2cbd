/**
 * How code is run, as services see it: `compute/` implements the runner, `compose.ts` hands it to the service `lambda`,
 * and neither imports the other. A runner knows processes and nothing of rows; the service knows rows and nothing of
 * processes.
 */
import type { Shell } from "./service.ts";

/** Where the code is: an archive in the blob store, or a directory on this machine (used as it is, never copied). */
export type FunctionCode =
  | { readonly kind: "blob"; readonly blob: string }
  | { readonly kind: "directory"; readonly path: string }
  | {
      readonly kind: "image";
      readonly uri: string;
      /** What replaces the image's own, when given. */
      readonly entryPoint?: readonly string[];
      readonly command?: readonly string[];
      readonly workingDirectory?: string;
    };

/** What a function signs with. */
export interface FunctionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Everything needed to start an instance of one version of a function. Plain data. */
export interface FunctionSpec {
  /** Without a qualifier. */
  readonly arn: string;
  readonly name: string;
  readonly version: string;
  readonly accountId: string;
  readonly region: string;
  /** Differs whenever code or configuration differ: instances of another revision serve no further event. */
  readonly revision: string;
  readonly runtime: string;
  readonly handler: string;
  readonly memorySizeMb: number;
  /** `arm64` or `x86_64`: what it is billed as; it runs on what there is. */
  readonly architecture?: string;
  readonly ephemeralStorageMb?: number;
  readonly timeoutMs: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Of its role; without them it is its account's root, which nobody checks. */
  readonly credentials?: FunctionCredentials;
  readonly code: FunctionCode;
  /** Blobs of the layers' archives, in merge order. */
  readonly layers: readonly string[];
  readonly logFormat: "Text" | "JSON";
  readonly applicationLogLevel: string;
  readonly systemLogLevel: string;
  readonly logGroup: string;
  /** Whether its instances are paid for ahead: they can tell by their environment. */
  readonly isProvisioned: boolean;
  /** At most so many instances; more events wait for one to be free. */
  readonly instancesMax: number;
}

export interface FunctionInvocation {
  readonly spec: FunctionSpec;
  readonly requestId: string;
  /** As the caller named it, qualifier included: the context's `invokedFunctionArn`. */
  readonly invokedArn: string;
  readonly payload: Uint8Array;
  /** The whole `X-Amzn-Trace-Id` header. */
  readonly traceHeader: string;
  /** JSON text, decoded from the base64 the client sent. */
  readonly clientContext?: string;
  /** JSON text. */
  readonly identity?: string;
  /** Receives a streaming handler's answer as it is written; without it the answer is collected. */
  readonly stream?: FunctionStream;
}

export interface FunctionStream {
  /** Metadata of `awslambda.HttpResponseStream.from`, before the first chunk. */
  prelude(json: string): void;
  chunk(bytes: Uint8Array): void;
}

export interface FunctionLogLine {
  readonly timestamp: number;
  readonly message: string;
}

export interface FunctionOutcome {
  readonly payload: Uint8Array;
  readonly functionError?: "Unhandled" | "Handled";
  /** What went wrong, when something did: `Sandbox.Timedout`, `Runtime.ExitError`, or the handler's error name. */
  readonly errorType?: string;
  readonly logStream: string;
  readonly lines: readonly FunctionLogLine[];
  readonly durationMs: number;
  /** Set when this event started a new instance. */
  readonly initMs?: number;
  /** Set when the handler streamed its answer: JSON of the prelude, or an empty string without one. */
  readonly prelude?: string;
}

/** A function replaced by a callback of the test: receives the event, returns the answer or throws. */
export type FunctionReplacement = (event: unknown, context: { readonly awsRequestId: string }) => unknown;

export interface FunctionRunner {
  invoke(shell: Shell, invocation: FunctionInvocation): Promise<FunctionOutcome>;
  /** Whether code for this runtime can be run on this machine; else a sentence that says what to install. */
  unusable(runtime: string): string | undefined;
  /** Starts what makes the next cold start cheap. */
  prepare(): void;
  /** Ends the instances of a function (of one version, when given): idle ones now, busy ones after their event. */
  retire(arn: string, version?: string): void;
  /** Starts instances ahead of need; resolves with how many are ready. */
  provision(shell: Shell, spec: FunctionSpec, count: number): Promise<number>;
  /** Serves every call of the function named so by `replacement`, in this process; undefined gives it back. */
  replace(functionName: string, replacement: FunctionReplacement | undefined): void;
  close(): Promise<void>;
}
