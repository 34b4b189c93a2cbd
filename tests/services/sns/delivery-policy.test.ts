/** Delivery policies of HTTP endpoints: which of topic and subscription holds, retries on the clock, a limited rate. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  GetSubscriptionAttributesCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { type App, startApp } from "awan/testing";
import { describe, expect, test } from "vitest";

interface Bench extends AsyncDisposable {
  readonly app: App;
  readonly sns: SNSClient;
  readonly topic: string;
  readonly subscription: string;
  /** When each notification arrived, in seconds since the bench was set up, and what it said. */
  readonly got: (readonly [seconds: number, message: string])[];
  answer: number;
  setTopic(policy: object): Promise<unknown>;
  setSubscription(policy: object): Promise<unknown>;
  publish(...messages: readonly string[]): Promise<void>;
  effective(): Promise<unknown>;
}

async function bench(): Promise<Bench> {
  const app = await startApp({ clock: "manual", seed: 1 });
  const sns = app.client(SNSClient);
  const got: [number, string][] = [];
  const asked: string[] = [];
  const beganMs = app.clock.nowMs();
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      if (request.headers["x-amz-sns-message-type"] === "SubscriptionConfirmation") {
        asked.push((JSON.parse(body) as { Token: string }).Token);
        response.end();
        return;
      }
      got.push([(app.clock.nowMs() - beganMs) / 1_000, body]);
      response.writeHead(found.answer).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "topic" }));
  const { SubscriptionArn } = await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: "http",
      Endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      Attributes: { RawMessageDelivery: "true" },
      ReturnSubscriptionArn: true,
    }),
  );
  await app.settle();
  await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token: asked[0] }));
  const found: Bench = {
    app,
    sns,
    topic: TopicArn as string,
    subscription: SubscriptionArn as string,
    got,
    answer: 200,
    setTopic: (policy) =>
      sns.send(
        new SetTopicAttributesCommand({
          TopicArn,
          AttributeName: "DeliveryPolicy",
          AttributeValue: JSON.stringify(policy),
        }),
      ),
    setSubscription: (policy) =>
      sns.send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn,
          AttributeName: "DeliveryPolicy",
          AttributeValue: JSON.stringify(policy),
        }),
      ),
    publish: async (...messages) => {
      for (const Message of messages) await sns.send(new PublishCommand({ TopicArn, Message }));
      await app.settle();
    },
    effective: async () => {
      const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
      return JSON.parse(Attributes?.["EffectiveDeliveryPolicy"] ?? "null") as unknown;
    },
    [Symbol.asyncDispose]: async () => {
      await app.close();
      server.close();
    },
  };
  return found;
}

const defaults = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numMaxDelayRetries: 0,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  backoffFunction: "linear",
};

describe("a delivery policy", () => {
  test("of the subscription takes the place of the topic's, part by part, unless the topic disables that", async () => {
    await using b = await bench();
    expect(await b.effective()).toEqual({
      healthyRetryPolicy: defaults,
      sicklyRetryPolicy: null,
      throttlePolicy: null,
      requestPolicy: { headerContentType: "text/plain; charset=UTF-8" },
      guaranteed: false,
    });
    const http = {
      defaultHealthyRetryPolicy: { minDelayTarget: 5, maxDelayTarget: 6, numRetries: 1 },
      defaultThrottlePolicy: { maxReceivesPerSecond: 7 },
      defaultRequestPolicy: { headerContentType: "application/json" },
    };
    await b.setTopic({ http });
    const ofTopic = {
      healthyRetryPolicy: { ...defaults, minDelayTarget: 5, maxDelayTarget: 6, numRetries: 1 },
      throttlePolicy: { maxReceivesPerSecond: 7 },
      requestPolicy: { headerContentType: "application/json" },
    };
    expect(await b.effective()).toMatchObject(ofTopic);
    await b.setSubscription({ healthyRetryPolicy: { minDelayTarget: 2, maxDelayTarget: 9, numRetries: 4 } });
    expect(await b.effective()).toMatchObject({
      ...ofTopic,
      healthyRetryPolicy: { ...defaults, minDelayTarget: 2, maxDelayTarget: 9, numRetries: 4 },
    });
    await b.setTopic({ http: { ...http, disableSubscriptionOverrides: true } });
    expect(await b.effective()).toMatchObject(ofTopic);
  });

  test("says when a failed delivery is repeated: at once, at the minimum, backing off, at the maximum", async () => {
    await using b = await bench();
    await b.setSubscription({
      healthyRetryPolicy: {
        numRetries: 7,
        numNoDelayRetries: 1,
        numMinDelayRetries: 2,
        numMaxDelayRetries: 1,
        minDelayTarget: 10,
        maxDelayTarget: 40,
        backoffFunction: "linear",
      },
    });
    b.answer = 503;
    await b.publish("m");
    await b.app.clock.advance("1h");
    expect(b.got.map(([seconds]) => seconds)).toEqual([0, 0, 10, 20, 30, 55, 95, 135]);
  });

  test("limits deliveries per second, repeated ones too", async () => {
    await using b = await bench();
    await b.setSubscription({
      throttlePolicy: { maxReceivesPerSecond: 2 },
      healthyRetryPolicy: { minDelayTarget: 1, maxDelayTarget: 1, numRetries: 2 },
    });
    await b.publish("a", "b", "c", "d", "e");
    expect(b.got).toEqual([[0, "a"]]);
    await b.app.clock.advance("10s");
    expect(b.got).toEqual([
      [0, "a"],
      [0.5, "b"],
      [1, "c"],
      [1.5, "d"],
      [2, "e"],
    ]);
    b.got.length = 0;
    b.answer = 500;
    await b.publish("x", "y");
    await b.app.clock.advance("10s");
    expect(b.got).toEqual([
      [10, "x"],
      [10.5, "y"],
      [11, "x"],
      [11.5, "y"],
      [12, "x"],
      [12.5, "y"],
    ]);
  });

  test("is refused when its numbers are out of range", async () => {
    await using b = await bench();
    await expect(
      b.setSubscription({ healthyRetryPolicy: { ...defaults, minDelayTarget: 0 } }),
    ).rejects.toThrow(
      "Invalid parameter: DeliveryPolicy: healthyRetryPolicy.minDelayTarget must be greater than or equal to 1",
    );
    await expect(b.setTopic({ http: { defaultHealthyRetryPolicy: { numRetries: 101 } } })).rejects.toThrow(
      "Invalid parameter: DeliveryPolicy: http.defaultHealthyRetryPolicy.numRetries must be less than or equal to 100",
    );
  });
});
