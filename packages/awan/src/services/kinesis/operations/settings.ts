/** What can be changed of a stream besides its shards: retention, encryption, metrics, mode, record size, distribution. */
import type { MetricsName } from "@aws-sdk/client-kinesis";
import type { Call } from "../../../host/call.ts";
import { begin, expireAgain } from "../duties.ts";
import { invalidArgument, limitExceeded, validationError } from "../errors.ts";
import { accounts } from "../keys.ts";
import { modeChangesMax, retentionHoursMax, retentionHoursMin, scalingPeriodMs } from "../limits.ts";
import type { In, Out } from "../sdk.ts";
import { type Located, requireActive, requireStream, streamArn, updateStream } from "../stream.ts";
import { checkOnDemandLimit } from "./create-stream.ts";

/** Changes the row and takes the stream through UPDATING. */
function update(located: Located, change: Parameters<typeof updateStream>[1]): void {
  begin({ call: located.call, stream: updateStream(located, change) }, "UPDATING");
}

function checkRetention(hours: number): void {
  if (hours < retentionHoursMin) {
    throw invalidArgument(
      `Minimum allowed retention period is ${retentionHoursMin} hours. Requested retention period (${hours} hours) is too short.`,
    );
  }
  if (hours > retentionHoursMax) {
    throw invalidArgument(
      `Maximum allowed retention period is ${retentionHoursMax} hours. Requested retention period (${hours} hours) is too long.`,
    );
  }
}

export function increaseStreamRetentionPeriod(call: Call, input: In<"IncreaseStreamRetentionPeriod">): void {
  const hours = input.RetentionPeriodHours;
  checkRetention(hours);
  const located = requireActive(call, input);
  const { name, retentionHours } = located.stream;
  if (hours < retentionHours) {
    throw invalidArgument(
      `Requested retention period (${hours} hours) for stream ${name} can not be shorter than existing retention period (${retentionHours} hours). Use DecreaseRetentionPeriod API.`,
    );
  }
  update(located, { retentionHours: hours });
}

export function decreaseStreamRetentionPeriod(call: Call, input: In<"DecreaseStreamRetentionPeriod">): void {
  const hours = input.RetentionPeriodHours;
  checkRetention(hours);
  const located = requireActive(call, input);
  const { name, retentionHours } = located.stream;
  if (hours > retentionHours) {
    throw invalidArgument(
      `Requested retention period (${hours} hours) for stream ${name} can not be longer than existing retention period (${retentionHours} hours). Use IncreaseRetentionPeriod API.`,
    );
  }
  update(located, { retentionHours: hours });
  expireAgain(located);
}

export function startStreamEncryption(call: Call, input: In<"StartStreamEncryption">): void {
  if (input.EncryptionType !== "KMS") throw invalidArgument("EncryptionType must be KMS.");
  update(requireActive(call, input), { keyId: input.KeyId });
}

export function stopStreamEncryption(call: Call, input: In<"StopStreamEncryption">): void {
  if (input.EncryptionType !== "KMS") throw invalidArgument("EncryptionType must be KMS.");
  update(requireActive(call, input), { keyId: null });
}

const metricNames = [
  "IncomingBytes",
  "OutgoingRecords",
  "IteratorAgeMilliseconds",
  "IncomingRecords",
  "ReadProvisionedThroughputExceeded",
  "WriteProvisionedThroughputExceeded",
  "OutgoingBytes",
] as const;

type Monitoring = In<"EnableEnhancedMonitoring">;

function changeMonitoring(
  call: Call,
  input: Monitoring,
  change: (current: readonly string[], asked: readonly string[]) => string[],
): Out<"EnableEnhancedMonitoring"> {
  const located = requireActive(call, input);
  const { stream } = located;
  const names = input.ShardLevelMetrics ?? [];
  const asked: readonly string[] = names.includes("ALL") ? metricNames : names;
  const desired = change(stream.shardMetrics, asked);
  update(located, { shardMetrics: desired });
  return {
    StreamName: stream.name,
    CurrentShardLevelMetrics: [...stream.shardMetrics] as MetricsName[],
    DesiredShardLevelMetrics: desired as MetricsName[],
    StreamARN: streamArn(located.call, stream.name),
  };
}

