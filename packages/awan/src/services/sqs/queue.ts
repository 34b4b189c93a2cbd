/**
 * Finding, making and removing queues. A queue URL is `<endpoint>/<account>/<name>`, and outside of us-east-1
 * `<endpoint>/queue/<region>/<account>/<name>`: it names one queue, as AWS's do, and only its path counts.
 */
import type { Call, Scope } from "../../host/call.ts";
import { formatArn } from "../../kernel/arn.ts";
import { remembered } from "../../kernel/remembered.ts";
import { queueDoesNotExist } from "./errors.ts";
import { deadLetterSources, deletedQueues, type QueueRow, queues, shelfNumbers } from "./keys.ts";

export const queueArn = (call: Call, name: string): string =>
  formatArn({
    partition: call.partition,
    service: "sqs",
    region: call.region,
    accountId: call.accountId,
    resource: name,
  });

export function queueUrl({ endpoint, region, accountId }: Call, name: string): string {
  const place = region === "us-east-1" ? "" : `/queue/${region}`;
  return `${endpoint}${place}/${accountId}/${name}`;
}

export interface Found {
  /** The call in the queue's account and region. */
  readonly call: Call;
  readonly queue: QueueRow;
}

interface Address {
  /** What the URL says of whose and where. */
  readonly scope: Partial<Scope>;
  readonly name: string;
}

const addressIn = remembered(parseUrl);

function parseUrl(url: string): Address {
  const path = url.replace(/^[a-z]+:\/\/[^/]*/i, "").replace(/[?#].*$/, "");
  const parts = path.split("/").filter((part) => part !== "");
  const name = parts.at(-1) ?? "";
  const accountId = parts.at(-2);
  if (accountId === undefined || !/^\d{12}$/.test(accountId)) return { scope: {}, name };
  const region = parts.at(-4) === "queue" ? parts.at(-3) : undefined;
  return { scope: region === undefined ? { accountId } : { accountId, region }, name };
}

/** Whose queue a URL means, and its name. A bare name is the caller's own queue; AWS accepts that too. */
export function addressOf(call: Call, url: string): { readonly call: Call; readonly name: string } {
  const { scope, name } = addressIn(url);
  return { call: call.in(scope), name };
}

/** The queue of a URL, or QueueDoesNotExist. */
export function queueAt(call: Call, url: string): Found {
  const address = addressOf(call, url);
  const queue = queues.get(address.call.tx, [address.name]);
  if (queue === undefined) throw queueDoesNotExist();
  return { call: address.call, queue };
}

/** A number no shelf has had before. */
export function newShelf(call: Call): number {
  const shelf = (shelfNumbers.get(call.tx, []) ?? 0) + 1;
  shelfNumbers.set(call.tx, [], shelf);
  return shelf;
}

/** Has everything on a shelf removed, a little at a time. */
export function discardShelf(call: Call, shelf: number): void {
  call.schedule("sqs.sweep", [shelf], call.nowMs);
}

export function deleteQueue(call: Call, queue: QueueRow): void {
  queues.delete(call.tx, [queue.name]);
  deletedQueues.set(call.tx, [queue.name], call.nowMs);
  call.unschedule("sqs.expire", [queue.name]);
  discardShelf(call, queue.shelf);
  const target = queue.settings.deadLetter?.targetArn;
  if (target !== undefined) deadLetterSources.delete(call.tx, [target, queueArn(call, queue.name)]);
}

/** Writes a changed queue, keeping the index of dead-letter sources. */
export function saveQueue(call: Call, queue: QueueRow, before?: QueueRow): void {
  queues.set(call.tx, [queue.name], queue);
  const target = queue.settings.deadLetter?.targetArn;
  const targetBefore = before?.settings.deadLetter?.targetArn;
  if (target === targetBefore) return;
  const arn = queueArn(call, queue.name);
  if (targetBefore !== undefined) deadLetterSources.delete(call.tx, [targetBefore, arn]);
  if (target !== undefined) deadLetterSources.set(call.tx, [target, arn], true);
}
