/**
 * Receipt handles: opaque to callers, new at each receive. They carry where the message is and which receive they are
 * of, so that no row is kept for them.
 */
import { receiptHandleIsInvalid } from "./errors.ts";

export interface Receipt {
  readonly shelf: number;
  readonly sequence: number;
  readonly receiveCount: number;
  readonly messageId: string;
}

const mark = "AQEB";

export function receiptHandle(queueName: string, receipt: Receipt): string {
  const { shelf, sequence, receiveCount, messageId } = receipt;
  const text = `${shelf}/${sequence}/${receiveCount}/${messageId}/${queueName}`;
  return mark + Buffer.from(text, "latin1").toString("base64");
}

/** Throws ReceiptHandleIsInvalid when it is not a handle of this queue. */
export function parseReceiptHandle(queueName: string, handle: string): Receipt {
  const text = handle.startsWith(mark)
    ? Buffer.from(handle.slice(mark.length), "base64").toString("latin1")
    : "";
  const toSequence = text.indexOf("/");
  const toCount = text.indexOf("/", toSequence + 1);
  const toId = text.indexOf("/", toCount + 1);
  const toName = text.indexOf("/", toId + 1);
  const shelf = Number(text.slice(0, toSequence));
  const sequence = Number(text.slice(toSequence + 1, toCount));
  const receiveCount = Number(text.slice(toCount + 1, toId));
  if (
    toName < 0 ||
    !Number.isInteger(shelf + sequence + receiveCount) ||
    text.slice(toName + 1) !== queueName
  )
    throw receiptHandleIsInvalid(handle);
  return { shelf, sequence, receiveCount, messageId: text.slice(toId + 1, toName) };
}
