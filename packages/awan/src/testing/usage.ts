/** What of a request or an invocation AWS would charge: units by the name of their price. */
import type { FunctionInvocation, FunctionOutcome } from "../host/functions.ts";
import type { CallPoint } from "../host/interventions.ts";
import { free, type PriceName } from "./prices.ts";

export type Usage = Partial<Record<PriceName, number>>;

/** How a call ended: its output, or nothing when it was refused. */
type Output = Readonly<Record<string, unknown>> | undefined;

type Members = Readonly<Record<string, unknown>>;

const chunk = 64 * 1024;
export const gigabyte = 2 ** 30;

const bytesOf = (value: unknown): number => {
  if (typeof value === "string") return Buffer.byteLength(value, "utf8");
  if (value instanceof Uint8Array) return value.byteLength;
  return 0;
};

const list = (value: unknown): readonly Members[] => (Array.isArray(value) ? (value as Members[]) : []);

/** Started chunks; a request without any content is one. */
const chunks = (bytes: number, size = chunk): number => Math.max(1, Math.ceil(bytes / size));

/** Undefined: AWS charges for the service, and nobody here knows how. */
export function usageOfCall({ service, operation, input }: CallPoint, output: Output): Usage | undefined {
  const members = input as Members;
  switch (service) {
    case "sqs":
      return usageOfQueue(operation, members, output);
    case "sns":
      return usageOfTopic(operation, members);
    case "dynamodb":
      return usageOfTable(operation, members, output);
    case "dynamodb-streams":
      return operation === "GetRecords" ? { "dynamodb.streams": 1 } : {};
    case "s3":
      return usageOfBucket(operation);
    case "logs":
      return operation === "PutLogEvents" ? ingested(list(members["logEvents"])) : {};
    case "kms":
      return { "kms.requests": 1 };
    case "secretsmanager":
      return { "secretsmanager.requests": 1 };
    case "kinesis":
      return usageOfStream(operation, members);
    case "events":
      return operation === "PutEvents"
        ? { "events.custom": sum(list(members["Entries"]), (entry) => chunks(bytesOf(entry["Detail"]))) }
        : {};
    case "firehose":
      return usageOfDeliveryStream(operation, members);
    case "cloudwatch":
      return { "cloudwatch.requests": 1 };
    case "apigatewayv2":
      return {};
    default:
      return free.has(service) ? {} : undefined;
  }
}

const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

/** FIFO queues cost more for what moves messages; the rest costs the same. */
const moving = /^(?:Send|Receive|Delete|ChangeMessageVisibility).*/;

function usageOfQueue(operation: string, input: Members, output: Output): Usage {
  const isFifo = String(input["QueueUrl"]).endsWith(".fifo") && moving.test(operation);
  const sent = operation.startsWith("SendMessage") ? [input, ...list(input["Entries"])] : [];
  const received = operation === "ReceiveMessage" ? list(output?.["Messages"]) : [];
  const bytes =
    sum(sent, (message) => bytesOf(message["MessageBody"]) + attributeBytes(message)) +
    sum(received, (message) => bytesOf(message["Body"]) + attributeBytes(message));
  const requests = chunks(bytes);
  const isFair = !isFifo && sent.some((message) => message["MessageGroupId"] !== undefined);
  return {
    [isFifo ? "sqs.requests.fifo" : "sqs.requests"]: requests,
    ...(isFair ? { "sqs.fair": requests } : {}),
  };
}

function attributeBytes(message: Members): number {
  const attributes = (message["MessageAttributes"] ?? {}) as Readonly<Record<string, Members>>;
  return sum(
    Object.entries(attributes),
    ([name, { DataType, StringValue, BinaryValue }]) =>
      bytesOf(name) + bytesOf(DataType) + bytesOf(StringValue) + bytesOf(BinaryValue),
  );
}

function usageOfTopic(operation: string, input: Members): Usage {
  if (operation !== "Publish" && operation !== "PublishBatch") return {};
  const messages = operation === "Publish" ? [input] : list(input["PublishBatchRequestEntries"]);
  const bytes = sum(messages, (message) => bytesOf(message["Message"]) + attributeBytes(message));
  const target = String(input["TopicArn"] ?? input["TargetArn"]);
  if (!target.endsWith(".fifo")) return { "sns.requests": chunks(bytes) };
  return { "sns.requests.fifo": messages.length, "sns.payload.fifo": bytes / gigabyte };
}

/** Deliveries to queues and functions cost nothing. */
export function usageOfDelivery(topic: string, protocol: string): Usage {
  const fifo: Usage = topic.endsWith(".fifo") ? { "sns.deliveries.fifo": 1 } : {};
  switch (protocol) {
    case "http":
    case "https":
      return { ...fifo, "sns.deliveries.http": 1 };
    case "email":
    case "email-json":
      return { ...fifo, "sns.deliveries.email": 1 };
    case "application":
    case "firehose":
      return { ...fifo, [`sns.deliveries.${protocol}`]: 1 };
    default:
      return fifo;
  }
}

const tableWrites = /^(?:PutItem|UpdateItem|DeleteItem|BatchWriteItem|TransactWriteItems)$/;
const tableReads = /^(?:GetItem|Query|Scan|BatchGetItem|TransactGetItems)$/;
const statements = /^(?:ExecuteStatement|BatchExecuteStatement|ExecuteTransaction)$/;

