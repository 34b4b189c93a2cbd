/** A received message as ReceiveMessage shows it: the attributes that were asked for, and a new receipt handle. */
import { isWanted, md5OfAttributes, type MessageAttributes } from "./message-attributes.ts";
import type { BodyRow } from "./keys.ts";
import type { Taken } from "./receive.ts";
import { receiptHandle } from "./receipt.ts";
import { sequenceNumber } from "./send.ts";
import type { Stock } from "./stock.ts";

export interface AskedNames {
  readonly system: readonly string[];
  readonly attributes: readonly string[];
}

/** Everything, in ReceiveMessage's form. */
export const everything: AskedNames = { system: ["All"], attributes: ["All"] };

export interface WireMessage {
  MessageId: string;
  ReceiptHandle: string;
  MD5OfBody: string;
  Body: string;
  Attributes?: Record<string, string>;
  MD5OfMessageAttributes?: string;
  MessageAttributes?: MessageAttributes;
}

export function messageOutput(stock: Stock, { sequence, row }: Taken, asked: AskedNames): WireMessage {
  const body = stock.body(sequence, row);
  const { shelf, queue } = stock;
  const message: WireMessage = {
    MessageId: row.id,
    ReceiptHandle: receiptHandle(queue.name, {
      shelf,
      sequence,
      receiveCount: row.receiveCount,
      messageId: row.id,
    }),
    MD5OfBody: body.md5OfBody,
    Body: body.body,
  };
  if (asked.system.length > 0) {
    const attributes = systemAttributes(stock, { sequence, row }, body, asked.system);
    if (Object.keys(attributes).length > 0) message.Attributes = attributes;
  }
  if (asked.attributes.length > 0 && body.attributes !== null) addAttributes(message, body, asked.attributes);
  return message;
}

function addAttributes(message: WireMessage, body: BodyRow, names: readonly string[]): void {
  const all = Object.entries(body.attributes ?? {});
  const wanted = all.filter(([name]) => isWanted(name, names));
  if (wanted.length === 0) return;
  message.MessageAttributes = Object.fromEntries(wanted);
  const digest =
    wanted.length === all.length ? body.md5OfAttributes : md5OfAttributes(message.MessageAttributes);
  if (digest !== null) message.MD5OfMessageAttributes = digest;
}

function systemAttributes(
  stock: Stock,
  { sequence, row }: Taken,
  body: BodyRow,
  names: readonly string[],
): Record<string, string> {
  const all: Record<string, string | null> = {
    SenderId: body.senderId,
    ApproximateFirstReceiveTimestamp: String(row.firstReceivedAtMs ?? stock.call.nowMs),
    ApproximateReceiveCount: String(row.receiveCount),
    SentTimestamp: String(row.sentAtMs),
    MessageGroupId: row.groupId,
    MessageDeduplicationId: stock.queue.fifo ? row.deduplicationId : null,
    SequenceNumber: stock.queue.fifo ? sequenceNumber(sequence) : null,
    AWSTraceHeader: body.traceHeader,
    DeadLetterQueueSourceArn: row.sourceArn,
  };
  const everyName = names.includes("All");
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(all)) {
    if (value !== null && (everyName || names.includes(name))) attributes[name] = value;
  }
  return attributes;
}
