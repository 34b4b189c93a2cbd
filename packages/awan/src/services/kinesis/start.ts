/** Where reading begins: the five kinds of iterator, checked as AWS checks them. */
import type { ShardIteratorType } from "@aws-sdk/client-kinesis";
import type { Call } from "../../host/call.ts";
import { invalidArgument } from "./errors.ts";
import { newestPosition, positionBefore } from "./read.ts";
import { parseSequence, type Sequence } from "./sequence.ts";
import { type FoundShard, shardName } from "./shard.ts";
import type { Located } from "./stream.ts";

export interface Start {
  readonly type: ShardIteratorType;
  readonly sequence: string | undefined;
  readonly timestamp: Date | undefined;
  /** The operation, for its messages. */
  readonly operation: "GetShardIterator" | "SubscribeToShard";
}

/** The position reading begins after. */
export function startPosition(located: Located, found: FoundShard, start: Start): number {
  const { type, sequence } = start;
  const bySequence = type === "AT_SEQUENCE_NUMBER" || type === "AFTER_SEQUENCE_NUMBER";
  if (bySequence !== (sequence !== undefined) && type !== "AT_TIMESTAMP") {
    throw invalidArgument(
      `Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified ${type} and ${sequence === undefined ? "no" : "also a"} StartingSequenceNumber.`,
    );
  }
  switch (type) {
    case "TRIM_HORIZON":
      return 0;
    case "LATEST":
      return newestPosition(located, found.shard);
    case "AT_TIMESTAMP":
      return positionBefore(located, found.shard, checkedTimestamp(located.call, start.timestamp));
    default: {
      const { count, isPast } = checkedSequence(located, found, start);
      return type === "AT_SEQUENCE_NUMBER" && isPast !== true ? Math.max(0, count - 1) : count;
    }
  }
}

function checkedTimestamp(call: Call, timestamp: Date | undefined): number {
  if (timestamp === undefined) {
    throw invalidArgument(
      "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.",
    );
  }
  const atMs = timestamp.getTime();
  if (atMs > call.nowMs) {
    throw invalidArgument(
      `The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: ${atMs}, currentTimestampInMillis: ${call.nowMs}`,
    );
  }
  return atMs;
}

function checkedSequence({ call, stream }: Located, { shard, row }: FoundShard, start: Start): Sequence {
  const sequence = start.sequence ?? "0";
  const parsed = parseSequence(sequence);
  const used = `StartingSequenceNumber ${sequence} used in ${start.operation} on shard ${shardName(shard)} in stream ${stream.name} under account ${call.accountId} is invalid`;
  if (parsed === undefined) throw invalidArgument(`${used}.`);
  if (parsed.shard !== shard) {
    const sign = parsed.shard < 0 ? "-" : "";
    const name =
      sign === "" ? shardName(parsed.shard) : `shardId--${String(-parsed.shard).padStart(11, "0")}`;
    throw invalidArgument(
      `Invalid StartingSequenceNumber. It encodes ${name}, while it was used in a call to a shard with ${shardName(shard)}`,
    );
  }
  if (!parsed.isCurrent || parsed.createdSeconds !== row.createdSeconds) {
    throw invalidArgument(`${used} because it did not come from this stream.`);
  }
  return parsed;
}
