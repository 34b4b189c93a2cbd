/** What other services may ask of CloudWatch Logs: writing log lines and reading them back in the order of their arrival. */
import type { Call } from "../../host/call.ts";

export interface LogLine {
  readonly timestampMs: number;
  readonly message: string;
}

export interface TailedLine extends LogLine {
  readonly streamName: string;
  readonly ingestedAtMs: number;
  /** Grows with every line of the group in the order of arrival; hand back the last one as `afterSequence`. */
  readonly sequence: number;
}

export interface LogsPort {
  /** Appends lines; the group and the stream are created when they do not exist. Never throws an AwsError. */
  append(
    call: Call,
    request: { readonly groupName: string; readonly streamName: string; readonly events: readonly LogLine[] },
  ): void;

  /**
   * Lines of a group in the order they arrived, after `afterSequence` (or ingested later than `afterMs`), at most
   * `limit`. What it reads wakes a parked call when more arrives. An unknown group has no lines.
   */
  tail(
    call: Call,
    request: {
      readonly groupName: string;
      readonly afterSequence?: number;
      readonly afterMs?: number;
      readonly limit: number;
    },
  ): readonly TailedLine[];
}

declare module "../../host/ports.ts" {
  interface Ports {
    readonly logs: LogsPort;
  }
}
