/** Reads off a call or an invocation what it is about: the names by which rules may mean it, and its source. */
import type { FaultPlace, Source } from "./faults.ts";
import type { FunctionInvocation } from "./functions.ts";
import type { CallPoint } from "./interventions.ts";

const reading = /^(?:Get|List|Describe|Head|Query|Scan|BatchGet|TransactGet|Receive|Lookup|Search)/;

export function placeOfCall({ service, operation, input }: CallPoint): FaultPlace {
  const label = `${service}.${operation}`;
  const names = new Set([label, service, operation]);
  addNames(names, input, 0);
  return {
    label,
    source: "call",
    names,
    events: [`${label} ${JSON.stringify(input, plain)}`],
    mutates: !reading.test(operation),
  };
}

/** Strings among the members of a request are resources' names, ARNs and URLs; what else they are does no harm. */
function addNames(names: Set<string>, value: unknown, depth: number): void {
  if (typeof value === "string") {
    if (value.length > 512) return;
    names.add(value);
    if (value.startsWith("arn:") || value.startsWith("http")) {
      for (const part of value.split(/[:/]/)) names.add(part);
    }
  } else if (typeof value === "object" && value !== null && depth < 3 && !ArrayBuffer.isView(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (name === "RequestItems") for (const table of Object.keys(member as object)) names.add(table);
      addNames(names, member, depth + 1);
    }
  }
}

interface Record {
  readonly eventSource?: string;
  readonly EventSource?: string;
  readonly eventSourceARN?: string;
  readonly messageId?: string;
  readonly eventID?: string;
}

interface Event {
  readonly Records?: readonly Record[];
  readonly requestContext?: object;
  readonly "detail-type"?: string;
}

/** The payload as an event, or an empty one. */
export function eventOf({ payload }: FunctionInvocation): Event {
  try {
    const event: unknown = JSON.parse(Buffer.from(payload).toString("utf8"));
    return typeof event === "object" && event !== null ? event : {};
  } catch {
    return {};
  }
}

export function placeOfInvocation(
  invocation: FunctionInvocation,
  logical: (name: string) => string,
): FaultPlace {
  const { name, arn } = invocation.spec;
  const event = eventOf(invocation);
  const records = Array.isArray(event.Records) ? event.Records : [];
  const names = new Set(["lambda", "lambda.Invoke", name, arn]);
  for (const part of (records[0]?.eventSourceARN ?? "").split(/[:/]/)) names.add(part);
  const events = records.map((record) => record.messageId ?? record.eventID ?? JSON.stringify(record));
  return {
    label: logical(name),
    source: sourceOf(event, records[0]),
    names,
    events: events.length > 0 ? events : [`${name} ${Buffer.from(invocation.payload).toString("latin1")}`],
    mutates: true,
  };
}

function sourceOf(event: Event, first: Record | undefined): Source {
  switch (first?.eventSource ?? first?.EventSource) {
    case "aws:sqs":
      return first?.eventSourceARN?.endsWith(".fifo") === true ? "fifo-queue" : "queue";
    case "aws:dynamodb":
    case "aws:kinesis":
      return "stream";
    case "aws:sns":
    case "aws:s3":
      return "push";
    default:
      return event["detail-type"] === undefined ? "synchronous" : "push";
  }
}

const plain = (_name: string, value: unknown): unknown =>
  typeof value === "bigint"
    ? String(value)
    : value instanceof Uint8Array
      ? Buffer.from(value).toString("hex")
      : value;
