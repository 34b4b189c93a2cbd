/** SendMessageBatch: what is wrong with the request fails it whole, what is wrong with an entry only that entry. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { invalidParameterValue } from "../errors.ts";
import type { QueueRow } from "../keys.ts";
import { batchBytesMax } from "../limits.ts";
import { queueAt } from "../queue.ts";
import type { Sqs } from "../sdk.ts";
import { checkMessage, checkSize, put } from "../send.ts";
import { Stock } from "../stock.ts";
import { batchFailure, type BatchFailure, checkedBatch, required } from "../validation.ts";
import { sentOutput } from "./send-message.ts";

type Entries = NonNullable<Input<Sqs, "SendMessageBatch">["Entries"]>;
type Successes = NonNullable<Output<Sqs, "SendMessageBatch">["Successful"]>;

export function sendMessageBatch(
  caller: Call,
  input: Input<Sqs, "SendMessageBatch">,
): Output<Sqs, "SendMessageBatch"> {
  const { call, queue } = queueAt(caller, required("QueueUrl", input.QueueUrl as string | undefined));
  const entries = checkedBatch(input.Entries as Entries | undefined, "SendMessageBatchRequestEntry");
  checkTotalSize(entries);
  if (queue.fifo) checkFifoEntries(queue, entries);
  const stock = new Stock(call, queue);
  const successful: Successes = [];
  const failed: BatchFailure[] = [];
  for (const entry of entries) {
    try {
      const message = checkMessage(queue, {
        body: entry.MessageBody,
        attributes: entry.MessageAttributes,
        systemAttributes: entry.MessageSystemAttributes,
        delaySeconds: entry.DelaySeconds,
        groupId: entry.MessageGroupId,
        deduplicationId: entry.MessageDeduplicationId,
      });
      checkSize(queue, message, "cannot be validated");
      // Nothing is written before every check has passed, so a refused entry leaves nothing behind.
      const sent = sentOutput(put(stock, message));
      successful.push({
        Id: entry.Id,
        MessageId: sent.MessageId,
        MD5OfMessageBody: sent.MD5OfMessageBody,
        MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
        MD5OfMessageSystemAttributes: sent.MD5OfMessageSystemAttributes,
        SequenceNumber: sent.SequenceNumber,
      });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push(batchFailure(entry.Id, error));
    }
  }
  stock.save();
  return {
    Successful: successful.length === 0 ? undefined : successful,
    Failed: failed.length === 0 ? undefined : failed,
  };
}

function checkTotalSize(entries: readonly Entries[number][]): void {
  let bytes = 0;
  for (const { MessageBody: body, MessageAttributes: attributes } of entries) {
    bytes += Buffer.byteLength(body ?? "");
    for (const [name, value] of Object.entries(attributes ?? {})) {
      bytes += Buffer.byteLength(name) + Buffer.byteLength(value.DataType ?? "");
      bytes += Buffer.byteLength(value.StringValue ?? "") + (value.BinaryValue?.length ?? 0);
    }
  }
  if (bytes > batchBytesMax) {
    throw new AwsError(
      "BatchRequestTooLong",
      `Batch requests cannot be longer than ${batchBytesMax} bytes. You have sent ${bytes} bytes.`,
    );
  }
}

/** AWS refuses the whole batch for these two, while it refuses only the entry for all others. */
function checkFifoEntries(queue: QueueRow, entries: readonly Entries[number][]): void {
  for (const { MessageGroupId: group, MessageDeduplicationId: id } of entries) {
    if (group === undefined)
      throw invalidParameterValue("The request must contain the parameter MessageGroupId.");
    if (id === undefined && !queue.settings.contentBasedDeduplication) {
      throw invalidParameterValue(
        "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
      );
    }
  }
}
