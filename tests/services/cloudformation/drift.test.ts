/** Drift: what was changed behind a stack's back is found, property by property. */
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DescribeStacksCommand,
  DetectStackDriftCommand,
} from "@aws-sdk/client-cloudformation";
import { expect, test } from "vitest";
import { startApp } from "awan/testing";

const template = JSON.stringify({
  Resources: {
    Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: "jobs", VisibilityTimeout: 60 } },
    Parameter: { Type: "AWS::SSM::Parameter", Properties: { Name: "p", Type: "String", Value: "1" } },
    Topic: { Type: "AWS::SNS::Topic", Properties: { TopicName: "news", DisplayName: "News" } },
    Role: {
      Type: "AWS::IAM::Role",
      Properties: {
        RoleName: "r",
        AssumeRolePolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
          ],
        },
      },
    },
    Condition: { Type: "AWS::CloudFormation::WaitConditionHandle" },
  },
});

test("what is not as the template says is told", async () => {
  await using app = await startApp({ clock: "manual", seed: 1 });
  const client = app.client(CloudFormationClient);
  const StackName = "s";
  await client.send(
    new CreateStackCommand({ StackName, TemplateBody: template, Capabilities: ["CAPABILITY_NAMED_IAM"] }),
  );
  await app.settle();
  const detect = async () => {
    const { StackDriftDetectionId } = await client.send(new DetectStackDriftCommand({ StackName }));
    return await client.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }));
  };
  expect(await detect()).toMatchObject({
    StackDriftStatus: "IN_SYNC",
    DetectionStatus: "DETECTION_COMPLETE",
  });

  const QueueUrl = `${app.platform.endpoint || "http://127.0.0.1:4566"}/000000000000/jobs`;
  await app.platform.invoke("sqs", "SetQueueAttributes", {
    QueueUrl,
    Attributes: { VisibilityTimeout: "90" },
  });
  await app.platform.invoke("ssm", "DeleteParameter", { Name: "p" });
  expect(await detect()).toMatchObject({ StackDriftStatus: "DRIFTED", DriftedStackResourceCount: 2 });
  const { StackResourceDrifts } = await client.send(
    new DescribeStackResourceDriftsCommand({
      StackName,
      StackResourceDriftStatusFilters: ["MODIFIED", "DELETED"],
    }),
  );
  expect(StackResourceDrifts).toMatchObject([
    { LogicalResourceId: "Parameter", StackResourceDriftStatus: "DELETED" },
    {
      LogicalResourceId: "Queue",
      StackResourceDriftStatus: "MODIFIED",
      PropertyDifferences: [
        {
          PropertyPath: "/VisibilityTimeout",
          ExpectedValue: "60",
          ActualValue: "90",
          DifferenceType: "NOT_EQUAL",
        },
      ],
    },
  ]);
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
  expect(Stacks?.[0]?.DriftInformation?.StackDriftStatus).toBe("DRIFTED");
});
