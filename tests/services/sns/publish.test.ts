/** SNS through the official clients: fan-out to queues, filters, raw delivery, batches, dead letters, FIFO, HTTP. */
import { createPublicKey, createVerify, X509Certificate } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  GetSubscriptionAttributesCommand,
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { type App, startApp } from "awan/testing";
import { describe, expect, test } from "vitest";

interface Queue {
  readonly arn: string;
  /** Receives and deletes everything. */
  drain(): Promise<
    readonly {
      readonly body: string;
      readonly attributes: object | undefined;
      readonly system: Record<string, string>;
    }[]
  >;
}

interface Bench extends AsyncDisposable {
  readonly app: App;
  readonly sns: SNSClient;
  topic(name: string, attributes?: Record<string, string>): Promise<string>;
  queue(name: string, attributes?: Record<string, string>): Promise<Queue>;
  subscribe(TopicArn: string, Endpoint: string, Attributes?: Record<string, string>): Promise<string>;
}

async function bench(): Promise<Bench> {
  const app = await startApp({ clock: "manual", seed: 1 });
  const sns = app.client(SNSClient);
  return {
    app,
    sns,
    topic: async (Name, Attributes) =>
      (await sns.send(new CreateTopicCommand({ Name, ...(Attributes === undefined ? {} : { Attributes }) })))
        .TopicArn as string,
    queue: async (name, attributes = {}) => {
      await app.platform.invoke("sqs", "CreateQueue", { QueueName: name, Attributes: attributes });
      return { arn: `arn:aws:sqs:us-east-1:000000000000:${name}`, drain: () => drain(app, name) };
    },
    subscribe: async (TopicArn, Endpoint, Attributes) => {
      const Protocol = Endpoint.split(":")[2] === "sqs" ? "sqs" : (Endpoint.split(":")[0] as string);
      const { SubscriptionArn } = await sns.send(
        new SubscribeCommand({ TopicArn, Protocol, Endpoint, Attributes, ReturnSubscriptionArn: true }),
      );
      return SubscriptionArn as string;
    },
    [Symbol.asyncDispose]: () => app.close(),
  };
}

async function drain(app: App, QueueUrl: string): ReturnType<Queue["drain"]> {
  const found = [];
  for (;;) {
    const { Messages = [] } = (await app.platform.invoke("sqs", "ReceiveMessage", {
      QueueUrl,
      MaxNumberOfMessages: 10,
      AttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    })) as {
      Messages?: {
        Body: string;
        ReceiptHandle: string;
        MessageAttributes?: object;
        Attributes: Record<string, string>;
      }[];
    };
    if (Messages.length === 0) return found;
    for (const { Body, ReceiptHandle, MessageAttributes, Attributes } of Messages) {
      found.push({ body: Body, attributes: MessageAttributes, system: Attributes });
      await app.platform.invoke("sqs", "DeleteMessage", { QueueUrl, ReceiptHandle });
    }
  }
}

interface Envelope {
  readonly Type: string;
  readonly MessageId: string;
  readonly Message: string;
  readonly Subject?: string;
  readonly Timestamp: string;
  readonly TopicArn: string;
  readonly Token?: string;
  readonly SubscribeURL?: string;
  readonly Signature: string;
  readonly SigningCertURL: string;
  readonly MessageAttributes?: object;
}

/** As a subscriber would: fetch the certificate, put together what was signed, verify. */
async function verifies(
  app: App,
  envelope: Envelope,
  names: readonly (keyof Envelope)[],
  algorithm = "RSA-SHA1",
): Promise<boolean> {
  const pem = await (await app.fetch(envelope.SigningCertURL)).text();
  const key = createPublicKey(new X509Certificate(pem).publicKey.export({ type: "spki", format: "pem" }));
  const text = names.map((name) => `${name}\n${envelope[name] as string}\n`).join("");
  return createVerify(algorithm).update(text).verify(key, envelope.Signature, "base64");
}

