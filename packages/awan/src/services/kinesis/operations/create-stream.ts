/** CreateStream and DeleteStream. */
import type { Call } from "../../../host/call.ts";
import { begin } from "../duties.ts";
import { invalidArgument, limitExceeded, resourceInUse, validationError } from "../errors.ts";
import { consumers, numbers, type StreamRow, streams } from "../keys.ts";
import { onDemandShards, onDemandStreamsMax, recordKibibytesDefault, shardsMax } from "../limits.ts";
import type { In } from "../sdk.ts";
import { firstShards } from "../shard.ts";
import { requireStream } from "../stream.ts";
import { checkTags } from "../tags.ts";

export function createStream(call: Call, input: In<"CreateStream">): void {
  const { StreamName: name } = input;
  const mode =
    input.StreamModeDetails?.StreamMode ?? (input.ShardCount === undefined ? "ON_DEMAND" : "PROVISIONED");
  if (input.StreamModeDetails !== undefined && mode === "ON_DEMAND" && input.ShardCount !== undefined) {
    throw validationError("ShardCount must not be provided for streams with ON_DEMAND mode.");
  }
  if (mode === "PROVISIONED" && input.ShardCount === undefined) {
    throw validationError("ShardCount must be provided for streams with PROVISIONED mode.");
  }
  if (mode === "PROVISIONED" && input.RecordDistributionStrategy === "AUTO") {
    throw invalidArgument(
      "RecordDistributionStrategy AUTO is only supported for streams with ON_DEMAND mode.",
    );
  }
  if (streams.has(call.tx, [name])) {
    throw resourceInUse(`Stream ${name} under account ${call.accountId} already exists.`);
  }
  const tags = input.Tags ?? {};
  checkTags(call, name, { before: {}, tags });
  if (mode === "ON_DEMAND") checkOnDemandLimit(call);
  const count = mode === "ON_DEMAND" ? onDemandShards : (input.ShardCount ?? 1);
  checkShardLimit(call, count);
  const id = (numbers.get(call.tx, []) ?? 0) + 1;
  numbers.set(call.tx, [], id);
  const stream: StreamRow = {
    name,
    id,
    createdAtMs: call.nowMs,
    status: "CREATING",
    mode,
    retentionHours: 24,
    keyId: null,
    shardMetrics: [],
    recordKibibytesMax: input.MaxRecordSizeInKiB ?? recordKibibytesDefault,
    warmMiBps: input.WarmThroughputMiBps ?? null,
    distribution: input.RecordDistributionStrategy ?? "USER_PARTITION_KEY",
    tags,
    ...firstShards(call, id, count),
    scaledAtMs: [],
    modeChangedAtMs: [],
  };
  begin({ call, stream }, "CREATING");
}

/** Refuses `more` shards beyond the account's limit. */
export function checkShardLimit(call: Call, more: number): void {
  let open = 0;
  for (const { value } of streams.scan(call.tx, [])) {
    if (value.mode === "PROVISIONED") open += value.open.length;
  }
  const limit = shardsMax(call.region);
  if (open + more <= limit) return;
  throw limitExceeded(
    `This request would exceed the shard limit for the account ${call.accountId} in ${call.region}. Current shard count for the account: ${open}. Limit: ${limit}. Number of additional shards that would have resulted from this request: ${more}. Refer to the AWS Service Limits page (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to request higher limits.`,
  );
}

export function checkOnDemandLimit(call: Call): void {
  let count = 0;
  for (const { value } of streams.scan(call.tx, [])) if (value.mode === "ON_DEMAND") count += 1;
  if (count < onDemandStreamsMax) return;
  throw limitExceeded(
    `This request would exceed the on-demand data stream limit for the account ${call.accountId} in ${call.region}. Current on-demand data stream count for the account: ${count}. Limit: ${onDemandStreamsMax}.`,
  );
}

export function deleteStream(call: Call, input: In<"DeleteStream">): void {
  const located = requireStream(call, input);
  const { call: there, stream } = located;
  if (input.EnforceConsumerDeletion !== true && consumers.first(there.tx, [stream.id]) !== undefined) {
    throw resourceInUse(
      `Stream ${stream.name} under account ${there.accountId} has one or more registered consumers. Deregister all consumers or set EnforceConsumerDeletion to true to delete the stream.`,
    );
  }
  begin(located, "DELETING");
}
