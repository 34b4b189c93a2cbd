/** SplitShard, MergeShards and UpdateShardCount: checked here, done by the stream's transition. */
import type { Call } from "../../../host/call.ts";
import { begin } from "../duties.ts";
import { invalidArgument, limitExceeded, resourceInUse, shardNotFound, validationError } from "../errors.ts";
import { decimalOf, hashAfter, hexOfDecimal, lastHash, numberOf } from "../hash-key.ts";
import { scalingPeriodMs, scalingShardsMax, scalingsMax } from "../limits.ts";
import type { In, Out } from "../sdk.ts";
import { type FoundShard, requireShard, shardName, shardNumber } from "../shard.ts";
import { checkActive, type Located, namedStream, requireStream, streamArn, updateStream } from "../stream.ts";
import { checkShardLimit } from "./create-stream.ts";

function requireProvisioned({ call, stream }: Located, operation: string): void {
  if (stream.mode === "PROVISIONED") return;
  throw validationError(
    `Request is invalid. Stream ${stream.name} under account ${call.accountId} is in On-Demand mode. ${operation} is only supported for streams in PROVISIONED mode.`,
  );
}

/** The named shards of an active stream; a name that could be none is refused before the stream is looked for. */
function shardsOf(
  call: Call,
  input: { readonly StreamName?: string | undefined; readonly StreamARN?: string | undefined },
  names: readonly string[],
): { readonly located: Located; readonly found: readonly FoundShard[] } {
  const { call: there, name } = namedStream(call, input);
  const odd = names.find((each) => shardNumber(each) === undefined);
  if (odd !== undefined) throw shardNotFound(there, name, odd);
  const located = requireStream(call, input);
  checkActive(located);
  return { located, found: names.map((each) => requireShard(located, each, shardNotFound)) };
}

export function splitShard(call: Call, input: In<"SplitShard">): void {
  const { located, found } = shardsOf(call, input, [input.ShardToSplit]);
  const { call: there, stream } = located;
  const [{ row, shard }] = found as [FoundShard];
  requireProvisioned(located, "SplitShard");
  if (row.closedAtMs !== null) {
    throw invalidArgument(
      `Shard ${shardName(shard)} in stream ${stream.name} under account ${there.accountId} is not an open shard.`,
    );
  }
  checkShardLimit(there, 1);
  const hash = hexOfDecimal(input.NewStartingHashKey);
  const asked = BigInt(input.NewStartingHashKey);
  if (hash === undefined || asked <= numberOf(row.from) + 1n || asked >= numberOf(row.to)) {
    throw invalidArgument(
      `NewStartingHashKey ${input.NewStartingHashKey} used in SplitShard() on shard ${shardName(shard)} in stream ${stream.name} under account ${there.accountId} is not both greater than one plus the shard's StartingHashKey ${decimalOf(row.from)} and less than the shard's EndingHashKey ${decimalOf(row.to)}.`,
    );
  }
  begin(located, "UPDATING", { kind: "split", shard, hash });
}

export function mergeShards(call: Call, input: In<"MergeShards">): void {
  const { located, found } = shardsOf(call, input, [input.ShardToMerge, input.AdjacentShardToMerge]);
  const { call: there, stream } = located;
  const [first, second] = found as [FoundShard, FoundShard];
  requireProvisioned(located, "MergeShards");
  const isOpen = first.row.closedAtMs === null && second.row.closedAtMs === null;
  // The lower half comes first (recorded): a pair the other way round is refused.
  if (!isOpen || first.row.to === lastHash || hashAfter(first.row.to) !== second.row.from) {
    throw invalidArgument(
      `Shards ${shardName(first.shard)} and ${shardName(second.shard)} in stream ${stream.name} under account ${there.accountId} are not an adjacent pair of shards eligible for merging`,
    );
  }
  begin(located, "UPDATING", { kind: "merge", shard: first.shard, adjacent: second.shard });
}

export function updateShardCount(call: Call, input: In<"UpdateShardCount">): Out<"UpdateShardCount"> {
  const located = requireStream(call, input);
  const { call: there, stream } = located;
  requireProvisioned(located, "UpdateShardCount");
  if (stream.status !== "ACTIVE") {
    throw resourceInUse(
      `Stream ${stream.name} under account ${there.accountId} not ACTIVE, instead in state ${stream.status}`,
    );
  }
  const current = stream.open.length;
  const target = input.TargetShardCount;
  checkTarget(current, target);
  const recent = stream.scaledAtMs.filter((atMs) => atMs > there.nowMs - scalingPeriodMs);
  if (recent.length >= scalingsMax) {
    throw limitExceeded(
      `Stream ${stream.name} under account ${there.accountId} has been scaled ${scalingsMax} times in the last 24 hours. UpdateShardCount cannot be called more than ${scalingsMax} times per rolling 24-hour period.`,
    );
  }
  if (target > current) checkShardLimit(there, target - current);
  const counted = updateStream(located, { scaledAtMs: [...recent, there.nowMs] });
  begin({ call: there, stream: counted }, "UPDATING", { kind: "scale", count: target });
  return {
    StreamName: stream.name,
    CurrentShardCount: current,
    TargetShardCount: target,
    StreamARN: streamArn(there, stream.name),
  };
}

function checkTarget(current: number, target: number): void {
  const counts = `Current open shard count: ${current} Target shard count: ${target}`;
  if (target > current * 2) {
    throw limitExceeded(
      `UpdateShardCount cannot scale up over double your current open shard count. ${counts}`,
    );
  }
  if (target < current / 2) {
    throw limitExceeded(
      `UpdateShardCount cannot scale down below half your current open shard count. ${counts}`,
    );
  }
  if (target > scalingShardsMax) {
    throw limitExceeded(
      `UpdateShardCount cannot scale up to more than ${scalingShardsMax} shards. ${counts}`,
    );
  }
  if (target === current) {
    throw invalidArgument(`Target shard count cannot be equal to the current open shard count. ${counts}`);
  }
}
