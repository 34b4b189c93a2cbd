/** Sending one message: AWS's checks in AWS's order, deduplication, and the row. Shared by single, batch and port. */
import { hash } from "node:crypto";
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";
import { duplicateOf, remember } from "./deduplication.ts";
import { invalidParameter, invalidParameterValue, missingParameter } from "./errors.ts";
import type { QueueRow } from "./keys.ts";
import { delaySecondsMax } from "./limits.ts";
import {
  allowedCharacters,
  checkedAttributes,
  type GivenAttribute,
  invalidCharacter,
  md5,
  md5OfAttributes,
  type MessageAttributes,
  sizeOfAttributes,
} from "./message-attributes.ts";
import { Stock } from "./stock.ts";

export interface Outgoing {
  readonly body: string | undefined;
  readonly attributes?: Readonly<Record<string, GivenAttribute>> | undefined;
  readonly systemAttributes?: Readonly<Record<string, GivenAttribute>> | undefined;
  readonly delaySeconds?: number | undefined;
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
  /** Whose message it is; the caller's unless a service sends for somebody. */
  readonly senderId?: string | undefined;
}

export interface Sent {
  readonly messageId: string;
  readonly md5OfBody: string;
  readonly md5OfAttributes: string | null;
  readonly md5OfSystemAttributes: string | null;
  readonly sequenceNumber: string | null;
}

/** An outgoing message that has passed every check. */
export interface CheckedMessage {
  readonly body: string;
  readonly attributes: MessageAttributes | null;
  readonly systemAttributes: MessageAttributes | null;
  readonly delayMs: number;
  readonly groupId: string | null;
  readonly deduplicationId: string | null;
  readonly senderId: string | undefined;
}

/** Twenty digits that grow with every message of the queue. */
export function sequenceNumber(sequence: number): string {
  return (18_851_239_874_562_310_144n + BigInt(sequence) * 256n).toString();
}

export function checkMessage(queue: QueueRow, outgoing: Outgoing): CheckedMessage {
  const { body, groupId } = outgoing;
  if (body === undefined || body === "") throw missingParameter("MessageBody");
  checkBodyCharacters(body);
  const attributes = checkedAttributes(outgoing.attributes);
  const systemAttributes = checkedSystemAttributes(outgoing.systemAttributes);
  const delayMs = checkedDelayMs(queue, outgoing.delaySeconds);
  if (groupId !== undefined) checkId("MessageGroupId", groupId);
  else if (queue.fifo) throw missingParameter("MessageGroupId");
  const deduplicationId = checkedDeduplicationId(queue, outgoing);
  return {
    body,
    attributes,
    systemAttributes,
    delayMs,
    groupId: groupId ?? null,
    deduplicationId,
    senderId: outgoing.senderId,
  };
}

export function checkSize(queue: QueueRow, message: CheckedMessage, wording: string): void {
  const { messageBytesMax } = queue.settings;
  if (Buffer.byteLength(message.body) + sizeOfAttributes(message.attributes) > messageBytesMax) {
    throw invalidParameterValue(
      `One or more parameters ${wording}. Reason: Message must be shorter than ${messageBytesMax} bytes.`,
    );
  }
}

/** Puts a checked message into the stock, unless it is a duplicate. */
export function put(stock: Stock, message: CheckedMessage): Sent {
  const { call } = stock;
  const md5OfBody = md5(message.body);
  const md5s = {
    md5OfBody,
    md5OfAttributes: message.attributes === null ? null : md5OfAttributes(message.attributes),
    md5OfSystemAttributes:
      message.systemAttributes === null ? null : md5OfAttributes(message.systemAttributes),
  };
  const { groupId, deduplicationId } = message;
  const isUnique = stock.queue.fifo && groupId !== null && deduplicationId !== null;
  const duplicate = isUnique ? duplicateOf(stock, groupId, deduplicationId) : undefined;
  if (duplicate !== undefined) {
    return { messageId: duplicate.messageId, sequenceNumber: sequenceNumber(duplicate.sequence), ...md5s };
  }
  const messageId = call.random.uuid();
  const sequence = stock.put(
    {
      id: messageId,
      sentAtMs: call.nowMs,
      aged: false,
      receiveCount: 0,
      receiveCountBefore: 0,
      firstReceivedAtMs: null,
      receivedAtMs: null,
      groupId,
      deduplicationId,
      sourceArn: null,
    },
    {
      body: message.body,
      md5OfBody,
      attributes: message.attributes,
      md5OfAttributes: md5s.md5OfAttributes,
      senderId: message.senderId ?? senderIdOf(call),
      traceHeader: message.systemAttributes?.["AWSTraceHeader"]?.StringValue ?? traceHeaderOf(call),
    },
    message.delayMs,
  );
  if (isUnique) remember(stock, { groupId, deduplicationId, messageId, sequence });
  return { messageId, sequenceNumber: stock.queue.fifo ? sequenceNumber(sequence) : null, ...md5s };
}

