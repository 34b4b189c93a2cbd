/** Replication between buckets. */
import type { Call } from "../../host/call.ts";
import type { Bucket } from "./bucket.ts";
import type { ObjectRow } from "./keys.ts";

export function replicate(_call: Call, _bucket: Bucket, _key: string, row: ObjectRow): ObjectRow {
  return row;
}

export function replicateMarker(_call: Call, _bucket: Bucket, _key: string): void {}
