/** Buses, rules with targets, archives and SAM's events in a stack: created, changed, deleted. */
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import {
  DescribeEventBusCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListArchivesCommand,
  ListEventBusesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
} from "@aws-sdk/client-eventbridge";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";

const template = (pattern: object, targets: readonly string[]): string =>
  JSON.stringify({
    Resources: {
      Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: "q" } },
      Bus: { Type: "AWS::Events::EventBus", Properties: { Name: "orders" } },
      Policy: {
        Type: "AWS::Events::EventBusPolicy",
        Properties: {
          EventBusName: { Ref: "Bus" },
          StatementId: "s",
          Action: "events:PutEvents",
          Principal: "111111111111",
        },
      },
      Archive: {
        Type: "AWS::Events::Archive",
        Properties: { SourceArn: { "Fn::GetAtt": ["Bus", "Arn"] }, RetentionDays: "3" },
      },
      Rule: {
        Type: "AWS::Events::Rule",
        Properties: {
          EventBusName: { Ref: "Bus" },
          EventPattern: pattern,
          Targets: targets.map((Id) => ({
            Id,
            Arn: { "Fn::GetAtt": ["Queue", "Arn"] },
            RetryPolicy: { MaximumRetryAttempts: "3" },
          })),
        },
      },
      Clock: {
        Type: "AWS::Events::Rule",
        Properties: { Name: "clock", ScheduleExpression: "rate(1 day)", State: "DISABLED" },
      },
    },
    Outputs: { Rule: { Value: { Ref: "Rule" } }, Arn: { Value: { "Fn::GetAtt": ["Rule", "Arn"] } } },
  });

test("a stack's rule has its targets, and follows the template", async () => {
  await using app = await startApp({ clock: "manual", seed: 1 });
  const cloudformation = app.client(CloudFormationClient);
  const events = app.client(EventBridgeClient);
  const StackName = "s";
  const outputs = async (): Promise<Record<string, string>> => {
    await app.settle();
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
    expect(Stacks?.[0]?.StackStatus).toMatch(/^(CREATE|UPDATE)_COMPLETE$/);
    return Object.fromEntries((Stacks?.[0]?.Outputs ?? []).map((each) => [each.OutputKey, each.OutputValue]));
  };
  const shop = { source: ["shop"] };
  await cloudformation.send(new CreateStackCommand({ StackName, TemplateBody: template(shop, ["a", "b"]) }));
  const { Rule = "", Arn } = await outputs();
  const [EventBusName, Name] = Rule.split("|");
  expect(EventBusName).toBe("orders");
  expect(Name).toMatch(/^s-Rule-/);
  expect(await events.send(new DescribeRuleCommand({ Name, EventBusName }))).toMatchObject({
    Arn,
    EventPattern: JSON.stringify(shop),
  });
  expect(await events.send(new DescribeRuleCommand({ Name: "clock" }))).toMatchObject({ State: "DISABLED" });
  const { Policy } = await events.send(new DescribeEventBusCommand({ Name: "orders" }));
  expect(Policy).toContain("arn:aws:iam::111111111111:root");
  const { Archives } = await events.send(new ListArchivesCommand({}));
  expect(Archives).toMatchObject([{ RetentionDays: 3 }]);
  const other = { source: ["other"] };
  await cloudformation.send(new UpdateStackCommand({ StackName, TemplateBody: template(other, ["b"]) }));
  await outputs();
  const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: Name, EventBusName }));
  expect(Targets).toMatchObject([{ Id: "b", RetryPolicy: { MaximumRetryAttempts: 3 } }]);
  const entry = { DetailType: "d", Detail: "{}", EventBusName };
  const Entries = ["shop", "other"].map((Source) => ({ ...entry, Source }));
  await events.send(new PutEventsCommand({ Entries }));
  const { Messages } = await app
    .client(SQSClient)
    .send(
      new ReceiveMessageCommand({ QueueUrl: "http://localhost/000000000000/q", MaxNumberOfMessages: 10 }),
    );
  expect(Messages?.map(({ Body }) => (JSON.parse(Body ?? "") as { source: string }).source)).toEqual([
    "other",
  ]);
  await cloudformation.send(new DeleteStackCommand({ StackName }));
  await app.settle();
  const { EventBuses } = await events.send(new ListEventBusesCommand({}));
  expect(EventBuses?.map((bus) => bus.Name)).toEqual(["default"]);
});

test("SAM's EventBridgeRule and Schedule become rules of the function", async () => {
  await using app = await startApp({ clock: "manual", seed: 1 });
  const cloudformation = app.client(CloudFormationClient);
  const TemplateBody = JSON.stringify({
    Transform: "AWS::Serverless-2016-10-31",
    Resources: {
      F: {
        Type: "AWS::Serverless::Function",
        Properties: {
          Runtime: "nodejs22.x",
          Handler: "index.handler",
          InlineCode: "exports.handler = async () => 1;",
          Events: {
            Shop: { Type: "EventBridgeRule", Properties: { Pattern: { source: ["shop"] } } },
            Daily: { Type: "Schedule", Properties: { Schedule: "rate(1 day)" } },
          },
        },
      },
    },
  });
  await cloudformation.send(
    new CreateStackCommand({
      StackName: "sam",
      TemplateBody,
      Capabilities: ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    }),
  );
  await app.settle();
  const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: "sam" }));
  expect(Stacks?.[0]?.StackStatus).toBe("CREATE_COMPLETE");
});