/** The account for root; for users and roles what AWS would show: the id of the identity. */
function senderIdOf(call: Call): string {
  const { principal } = call;
  if (principal.kind === "user" || principal.kind === "role") {
    const id = hash("sha256", principal.arn, "hex").slice(0, 17).toUpperCase();
    return `${principal.kind === "user" ? "AIDA" : "AROA"}${id}`;
  }
  return principal.accountId;
}

/** X-Ray's header of the sender, when its request carried one. */
function traceHeaderOf({ trace }: Call): string | null {
  const { parentId } = trace;
  return parentId === undefined ? null : `Root=${trace.traceId};Parent=${parentId};Sampled=1`;
}

function checkBodyCharacters(body: string): void {
  const invalid = invalidCharacter(body);
  if (invalid === undefined) return;
  throw new AwsError(
    "InvalidMessageContents",
    `Invalid binary character '${invalid}' was found in the message body, the set of allowed characters is ${allowedCharacters}`,
  );
}

function checkedSystemAttributes(given: Outgoing["systemAttributes"]): MessageAttributes | null {
  if (given === undefined) return null;
  const attributes = checkedSystem(given);
  for (const [name, { DataType }] of Object.entries(attributes ?? {})) {
    if (name !== "AWSTraceHeader") {
      throw invalidParameterValue(`Message system attribute name '${name}' is invalid.`);
    }
    if (DataType !== "String") {
      throw invalidParameterValue(
        "The message system attribute 'AWSTraceHeader' has an invalid message attribute type, the set of supported type is String.",
      );
    }
  }
  return attributes;
}

/** The names of system attributes begin with what user attributes may not. */
function checkedSystem(given: NonNullable<Outgoing["systemAttributes"]>): MessageAttributes | null {
  if (Object.keys(given).length === 0) return null;
  const renamed = checkedAttributes(
    Object.fromEntries(Object.entries(given).map(([name, value]) => [`-${name}`, value])),
  );
  return Object.fromEntries(Object.entries(renamed ?? {}).map(([name, value]) => [name.slice(1), value]));
}

function checkedDelayMs(queue: QueueRow, delaySeconds: number | undefined): number {
  if (delaySeconds === undefined) return queue.settings.delayMs;
  if (delaySeconds < 0 || delaySeconds > delaySecondsMax) {
    throw invalidParameter(
      "DelaySeconds",
      delaySeconds,
      `DelaySeconds must be >= 0 and <= ${delaySecondsMax}.`,
    );
  }
  if (!queue.fifo) return delaySeconds * 1_000;
  if (delaySeconds > 0) {
    throw invalidParameter(
      "DelaySeconds",
      delaySeconds,
      "The request include parameter that is not valid for this queue type.",
    );
  }
  return queue.settings.delayMs;
}

function checkedDeduplicationId(queue: QueueRow, outgoing: Outgoing): string | null {
  const { deduplicationId, body } = outgoing;
  if (!queue.fifo) {
    if (deduplicationId === undefined) return null;
    throw invalidParameter(
      "MessageDeduplicationId",
      deduplicationId,
      "The request includes a parameter that is not valid for this queue type.",
    );
  }
  if (deduplicationId !== undefined) {
    checkId("MessageDeduplicationId", deduplicationId);
    return deduplicationId;
  }
  if (!queue.settings.contentBasedDeduplication) {
    throw invalidParameterValue(
      "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
  }
  return hash("sha256", body ?? "", "hex");
}

const idPattern = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;

function checkId(parameter: string, id: string): void {
  if (idPattern.test(id)) return;
  throw invalidParameter(
    parameter,
    id,
    `${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
  );
}
