/** PutRecord and PutRecords. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import { dryRun, invalidArgument, streamNotFound } from "../errors.ts";
import { putRecordsBytesMax } from "../limits.ts";
import { checkRecord, type NewRecord, putRecord as put, sizeOf } from "../put.ts";
import type { In, Out } from "../sdk.ts";
import { parseSequence } from "../sequence.ts";
import { type Located, requireStream } from "../stream.ts";

/** A stream that takes records: while it is being made there is none yet. */
function writable(call: Call, input: Parameters<typeof requireStream>[1]): Located {
  const located = requireStream(call, input);
  if (located.stream.status === "CREATING") throw streamNotFound(located.call, located.stream.name);
  return located;
}

const encryption = ({ stream }: Located): { EncryptionType?: "KMS" } =>
  stream.keyId === null ? {} : { EncryptionType: "KMS" };

export function putRecord(call: Call, input: In<"PutRecord">): Out<"PutRecord"> {
  const located = writable(call, input);
  const { stream } = located;
  const record: NewRecord = {
    partitionKey: input.PartitionKey,
    explicitHashKey: input.ExplicitHashKey,
    data: input.Data,
  };
  checkRecord(stream, record, "");
  const ordering = input.SequenceNumberForOrdering;
  if (ordering !== undefined) {
    const parsed = parseSequence(ordering);
    if (parsed === undefined || parsed.seconds * 1000 > call.nowMs) {
      throw invalidArgument(
        `ExclusiveMinimumSequenceNumber ${ordering} used in PutRecord on stream ${stream.name} under account ${located.call.accountId} is invalid.`,
      );
    }
  }
  if (input.DryRun === true) throw dryRun();
  const { sequenceNumber, shardId } = put(located, record);
  return { ShardId: shardId, SequenceNumber: sequenceNumber, ...encryption(located) };
}

export function putRecords(call: Call, input: In<"PutRecords">): Out<"PutRecords"> {
  const located = writable(call, input);
  let bytes = 0;
  const entries = (input.Records ?? []).map((entry, at) => {
    const record: NewRecord = {
      partitionKey: entry.PartitionKey,
      explicitHashKey: entry.ExplicitHashKey,
      data: entry.Data as Uint8Array,
    };
    checkRecord(located.stream, record, `records.${at + 1}.member.`);
    bytes += sizeOf(record);
    return record;
  });
  if (bytes > putRecordsBytesMax) throw invalidArgument("Records size exceeds 10 MB limit");
  if (input.DryRun === true) throw dryRun();
  let failed = 0;
  const results = entries.map((record) => {
    const placed = located.call.tx.draft.attempt(() => put(located, record));
    if (!(placed instanceof AwsError)) {
      return { SequenceNumber: placed.sequenceNumber, ShardId: placed.shardId };
    }
    failed += 1;
    return { ErrorCode: placed.code, ErrorMessage: placed.message };
  });
  return { FailedRecordCount: failed, Records: results, ...encryption(located) };
}
