/** SendMessage. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { queueAt } from "../queue.ts";
import type { Sqs } from "../sdk.ts";
import { checkMessage, checkSize, put, type Sent } from "../send.ts";
import { Stock } from "../stock.ts";
import { required } from "../validation.ts";

export function sendMessage(caller: Call, input: Input<Sqs, "SendMessage">): Output<Sqs, "SendMessage"> {
  const { call, queue } = queueAt(caller, required("QueueUrl", input.QueueUrl as string | undefined));
  const message = checkMessage(queue, {
    body: input.MessageBody,
    attributes: input.MessageAttributes,
    systemAttributes: input.MessageSystemAttributes,
    delaySeconds: input.DelaySeconds,
    groupId: input.MessageGroupId,
    deduplicationId: input.MessageDeduplicationId,
  });
  checkSize(queue, message, "are invalid");
  const stock = new Stock(call, queue);
  const sent = put(stock, message);
  stock.save();
  return sentOutput(sent);
}

export function sentOutput(sent: Sent): Output<Sqs, "SendMessage"> {
  return {
    MessageId: sent.messageId,
    MD5OfMessageBody: sent.md5OfBody,
    MD5OfMessageAttributes: sent.md5OfAttributes ?? undefined,
    MD5OfMessageSystemAttributes: sent.md5OfSystemAttributes ?? undefined,
    SequenceNumber: sent.sequenceNumber ?? undefined,
  };
}
