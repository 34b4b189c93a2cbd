/** What targets get of an event: as it is, in part, by templates; and where it ends when a target cannot take it. */
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  type Target,
} from "@aws-sdk/client-eventbridge";
import {
  CreateLogGroupCommand,
  CloudWatchLogsClient,
  FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateQueueCommand, type Message, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { type App, startApp } from "awan/testing";
import { expect, test } from "vitest";

const arnOf = (name: string, region = "us-east-1"): string => `arn:aws:sqs:${region}:000000000000:${name}`;

async function start(...queues: string[]): Promise<App> {
  const app = await startApp({ clock: "manual", seed: 1 });
  for (const QueueName of queues) {
    const Attributes = QueueName.endsWith(".fifo")
      ? { FifoQueue: "true", ContentBasedDeduplication: "true" }
      : undefined;
    await app.client(SQSClient).send(new CreateQueueCommand({ QueueName, Attributes }));
  }
  return app;
}

async function rule(app: App, Targets: Target[], EventBusName = "default"): Promise<void> {
  const events = app.client(EventBridgeClient);
  const EventPattern = JSON.stringify({ source: ["shop"] });
  await events.send(new PutRuleCommand({ Name: "r", EventPattern, EventBusName }));
  await events.send(new PutTargetsCommand({ Rule: "r", Targets, EventBusName }));
}

async function put(app: App, detail: object, EventBusName = "default"): Promise<string> {
  const entry = { Source: "shop", DetailType: "Order", Detail: JSON.stringify(detail), EventBusName };
  const { Entries } = await app.client(EventBridgeClient).send(new PutEventsCommand({ Entries: [entry] }));
  await app.settle();
  return Entries?.[0]?.EventId ?? "";
}

async function received(app: App, name: string): Promise<Message[]> {
  const { Messages } = await app.client(SQSClient).send(
    new ReceiveMessageCommand({
      QueueUrl: `http://localhost/000000000000/${name}`,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["All"],
    }),
  );
  return Messages ?? [];
}

const bodies = async (app: App, name: string): Promise<string[]> =>
  (await received(app, name)).map(({ Body }) => Body ?? "");

test("an event goes to queues, topics, log groups and other buses as it is", async () => {
  await using app = await start("direct", "subscribed", "far");
  const { TopicArn } = await app.client(SNSClient).send(new CreateTopicCommand({ Name: "t" }));
  await app.client(SNSClient).send(
    new SubscribeCommand({
      TopicArn,
      Protocol: "sqs",
      Endpoint: arnOf("subscribed"),
      Attributes: { RawMessageDelivery: "true" },
    }),
  );
  await app.client(CloudWatchLogsClient).send(new CreateLogGroupCommand({ logGroupName: "/aws/events/g" }));
  await app.client(EventBridgeClient).send(new CreateEventBusCommand({ Name: "other" }));
  await rule(app, [{ Id: "1", Arn: arnOf("far") }], "other");
  await rule(app, [
    { Id: "1", Arn: arnOf("direct") },
    { Id: "2", Arn: TopicArn },
    { Id: "3", Arn: "arn:aws:logs:us-east-1:000000000000:log-group:/aws/events/g" },
    { Id: "4", Arn: "arn:aws:events:us-east-1:000000000000:event-bus/other" },
  ]);
  const id = await put(app, { total: 3 });
  const [body = ""] = await bodies(app, "direct");
  expect(JSON.parse(body)).toEqual({
    version: "0",
    id,
    "detail-type": "Order",
    source: "shop",
    account: "000000000000",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
    region: "us-east-1",
    resources: [],
    detail: { total: 3 },
  });
  expect(await bodies(app, "subscribed")).toEqual([body]);
  expect(await bodies(app, "far")).toEqual([body]);
  const { events } = await app
    .client(CloudWatchLogsClient)
    .send(new FilterLogEventsCommand({ logGroupName: "/aws/events/g" }));
  expect(events?.map(({ message }) => message)).toEqual([body]);
});

test.each([
  [{ Input: '{"fixed":1}' }, '{"fixed":1}'],
  [{ InputPath: "$.detail.user" }, '{"id":"u-1","tags":["a","b"]}'],
  [{ InputPath: "$.detail.user.tags[1]" }, '"b"'],
  [
    { template: '"User <id> of <user> with <tags>, <none>."' },
    '"User u-1 of {id:u-1,tags:[a,b]} with [a,b], ."',
  ],
  [
    { template: '{"id": <id>, "path": "users/<id>", "user": <user>}' },
    '{"id": "u-1", "path": "users/u-1", "user": {"id":"u-1","tags":["a","b"]}}',
  ],
  [{ template: '{"none": <none>, "n": <n>, "text": "n is <n>"}' }, '{"none": "", "n": 7, "text": "n is 7"}'],
  [{ template: '{"said": "<quote>"}' }, '{"said": "a \\"b\\""}'],
  [{ template: '"<aws.events.rule-name>: <id>"\n"<n>"' }, '"r: u-1"\n"7"'],
  [
    { template: '{"rule": <aws.events.rule-arn>}' },
    '{"rule": "arn:aws:events:us-east-1:000000000000:rule/r"}',
  ],
] as const)("%j makes %s", async (given, expected) => {
  await using app = await start("q");
  const InputPathsMap = {
    id: "$.detail.user.id",
    user: "$.detail.user",
    tags: "$.detail.user.tags",
    none: "$.detail.none",
    n: "$.detail.n",
    quote: "$.detail.quote",
  };
  const input =
    "template" in given ? { InputTransformer: { InputPathsMap, InputTemplate: given.template } } : given;
  await rule(app, [{ Id: "1", Arn: arnOf("q"), ...input }]);
  await put(app, { user: { id: "u-1", tags: ["a", "b"] }, n: 7, quote: 'a "b"' });
  expect(await bodies(app, "q")).toEqual([expected]);
});

test("a template knows the whole event", async () => {
  await using app = await start("q");
  const InputTemplate = '{"whole": <aws.events.event.json>, "head": <aws.events.event>}';
  await rule(app, [{ Id: "1", Arn: arnOf("q"), InputTransformer: { InputTemplate } }]);
  const id = await put(app, { a: [1] });
  const { whole, head } = JSON.parse((await bodies(app, "q"))[0] ?? "") as Record<string, object>;
  expect(whole).toMatchObject({ id, detail: { a: [1] }, "detail-type": "Order" });
  expect(head).toMatchObject({ id, detailType: "Order" });
  expect(head).not.toHaveProperty("detail");
});

test("a FIFO queue gets the group of the target", async () => {
  await using app = await start("q.fifo");
  await rule(app, [{ Id: "1", Arn: arnOf("q.fifo"), SqsParameters: { MessageGroupId: "g" } }]);
  await put(app, {});
  const [message] = await received(app, "q.fifo");
  expect(message?.Attributes).toMatchObject({ MessageGroupId: "g" });
});

test.each([
  ["a queue that is gone", { Arn: arnOf("gone") }, "NO_RESOURCE"],
  ["a machine nobody has", { Arn: "arn:aws:states:us-east-1:000000000000:stateMachine:m" }, undefined],
  ["an API", { Arn: "arn:aws:execute-api:us-east-1:000000000000:a/s/GET/" }, "SDK_CLIENT_ERROR"],
  [
    "a template that makes no JSON",
    { Arn: arnOf("dead"), InputTransformer: { InputTemplate: '{"a": x}' } },
    "INVALID_JSON",
  ],
])("%s: the event is a dead letter with its reason", async (_what, target, code) => {
  await using app = await start("dead");
  await rule(app, [{ Id: "1", ...target, DeadLetterConfig: { Arn: arnOf("dead") } }]);
  const id = await put(app, {});
  const [letter] = await received(app, "dead");
  expect(JSON.parse(letter?.Body ?? "")).toMatchObject({ id });
  expect(letter?.MessageAttributes).toMatchObject({
    RULE_ARN: { StringValue: "arn:aws:events:us-east-1:000000000000:rule/r" },
    TARGET_ARN: { StringValue: target.Arn },
    ERROR_MESSAGE: { DataType: "String" },
    RETRY_ATTEMPTS: { StringValue: "0" },
    ...(code === undefined ? {} : { ERROR_CODE: { StringValue: code } }),
  });
});

test("an event that goes in circles ends", async () => {
  await using app = await start("q");
  await rule(app, [
    { Id: "1", Arn: "arn:aws:events:us-east-1:000000000000:event-bus/default" },
    { Id: "2", Arn: arnOf("q") },
  ]);
  await put(app, {});
  expect(await bodies(app, "q")).toHaveLength(6);
});
