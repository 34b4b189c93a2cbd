/** ChangeMessageVisibility and ChangeMessageVisibilityBatch. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { changeVisibility } from "../held.ts";
import { queueAt } from "../queue.ts";
import type { Sqs } from "../sdk.ts";
import { Stock } from "../stock.ts";
import { checkedBatch, required } from "../validation.ts";
import { eachEntry } from "./delete-message.ts";
import { checkedVisibilityMs } from "./receive-message.ts";

export function changeMessageVisibility(caller: Call, input: Input<Sqs, "ChangeMessageVisibility">): void {
  const { call, queue } = queueAt(caller, required("QueueUrl", input.QueueUrl as string | undefined));
  const stock = new Stock(call, queue);
  change(stock, input);
  stock.save();
}

type ChangeEntries = NonNullable<Input<Sqs, "ChangeMessageVisibilityBatch">["Entries"]>;

export function changeMessageVisibilityBatch(
  caller: Call,
  input: Input<Sqs, "ChangeMessageVisibilityBatch">,
): Output<Sqs, "ChangeMessageVisibilityBatch"> {
  const { call, queue } = queueAt(caller, required("QueueUrl", input.QueueUrl as string | undefined));
  const entries = checkedBatch(
    input.Entries as ChangeEntries | undefined,
    "ChangeMessageVisibilityBatchRequestEntry",
  );
  const stock = new Stock(call, queue);
  const outcome = eachEntry(entries, (entry) => change(stock, entry));
  stock.save();
  return outcome;
}

interface Change {
  readonly ReceiptHandle: string | undefined;
  readonly VisibilityTimeout?: number | undefined;
}

function change(stock: Stock, { ReceiptHandle, VisibilityTimeout }: Change): void {
  const handle = required("ReceiptHandle", ReceiptHandle);
  const timeoutMs = required("VisibilityTimeout", checkedVisibilityMs(VisibilityTimeout));
  changeVisibility(stock, handle, timeoutMs);
}
