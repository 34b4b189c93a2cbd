/** Events of a bucket. */
import type { Call } from "../../host/call.ts";
import type { Bucket } from "./bucket.ts";
import type { VersionRow } from "./keys.ts";

export interface BucketEvent {
  readonly event: string;
  readonly key: string;
  readonly row: VersionRow;
}

export function announce(_call: Call, _bucket: Bucket, _event: BucketEvent): void {}
