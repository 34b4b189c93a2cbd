/**
 * Two kinds of failure, never mixed. An `AwsError` is an answer: the caller did something AWS refuses, and reads this
 * on the wire. A `Defect` is our own bug: answered as InternalFailure, logged whole, and it fails every test run.
 */

/** Whose fault an answer is: the caller's (4xx) or the service's (5xx). */
export type Fault = "client" | "server";

export interface AwsErrorOptions {
  /** HTTP status, when it is not what the service's table says for this error (else 400 or 500 by `fault`). */
  readonly status?: number;
  readonly fault?: Fault;
  /** Further members of the modelled error shape, in AWS's casing (`CancellationReasons`, `Item`, …). */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** An answer AWS would give. Thrown inside an operation, it aborts the transaction: a failed call changes nothing. */
export class AwsError extends Error {
  /** The error shape's name in AWS's model, for example `QueueDoesNotExist`; the wire maps it to protocol codes. */
  readonly code: string;
  readonly status: number | undefined;
  readonly fault: Fault | undefined;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: AwsErrorOptions = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = options.status;
    this.fault = options.fault;
    this.members = options.members ?? {};
  }
}

/** What AWS has and Awan has not: answered as 501 with the name, so that nothing pretends. */
export function notImplemented(what: string): AwsError {
  return new AwsError("NotImplementedException", `Awan does not implement ${what}.`, {
    status: 501,
    fault: "server",
  });
}

export class Defect extends Error {
  override name = "Defect";
}

/** Checks what must be true whatever a caller sends. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Defect(message);
}
