/** Subscriptions that reach functions and people, platform endpoints, and what AWS says of what is wrong. */
import {
  CreatePlatformApplicationCommand,
  CreatePlatformEndpointCommand,
  CreateTopicCommand,
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTopicsCommand,
  PublishCommand,
  SetEndpointAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import { type App, startApp } from "awan/testing";
import { expect, test } from "vitest";
import type { Call } from "../../../packages/awan/src/host/call.ts";
import type { SnsLetter } from "../../../packages/awan/src/services/sns/port.ts";

const lettersTo = (app: App, to: string): Promise<readonly SnsLetter[]> =>
  app.platform.run({ name: "sns.Letters" }, (call: Call) => call.ports.sns.letters(call, to));

test("mails are confirmed by their letter's token; text messages and pushes end in the mailbox too", async () => {
  await using app = await startApp({ clock: "manual", seed: 1 });
  const sns = app.client(SNSClient);
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "news" }));
  const subscribed = await sns.send(
    new SubscribeCommand({ TopicArn, Protocol: "email", Endpoint: "reader@example.com" }),
  );
  expect(subscribed.SubscriptionArn).toBe("pending confirmation");
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sms", Endpoint: "+15551234567" }));
  await sns.send(new PublishCommand({ TopicArn, Message: "too early for mail" }));
  const [asked] = await lettersTo(app, "reader@example.com");
  const { SubscribeURL } = JSON.parse(asked?.body ?? "{}") as { SubscribeURL: string };
  expect((await app.fetch(SubscribeURL)).status).toBe(200);
  await sns.send(new PublishCommand({ TopicArn, Subject: "hot", Message: "off the press" }));
  expect((await lettersTo(app, "reader@example.com")).slice(1)).toMatchObject([
    { kind: "email", subject: "hot", body: "off the press" },
  ]);
  expect((await lettersTo(app, "+15551234567")).map(({ body }) => body)).toEqual([
    "too early for mail",
    "off the press",
  ]);
});

test("the mailbox can be read through the admin API, by address", async () => {
  await using app = await startApp({ clock: "manual", seed: 1 });
  const sns = app.client(SNSClient);
  const number = "+15551234567";
  await sns.send(new PublishCommand({ PhoneNumber: number, Message: "your code is 1234" }));
  await sns.send(new PublishCommand({ PhoneNumber: "+15557654321", Message: "not for you" }));
  const read = async (query: string): Promise<unknown> =>
    ((await (await app.fetch(`${app.endpoint}/_awan/letters${query}`)).json()) as { letters: unknown[] })
      .letters;
  expect(await read(`?to=${encodeURIComponent(number)}`)).toMatchObject([
    { kind: "sms", to: number, body: "your code is 1234", sentAtMs: app.clock.nowMs() },
  ]);
  expect(await read("")).toHaveLength(2);
  expect(await read("?region=eu-west-1")).toEqual([]);
});

test("a platform endpoint gets its platform's text, and none while it is disabled", async () => {
  await using app = await startApp({ clock: "manual", seed: 1 });
  const sns = app.client(SNSClient);
  const { PlatformApplicationArn } = await sns.send(
    new CreatePlatformApplicationCommand({
      Name: "app",
      Platform: "GCM",
      Attributes: { PlatformCredential: "key" },
    }),
  );
  const { EndpointArn } = await sns.send(
    new CreatePlatformEndpointCommand({ PlatformApplicationArn, Token: "token-1" }),
  );
  const Message = JSON.stringify({ default: "for all", GCM: "for phones" });
  await sns.send(new PublishCommand({ TargetArn: EndpointArn, MessageStructure: "json", Message }));
  expect((await lettersTo(app, EndpointArn as string)).map(({ kind, body }) => [kind, body])).toEqual([
    ["push", "for phones"],
  ]);
  await sns.send(new SetEndpointAttributesCommand({ EndpointArn, Attributes: { Enabled: "false" } }));
  // Even before the message is looked at.
  const nonsense = { TargetArn: EndpointArn, MessageStructure: "json", Message: "x" };
  await expect(sns.send(new PublishCommand(nonsense))).rejects.toThrow("Endpoint is disabled");
});

test("lists, counters, and a topic made again without its old subscriptions", async () => {
  await using app = await startApp({ clock: "manual", seed: 1 });
  const sns = app.client(SNSClient);
  const create = async (): Promise<string> =>
    (await sns.send(new CreateTopicCommand({ Name: "news" }))).TopicArn as string;
  const TopicArn = await create();
  const arns: string[] = [];
  for (let i = 0; i < 120; i += 1) {
    const Endpoint = `arn:aws:sqs:us-east-1:000000000000:queue-${i}`;
    const { SubscriptionArn } = await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint }));
    arns.push(SubscriptionArn as string);
  }
  const listed: (string | undefined)[] = [];
  for (let NextToken: string | undefined; ;) {
    const page = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn, NextToken }));
    listed.push(...(page.Subscriptions ?? []).map(({ SubscriptionArn }) => SubscriptionArn));
    NextToken = page.NextToken;
    if (NextToken === undefined) break;
  }
  expect(new Set(listed)).toEqual(new Set(arns));
  expect(listed).toHaveLength(arns.length);
  await sns.send(new UnsubscribeCommand({ SubscriptionArn: arns[0] }));
  const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
  expect(Attributes).toMatchObject({ SubscriptionsConfirmed: "119", SubscriptionsDeleted: "1" });
  await sns.send(new DeleteTopicCommand({ TopicArn }));
  await create();
  expect((await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions).toEqual([]);
  expect((await sns.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn }]);
  await app.clock.advance("3d");
  expect((await app.platform.invoke("sns", "ListSubscriptions", {}))["Subscriptions"]).toEqual([]);
});

test("what AWS refuses is refused in its words", async () => {
  await using app = await startApp({ clock: "manual", seed: 1 });
  const sns = app.client(SNSClient);
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "news" }));
  const publish = (input: object): Promise<unknown> =>
    sns.send(new PublishCommand({ TopicArn, Message: "m", ...input }));
  await expect(publish({ Message: "" })).rejects.toThrow("Invalid parameter: Empty message");
  await expect(publish({ Message: "x".repeat(262_145) })).rejects.toThrow(
    "Invalid parameter: Message too long",
  );
  await expect(publish({ Subject: "" })).rejects.toThrow("Invalid parameter: Subject");
  await expect(publish({ MessageDeduplicationId: "d" })).rejects.toThrow(
    "Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type",
  );
  await expect(publish({ TopicArn: "nonsense" })).rejects.toThrow(
    "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1",
  );
  await expect(publish({ TopicArn: `${TopicArn}x` })).rejects.toThrow("Topic does not exist");
  await expect(
    sns.send(new SubscribeCommand({ TopicArn, Protocol: "pigeon", Endpoint: "roof" })),
  ).rejects.toThrow("Invalid parameter: Amazon SNS does not support this protocol string: pigeon");
});
