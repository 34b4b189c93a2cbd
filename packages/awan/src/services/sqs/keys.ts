/**
 * Where SQS keeps its state. A queue's messages live on a *shelf*, a number that changes when the queue is purged or
 * deleted, so that both take one write however much is stored; the old shelf is swept by a duty. A message that may be
 * received and has no group is one row, in `available`. Every other is in `messages`: waiting in its group, or listed in
 * `timed` until its delay or visibility timeout ends. No timer exists.
 */
import { table } from "../../store/table.ts";
import type { MessageAttributes } from "./message-attributes.ts";

/** What the attributes mean, worked out once when they are set. */
export interface QueueSettings {
  readonly visibilityTimeoutMs: number;
  readonly delayMs: number;
  readonly retentionMs: number;
  readonly waitMs: number;
  readonly messageBytesMax: number;
  readonly contentBasedDeduplication: boolean;
  readonly deadLetter: { readonly targetArn: string; readonly receiveCountMax: number } | null;
}

export interface QueueRow {
  readonly name: string;
  readonly shelf: number;
  readonly fifo: boolean;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  /** In AWS's wire form, defaults included, computed attributes left out. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly settings: QueueSettings;
  /** AWS fixes the scope when the queue is created: a later change of DeduplicationScope shows, and does nothing. */
  readonly deduplicationPerGroup: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly purgedAtMs: number | null;
}

/** Counters of a shelf, kept with every change. */
export interface ShelfRow {
  readonly visible: number;
  readonly delayed: number;
  readonly inFlight: number;
  /** The next sequence of a message, and the next place in the order of availability. */
  readonly next: number;
  /** When the duty that expires messages runs, if one is scheduled. */
  readonly expiryAtMs: number | null;
}

export interface MessageRow {
  readonly id: string;
  readonly place: "ready" | "delayed" | "inFlight";
  /** Its key in `timed`, when it is delayed or in flight. */
  readonly visibleAtMs: number;
  readonly sentAtMs: number;
  /** Sent before it came here (a dead letter), so that order of arrival is not order of age: listed in `aged`. */
  readonly aged: boolean;
  readonly receiveCount: number;
  /** How often it had been received before it came to this queue; the rest counts against maxReceiveCount. */
  readonly receiveCountBefore: number;
  readonly firstReceivedAtMs: number | null;
  readonly receivedAtMs: number | null;
  readonly groupId: string | null;
  readonly deduplicationId: string | null;
  /** The queue it was moved from when it became a dead letter. */
  readonly sourceArn: string | null;
  /** Its unchanging part, if that is small; else it is a row of its own, which no receive writes again. */
  readonly inline: BodyRow | null;
}

/** The part that never changes. */
export interface BodyRow {
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: MessageAttributes | null;
  readonly md5OfAttributes: string | null;
  readonly senderId: string;
  readonly traceHeader: string | null;
}

export interface DeduplicationRow {
  readonly messageId: string;
  readonly sequence: number;
  readonly expiresAtMs: number;
}

export interface AttemptRow {
  readonly expiresAtMs: number;
  readonly messages: readonly { readonly sequence: number; readonly receiveCount: number }[];
}

export interface MoveTaskRow {
  readonly taskId: string;
  readonly sourceArn: string;
  readonly destinationArn: string | null;
  readonly ratePerSecond: number | null;
  readonly startedAtMs: number;
  readonly status: "RUNNING" | "COMPLETED" | "CANCELLED" | "FAILED";
  readonly moved: number;
  readonly toMove: number;
  readonly failureReason: string | null;
}

/** The next shelf of this account and region. */
export const shelfNumbers = table<[], number>("sqs", "shelf-number");
export const queues = table<[queueName: string], QueueRow>("sqs", "queue");
/** When a queue of this name was deleted: the name is not free for 60 seconds. */
export const deletedQueues = table<[queueName: string], number>("sqs", "deleted-queue");
/** Which queues name a queue as their dead-letter queue. */
export const deadLetterSources = table<[targetArn: string, sourceArn: string], true>(
  "sqs",
  "dead-letter-source",
);
export const shelves = table<[shelf: number], ShelfRow>("sqs", "shelf");
/** Messages without a group that may be received. The next receive takes from the head of this or of `offered`. */
export const available = table<[shelf: number, sequence: number], MessageRow>("sqs", "available");
/** In order of arrival, which is order of age but for the messages in `aged`; so is `available`. */
export const messages = table<[shelf: number, sequence: number], MessageRow>("sqs", "message");
export const bodies = table<[shelf: number, sequence: number], BodyRow>("sqs", "body");
/** Groups whose first message may be received. Their order and messages' sequences count together. */
export const offered = table<[shelf: number, order: number], string>("sqs", "offered");
/** Delayed and in-flight messages by the time they become visible. */
export const timed = table<[shelf: number, visibleAtMs: number, sequence: number], true>("sqs", "timed");
export const aged = table<[shelf: number, sentAtMs: number, sequence: number], true>("sqs", "aged");
/** An offered group's key in `offered`. */
export const groups = table<[shelf: number, groupId: string], number>("sqs", "group");
/** FIFO: every message of the group. Standard (fair) queues: only those that may be received. */
export const groupMessages = table<[shelf: number, groupId: string, sequence: number], true>(
  "sqs",
  "group-message",
);
export const deduplications = table<
  [shelf: number, groupId: string, deduplicationId: string],
  DeduplicationRow
>("sqs", "deduplication");
/** What one transaction remembered; `sequence` is the next after its messages. */
export const deduplicationExpiries = table<
  [shelf: number, expiresAtMs: number, sequence: number],
  readonly (readonly [groupId: string, deduplicationId: string])[]
>("sqs", "deduplication-expiry");
export const attempts = table<[shelf: number, attemptId: string], AttemptRow>("sqs", "receive-attempt");
export const moveTasks = table<[sourceQueue: string, startedAtMs: number, taskId: string], MoveTaskRow>(
  "sqs",
  "move-task",
);

/** Everything that hangs on a shelf, for the duty that sweeps one. */
export const shelfTables = [
  available,
  messages,
  bodies,
  offered,
  timed,
  aged,
  groups,
  groupMessages,
  deduplications,
  deduplicationExpiries,
  attempts,
] as const;
