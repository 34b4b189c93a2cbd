/** What other services may ask of Lambda inside their transactions, and the effect `lambda.invoke` for outside of them. */
import type { Call } from "../../host/call.ts";

/** The request of the effect `lambda.invoke`. */
export interface InvokeRequest {
  /** Whole ARN, with or without a version or alias. */
  readonly functionArn: string;
  readonly payload: Uint8Array;
  readonly kind: "RequestResponse";
  /** JSON text. */
  readonly clientContext?: string;
  /** The same over all attempts of one event; made up when absent. */
  readonly requestId?: string;
  /** Trace headers of what the event is made of: recursive loops are found by them. */
  readonly traceHeaders?: readonly string[];
}

/** The result of the effect `lambda.invoke`. An unusable function throws an AwsError instead. */
export interface InvokeResult {
  readonly payload: Uint8Array;
  /** Set when the function failed: the payload then describes the error. */
  readonly functionError?: "Unhandled" | "Handled";
  readonly executedVersion: string;
  /** The last 4 KB of the log, in base64. */
  readonly logTail?: string;
  /** JSON a streaming handler put before its answer (`HttpResponseStream.from`). */
  readonly prelude?: string;
}

export interface AsynchronousEvent {
  /** Whole ARN, with or without a version or alias. */
  readonly functionArn: string;
  readonly payload: Uint8Array;
  readonly clientContext?: string;
}

export interface LambdaPort {
  /**
   * Accepts an event as `InvocationType: Event` does: retried twice, then to the dead-letter queue or destination.
   * Returns its request id. Throws ResourceNotFoundException when there is no such function.
   */
  invokeAsync(call: Call, event: AsynchronousEvent): string;
  /** Whether the function, version or alias of a whole ARN exists. */
  exists(call: Call, functionArn: string): boolean;
  /** Whether the resource policy lets `principal` (`s3.amazonaws.com`) invoke the function for `sourceArn`. */
  allows(
    call: Call,
    request: {
      readonly functionArn: string;
      readonly principal: string;
      readonly sourceArn: string;
      readonly sourceAccount?: string;
    },
  ): boolean;
}

declare module "../../host/ports.ts" {
  interface Ports {
    readonly lambda: LambdaPort;
  }
}
