/**
 * All that an operation may know of the world. It is handed to every synchronous function that runs inside a
 * transaction: operations, duties, residents and completions. There is no other way to time, chance or state.
 */
import type { Random } from "../kernel/random.ts";
import type { Transaction } from "../store/transaction.ts";
import type { TuplePart } from "../store/tuple.ts";
import type { Access } from "./authorization.ts";
import type { HttpRequest } from "./http.ts";
import type { Ports } from "./ports.ts";
import type { Answer } from "./service.ts";

/** Whose and where. Global services (IAM, S3's bucket names) use the region `aws-global`. */
export interface Scope {
  readonly accountId: string;
  readonly region: string;
}

/** Where rows live that belong to no account: names that are found before anyone knows whose they are. */
export const globalScope = { accountId: "", region: "aws-global" } as const satisfies Scope;

/** Who calls: an IAM identity, an AWS service acting for a resource, or nobody (`anonymous`). */
export interface Principal {
  readonly kind: "root" | "user" | "role" | "service" | "anonymous";
  readonly arn: string;
  readonly accountId: string;
  readonly accessKeyId?: string;
}

/** Where in the story of a request this call belongs. */
export interface TraceContext {
  /** X-Ray's form: `1-5759e988-bd862e3fe1be46a994272793`. */
  readonly traceId: string;
  /** The span this call is; what it causes has it as parent. */
  readonly spanId: string;
  readonly parentId?: string;
}

export interface Dispatch {
  /** `service.effect`: what the shell is to do once this transaction is durable. */
  readonly effect: string;
  /** Plain data for the effect. */
  readonly request: unknown;
  /** The completion of the calling service (`service.completion`) that is told the outcome, in its own transaction. */
  readonly completion?: string;
  /** Plain data handed back to the completion. */
  readonly context?: unknown;
  /** Waits between attempts; none means one attempt. The last outcome goes to the completion. */
  readonly retryDelaysMs?: readonly number[];
  /** No attempt starts later than this after the dispatch was written. */
  readonly ageMsMax?: number;
  /** Do not start before this time (epoch milliseconds). */
  readonly notBeforeMs?: number;
}

export interface Call extends Scope {
  readonly partition: string;
  readonly tx: Transaction;
  readonly nowMs: number;
  /** When the request first arrived; earlier than `nowMs` when a parked call is run again. */
  readonly startedAtMs: number;
  readonly random: Random;
  readonly principal: Principal;
  readonly requestId: string;
  readonly trace: TraceContext;
  /** The URL at which the caller reached us, without a trailing slash; queue URLs and the like start with it. */
  readonly endpoint: string;
  readonly ports: Ports;
  /** The request this call came by; undefined inside the cloud. */
  readonly http: HttpRequest | undefined;

  /** The same transaction seen from another account or region: `call.in({ region: "eu-west-1" })`. */
  in(scope: Partial<Scope>): Call;
  /** The same call acting as somebody else, for example a service delivering for a resource. */
  as(principal: Principal): Call;

  /** Whether callers have to prove who they are, or are decided by it: who acts for a role then needs its credentials. */
  readonly isGuarded: boolean;
  /** Throws unless the principal may, when IAM is enforced; what `Service.authorization` names was checked before. */
  authorize(access: Access): void;
  /** Whether `authorize` would let the principal; always, when IAM is not enforced. */
  allows(access: Access): boolean;

  /** Runs the duty `service.duty` for `key` once at `atMs`; replaces what was scheduled for the same duty and key. */
  schedule(duty: string, key: readonly TuplePart[], atMs: number, payload?: unknown): void;
  unschedule(duty: string, key: readonly TuplePart[]): void;

  /** Asks the shell to reach the outside world after this transaction; at least once. Returns the dispatch's id. */
  dispatch(dispatch: Dispatch): string;

  /** Keeps the resident `service.resident` running for `key` from this commit on, until `dismiss`. */
  keep(resident: string, key: readonly TuplePart[]): void;
  dismiss(resident: string, key: readonly TuplePart[]): void;

  /** Runs another service's operation in this transaction, as a user's request would; throws its AwsError. */
  invoke(service: string, operation: string, input: object): Record<string, unknown>;

  /** As `invoke`, for operations that may park or perform an effect: combine the answer with `mapAnswer`. */
  start(service: string, operation: string, input: object): Answer<Record<string, unknown>>;

  /** Writes to the journal, if this transaction commits: a short kind (`sqs.deliver`) and plain attributes. */
  note(kind: string, attributes: Readonly<Record<string, unknown>>): void;
}
