/** What other services may ask of Firehose: handing records to delivery streams, inside their own transaction. */
import type { Call } from "../../host/call.ts";

export interface FirehosePut {
  readonly deliveryStreamArn: string;
  readonly data: Uint8Array;
}

export interface FirehosePort {
  /**
   * Accepts a record as PutRecord does. Throws ResourceNotFoundException when there is no such delivery stream, and
   * InvalidArgumentException when it takes its records from a Kinesis stream.
   */
  put(call: Call, put: FirehosePut): { readonly recordId: string };
  exists(call: Call, deliveryStreamArn: string): boolean;
}

declare module "../../host/ports.ts" {
  interface Ports {
    readonly firehose: FirehosePort;
  }
}
