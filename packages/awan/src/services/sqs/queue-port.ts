/** The implementation of `port.ts`, over the same functions the operations use. */
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";
import { parseArn } from "../../kernel/arn.ts";
import { checkSender } from "./authorization.ts";
import { queueByArn } from "./dead-letter.ts";
import { queueDoesNotExist } from "./errors.ts";
import { changeVisibility, deleteByHandle } from "./held.ts";
import { peekQueue } from "./inspect.ts";
import type { MessageAttributes } from "./message-attributes.ts";
import { attributesOf } from "./operations/queue-attributes.ts";
import type { SqsPort, SqsRecord, SqsRecordAttribute } from "./port.ts";
import { addressOf, type Found, queueArn, queueUrl } from "./queue.ts";
import { receive } from "./receive.ts";
import { checkMessage, checkSize, put } from "./send.ts";
import { Stock } from "./stock.ts";
import { everything, messageOutput, type WireMessage } from "./wire-message.ts";

function found(call: Call, arn: string): Found {
  const queue = queueByArn(call, arn);
  if (queue === undefined) throw queueDoesNotExist();
  return queue;
}

/** Runs `act` for each handle, passing over those the queue no longer honours. */
function forEachHandle(
  call: Call,
  arn: string,
  handles: readonly string[],
  act: (stock: Stock, handle: string) => void,
): void {
  const { call: there, queue } = found(call, arn);
  const stock = new Stock(there, queue);
  for (const handle of handles) {
    try {
      act(stock, handle);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
    }
  }
  stock.save();
}

export const port: SqsPort = {
  send(caller, request) {
    const { call, queue } = found(caller, request.queueArn);
    if (request.onBehalf !== undefined) checkSender({ call, queue }, request.onBehalf);
    const message = checkMessage(queue, {
      body: request.body,
      attributes: request.attributes,
      systemAttributes:
        request.traceHeader === undefined
          ? undefined
          : { AWSTraceHeader: { DataType: "String", StringValue: request.traceHeader } },
      delaySeconds: request.delaySeconds,
      groupId: request.groupId,
      deduplicationId: request.deduplicationId,
      senderId: request.senderId,
    });
    checkSize(queue, message, "are invalid");
    const stock = new Stock(call, queue);
    const sent = put(stock, message);
    stock.save();
    caller.note("sqs.delivered", { queue: queue.name, messageId: sent.messageId });
    return sent;
  },

  receive(caller, { queueArn: arn, limit, visibilityTimeoutMs }) {
    const { call, queue } = found(caller, arn);
    const stock = new Stock(call, queue);
    const { taken, changed } = receive(stock, {
      limit,
      visibilityTimeoutMs: visibilityTimeoutMs ?? queue.settings.visibilityTimeoutMs,
    });
    if (taken.length > 0 || changed) stock.save();
    return taken.map((message) => recordOf(call, arn, messageOutput(stock, message, everything)));
  },

  nextVisibleAtMs(caller, arn) {
    const { call, queue } = found(caller, arn);
    return new Stock(call, queue).nextVisibleAtMs();
  },

  deleteMessages(call, arn, handles) {
    forEachHandle(call, arn, handles, deleteByHandle);
  },

  changeVisibility(call, arn, { receiptHandles, visibilityTimeoutMs }) {
    forEachHandle(call, arn, receiptHandles, (stock, handle) =>
      changeVisibility(stock, handle, visibilityTimeoutMs),
    );
  },

  attributesOf(caller, arn) {
    const queue = queueByArn(caller, arn);
    return queue === undefined ? undefined : attributesOf(queue.call, queue.queue);
  },

  peek(caller, arn) {
    const there = queueByArn(caller, arn);
    return there === undefined ? undefined : peekQueue(there.call, there.queue);
  },

  describe(caller, arn) {
    const queue = queueByArn(caller, arn)?.queue;
    if (queue === undefined) return undefined;
    return {
      arn,
      name: queue.name,
      fifo: queue.fifo,
      contentBasedDeduplication: queue.settings.contentBasedDeduplication,
      visibilityTimeoutMs: queue.settings.visibilityTimeoutMs,
      deadLetterTargetArn: queue.settings.deadLetter?.targetArn,
      policy: queue.attributes["Policy"],
    };
  },

  urlOf(call, arn) {
    const parts = parseArn(arn);
    return queueUrl(call.in({ accountId: parts?.accountId ?? call.accountId }), parts?.resource ?? arn);
  },

  arnOf(caller, url) {
    const { call, name } = addressOf(caller, url);
    return queueArn(call, name);
  },
};

function recordOf(call: Call, arn: string, message: WireMessage): SqsRecord {
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: recordAttributes(message.MessageAttributes),
    ...(message.MD5OfMessageAttributes === undefined
      ? {}
      : { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
    md5OfBody: message.MD5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: arn,
    awsRegion: call.region,
  };
}

function recordAttributes(attributes: MessageAttributes | undefined): Record<string, SqsRecordAttribute> {
  return Object.fromEntries(
    Object.entries(attributes ?? {}).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        ...(StringValue === undefined ? {} : { stringValue: StringValue }),
        ...(BinaryValue === undefined ? {} : { binaryValue: Buffer.from(BinaryValue).toString("base64") }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  );
}
