/**
 * What other services may ask of SQS: delivering to queues and consuming them, inside their own transaction. Queues are
 * named by ARN; account and region come from it, whatever scope the call is in. An unknown queue throws
 * QueueDoesNotExist, and what SQS refuses is thrown as SQS words it.
 */
import type { Call } from "../../host/call.ts";

/** Whom a service acts for. */
export interface OnBehalf {
  /** `sns`, `s3`, `events`. */
  readonly service: string;
  readonly sourceArn: string;
  /** Where the ARN does not tell whose it is: buckets. */
  readonly sourceAccount?: string;
}

export interface SqsAttribute {
  readonly DataType: string;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: Uint8Array | undefined;
}

export interface SqsSendRequest {
  readonly queueArn: string;
  readonly body: string;
  readonly attributes?: Readonly<Record<string, SqsAttribute>> | undefined;
  /** X-Ray's header, as `AWSTraceHeader`. */
  readonly traceHeader?: string | undefined;
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
  readonly delaySeconds?: number | undefined;
  /** Shown as SenderId; the call's principal by default. */
  readonly senderId?: string | undefined;
  /** A service that sends for a resource: the queue's policy must let it, when IAM is enforced. */
  readonly onBehalf?: OnBehalf | undefined;
}

export interface SqsSent {
  readonly messageId: string;
  readonly sequenceNumber: string | null;
  readonly md5OfBody: string;
  readonly md5OfAttributes: string | null;
}

/** A message as Lambda's SQS events carry it. */
export interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, SqsRecordAttribute>>;
  readonly md5OfMessageAttributes?: string;
  readonly md5OfBody: string;
  readonly eventSource: "aws:sqs";
  readonly eventSourceARN: string;
  readonly awsRegion: string;
}

export interface SqsRecordAttribute {
  readonly stringValue?: string;
  /** Base64. */
  readonly binaryValue?: string;
  readonly stringListValues: readonly never[];
  readonly binaryListValues: readonly never[];
  readonly dataType: string;
}

export interface SqsPort {
  send(call: Call, request: SqsSendRequest): SqsSent;

  /**
   * Takes up to `limit` messages and hides them for `visibilityTimeoutMs` (the queue's own by default). Messages
   * received too often become dead letters instead. What it reads wakes a parked call or resident when more is sent.
   */
  receive(
    call: Call,
    request: {
      readonly queueArn: string;
      readonly limit: number;
      readonly visibilityTimeoutMs?: number | undefined;
    },
  ): readonly SqsRecord[];

  /** When the next delayed or hidden message becomes visible; undefined when none is waiting. */
  nextVisibleAtMs(call: Call, queueArn: string): number | undefined;

  /** Deletes by receipt handle; what is gone, or expired on a FIFO queue, is passed over. */
  deleteMessages(call: Call, queueArn: string, receiptHandles: readonly string[]): void;

  /** Changes visibility by receipt handle; what is gone is passed over. Zero makes messages visible at once. */
  changeVisibility(
    call: Call,
    queueArn: string,
    request: { readonly receiptHandles: readonly string[]; readonly visibilityTimeoutMs: number },
  ): void;

  /** GetQueueAttributes' `All`; undefined when there is no such queue. */
  attributesOf(call: Call, queueArn: string): Readonly<Record<string, string>> | undefined;

  /** Every message, oldest first, without taking any; undefined when there is no such queue. For consoles and tests. */
  peek(call: Call, queueArn: string): readonly SqsPeeked[] | undefined;

  /** Cheap facts about a queue; undefined when there is no such queue. Reading it does not watch its messages. */
  describe(call: Call, queueArn: string): SqsQueueFacts | undefined;

  /** `http://host/account/name`, as the caller of this call would see it. */
  urlOf(call: Call, queueArn: string): string;

  /** The ARN a queue URL (or bare name) means for this caller, whether or not the queue exists. */
  arnOf(call: Call, queueUrl: string): string;
}

export interface SqsPeeked {
  readonly messageId: string;
  readonly body: string;
  readonly place: "ready" | "delayed" | "inFlight";
  readonly receiveCount: number;
  readonly attributes: Readonly<Record<string, SqsAttribute>> | null;
}

export interface SqsQueueFacts {
  readonly arn: string;
  readonly name: string;
  readonly fifo: boolean;
  readonly contentBasedDeduplication: boolean;
  readonly visibilityTimeoutMs: number;
  readonly deadLetterTargetArn: string | undefined;
  /** The resource policy's text, if one is set. */
  readonly policy: string | undefined;
}

declare module "../../host/ports.ts" {
  interface Ports {
    readonly sqs: SqsPort;
  }
}