describe("publishing to queues", () => {
  test("every subscriber gets the message: in an envelope that verifies, or raw with its attributes", async () => {
    await using b = await bench();
    const topic = await b.topic("orders");
    const [wrapped, raw] = [await b.queue("wrapped"), await b.queue("raw")];
    await b.subscribe(topic, wrapped.arn);
    await b.subscribe(topic, raw.arn, { RawMessageDelivery: "true" });
    const { MessageId } = await b.sns.send(
      new PublishCommand({
        TopicArn: topic,
        Subject: "news",
        Message: "hello",
        MessageAttributes: { size: { DataType: "Number", StringValue: "7" } },
      }),
    );
    const [envelope] = (await wrapped.drain()).map(({ body }) => JSON.parse(body) as Envelope);
    expect(envelope).toMatchObject({
      Type: "Notification",
      MessageId,
      TopicArn: topic,
      Subject: "news",
      Message: "hello",
      MessageAttributes: { size: { Type: "Number", Value: "7" } },
    });
    const signed = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"] as const;
    expect(await verifies(b.app, envelope as Envelope, signed)).toBe(true);
    expect(await raw.drain()).toMatchObject([
      { body: "hello", attributes: { size: { DataType: "Number", StringValue: "7" } } },
    ]);
  });

  test("with signature version 2 verify by SHA-256", async () => {
    await using b = await bench();
    const topic = await b.topic("orders", { SignatureVersion: "2" });
    const queue = await b.queue("queue");
    await b.subscribe(topic, queue.arn);
    await b.sns.send(new PublishCommand({ TopicArn: topic, Message: "hello" }));
    const [envelope] = (await queue.drain()).map(({ body }) => JSON.parse(body) as Envelope);
    expect(envelope).toMatchObject({ SignatureVersion: "2" });
    const signed = ["Message", "MessageId", "Timestamp", "TopicArn", "Type"] as const;
    expect(await verifies(b.app, envelope as Envelope, signed, "RSA-SHA256")).toBe(true);
    expect(await verifies(b.app, envelope as Envelope, signed)).toBe(false);
  });

  test("filter policies decide, on attributes and on bodies, and can be changed", async () => {
    await using b = await bench();
    const topic = await b.topic("orders");
    const [big, paid] = [await b.queue("big"), await b.queue("paid")];
    const subscription = await b.subscribe(topic, big.arn, {
      RawMessageDelivery: "true",
      FilterPolicy: JSON.stringify({ size: [{ numeric: [">", 10] }] }),
    });
    await b.subscribe(topic, paid.arn, {
      RawMessageDelivery: "true",
      FilterPolicyScope: "MessageBody",
      FilterPolicy: JSON.stringify({ state: { name: ["paid"] } }),
    });
    const publish = (size: number, state: string): Promise<unknown> =>
      b.sns.send(
        new PublishCommand({
          TopicArn: topic,
          Message: JSON.stringify({ size, state: { name: state } }),
          MessageAttributes: { size: { DataType: "Number", StringValue: String(size) } },
        }),
      );
    await publish(5, "paid");
    await publish(11, "open");
    expect((await big.drain()).map(({ body }) => (JSON.parse(body) as { size: number }).size)).toEqual([11]);
    expect((await paid.drain()).map(({ body }) => (JSON.parse(body) as { size: number }).size)).toEqual([5]);
    await b.sns.send(
      new SetSubscriptionAttributesCommand({
        SubscriptionArn: subscription,
        AttributeName: "FilterPolicy",
        AttributeValue: "{}",
      }),
    );
    await publish(1, "open");
    expect(await big.drain()).toHaveLength(1);
  });

  test("texts by protocol, batches, and a queue that is gone: its messages go to the subscription's dead letters", async () => {
    await using b = await bench();
    const topic = await b.topic("orders");
    const [queue, dead] = [await b.queue("queue"), await b.queue("dead")];
    await b.subscribe(topic, queue.arn, {
      RawMessageDelivery: "true",
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn }),
    });
    const { Successful = [] } = await b.sns.send(
      new PublishBatchCommand({
        TopicArn: topic,
        PublishBatchRequestEntries: [
          { Id: "1", Message: "one" },
          { Id: "2", MessageStructure: "json", Message: JSON.stringify({ default: "d", sqs: "for queues" }) },
        ],
      }),
    );
    expect(Successful.map(({ Id }) => Id)).toEqual(["1", "2"]);
    expect((await queue.drain()).map(({ body }) => body)).toEqual(["one", "for queues"]);
    await b.app.platform.invoke("sqs", "DeleteQueue", { QueueUrl: "queue" });
    await b.sns.send(new PublishCommand({ TopicArn: topic, Message: "lost?" }));
    expect((await dead.drain()).map(({ body }) => body)).toEqual(["lost?"]);
  });
});

