/** Publish and PublishBatch. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import { parseArn } from "../../../kernel/arn.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { textFor } from "../envelope.ts";
import { invalidParameter } from "../errors.ts";
import { optedOutNumbers, platformEndpoints } from "../keys.ts";
import { batchEntriesMax, batchEntryIdLengthMax, messageBytesMax } from "../limits.ts";
import { post } from "../mailbox.ts";
import { sizeOf } from "../message-check.ts";
import { checkPublication, publish as publishTo } from "../publish.ts";
import type { Sns } from "../sdk.ts";
import { topicAt } from "../topic.ts";
import { traceHeaderOf } from "../trace.ts";

export function publish(caller: Call, input: Input<Sns, "Publish">): Output<Sns, "Publish"> {
  const { TopicArn, TargetArn, PhoneNumber } = input;
  const given = [TopicArn, TargetArn, PhoneNumber].filter((each) => each !== undefined);
  if (given.length === 0)
    throw invalidParameter("TopicArn or TargetArn Reason: no value for required parameter");
  if (given.length > 1) {
    throw invalidParameter("You can only provide one of TopicArn, TargetArn or PhoneNumber");
  }
  if (PhoneNumber !== undefined) return publishToPhone(caller, input, PhoneNumber);
  if (TargetArn?.includes(":endpoint/") === true) return publishToEndpoint(caller, input, TargetArn);
  const { call, topic } = topicAt(
    caller,
    TopicArn ?? TargetArn,
    TopicArn === undefined ? "TargetArn" : "TopicArn",
  );
  const { messageId, sequenceNumber } = publishTo(
    call,
    topic,
    checkPublication(call, topic, publicationOf(call, input)),
  );
  return { MessageId: messageId, SequenceNumber: sequenceNumber ?? undefined };
}

function publicationOf(call: Call, input: Input<Sns, "Publish">): Parameters<typeof checkPublication>[2] {
  return {
    message: input.Message,
    subject: input.Subject,
    structure: input.MessageStructure,
    attributes: input.MessageAttributes,
    groupId: input.MessageGroupId,
    deduplicationId: input.MessageDeduplicationId,
    traceHeader: traceHeaderOf(call),
  };
}

function publishToPhone(call: Call, input: Input<Sns, "Publish">, number: string): Output<Sns, "Publish"> {
  if (!/^\+[1-9]\d{1,14}$/.test(number)) {
    throw invalidParameter(`PhoneNumber Reason: ${number} is not valid to publish to`);
  }
  const checked = checkPublication(call, undefined, publicationOf(call, input));
  const messageId = call.random.uuid();
  if (!optedOutNumbers.has(call.tx, [number])) {
    post(call, {
      kind: "sms",
      to: number,
      subject: checked.subject,
      body: checked.byProtocol?.["sms"] ?? checked.byProtocol?.["default"] ?? checked.message,
      messageId,
      topicArn: null,
      subscriptionArn: null,
      sentAtMs: call.nowMs,
    });
  }
  return { MessageId: messageId };
}

function publishToEndpoint(caller: Call, input: Input<Sns, "Publish">, arn: string): Output<Sns, "Publish"> {
  const parts = parseArn(arn);
  const [, platform = "", application = "", id = ""] = parts?.resource.split("/") ?? [];
  const call = caller.in({ accountId: parts?.accountId ?? "", region: parts?.region ?? "" });
  const endpoint = platformEndpoints.get(call.tx, [platform, application, id]);
  if (endpoint === undefined)
    throw invalidParameter("TargetArn Reason: No endpoint found for the target arn specified");
  // Said before anything about the message (recorded).
  if (endpoint.attributes["Enabled"] === "false") {
    throw new AwsError("EndpointDisabledException", "Endpoint is disabled");
  }
  const checked = checkPublication(call, undefined, publicationOf(call, input));
  const messageId = call.random.uuid();
  const message = { ...checked, messageId, sequenceNumber: null };
  post(call, {
    kind: "push",
    to: arn,
    subject: checked.subject,
    body: textFor(message, platform),
    messageId,
    topicArn: null,
    subscriptionArn: null,
    sentAtMs: call.nowMs,
  });
  return { MessageId: messageId };
}

type Entry = NonNullable<Input<Sns, "PublishBatch">["PublishBatchRequestEntries"]>[number];

export function publishBatch(caller: Call, input: Input<Sns, "PublishBatch">): Output<Sns, "PublishBatch"> {
  const entries = (input.PublishBatchRequestEntries as readonly Entry[] | undefined) ?? [];
  checkEntries(entries);
  const { call, topic } = topicAt(caller, input.TopicArn);
  const checked = entries.map((entry, i) =>
    checkPublication(call, topic, {
      message: entry.Message,
      subject: entry.Subject,
      structure: entry.MessageStructure,
      attributes: entry.MessageAttributes,
      attributesPath: `publishBatchRequestEntries.${i + 1}.member.messageAttributes`,
      groupId: entry.MessageGroupId,
      deduplicationId: entry.MessageDeduplicationId,
      traceHeader: traceHeaderOf(call),
    }),
  );
  const size = checked.reduce((sum, each) => sum + sizeOf(each.message, each.attributes), 0);
  if (size > messageBytesMax) throw tooLong();
  const Successful = checked.map((each, i) => {
    const { messageId, sequenceNumber } = publishTo(call, topic, each);
    return { Id: entries[i]?.Id, MessageId: messageId, SequenceNumber: sequenceNumber ?? undefined };
  });
  return { Successful, Failed: [] };
}

const tooLong = (): AwsError =>
  new AwsError(
    "BatchRequestTooLongException",
    "The length of all the messages put together is more than the limit.",
  );

function checkEntries(entries: readonly Entry[]): void {
  if (entries.length === 0) {
    throw new AwsError("EmptyBatchRequestException", "The batch request doesn't contain any entries.");
  }
  if (entries.length > batchEntriesMax) {
    throw new AwsError(
      "TooManyEntriesInBatchRequestException",
      "The batch request contains more entries than permissible.",
    );
  }
  const ids = entries.map(({ Id }) => Id ?? "");
  if (new Set(ids).size < ids.length) {
    throw new AwsError(
      "BatchEntryIdsNotDistinctException",
      "Two or more batch entries in the request have the same Id.",
    );
  }
  for (const id of ids) {
    if (id.length > batchEntryIdLengthMax) throw badId("is too long", id);
    if (!/^[\w-]+$/.test(id)) throw badId("contains an impermissible character", id);
  }
  const bytes = entries.reduce((sum, { Message }) => sum + Buffer.byteLength(Message ?? ""), 0);
  if (bytes > messageBytesMax) throw tooLong();
}

const badId = (what: string, id: string): AwsError =>
  new AwsError("InvalidBatchEntryIdException", `The Id of a batch entry in the batch request ${what}: ${id}`);
