/** DeleteMessage and DeleteMessageBatch. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { deleteByHandle } from "../held.ts";
import { queueAt } from "../queue.ts";
import type { Sqs } from "../sdk.ts";
import { Stock } from "../stock.ts";
import { batchFailure, type BatchFailure, checkedBatch, required } from "../validation.ts";

export function deleteMessage(caller: Call, input: Input<Sqs, "DeleteMessage">): void {
  const { call, queue } = queueAt(caller, required("QueueUrl", input.QueueUrl as string | undefined));
  const stock = new Stock(call, queue);
  deleteByHandle(stock, required("ReceiptHandle", input.ReceiptHandle as string | undefined));
  stock.save();
}

type DeleteEntries = NonNullable<Input<Sqs, "DeleteMessageBatch">["Entries"]>;

export function deleteMessageBatch(
  caller: Call,
  input: Input<Sqs, "DeleteMessageBatch">,
): Output<Sqs, "DeleteMessageBatch"> {
  const { call, queue } = queueAt(caller, required("QueueUrl", input.QueueUrl as string | undefined));
  const entries = checkedBatch(input.Entries as DeleteEntries | undefined, "DeleteMessageBatchRequestEntry");
  const stock = new Stock(call, queue);
  const outcome = eachEntry(entries, (entry) =>
    deleteByHandle(stock, required("ReceiptHandle", entry.ReceiptHandle)),
  );
  stock.save();
  return outcome;
}

/** Runs `act` for every entry; an answer (`AwsError`) fails only its own entry, which must not have written before. */
export function eachEntry<Entry extends { readonly Id: string }>(
  entries: readonly Entry[],
  act: (entry: Entry) => void,
): { Successful: { Id: string }[] | undefined; Failed: BatchFailure[] | undefined } {
  const successful: { Id: string }[] = [];
  const failed: BatchFailure[] = [];
  for (const entry of entries) {
    try {
      act(entry);
      successful.push({ Id: entry.Id });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push(batchFailure(entry.Id, error));
    }
  }
  return {
    Successful: successful.length === 0 ? undefined : successful,
    Failed: failed.length === 0 ? undefined : failed,
  };
}
