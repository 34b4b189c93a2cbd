/** What is in the application's queues, tables and log groups, without taking anything out of them. */
import type { Scope } from "../host/call.ts";
import type { Platform } from "../host/platform.ts";

export interface QueueMessage {
  readonly messageId: string;
  readonly body: string;
  /** The body as JSON, or undefined when it is none. */
  readonly json: unknown;
  readonly receiveCount: number;
  readonly attributes: Readonly<Record<string, unknown>> | null;
  /** `ready` to be received, `delayed`, or `inFlight` with somebody. */
  readonly place: "ready" | "delayed" | "inFlight";
}

export interface AppQueue {
  readonly url: string;
  /** Everything in the queue, oldest first; nothing is received by looking. */
  messages(): Promise<readonly QueueMessage[]>;
  send(body: unknown): Promise<void>;
}

export interface AppTable {
  readonly name: string;
  /** All items as plain values. */
  items(): Promise<readonly Readonly<Record<string, unknown>>[]>;
  put(item: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface AppTopic {
  readonly arn: string;
  publish(message: unknown): Promise<void>;
}

const text = (body: unknown): string => (typeof body === "string" ? body : JSON.stringify(body));

export function queueOf(platform: Platform, url: string, scope: Scope): AppQueue {
  return {
    url,
    async messages() {
      const found = await platform.run({ name: "sqs.Inspect", ...scope }, (call) => {
        const { sqs } = call.ports;
        return { messages: sqs.peek(call, sqs.arnOf(call, url)) };
      });
      if (found.messages === undefined) throw new RangeError(`there is no queue ${url}`);
      return found.messages.map((message) => ({ ...message, json: jsonOf(message.body) }));
    },
    async send(body) {
      await platform.invoke("sqs", "SendMessage", { QueueUrl: url, MessageBody: text(body) }, scope);
    },
  };
}

export function tableOf(platform: Platform, name: string, scope: Scope): AppTable {
  return {
    name,
    async items() {
      const items: Record<string, unknown>[] = [];
      let start: unknown;
      do {
        const input = {
          TableName: name,
          ConsistentRead: true,
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        };
        const page = await platform.invoke("dynamodb", "Scan", input, scope);
        for (const item of page["Items"] as readonly Record<string, AttributeValue>[])
          items.push(plainItem(item));
        start = page["LastEvaluatedKey"];
      } while (start !== undefined);
      return items;
    },
    async put(item) {
      await platform.invoke("dynamodb", "PutItem", { TableName: name, Item: attributesOf(item) }, scope);
    },
  };
}

export function topicOf(platform: Platform, arn: string, scope: Scope): AppTopic {
  return {
    arn,
    async publish(message) {
      await platform.invoke("sns", "Publish", { TopicArn: arn, Message: text(message) }, scope);
    },
  };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

type AttributeValue = Readonly<Record<string, unknown>>;

const plainItem = (item: Readonly<Record<string, AttributeValue>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));

function plain(value: AttributeValue): unknown {
  const [[type, content] = ["NULL", null]] = Object.entries(value);
  switch (type) {
    case "N":
      return Number(content);
    case "NS":
      return new Set((content as readonly string[]).map(Number));
    case "SS":
    case "BS":
      return new Set(content as readonly unknown[]);
    case "L":
      return (content as readonly AttributeValue[]).map(plain);
    case "M":
      return plainItem(content as Record<string, AttributeValue>);
    case "NULL":
      return null;
    default:
      return content;
  }
}

const attributesOf = (item: Readonly<Record<string, unknown>>): Record<string, AttributeValue> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attributeOf(value)]));

function attributeOf(value: unknown): AttributeValue {
  if (typeof value === "string") return { S: value };
  if (typeof value === "number" || typeof value === "bigint") return { N: String(value) };
  if (typeof value === "boolean") return { BOOL: value };
  if (value === null || value === undefined) return { NULL: true };
  if (value instanceof Uint8Array) return { B: value };
  if (Array.isArray(value)) return { L: value.map(attributeOf) };
  return { M: attributesOf(value as Record<string, unknown>) };
}
