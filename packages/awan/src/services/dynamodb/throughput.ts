/**
 * Throttling by provisioned throughput, for tables that ask for it with the tag `awan:throughput` = `enforced`: a token
 * bucket per table for reads and one for writes, holding up to 300 seconds of what is provisioned. As in DynamoDB a
 * request is let in while anything is left and may overdraw.
 */
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";
import type { Units } from "./capacity.ts";
import { buckets } from "./keys.ts";
import type { TableRow } from "./schema.ts";

export const throughputTag = "awan:throughput";

const burstSeconds = 300;

const exceeded = (): AwsError =>
  new AwsError(
    "ProvisionedThroughputExceededException",
    "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.",
  );

type Kind = "read" | "write";

/** A counter of units if the answer is to tell them or a bucket to pay them; throws when the bucket is empty. */
export function openUnits(
  call: Call,
  table: TableRow,
  mode: string | undefined,
  kind: Kind,
): Units | undefined {
  if (isEnforced(table) && tokensNow(call, table, kind) <= 0) throw exceeded();
  return isEnforced(table) || mode === "INDEXES" || mode === "TOTAL" ? new Map() : undefined;
}

const isEnforced = (table: TableRow): boolean => table.enforced && table.billingMode === "PROVISIONED";

const perSecond = (table: TableRow, kind: Kind): number =>
  kind === "read" ? table.throughput.readUnits : table.throughput.writeUnits;

function tokensNow(call: Call, table: TableRow, kind: Kind): number {
  const rate = perSecond(table, kind);
  const bucket = buckets.get(call.tx, [table.storage, kind]);
  if (bucket === undefined) return rate * burstSeconds;
  return Math.min(rate * burstSeconds, bucket.tokens + (rate * (call.nowMs - bucket.atMs)) / 1000);
}

/** Takes from the bucket what a request has cost. */
export function payUnits(call: Call, table: TableRow, units: Units | undefined, kind: Kind): void {
  if (units === undefined || !isEnforced(table)) return;
  // Index entries cost their index's throughput on AWS; here the table's bucket pays for all.
  let cost = 0;
  for (const amount of units.values()) cost += amount;
  buckets.set(call.tx, [table.storage, kind], {
    tokens: tokensNow(call, table, kind) - cost,
    atMs: call.nowMs,
  });
}