export const enableEnhancedMonitoring = (
  call: Call,
  input: In<"EnableEnhancedMonitoring">,
): Out<"EnableEnhancedMonitoring"> =>
  changeMonitoring(call, input, (current, asked) => [...new Set([...current, ...asked])]);

export const disableEnhancedMonitoring = (
  call: Call,
  input: In<"DisableEnhancedMonitoring">,
): Out<"DisableEnhancedMonitoring"> =>
  changeMonitoring(call, input, (current, asked) => current.filter((name) => !asked.includes(name)));

export function updateStreamMode(call: Call, input: In<"UpdateStreamMode">): void {
  const located = requireActive(call, { StreamARN: input.StreamARN });
  const { call: there, stream } = located;
  const mode = input.StreamModeDetails.StreamMode;
  if (mode === undefined) throw validationError("StreamMode must not be null.");
  if (input.WarmThroughputMiBps !== undefined && mode !== "ON_DEMAND") {
    throw validationError("WarmThroughputMiBps is only supported for streams with ON_DEMAND mode.");
  }
  if (mode !== stream.mode) {
    const recent = stream.modeChangedAtMs.filter((atMs) => atMs > there.nowMs - scalingPeriodMs);
    if (recent.length >= modeChangesMax) {
      throw limitExceeded(
        `Stream ${stream.name} under account ${there.accountId} has switched its mode ${modeChangesMax} times in the last 24 hours.`,
      );
    }
    if (mode === "ON_DEMAND") checkOnDemandLimit(there);
    update(located, {
      mode,
      warmMiBps: input.WarmThroughputMiBps ?? null,
      distribution: mode === "PROVISIONED" ? "USER_PARTITION_KEY" : stream.distribution,
      modeChangedAtMs: [...recent, there.nowMs],
    });
  }
}

export function updateMaxRecordSize(call: Call, input: In<"UpdateMaxRecordSize">): void {
  const located = requireActive(call, { StreamARN: input.StreamARN });
  update(located, { recordKibibytesMax: input.MaxRecordSizeInKiB });
}

export function updateStreamRecordDistributionStrategy(
  call: Call,
  input: In<"UpdateStreamRecordDistributionStrategy">,
): void {
  const located = requireStream(call, { StreamARN: input.StreamARN });
  const { call: there, stream } = located;
  const strategy = input.RecordDistributionStrategy;
  if (strategy !== "AUTO" && strategy !== "USER_PARTITION_KEY") {
    throw validationError(`Unknown record distribution strategy: ${String(strategy)}`);
  }
  if (stream.mode !== "ON_DEMAND") {
    throw invalidArgument(
      `Stream ${stream.name} under account ${there.accountId} is in PROVISIONED mode. RecordDistributionStrategy is only supported for streams in ON_DEMAND mode.`,
    );
  }
  updateStream(located, { distribution: strategy });
}

export function updateStreamWarmThroughput(
  call: Call,
  input: In<"UpdateStreamWarmThroughput">,
): Out<"UpdateStreamWarmThroughput"> {
  const located = requireActive(call, input);
  const { call: there, stream } = located;
  if (stream.mode !== "ON_DEMAND") {
    throw validationError("Warm throughput is only supported for streams with ON_DEMAND mode.");
  }
  if ((accounts.get(there.tx, [])?.status ?? "DISABLED") === "DISABLED") {
    throw validationError(
      "Warm throughput is only supported for accounts with MinimumThroughputBillingCommitment enabled.",
    );
  }
  const asked = input.WarmThroughputMiBps;
  update(located, { warmMiBps: asked });
  return {
    StreamARN: streamArn(there, stream.name),
    StreamName: stream.name,
    WarmThroughput: { TargetMiBps: asked, CurrentMiBps: stream.warmMiBps ?? 0 },
  };
}
