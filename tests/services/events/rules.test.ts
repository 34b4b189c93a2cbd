/** Buses, rules and targets as they are kept, listed and refused; entries that PutEvents turns away. */
import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EventBridgeClient,
  ListEventBusesCommand,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemovePermissionCommand,
  RemoveTargetsCommand,
  TagResourceCommand,
  type Target,
  TestEventPatternCommand,
  UpdateEventBusCommand,
} from "@aws-sdk/client-eventbridge";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";

const EventPattern = JSON.stringify({ source: ["shop"] });
const queueArn = "arn:aws:sqs:us-east-1:000000000000:q";

async function start() {
  const app = await startApp({ clock: "manual", seed: 1 });
  return { events: app.client(EventBridgeClient), [Symbol.asyncDispose]: () => app.close() };
}

test("the default bus is there; others are made, changed and deleted", async () => {
  await using bench = await start();
  const { events } = bench;
  const made = await events.send(new CreateEventBusCommand({ Name: "orders", Description: "d" }));
  expect(made.EventBusArn).toBe("arn:aws:events:us-east-1:000000000000:event-bus/orders");
  await expect(events.send(new CreateEventBusCommand({ Name: "default" }))).rejects.toMatchObject({
    name: "ResourceAlreadyExistsException",
    message: "Event bus default already exists.",
  });
  await events.send(new CreateEventBusCommand({ Name: "a" }));
  const names = async (input: object): Promise<unknown> => {
    const { EventBuses, NextToken } = await events.send(new ListEventBusesCommand(input));
    return [EventBuses?.map(({ Name }) => Name), NextToken];
  };
  expect(await names({})).toEqual([["a", "default", "orders"], undefined]);
  const [, NextToken] = (await names({ Limit: 1 })) as [unknown, string];
  expect(await names({ NextToken })).toEqual([["default", "orders"], undefined]);
  expect(await names({ NamePrefix: "or" })).toEqual([["orders"], undefined]);
  await events.send(new UpdateEventBusCommand({ Name: "orders", Description: "e" }));
  expect(await events.send(new DescribeEventBusCommand({ Name: "orders" }))).toMatchObject({
    Description: "e",
    CreationTime: expect.any(Date) as Date,
  });
  await events.send(new PutRuleCommand({ Name: "r", EventBusName: "orders", EventPattern }));
  const remove = new DeleteEventBusCommand({ Name: "orders" });
  await expect(events.send(remove)).rejects.toThrow("Event bus orders can't be deleted since it has rules.");
  await events.send(new DeleteRuleCommand({ Name: "r", EventBusName: "orders" }));
  await events.send(remove);
  await events.send(remove);
  await expect(events.send(new DescribeEventBusCommand({ Name: "orders" }))).rejects.toThrow(
    "Event bus orders does not exist.",
  );
});

test("a bus's policy is put statement by statement", async () => {
  await using bench = await start();
  const { events } = bench;
  const Action = "events:PutEvents";
  await events.send(new PutPermissionCommand({ Action, Principal: "111111111111", StatementId: "a" }));
  await events.send(new PutPermissionCommand({ Action, Principal: "*", StatementId: "b" }));
  await events.send(new RemovePermissionCommand({ StatementId: "a" }));
  const { Policy } = await events.send(new DescribeEventBusCommand({}));
  expect(JSON.parse(Policy ?? "")).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "b",
        Effect: "Allow",
        Principal: "*",
        Action,
        Resource: "arn:aws:events:us-east-1:000000000000:event-bus/default",
      },
    ],
  });
  await expect(events.send(new RemovePermissionCommand({ StatementId: "a" }))).rejects.toThrow(
    "Statement with the provided id does not exist.",
  );
  await events.send(new RemovePermissionCommand({ RemoveAllPermissions: true }));
  expect((await events.send(new DescribeEventBusCommand({}))).Policy).toBeUndefined();
});

test("rules are put, listed, switched off and found by their targets", async () => {
  await using bench = await start();
  const { events } = bench;
  const Tags = [{ Key: "k", Value: "v" }];
  const { RuleArn } = await events.send(new PutRuleCommand({ Name: "one", EventPattern, Tags }));
  await events.send(new PutRuleCommand({ Name: "two", EventPattern }));
  const Targets: Target[] = [
    { Id: "1", Arn: queueArn, RetryPolicy: { MaximumRetryAttempts: 3 } },
    { Id: "2", Arn: queueArn },
  ];
  await events.send(new PutTargetsCommand({ Rule: "one", Targets }));
  await events.send(new PutTargetsCommand({ Rule: "two", Targets: [{ Id: "1", Arn: queueArn }] }));
  expect(await events.send(new ListTargetsByRuleCommand({ Rule: "one" }))).toMatchObject({ Targets });
  const byTarget = new ListRuleNamesByTargetCommand({ TargetArn: queueArn });
  expect(await events.send(byTarget)).toMatchObject({ RuleNames: ["one", "two"] });
  await events.send(new DisableRuleCommand({ Name: "one" }));
  await events.send(new TagResourceCommand({ ResourceARN: RuleArn, Tags: [{ Key: "l", Value: "w" }] }));
  expect(await events.send(new ListTagsForResourceCommand({ ResourceARN: RuleArn }))).toMatchObject({
    Tags: [...Tags, { Key: "l", Value: "w" }],
  });
  expect(await events.send(new DescribeRuleCommand({ Name: "one" }))).toMatchObject({
    Arn: RuleArn,
    CreatedBy: "000000000000",
    EventBusName: "default",
    EventPattern,
    State: "DISABLED",
  });
  const { Rules } = await events.send(new ListRulesCommand({ NamePrefix: "t" }));
  expect(Rules?.map(({ Name }) => Name)).toEqual(["two"]);
  const remove = new DeleteRuleCommand({ Name: "one" });
  await expect(events.send(remove)).rejects.toThrow("Rule can't be deleted since it has targets.");
  await events.send(new RemoveTargetsCommand({ Rule: "one", Ids: ["1", "2", "3"] }));
  await events.send(remove);
  await events.send(remove);
  expect(await events.send(byTarget)).toMatchObject({ RuleNames: ["two"] });
});

