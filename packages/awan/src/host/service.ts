/** What a service is to the host: synchronous functions by name, and the few asynchronous effects it owns. */
import type { Clock } from "../kernel/clock.ts";
import type { Random } from "../kernel/random.ts";
import type { Blobs } from "../store/blobs.ts";
import type { TuplePart } from "../store/tuple.ts";
import type { Authorization } from "./authorization.ts";
import type { Call, Scope, TraceContext } from "./call.ts";
import type { HttpRequest, HttpResponse } from "./http.ts";
import type { Interventions } from "./interventions.ts";
import type { Journal } from "./journal.ts";

/**
 * An answer that is not ready. The run's writes are dropped, and the operation is run again when a commit touches what
 * it read, or at `deadlineMs` at the latest; from its deadline on it must answer.
 */
export class Park {
  readonly deadlineMs: number;

  constructor(deadlineMs: number) {
    this.deadlineMs = deadlineMs;
  }
}

/**
 * An answer that needs the outside world first: the run's writes are committed, the effect is performed without being
 * recorded (after a crash nobody is left to answer), and `then` makes the answer in a new transaction. What must happen
 * even if the process dies is a `call.dispatch` instead.
 */
export class Perform<Output = unknown> {
  /** `service.effect`. */
  readonly effect: string;
  readonly request: unknown;
  /** Receives the effect's result; an effect that throws an AwsError ends the operation with it. */
  readonly then: (call: Call, result: never) => Output | Park | Perform<Output>;

  constructor(
    effect: string,
    request: unknown,
    then: (call: Call, result: never) => Output | Park | Perform<Output>,
  ) {
    this.effect = effect;
    this.request = request;
    this.then = then;
  }
}

export type Answer<Output> = Output | Park | Perform<Output>;
/** The answer with `change` applied to its output, whenever that comes. */
export function mapAnswer<From, To>(
  answer: Answer<From>,
  change: (call: Call, output: From) => Answer<To>,
  call: Call,
): Answer<To> {
  if (answer instanceof Park) return answer;
  if (answer instanceof Perform) {
    return new Perform<To>(answer.effect, answer.request, (later, result) =>
      mapAnswer(answer.then(later, result), change, later),
    );
  }
  return change(call, answer);
}

export type Operation = (call: Call, input: never) => Answer<object | void>;

/** Runs in its own transaction when its row is due. Whatever it throws is a defect: duties catch AwsErrors themselves. */
export type Duty = (call: Call, key: readonly TuplePart[], payload: unknown) => void;

/**
 * A standing watcher (an event source mapping, a pipe): run in a transaction of its own when it is first kept, when a
 * commit touches what its last run read, and at the time it returned. Its writes are always committed; its own commit
 * does not wake it. `undefined` waits for commits only; a time that has come runs it again at once.
 */
export type Resident = (call: Call, key: readonly TuplePart[]) => number | undefined;

export type Outcome =
  | { readonly ok: true; readonly value: unknown; readonly attempts: number }
  | {
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      readonly attempts: number;
      /** Set when no attempt was made any more because the dispatch grew too old. */
      readonly expired?: boolean;
    };

/** Told how a dispatch ended, in the transaction that removes the dispatch. */
export type Completion = (call: Call, context: unknown, outcome: Outcome) => void;

/** The asynchronous shell as effects and data planes see it. */
export interface Shell {
  readonly clock: Clock;
  readonly blobs: Blobs;
  /** Where this Awan can be reached by functions and the like: `http://127.0.0.1:4566`. Empty while not listening. */
  readonly endpoint: string;
  /** Where state on disk lives; undefined when ephemeral. */
  readonly dataDir: string | undefined;
  readonly journal?: Journal;
  /** What is under way: an effect that only waits for others or for time takes itself out meanwhile. */
  readonly activity?: { begin(): void; end(): void };
  /** What a test put in between, if anything. */
  readonly interventions?: Interventions | undefined;
  /** Appended to the trace header of functions, so that what they send comes back to the fork that ran them. */
  readonly lineage?: string;
  readonly onTransaction?: ((name: string) => void) | undefined;
  /** A directory for temporary files, removed when the process ends. */
  scratchDir(): string;
  /** Runs `body` in transactions until it has an answer, waiting out parks and effects. */
  run<Output>(request: RunRequest, body: (call: Call) => Answer<Output>): Promise<Output>;
  /** An operation as a user would call it. */
  invoke(
    service: string,
    operation: string,
    input: object,
    request?: Partial<RunRequest>,
  ): Promise<Record<string, unknown>>;
  /** Makes a service's operations and port usable in the transactions of `run`. */
  load(service: string): Promise<void>;
  /** Performs an effect now, without a record of it. */
  perform(effect: string, request: unknown, trace?: TraceContext): Promise<unknown>;
}

export interface RunRequest extends Partial<Scope> {
  /** `service.Operation`, for the journal and for loading the service. */
  readonly name: string;
  readonly endpoint?: string;
  readonly trace?: TraceContext;
  readonly requestId?: string;
  readonly principal?: Call["principal"];
  /** The request it came by. */
  readonly http?: HttpRequest;
  /** Its signal is aborted when the caller has gone, and a parked call dropped; made only when a call parks. */
  readonly caller?: { readonly signal: AbortSignal };
}

export interface EffectContext {
  readonly shell: Shell;
  readonly scope: Scope;
  readonly trace: TraceContext;
  /** Seeded; for jitter and ids made outside transactions. */
  readonly random: Random;
  /** How often this dispatch was tried before. */
  readonly attempt: number;
}

/** Reaches the outside world. Throws an AwsError for a failure that is an answer. */
export type Effect = (context: EffectContext, request: never) => Promise<unknown>;

/**
 * Who signed a browser's form, by its fields (lower-case names). Throws S3's refusal of a wrong signature when signatures
 * are required.
 */
export type FormSigner = (
  fields: ReadonlyMap<string, string>,
) => Promise<Pick<RunRequest, "accountId" | "principal">>;

export interface Service {
  /** The name of its table: `sqs`, `dynamodb-streams`, `events`. */
  readonly name: string;
  readonly operations?: Readonly<Record<string, Operation>>;
  readonly duties?: Readonly<Record<string, Duty>>;
  readonly residents?: Readonly<Record<string, Resident>>;
  readonly completions?: Readonly<Record<string, Completion>>;
  readonly effects?: Readonly<Record<string, Effect>>;
  /** What other services may ask of it: bound as `call.ports[name]`. */
  readonly port?: object;
  /** What its operations need by IAM, for when enforcement is on. */
  readonly authorization?: Authorization;
  /** Services whose ports or operations it uses inside transactions. */
  readonly needs?: readonly string[];
  /** Answers HTTP that is no AWS API call (an API's stage, a function URL, a website). Routed by `compose.ts`. */
  readonly front?: (shell: Shell, request: HttpRequest, signerOf: FormSigner) => Promise<HttpResponse>;
  /** Called once when the platform stops: ends child processes and the like. */
  readonly close?: () => Promise<void>;
}
