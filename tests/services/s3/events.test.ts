/** Notifications with their exact bodies, and lifecycle rules under the manual clock. */
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  RestoreObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";

const Bucket = "events";

test("a queue hears of what it asked for", async () => {
  await using app = await startApp();
  const s3 = app.client(S3Client);
  const sqs = app.client(SQSClient);
  await s3.send(new CreateBucketCommand({ Bucket }));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "heard" }));
  const QueueArn = "arn:aws:sqs:us-east-1:000000000000:heard";
  const Filter = {
    Key: {
      FilterRules: [
        { Name: "prefix" as const, Value: "in/" },
        { Name: "suffix" as const, Value: ".txt" },
      ],
    },
  };
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: {
        QueueConfigurations: [
          { Id: "all", QueueArn, Events: ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"], Filter },
        ],
      },
    }),
  );
  const next = async () => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    return (Messages ?? []).map((message) => JSON.parse(message.Body ?? "") as Record<string, unknown>);
  };
  expect(await next()).toMatchObject([{ Service: "Amazon S3", Event: "s3:TestEvent", Bucket }]);
  await s3.send(new PutObjectCommand({ Bucket, Key: "in/a b+.txt", Body: "hello" }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "out/a.txt", Body: "hello" }));
  const [created] = (await next()) as { Records: object[] }[];
  expect(created).toEqual({
    Records: [
      {
        eventVersion: "2.1",
        eventSource: "aws:s3",
        awsRegion: "us-east-1",
        eventTime: new Date(app.clock.nowMs()).toISOString(),
        eventName: "ObjectCreated:Put",
        userIdentity: { principalId: expect.stringMatching(/^AWS:/) },
        requestParameters: { sourceIPAddress: "127.0.0.1" },
        responseElements: { "x-amz-request-id": expect.any(String), "x-amz-id-2": expect.any(String) },
        s3: {
          s3SchemaVersion: "1.0",
          configurationId: "all",
          bucket: {
            name: Bucket,
            ownerIdentity: { principalId: expect.any(String) },
            arn: `arn:aws:s3:::${Bucket}`,
          },
          object: {
            key: "in/a+b%2B.txt",
            size: 5,
            eTag: "5d41402abc4b2a76b9719d911017c592",
            sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
          },
        },
      },
    ],
  });
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "in/a b+.txt" }));
  expect(await next()).toMatchObject([
    { Records: [{ eventName: "ObjectRemoved:Delete", s3: { object: { key: "in/a+b%2B.txt" } } }] },
  ]);
});

test("a missing destination is refused", async () => {
  await using app = await startApp();
  const s3 = app.client(S3Client);
  await s3.send(new CreateBucketCommand({ Bucket }));
  const QueueArn = "arn:aws:sqs:us-east-1:000000000000:none";
  await expect(
    s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: { QueueConfigurations: [{ QueueArn, Events: ["s3:ObjectCreated:*"] }] },
      }),
    ),
  ).rejects.toMatchObject({
    name: "InvalidArgument",
    message: "Unable to validate the following destination configurations",
    ArgumentName1: QueueArn,
  });
});

test("rules expire, transition and clean up at midnight", async () => {
  await using app = await startApp();
  const s3 = app.client(S3Client);
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket,
      LifecycleConfiguration: {
        Rules: [
          {
            ID: "old",
            Status: "Enabled",
            Filter: { Prefix: "old/" },
            Expiration: { Days: 3 },
            NoncurrentVersionExpiration: { NoncurrentDays: 2 },
          },
          {
            ID: "cold",
            Status: "Enabled",
            Filter: { Prefix: "cold/" },
            Transitions: [{ Days: 1, StorageClass: "GLACIER" }],
          },
        ],
      },
    }),
  );
  const put = await s3.send(new PutObjectCommand({ Bucket, Key: "old/a", Body: "a" }));
  expect(put.Expiration).toBe(
    `expiry-date="${new Date(app.clock.nowMs() + 3 * 86_400_000).toUTCString()}", rule-id="old"`,
  );
  await s3.send(new PutObjectCommand({ Bucket, Key: "cold/a", Body: "a" }));
  await app.clock.advance("4d");
  await app.settle();
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key: "old/a" }))).rejects.toMatchObject({
    name: "NotFound",
  });
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "cold/a" }))).StorageClass).toBe("GLACIER");
  await expect(s3.send(new GetObjectCommand({ Bucket, Key: "cold/a" }))).rejects.toMatchObject({
    name: "InvalidObjectState",
  });
  await app.clock.advance("4d");
  await app.settle();
  const left = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: "old/" }));
  expect(left.Versions).toBeUndefined();

  const restore = await s3.send(
    new RestoreObjectCommand({ Bucket, Key: "cold/a", RestoreRequest: { Days: 1 } }),
  );
  expect(restore.$metadata.httpStatusCode).toBe(202);
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "cold/a" }))).Restore).toBe(
    'ongoing-request="true"',
  );
  await app.clock.advance("6h");
  expect(
    await (await s3.send(new GetObjectCommand({ Bucket, Key: "cold/a" }))).Body!.transformToString(),
  ).toBe("a");
});

test("the default bus hears of everything", async () => {
  await using app = await startApp();
  const s3 = app.client(S3Client);
  const sqs = app.client(SQSClient);
  const events = app.client(EventBridgeClient);
  await s3.send(new CreateBucketCommand({ Bucket }));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "bus" }));
  const EventPattern = JSON.stringify({ source: ["aws.s3"], detail: { bucket: { name: [Bucket] } } });
  await events.send(new PutRuleCommand({ Name: "objects", EventPattern }));
  const Targets = [{ Id: "queue", Arn: "arn:aws:sqs:us-east-1:000000000000:bus" }];
  await events.send(new PutTargetsCommand({ Rule: "objects", Targets }));
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: { EventBridgeConfiguration: {} },
    }),
  );
  await s3.send(new PutObjectCommand({ Bucket, Key: "a b", Body: "hello" }));
  await app.settle();
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  expect(JSON.parse(Messages[0]?.Body ?? "{}")).toMatchObject({
    source: "aws.s3",
    "detail-type": "Object Created",
    resources: [`arn:aws:s3:::${Bucket}`],
    detail: { bucket: { name: Bucket }, object: { key: "a b", size: 5 }, reason: "PutObject" },
  });
});
