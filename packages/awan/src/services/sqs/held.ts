/** What a receipt handle still allows: deleting the message it names and changing its visibility timeout. */
import { AwsError } from "../../kernel/errors.ts";
import { invalidParameter } from "./errors.ts";
import type { MessageRow } from "./keys.ts";
import { visibilityTimeoutMsMax } from "./limits.ts";
import { parseReceiptHandle, type Receipt } from "./receipt.ts";
import type { Stock } from "./stock.ts";

/**
 * Deletes the message of a handle. Deleting what is gone succeeds. Standard queues take any handle the message ever
 * had; FIFO queues refuse one whose visibility timeout has ended.
 */
export function deleteByHandle(stock: Stock, handle: string): void {
  const receipt = parseReceiptHandle(stock.queue.name, handle);
  const row = messageOf(stock, receipt);
  if (row === undefined) return;
  if (stock.queue.fifo && !isHeld(stock, row, receipt)) {
    throw invalidParameter("ReceiptHandle", handle, "The receipt handle has expired.");
  }
  stock.remove(receipt.sequence, row);
}

export function changeVisibility(stock: Stock, handle: string, timeoutMs: number): void {
  const receipt = parseReceiptHandle(stock.queue.name, handle);
  const row = messageOf(stock, receipt);
  const { nowMs } = stock.call;
  if (row === undefined || row.receivedAtMs === null || (stock.queue.fifo && !isHeld(stock, row, receipt))) {
    throw invalidParameter(
      "ReceiptHandle",
      handle,
      "Message does not exist or is not available for visibility timeout change.",
    );
  }
  if (nowMs + timeoutMs > row.receivedAtMs + visibilityTimeoutMsMax && timeoutMs > 0) {
    throw new AwsError(
      "InvalidParameterValueException",
      `Value ${timeoutMs / 1_000} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [${visibilityTimeoutMsMax / 1_000} seconds].`,
    );
  }
  if (row.place === "ready" && timeoutMs === 0) return;
  stock.hide(receipt.sequence, row, nowMs + timeoutMs);
}

function messageOf(stock: Stock, receipt: Receipt): MessageRow | undefined {
  if (receipt.shelf !== stock.shelf) return undefined;
  const row = stock.message(receipt.sequence);
  return row?.id === receipt.messageId ? row : undefined;
}

function isHeld(stock: Stock, row: MessageRow, receipt: Receipt): boolean {
  const isSameReceive = row.receiveCount === receipt.receiveCount;
  return row.place === "inFlight" && row.visibleAtMs > stock.call.nowMs && isSameReceive;
}
