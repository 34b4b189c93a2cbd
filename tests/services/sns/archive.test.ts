/** The archive of a FIFO topic: kept as long as its policy says, replayed in order and marked, and a topic's end. */
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  PublishCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { type App, startApp } from "awan/testing";
import { describe, expect, test } from "vitest";

interface Bench extends AsyncDisposable {
  readonly app: App;
  readonly sns: SNSClient;
  readonly TopicArn: string;
  publish(...messages: readonly string[]): Promise<void>;
  /** Subscribes a new queue that asks for what was published since `from`; what it has got a moment later. */
  replayed(queue: string, from: string, attributes?: Record<string, string>): Promise<readonly string[]>;
  archivedFrom(): Promise<string | undefined>;
  setArchive(policy: object): Promise<unknown>;
}

async function bench(): Promise<Bench> {
  const app = await startApp({ clock: "manual", seed: 1 });
  const sns = app.client(SNSClient);
  const { TopicArn } = await sns.send(
    new CreateTopicCommand({
      Name: "orders.fifo",
      Attributes: {
        FifoTopic: "true",
        ContentBasedDeduplication: "true",
        ArchivePolicy: JSON.stringify({ MessageRetentionPeriod: 2 }),
      },
    }),
  );
  return {
    app,
    sns,
    TopicArn: TopicArn as string,
    publish: async (...messages) => {
      for (const Message of messages)
        await sns.send(new PublishCommand({ TopicArn, Message, MessageGroupId: "g" }));
    },
    replayed: async (queue, from, attributes = { RawMessageDelivery: "true" }) => {
      const Attributes = { FifoQueue: "true" };
      await app.platform.invoke("sqs", "CreateQueue", { QueueName: queue, Attributes });
      const ReplayPolicy = JSON.stringify({ PointType: "Timestamp", StartingPoint: from });
      const { SubscriptionArn } = await sns.send(
        new SubscribeCommand({
          TopicArn,
          Protocol: "sqs",
          Endpoint: `arn:aws:sqs:us-east-1:000000000000:${queue}`,
          Attributes: { ...attributes, ReplayPolicy },
        }),
      );
      await app.settle();
      const shown = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
      expect(shown.Attributes?.["ReplayStatus"]).toBe("Completed");
      return (await app.queue(queue).messages()).map(({ body }) => body);
    },
    archivedFrom: async () =>
      (await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes?.["BeginningArchiveTime"],
    setArchive: (policy) =>
      sns.send(
        new SetTopicAttributesCommand({
          TopicArn,
          AttributeName: "ArchivePolicy",
          AttributeValue: JSON.stringify(policy),
        }),
      ),
    [Symbol.asyncDispose]: () => app.close(),
  };
}

const start = "2026-01-01T00:00:00.000Z";

describe("an archive", () => {
  test("keeps messages as long as its policy says, and replays them in order with a mark", async () => {
    await using b = await bench();
    expect(await b.archivedFrom()).toBe(start);
    await b.publish("one", "two");
    await b.app.clock.advance("36h");
    await b.publish("three");
    expect(await b.replayed("first.fifo", start)).toEqual(["one", "two", "three"]);
    expect(await b.replayed("later.fifo", "2026-01-02T00:00:00.000Z")).toEqual(["three"]);
    await b.app.clock.advance("13h");
    expect(await b.archivedFrom()).toBe("2026-01-01T01:00:00.000Z");
    const [wrapped, ...others] = await b.replayed("second.fifo", start, {});
    expect(others).toEqual([]);
    expect(JSON.parse(wrapped ?? "{}")).toMatchObject({
      Type: "Notification",
      Message: "three",
      Timestamp: "2026-01-02T12:00:00.000Z",
      Replayed: true,
    });
    await b.app.clock.advance("2d");
    expect(await b.replayed("third.fifo", start)).toEqual([]);
  });

  test("can be replayed again to a subscription, and is filtered by its policy", async () => {
    await using b = await bench();
    await b.publish("one");
    const body = { FilterPolicyScope: "MessageBody", FilterPolicy: JSON.stringify({ size: [2] }) };
    await b.publish(JSON.stringify({ size: 1 }), JSON.stringify({ size: 2 }));
    expect(await b.replayed("q.fifo", start, { RawMessageDelivery: "true", ...body })).toEqual([
      '{"size":2}',
    ]);
  });

  test("keeps its topic until it is deactivated, and is empty then", async () => {
    await using b = await bench();
    await b.publish("one");
    await expect(b.sns.send(new DeleteTopicCommand({ TopicArn: b.TopicArn }))).rejects.toMatchObject({
      name: "InvalidStateException",
    });
    await b.setArchive({});
    await b.app.settle();
    expect(await b.archivedFrom()).toBe(undefined);
    await b.publish("two");
    await b.setArchive({ MessageRetentionPeriod: 1 });
    expect(await b.replayed("q.fifo", start)).toEqual([]);
    await b.setArchive({});
    await b.sns.send(new DeleteTopicCommand({ TopicArn: b.TopicArn }));
  });

  test("takes a policy that is one", async () => {
    await using b = await bench();
    const subscribe = (ReplayPolicy: object): Promise<unknown> =>
      b.sns.send(
        new SubscribeCommand({
          TopicArn: b.TopicArn,
          Protocol: "sqs",
          Endpoint: "arn:aws:sqs:us-east-1:000000000000:q.fifo",
          Attributes: { ReplayPolicy: JSON.stringify(ReplayPolicy) },
        }),
      );
    await expect(subscribe({ PointType: "Message", StartingPoint: start })).rejects.toThrow(
      "PointType must be Timestamp",
    );
    await expect(subscribe({ PointType: "Timestamp" })).rejects.toThrow("StartingPoint must be a timestamp");
    await expect(b.setArchive({ MessageRetentionPeriod: 366 })).rejects.toThrow("between 1 and 365");
  });
});
