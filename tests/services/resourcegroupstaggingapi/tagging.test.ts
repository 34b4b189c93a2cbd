/** Tags of everything in one place. */
import {
  GetResourcesCommand,
  GetTagValuesCommand,
  ResourceGroupsTaggingAPIClient,
  TagResourcesCommand,
  UntagResourcesCommand,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { expect, test } from "vitest";
import { startApp } from "awan/testing";

const template = {
  Resources: {
    Queue: {
      Type: "AWS::SQS::Queue",
      Properties: { QueueName: "jobs", Tags: [{ Key: "team", Value: "a" }] },
    },
    Topic: { Type: "AWS::SNS::Topic", Properties: { TopicName: "news" } },
    Zone: { Type: "AWS::Route53::HostedZone", Properties: { Name: "example.com" } },
    Record: {
      Type: "AWS::Route53::RecordSet",
      Properties: {
        HostedZoneId: { Ref: "Zone" },
        Name: "www.example.com",
        Type: "A",
        TTL: "60",
        ResourceRecords: ["192.0.2.1"],
      },
    },
    Certificate: { Type: "AWS::CertificateManager::Certificate", Properties: { DomainName: "example.com" } },
    Images: { Type: "AWS::ECR::Repository", Properties: { RepositoryName: "images" } },
    Alarm: {
      Type: "AWS::CloudWatch::Alarm",
      Properties: {
        ComparisonOperator: "GreaterThanThreshold",
        EvaluationPeriods: 1,
        Threshold: "1",
        MetricName: "Errors",
      },
    },
    Dashboard: { Type: "AWS::CloudWatch::Dashboard", Properties: { DashboardBody: "{}" } },
  },
};

test("resources of several services are tagged and found by their tags", async () => {
  await using app = await startApp({ clock: "manual", seed: 1 });
  const { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } =
    await import("@aws-sdk/client-cloudformation");
  const cloudformation = app.client(CloudFormationClient);
  await cloudformation.send(
    new CreateStackCommand({
      StackName: "all",
      TemplateBody: JSON.stringify(template),
      Tags: [{ Key: "stack", Value: "all" }],
    }),
  );
  await app.settle();
  const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: "all" }));
  expect(Stacks?.[0]?.StackStatus).toBe("CREATE_COMPLETE");

  const tagging = app.client(ResourceGroupsTaggingAPIClient);
  const found = await tagging.send(
    new GetResourcesCommand({ TagFilters: [{ Key: "stack", Values: ["all"] }] }),
  );
  const services = found.ResourceTagMappingList?.map(({ ResourceARN = "" }) => ResourceARN.split(":")[2]);
  expect(services?.toSorted()).toEqual(["acm", "cloudwatch", "ecr", "sns", "sqs"]);

  const queue = "arn:aws:sqs:us-east-1:000000000000:jobs";
  const { FailedResourcesMap } = await tagging.send(
    new TagResourcesCommand({ ResourceARNList: [queue, `${queue}-not`], Tags: { team: "b" } }),
  );
  expect(Object.keys(FailedResourcesMap ?? {})).toEqual([`${queue}-not`]);
  expect((await tagging.send(new GetTagValuesCommand({ Key: "team" }))).TagValues).toEqual(["b"]);
  await tagging.send(new UntagResourcesCommand({ ResourceARNList: [queue], TagKeys: ["team"] }));
  const gone = await tagging.send(new GetResourcesCommand({ TagFilters: [{ Key: "team" }] }));
  expect(gone.ResourceTagMappingList).toEqual([]);
});
