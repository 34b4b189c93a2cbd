/**
 * Throttling, for tables that ask for it with the tag `awan:throughput` = `enforced`: a token bucket for reads and one
 * for writes of the table and of each global index. Provisioned ones hold up to 300 seconds of what is provisioned, those
 * of an on-demand table one second of its `OnDemandThroughput`, if that is set. As in DynamoDB a request is let in while
 * anything is left and may overdraw.
 */
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";
import { addUnits, type Units } from "./capacity.ts";
import { buckets } from "./keys.ts";
import type { IndexRow, TableRow } from "./schema.ts";

export const throughputTag = "awan:throughput";

const burstSeconds = 300;

type Kind = "read" | "write";

/** What the table's or a global index's bucket is filled by; undefined when nothing limits it. */
interface Rate {
  readonly unitsPerSecond: number;
  readonly most: number;
}

function rateOf(table: TableRow, index: IndexRow | undefined, kind: Kind): Rate | undefined {
  const { throughput, onDemand } = index ?? table;
  if (table.billingMode === "PROVISIONED") {
    const unitsPerSecond = kind === "read" ? throughput.readUnits : throughput.writeUnits;
    return { unitsPerSecond, most: unitsPerSecond * burstSeconds };
  }
  const unitsPerSecond = kind === "read" ? onDemand?.readUnitsMax : onDemand?.writeUnitsMax;
  if (unitsPerSecond === undefined || unitsPerSecond < 0) return undefined;
  return { unitsPerSecond, most: unitsPerSecond };
}

const resourceArn = (table: TableRow, index: IndexRow | undefined): string =>
  index === undefined ? table.arn : `${table.arn}/index/${index.name}`;

/** Developer Guide, "Troubleshooting throttling issues": the reason names resource, operation and limit. */
function exceeded(table: TableRow, index: IndexRow | undefined, kind: Kind): AwsError {
  const provisioned = table.billingMode === "PROVISIONED";
  const reason = [
    index === undefined ? "Table" : "Index",
    kind === "read" ? "Read" : "Write",
    provisioned ? "ProvisionedThroughputExceeded" : "MaxOnDemandThroughputExceeded",
  ].join("");
  const reasons = [{ reason, resource: resourceArn(table, index) }];
  if (!provisioned) {
    return new AwsError(
      "ThrottlingException",
      "Throughput exceeds the maximum OnDemandThroughput configured on table or index",
      // This one's member is spelled otherwise in AWS's model.
      { members: { throttlingReasons: reasons } },
    );
  }
  return new AwsError(
    "ProvisionedThroughputExceededException",
    index === undefined || kind === "read"
      ? "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API."
      : "The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded. Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API",
    { members: { ThrottlingReasons: reasons } },
  );
}

export const isThrottling = (error: AwsError): boolean =>
  error.code === "ProvisionedThroughputExceededException" || error.code === "ThrottlingException";

export interface Metering {
  readonly table: TableRow;
  readonly kind: Kind;
  /** The index that is read; writes pay for every index they change. */
  readonly index?: IndexRow | undefined;
  /** What transactions cost more. */
  readonly factor?: number;
}

/** Runs a request that counts its units: refused when its bucket is empty, else paid for. A refusal has changed nothing. */
export function metered<Result>(
  call: Call,
  metering: Metering,
  counted: Units | undefined,
  run: (units: Units | undefined) => Result,
): Result {
  const { table, kind, index, factor = 1 } = metering;
  if (!table.enforced) return run(counted);
  requireTokens(call, table, index?.kind === "global" ? index : undefined, kind);
  return call.tx.draft.savepoint(() => {
    const units: Units = new Map();
    const result = run(units);
    pay(call, table, kind, units, factor);
    if (counted !== undefined) for (const [name, amount] of units) addUnits(counted, name, amount);
    return result;
  });
}

/** A counter for what the answer is to tell; undefined when it tells nothing. */
export const unitsFor = (mode: string | undefined): Units | undefined =>
  mode === "INDEXES" || mode === "TOTAL" ? new Map() : undefined;

function tokensNow(call: Call, key: [number, string], { unitsPerSecond, most }: Rate): number {
  const bucket = buckets.get(call.tx, key);
  if (bucket === undefined) return most;
  return Math.min(most, bucket.tokens + (unitsPerSecond * (call.nowMs - bucket.atMs)) / 1000);
}

const bucketKey = (table: TableRow, index: IndexRow | undefined, kind: Kind): [number, string] => [
  table.storage,
  index === undefined ? kind : `${kind} ${index.id}`,
];

function requireTokens(call: Call, table: TableRow, index: IndexRow | undefined, kind: Kind): void {
  const rate = rateOf(table, index, kind);
  if (rate !== undefined && tokensNow(call, bucketKey(table, index, kind), rate) <= 0)
    throw exceeded(table, index, kind);
}

/** Local indexes are paid for by the table, global ones by themselves. */
function pay(call: Call, table: TableRow, kind: Kind, units: Units, factor: number): void {
  const costs = new Map<IndexRow | undefined, number>();
  for (const [name, amount] of units) {
    const index = table.indexes.find((each) => each.name === name && each.kind === "global");
    costs.set(index, (costs.get(index) ?? 0) + amount * factor);
  }
  for (const [index, cost] of costs) {
    const rate = rateOf(table, index, kind);
    if (rate === undefined) continue;
    if (kind === "write" && index !== undefined) requireTokens(call, table, index, kind);
    const key = bucketKey(table, index, kind);
    buckets.set(call.tx, key, { tokens: tokensNow(call, key, rate) - cost, atMs: call.nowMs });
  }
}
