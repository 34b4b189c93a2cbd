/** AWS::SQS::* and AWS::SNS::* through CloudFormation: created, changed in place, replaced and deleted. */
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { type App, startApp } from "awan/testing";
import { expect, test } from "vitest";

const queueArn = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;

interface Change {
  readonly visibility?: number;
  readonly queueName?: string;
  readonly filter?: readonly string[];
}

const template = ({ visibility, queueName = "work", filter = ["a"] }: Change): string =>
  JSON.stringify({
    Resources: {
      Dead: { Type: "AWS::SQS::Queue", Properties: { QueueName: "dead" } },
      Work: {
        Type: "AWS::SQS::Queue",
        Properties: {
          QueueName: queueName,
          ...(visibility === undefined ? {} : { VisibilityTimeout: visibility }),
          RedrivePolicy: { deadLetterTargetArn: { "Fn::GetAtt": ["Dead", "Arn"] }, maxReceiveCount: 3 },
          Tags: [{ Key: "team", Value: "a" }],
        },
      },
      News: { Type: "AWS::SNS::Topic", Properties: { TopicName: "news", DisplayName: "News" } },
      Policy: {
        Type: "AWS::SQS::QueuePolicy",
        Properties: {
          Queues: [{ Ref: "Work" }],
          PolicyDocument: {
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                Principal: { Service: "sns.amazonaws.com" },
                Action: "sqs:SendMessage",
                Resource: { "Fn::GetAtt": ["Work", "Arn"] },
                Condition: { ArnEquals: { "aws:SourceArn": { Ref: "News" } } },
              },
            ],
          },
        },
      },
      Subscription: {
        Type: "AWS::SNS::Subscription",
        Properties: {
          TopicArn: { Ref: "News" },
          Protocol: "sqs",
          Endpoint: { "Fn::GetAtt": ["Work", "Arn"] },
          RawMessageDelivery: true,
          FilterPolicy: { kind: filter },
        },
      },
    },
    Outputs: { Url: { Value: { Ref: "Work" } }, Name: { Value: { "Fn::GetAtt": ["Work", "QueueName"] } } },
  });

async function settled(app: App, cloudformation: CloudFormationClient): Promise<string> {
  await app.settle();
  const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName: "stack" }));
  return `${Stacks[0]?.StackStatus} ${Stacks[0]?.StackStatusReason ?? ""}`.trim();
}

test("a stack of queue, policy, topic and subscription", async () => {
  await using app = await startApp({ clock: "manual", seed: 1 });
  const cloudformation = app.client(CloudFormationClient);
  const attributes = async (QueueUrl: string): Promise<Record<string, string>> =>
    (await app.platform.invoke("sqs", "GetQueueAttributes", { QueueUrl, AttributeNames: ["All"] }))[
      "Attributes"
    ] as Record<string, string>;
  const publish = (kind: string): Promise<unknown> =>
    app.platform.invoke("sns", "Publish", {
      TopicArn: "arn:aws:sns:us-east-1:000000000000:news",
      Message: kind,
      MessageAttributes: { kind: { DataType: "String", StringValue: kind } },
    });
  await cloudformation.send(
    new CreateStackCommand({ StackName: "stack", TemplateBody: template({ visibility: 90 }) }),
  );
  expect(await settled(app, cloudformation)).toBe("CREATE_COMPLETE");
  expect(await attributes("work")).toMatchObject({
    VisibilityTimeout: "90",
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn("dead"), maxReceiveCount: 3 }),
  });
  await publish("a");
  await publish("b");
  expect((await attributes("work"))["ApproximateNumberOfMessages"]).toBe("1");

  await cloudformation.send(
    new UpdateStackCommand({ StackName: "stack", TemplateBody: template({ filter: ["b"] }) }),
  );
  expect(await settled(app, cloudformation)).toBe("UPDATE_COMPLETE");
  expect((await attributes("work"))["VisibilityTimeout"]).toBe("30");
  await publish("b");
  expect((await attributes("work"))["ApproximateNumberOfMessages"]).toBe("2");

  await cloudformation.send(
    new UpdateStackCommand({ StackName: "stack", TemplateBody: template({ queueName: "work-2" }) }),
  );
  expect(await settled(app, cloudformation)).toBe("UPDATE_COMPLETE");
  await publish("a");
  expect((await attributes("work-2"))["ApproximateNumberOfMessages"]).toBe("1");
  await expect(attributes("work")).rejects.toThrow("The specified queue does not exist.");

  await cloudformation.send(new DeleteStackCommand({ StackName: "stack" }));
  await app.settle();
  await expect(attributes("work-2")).rejects.toThrow("The specified queue does not exist.");
  await expect(publish("a")).rejects.toThrow("Topic does not exist");
});
