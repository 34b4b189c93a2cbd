/** What other services may ask of EventBridge: putting events on a bus, inside their own transaction. */
import type { Call } from "../../host/call.ts";

export interface EventsEntry {
  /** `aws.s3` */
  readonly Source?: string | undefined;
  readonly DetailType?: string | undefined;
  /** A JSON object as text. */
  readonly Detail?: string | undefined;
  readonly Resources?: readonly string[] | undefined;
  /** Name or ARN; the default bus of the call's account and region otherwise. */
  readonly EventBusName?: string | undefined;
  readonly Time?: Date | undefined;
  readonly TraceHeader?: string | undefined;
}

export interface EventsPutResult {
  readonly EventId?: string;
  readonly ErrorCode?: string;
  readonly ErrorMessage?: string;
}

export interface EventsPort {
  /** Puts events as PutEvents does, one result each; a service principal may use sources that begin with `aws.`. */
  put(call: Call, entries: readonly EventsEntry[]): readonly EventsPutResult[];
}

declare module "../../host/ports.ts" {
  interface Ports {
    readonly events: EventsPort;
  }
}
