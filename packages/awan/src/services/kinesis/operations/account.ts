/** DescribeLimits and the account's settings: the commitment to a minimum throughput. */
import type { MinimumThroughputBillingCommitmentOutput } from "@aws-sdk/client-kinesis";
import type { Call } from "../../../host/call.ts";
import { type AccountRow, accounts, streams } from "../keys.ts";
import { onDemandStreamsMax, shardsMax } from "../limits.ts";
import type { In, Out } from "../sdk.ts";

/** A commitment holds for at least this long. */
const commitmentMs = 24 * 3_600_000;

export function describeLimits(call: Call): Out<"DescribeLimits"> {
  let open = 0;
  let onDemand = 0;
  for (const { value } of streams.scan(call.tx, [])) {
    open += value.open.length;
    if (value.mode === "ON_DEMAND") onDemand += 1;
  }
  return {
    ShardLimit: shardsMax(call.region),
    OpenShardCount: open,
    OnDemandStreamCount: onDemand,
    OnDemandStreamCountLimit: onDemandStreamsMax,
  };
}

const noCommitment: AccountRow = { status: "DISABLED", startedAtMs: null, endedAtMs: null };

function describe({ endedAtMs, startedAtMs, status }: AccountRow): MinimumThroughputBillingCommitmentOutput {
  return {
    Status: status,
    ...(startedAtMs === null ? {} : { StartedAt: new Date(startedAtMs) }),
    ...(endedAtMs === null ? {} : { EndedAt: new Date(endedAtMs) }),
    ...(startedAtMs === null || status === "DISABLED"
      ? {}
      : { EarliestAllowedEndAt: new Date(startedAtMs + commitmentMs) }),
  };
}

/** A commitment that was to end as soon as it may has ended by then. */
function current(call: Call): AccountRow {
  const row = accounts.get(call.tx, []) ?? noCommitment;
  const endAtMs = (row.startedAtMs ?? 0) + commitmentMs;
  return row.status === "ENABLED_UNTIL_EARLIEST_ALLOWED_END" && endAtMs <= call.nowMs
    ? { status: "DISABLED", startedAtMs: row.startedAtMs, endedAtMs: endAtMs }
    : row;
}

export const describeAccountSettings = (call: Call): Out<"DescribeAccountSettings"> => ({
  MinimumThroughputBillingCommitment: describe(current(call)),
});

export function updateAccountSettings(
  call: Call,
  input: In<"UpdateAccountSettings">,
): Out<"UpdateAccountSettings"> {
  const before = current(call);
  const enable = input.MinimumThroughputBillingCommitment.Status === "ENABLED";
  let row = before;
  if (enable) {
    const startedAtMs = before.status === "DISABLED" ? call.nowMs : before.startedAtMs;
    row = { status: "ENABLED", startedAtMs, endedAtMs: null };
  } else if (before.status !== "DISABLED") {
    const isEarly = (before.startedAtMs ?? 0) + commitmentMs > call.nowMs;
    row = {
      status: isEarly ? "ENABLED_UNTIL_EARLIEST_ALLOWED_END" : "DISABLED",
      startedAtMs: before.startedAtMs,
      endedAtMs: isEarly ? null : call.nowMs,
    };
  }
  accounts.set(call.tx, [], row);
  return { MinimumThroughputBillingCommitment: describe(row) };
}