export const hasCapacity = (service: string, operation: string): boolean =>
  service === "dynamodb" &&
  (tableWrites.test(operation) || tableReads.test(operation) || statements.test(operation));

/** By the units the answer says were consumed; a refused write has consumed one. */
function usageOfTable(operation: string, input: Members, output: Output): Usage {
  if (!hasCapacity("dynamodb", operation)) return {};
  const isWrite = tableWrites.test(operation) || (statements.test(operation) && !isSelect(input));
  if (output === undefined) return { [isWrite ? "dynamodb.writes" : "dynamodb.reads"]: isWrite ? 1 : 0.5 };
  const consumed = output["ConsumedCapacity"];
  const all = Array.isArray(consumed)
    ? (consumed as Members[])
    : consumed === undefined
      ? []
      : [consumed as Members];
  // Transactions tell the two apart: one asked for again by its token is answered by reading.
  const units = (each: Members, own: string, other: string, isOwn: boolean): number =>
    Number(each[own] ?? (isOwn && each[other] === undefined ? each["CapacityUnits"] : 0));
  const reads = sum(all, (each) => units(each, "ReadCapacityUnits", "WriteCapacityUnits", !isWrite));
  const writes = sum(all, (each) => units(each, "WriteCapacityUnits", "ReadCapacityUnits", isWrite));
  return {
    ...(reads > 0 ? { "dynamodb.reads": reads } : {}),
    ...(writes > 0 ? { "dynamodb.writes": writes } : {}),
  };
}

function isSelect(input: Members): boolean {
  const [first] = [...list(input["Statements"]), ...list(input["TransactStatements"])];
  return /^\s*select\b/i.test(String(input["Statement"] ?? first?.["Statement"]));
}

function usageOfBucket(operation: string): Usage {
  if (/^(?:Delete|AbortMultipart)/.test(operation)) return {};
  if (/^(?:Put|Copy|Create|Upload|Complete|List|Restore|Post|RenameObject)/.test(operation))
    return { "s3.writes": 1 };
  return { "s3.reads": 1 };
}

const eventOverheadBytes = 26;

/** Log events are their text and 26 bytes each. */
function ingested(events: readonly { readonly message?: unknown }[]): Usage {
  if (events.length === 0) return {};
  return {
    "logs.ingestion": sum(events, ({ message }) => bytesOf(message) + eventOverheadBytes) / gigabyte,
  };
}

const payloadUnit = 25 * 1024;

function usageOfStream(operation: string, input: Members): Usage {
  if (operation !== "PutRecord" && operation !== "PutRecords") return {};
  const records = operation === "PutRecord" ? [input] : list(input["Records"]);
  return { "kinesis.puts": sum(records, ({ Data }) => chunks(bytesOf(Data), payloadUnit)) };
}

const firehoseUnit = 5 * 1024;

function usageOfDeliveryStream(operation: string, input: Members): Usage {
  if (operation !== "PutRecord" && operation !== "PutRecordBatch") return {};
  const records = operation === "PutRecord" ? [input["Record"] as Members] : list(input["Records"]);
  const bytes = sum(records, ({ Data }) => chunks(bytesOf(Data), firehoseUnit) * firehoseUnit);
  return { "firehose.ingestion": bytes / gigabyte };
}

const storageIncludedMb = 512;

/** The function's time, the log it wrote, and what polling its queue took. `elapsedMs` is the clock's, `durationMs` real. */
export function usageOfInvocation(
  { spec, payload }: FunctionInvocation,
  outcome: Pick<FunctionOutcome, "durationMs" | "initMs" | "lines" | "functionError">,
  elapsedMs: number,
): Usage {
  const billedMs = Math.max(1, Math.ceil(Math.max(outcome.durationMs + (outcome.initMs ?? 0), elapsedMs)));
  const seconds = billedMs / 1000;
  const extraMb = Math.max(0, (spec.ephemeralStorageMb ?? storageIncludedMb) - storageIncludedMb);
  return {
    "lambda.requests": 1,
    [spec.architecture === "arm64" ? "lambda.duration.arm64" : "lambda.duration.x86_64"]:
      seconds * (spec.memorySizeMb / 1024),
    ...(extraMb > 0 ? { "lambda.storage": seconds * (extraMb / 1024) } : {}),
    ...ingested(outcome.lines),
    ...polled(payload, outcome.functionError === undefined),
  };
}

const receivedAtOnce = 10;

/** A queue's batch was received, and deleted if the function did not fail: ten messages a request, 64 KB one. */
function polled(payload: Uint8Array, succeeded: boolean): Usage {
  const text = Buffer.from(payload).toString("utf8");
  if (!text.includes('"aws:sqs"')) return {};
  const { Records } = JSON.parse(text) as { readonly Records?: unknown };
  const messages = list(Records).filter(({ eventSource }) => eventSource === "aws:sqs");
  if (messages.length === 0) return {};
  const requests = Math.ceil(messages.length / receivedAtOnce);
  const received = Math.max(requests, chunks(sum(messages, ({ body }) => bytesOf(body))));
  const isFifo = String(messages[0]?.["eventSourceARN"]).endsWith(".fifo");
  return { [isFifo ? "sqs.requests.fifo" : "sqs.requests"]: received + (succeeded ? requests : 0) };
}
