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
  return (
    mark + Buffer.from(`${shelf}/${sequence}/${receiveCount}/${messageId}/${queueName}`).toString("base64")
  );
}

/** Throws ReceiptHandleIsInvalid when it is not a handle of this queue. */
export function parseReceiptHandle(queueName: string, handle: string): Receipt {
  const parts = handle.startsWith(mark)
    ? Buffer.from(handle.slice(mark.length), "base64").toString("utf8").split("/")
    : [];
  const [shelf, sequence, receiveCount, messageId, name] = parts;
  if (messageId === undefined || name !== queueName || !/^\d+$/.test(`${shelf}${sequence}${receiveCount}`)) {
    throw receiptHandleIsInvalid(handle);
  }
  return { shelf: Number(shelf), sequence: Number(sequence), receiveCount: Number(receiveCount), messageId };
}
