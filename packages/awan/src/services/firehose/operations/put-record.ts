/** PutRecord and PutRecordBatch. */
import type { Call } from "../../../host/call.ts";
import { invalidArgument } from "../errors.ts";
import { batchBytesMax } from "../limits.ts";
import { accept } from "../process.ts";
import type { In, Out } from "../sdk.ts";
import { type Located, requireStream } from "../stream.ts";

/** A delivery stream that takes records from callers. */
export function requireDirect(located: Located): Located {
  if (located.stream.source === null) return located;
  throw invalidArgument("This operation is not permitted on KinesisStreamAsSource delivery stream type.");
}

export const recordIdOf = (call: Call, number: number): string =>
  `${call.random.text(40)}${String(number).padStart(12, "0")}`;

const encrypted = ({ stream }: Located): { Encrypted: boolean } => ({
  Encrypted: stream.encryption !== null,
});

export function putRecord(call: Call, input: In<"PutRecord">): Out<"PutRecord"> {
  const located = requireDirect(requireStream(call, input.DeliveryStreamName));
  const number = accept(located, input.Record.Data as Uint8Array, null, call.nowMs);
  return { RecordId: recordIdOf(call, number), ...encrypted(located) };
}

export function putRecordBatch(call: Call, input: In<"PutRecordBatch">): Out<"PutRecordBatch"> {
  const located = requireDirect(requireStream(call, input.DeliveryStreamName));
  const list = (input.Records ?? []).map(({ Data }) => Data as Uint8Array);
  const bytes = list.reduce((sum, data) => sum + data.byteLength, 0);
  if (bytes > batchBytesMax) {
    throw invalidArgument(`Records size exceeds ${batchBytesMax / 1_048_576} MB limit`);
  }
  const RequestResponses = list.map((data) => ({
    RecordId: recordIdOf(call, accept(located, data, null, call.nowMs)),
  }));
  return { FailedPutCount: 0, ...encrypted(located), RequestResponses };
}
