/** Streams, consumers, policies and delivery streams in a stack: created, changed, deleted. */
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { DescribeDeliveryStreamCommand, FirehoseClient } from "@aws-sdk/client-firehose";
import {
  DescribeStreamSummaryCommand,
  GetResourcePolicyCommand,
  KinesisClient,
  ListStreamConsumersCommand,
  ListStreamsCommand,
} from "@aws-sdk/client-kinesis";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";

const role = "arn:aws:iam::000000000000:role/r";

const template = (stream: object, prefix: string): string =>
  JSON.stringify({
    Resources: {
      Stream: { Type: "AWS::Kinesis::Stream", Properties: { Name: "s", ...stream } },
      Consumer: {
        Type: "AWS::Kinesis::StreamConsumer",
        Properties: { ConsumerName: "c", StreamARN: { "Fn::GetAtt": ["Stream", "Arn"] } },
      },
      Policy: {
        Type: "AWS::Kinesis::ResourcePolicy",
        Properties: {
          ResourceArn: { "Fn::GetAtt": ["Stream", "Arn"] },
          ResourcePolicy: { Version: "2012-10-17", Statement: [] },
        },
      },
      Lake: { Type: "AWS::S3::Bucket" },
      Delivery: {
        Type: "AWS::KinesisFirehose::DeliveryStream",
        Properties: {
          DeliveryStreamType: "KinesisStreamAsSource",
          KinesisStreamSourceConfiguration: {
            KinesisStreamARN: { "Fn::GetAtt": ["Stream", "Arn"] },
            RoleARN: role,
          },
          ExtendedS3DestinationConfiguration: {
            BucketARN: { "Fn::GetAtt": ["Lake", "Arn"] },
            RoleARN: role,
            Prefix: prefix,
            BufferingHints: { SizeInMBs: "1", IntervalInSeconds: "60" },
          },
        },
      },
    },
    Outputs: {
      Consumer: { Value: { "Fn::GetAtt": ["Consumer", "ConsumerARN"] } },
      Delivery: { Value: { Ref: "Delivery" } },
    },
  });

test("a stack of streams", async () => {
  await using app = await startApp({ clock: "manual", seed: 1 });
  const cloudformation = app.client(CloudFormationClient);
  const kinesis = app.client(KinesisClient);
  const outputs = async (status: string): Promise<Record<string, string>> => {
    await app.settle();
    const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName: "x" }));
    expect(Stacks[0]?.StackStatus).toBe(status);
    return Object.fromEntries(
      (Stacks[0]?.Outputs ?? []).map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]),
    );
  };
  const StreamARN = "arn:aws:kinesis:us-east-1:000000000000:stream/s";
  const first = template({ ShardCount: 2, RetentionPeriodHours: "48" }, "a/");
  await cloudformation.send(new CreateStackCommand({ StackName: "x", TemplateBody: first }));
  const made = await outputs("CREATE_COMPLETE");
  expect(made["Consumer"]).toMatch(/stream\/s\/consumer\/c:\d+$/);
  const summary = async () =>
    (await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: "s" }))).StreamDescriptionSummary;
  expect(await summary()).toMatchObject({ OpenShardCount: 2, RetentionPeriodHours: 48, ConsumerCount: 1 });
  expect(await kinesis.send(new GetResourcePolicyCommand({ ResourceARN: StreamARN }))).toMatchObject({
    Policy: '{"Version":"2012-10-17","Statement":[]}',
  });

  const second = template(
    { ShardCount: 4, StreamEncryption: { EncryptionType: "KMS", KeyId: "alias/aws/kinesis" } },
    "b/",
  );
  await cloudformation.send(new UpdateStackCommand({ StackName: "x", TemplateBody: second }));
  await outputs("UPDATE_COMPLETE");
  expect(await summary()).toMatchObject({
    OpenShardCount: 4,
    RetentionPeriodHours: 24,
    EncryptionType: "KMS",
  });
  const { DeliveryStreamDescription } = await app
    .client(FirehoseClient)
    .send(new DescribeDeliveryStreamCommand({ DeliveryStreamName: made["Delivery"] }));
  expect(DeliveryStreamDescription).toMatchObject({
    DeliveryStreamStatus: "ACTIVE",
    VersionId: "2",
    Destinations: [{ ExtendedS3DestinationDescription: { Prefix: "b/", BufferingHints: { SizeInMBs: 1 } } }],
  });
  expect((await kinesis.send(new ListStreamConsumersCommand({ StreamARN }))).Consumers).toHaveLength(1);

  await cloudformation.send(new DeleteStackCommand({ StackName: "x" }));
  await app.settle();
  expect((await kinesis.send(new ListStreamsCommand({}))).StreamNames).toEqual([]);
});