test.each([
  [{}, "Parameter(s) EventPattern or ScheduleExpression must be specified."],
  [{ ScheduleExpression: "rate(1 minutes)" }, "Parameter ScheduleExpression is not valid."],
  [
    { ScheduleExpression: "rate(1 minute)", EventBusName: "own" },
    "ScheduleExpression is supported only on the default event bus.",
  ],
  [{ EventPattern, EventBusName: "none" }, "Event bus none does not exist."],
  [{ EventPattern: '{"a": []}' }, "Event pattern is not valid. Reason: Empty arrays are not allowed"],
  [
    { EventPattern: "{'a': 1}" },
    `Event pattern is not valid. Reason: Unexpected character (''' (code 39)): was expecting double-quote to start field name\n at [Source: (String)"{'a': 1}"; line: 1, column: 2]`,
  ],
])("a rule with %j is refused", async (input, message) => {
  await using bench = await start();
  await bench.events.send(new CreateEventBusCommand({ Name: "own" }));
  await expect(bench.events.send(new PutRuleCommand({ Name: "r", ...input }))).rejects.toThrow(message);
});

test.each([
  [[{ Arn: "q" }], "Parameter q is not valid. Reason: Provided Arn is not in correct format."],
  [
    [{ Input: "{}", InputPath: "$.a" }],
    "Only one of Input, InputPath, or InputTransformer must be provided for target 0.",
  ],
  [
    [{ InputTransformer: { InputTemplate: "<x>" } }],
    "InputTemplate for target 0 contains invalid placeholder x.",
  ],
  [[{ Arn: `${queueArn}.fifo` }], "Parameter(s) SqsParameters must be specified for target: 0."],
  [[{}, {}, {}, {}, {}, {}], "The requested resource exceeds the maximum number allowed."],
])("targets %j are refused", async (given, message) => {
  await using bench = await start();
  await bench.events.send(new PutRuleCommand({ Name: "r", EventPattern }));
  const Targets = given.map((each, index) => ({ Id: String(index), Arn: queueArn, ...each }));
  await expect(bench.events.send(new PutTargetsCommand({ Rule: "r", Targets }))).rejects.toThrow(message);
});

test("entries fail one by one, in AWS's words", async () => {
  await using bench = await start();
  const good = { Source: "shop", DetailType: "d", Detail: "{}" };
  const Entries = [
    good,
    { ...good, Source: undefined },
    { ...good, DetailType: "" },
    { ...good, Detail: undefined },
    { ...good, Detail: "[]" },
    { ...good, Source: "aws.s3" },
    { ...good, EventBusName: "nowhere" },
  ];
  const answer = await bench.events.send(new PutEventsCommand({ Entries }));
  expect(answer.FailedEntryCount).toBe(5);
  expect(answer.Entries?.map(({ EventId, ErrorCode }) => ErrorCode ?? typeof EventId)).toEqual([
    "string",
    "InvalidArgument",
    "InvalidArgument",
    "InvalidArgument",
    "MalformedDetail",
    "NotAuthorizedForSourceException",
    "string",
  ]);
  const Detail = JSON.stringify({ a: "x".repeat(256 * 1024) });
  await expect(bench.events.send(new PutEventsCommand({ Entries: [{ ...good, Detail }] }))).rejects.toThrow(
    "Total size of the entries in the request is over the limit.",
  );
});

test("a pattern is tried against an event", async () => {
  await using bench = await start();
  const event = {
    id: "1",
    account: "1",
    source: "shop",
    time: "t",
    region: "r",
    resources: [],
    "detail-type": "d",
  };
  const tried = (Event: object, pattern: object) =>
    bench.events.send(
      new TestEventPatternCommand({ Event: JSON.stringify(Event), EventPattern: JSON.stringify(pattern) }),
    );
  expect((await tried(event, { source: [{ prefix: "sh" }] })).Result).toBe(true);
  expect((await tried(event, { source: ["x"] })).Result).toBe(false);
  await expect(tried({}, { source: ["x"] })).rejects.toThrow("Parameter Event is not valid.");
});