describe("FIFO topics", () => {
  test("number, deduplicate and keep order into FIFO queues", async () => {
    await using b = await bench();
    const topic = await b.topic("orders.fifo", {
      FifoTopic: "true",
      ContentBasedDeduplication: "true",
    });
    const fifo = { FifoQueue: "true" };
    const queue = await b.queue("queue.fifo", fifo);
    await b.subscribe(topic, queue.arn, { RawMessageDelivery: "true" });
    const publish = (Message: string) =>
      b.sns.send(new PublishCommand({ TopicArn: topic, Message, MessageGroupId: "g" }));
    const first = await publish("one");
    await publish("two");
    expect(await publish("one")).toMatchObject({
      MessageId: first.MessageId,
      SequenceNumber: first.SequenceNumber,
    });
    expect((await queue.drain()).map(({ body, system }) => [body, system["MessageGroupId"]])).toEqual([
      ["one", "g"],
      ["two", "g"],
    ]);
  });
});

describe("HTTP endpoints", () => {
  test("are asked first, get signed notifications, and are tried again before their dead letters", async () => {
    await using b = await bench();
    const got: { type: string | undefined; body: string }[] = [];
    let answer = 200;
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        got.push({ type: request.headers["x-amz-sns-message-type"] as string, body });
        response.writeHead(answer).end();
      });
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    try {
      const topic = await b.topic("orders");
      const dead = await b.queue("dead");
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
      const subscription = await b.subscribe(topic, endpoint, {
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn }),
      });
      await b.app.settle();
      const asked = JSON.parse(got[0]?.body ?? "{}") as Envelope;
      expect(asked.Type).toBe("SubscriptionConfirmation");
      const signed = [
        "Message",
        "MessageId",
        "SubscribeURL",
        "Timestamp",
        "Token",
        "TopicArn",
        "Type",
      ] as const;
      expect(await verifies(b.app, asked, signed)).toBe(true);
      await b.sns.send(new PublishCommand({ TopicArn: topic, Message: "too early" }));
      expect((await b.app.fetch(asked.SubscribeURL as string)).status).toBe(200);
      await b.sns.send(new ConfirmSubscriptionCommand({ TopicArn: topic, Token: asked.Token }));
      const { Attributes } = await b.sns.send(
        new GetSubscriptionAttributesCommand({ SubscriptionArn: subscription }),
      );
      expect(Attributes?.["PendingConfirmation"]).toBe("false");

      await b.sns.send(new PublishCommand({ TopicArn: topic, Message: "heard" }));
      await b.app.settle();
      expect((JSON.parse(got[1]?.body ?? "{}") as Envelope).Message).toBe("heard");

      answer = 500;
      await b.sns.send(new PublishCommand({ TopicArn: topic, Message: "refused" }));
      await b.app.settle();
      expect(got).toHaveLength(3);
      // Three more attempts, twenty seconds apart.
      await b.app.clock.advance("59s");
      expect(got).toHaveLength(5);
      expect(await dead.drain()).toEqual([]);
      await b.app.clock.advance("1s");
      expect(got).toHaveLength(6);
      expect((await dead.drain()).map(({ body }) => (JSON.parse(body) as Envelope).Message)).toEqual([
        "refused",
      ]);

      // A refusal for good is not tried again.
      answer = 404;
      await b.sns.send(new PublishCommand({ TopicArn: topic, Message: "unknown" }));
      await b.app.settle();
      expect(got).toHaveLength(7);
      expect((await dead.drain()).map(({ body }) => (JSON.parse(body) as Envelope).Message)).toEqual([
        "unknown",
      ]);
    } finally {
      server.close();
    }
  });
});
