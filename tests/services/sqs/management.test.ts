/** Queues as they are managed: who may name a dead-letter queue, redrive, attributes, tags, permissions, lists. */
import {
  AddPermissionCommand,
  CancelMessageMoveTaskCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  RemovePermissionCommand,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from "@aws-sdk/client-sqs";
import { describe, expect, test } from "vitest";
import { arn, bench } from "./bench.ts";

describe("dead-letter queues", () => {
  test("choose who may name them", async () => {
    await using b = await bench();
    const url = await b.create("q");
    const dead = await b.create("dead");
    const allow = (policy: object): Promise<unknown> =>
      b.sqs.send(
        new SetQueueAttributesCommand({
          QueueUrl: dead,
          Attributes: { RedriveAllowPolicy: JSON.stringify(policy) },
        }),
      );
    const name = (): Promise<unknown> =>
      b.sqs.send(
        new SetQueueAttributesCommand({
          QueueUrl: url,
          Attributes: {
            RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn("dead"), maxReceiveCount: 1 }),
          },
        }),
      );
    await allow({ redrivePermission: "denyAll" });
    await expect(name()).rejects.toThrow("Dead-letter queue does not allow redrive from this source queue.");
    await allow({ redrivePermission: "byQueue", sourceQueueArns: [arn("another")] });
    await expect(name()).rejects.toThrow("Dead-letter queue does not allow redrive from this source queue.");
    await allow({ redrivePermission: "byQueue", sourceQueueArns: [arn("q")] });
    await name();
    const { queueUrls } = await b.sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead }));
    expect(queueUrls).toEqual([url]);
  });

  test("give their messages back: to where each came from, or to one queue, at a rate, until cancelled", async () => {
    await using b = await bench();
    const [dead, url] = [await b.create("dead"), await b.create("q", { VisibilityTimeout: "0" })];
    await b.sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: url,
        Attributes: {
          RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn("dead"), maxReceiveCount: 1 }),
        },
      }),
    );
    const fail = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i += 1) await b.send(url, { MessageBody: `m${i}` });
      for (let i = 0; i < 2; i += 1) await b.receive(url, { MaxNumberOfMessages: 10 });
    };
    await fail(3);
    expect((await b.attributes(dead))["ApproximateNumberOfMessages"]).toBe("3");
    await b.sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn("dead") }));
    await b.app.settle();
    const tasks = async (): Promise<unknown> =>
      (await b.sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arn("dead") }))).Results?.[0];
    expect(await tasks()).toMatchObject({ Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 3 });
    expect(await b.receive(url, { MaxNumberOfMessages: 10 })).toEqual(["m0", "m1", "m2"]);
    await b.receive(url, { MaxNumberOfMessages: 10 });

    await b.create("other");
    const { TaskHandle } = await b.sqs.send(
      new StartMessageMoveTaskCommand({
        SourceArn: arn("dead"),
        DestinationArn: arn("other"),
        MaxNumberOfMessagesPerSecond: 1,
      }),
    );
    await expect(b.sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn("dead") }))).rejects.toThrow(
      "There is already a task running.",
    );
    await b.app.clock.advance("1s");
    expect(await tasks()).toMatchObject({ Status: "RUNNING", ApproximateNumberOfMessagesMoved: 2 });
    const cancelled = await b.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
    expect(cancelled.ApproximateNumberOfMessagesMoved).toBe(2);
    await b.app.clock.advance("1m");
    expect((await b.app.queue("other").messages()).map(({ body }) => body)).toEqual(["m0", "m1"]);
    expect((await b.app.queue("dead").messages()).map(({ body }) => body)).toEqual(["m2"]);
  });
});

test("attributes have AWS's defaults, and encryption by SQS gives way to KMS", async () => {
  await using b = await bench();
  const url = await b.create("q");
  const now = String(Date.UTC(2026, 0, 1) / 1_000);
  expect(await b.attributes(url)).toEqual({
    QueueArn: arn("q"),
    ApproximateNumberOfMessages: "0",
    ApproximateNumberOfMessagesNotVisible: "0",
    ApproximateNumberOfMessagesDelayed: "0",
    CreatedTimestamp: now,
    LastModifiedTimestamp: now,
    VisibilityTimeout: "30",
    MaximumMessageSize: "1048576",
    MessageRetentionPeriod: "345600",
    DelaySeconds: "0",
    ReceiveMessageWaitTimeSeconds: "0",
    SqsManagedSseEnabled: "true",
  });
  const set = (Attributes: Record<string, string>): Promise<unknown> =>
    b.sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes }));
  await set({ KmsMasterKeyId: "alias/aws/sqs" });
  expect(await b.attributes(url)).toMatchObject({
    KmsMasterKeyId: "alias/aws/sqs",
    KmsDataKeyReusePeriodSeconds: "300",
    SqsManagedSseEnabled: "false",
  });
  await expect(set({ VisibilityTimeout: "43201" })).rejects.toThrow(
    "Invalid value for the parameter VisibilityTimeout.",
  );
  await expect(set({ Nonsense: "1" })).rejects.toThrow("Unknown Attribute Nonsense.");
});

test("tags, statements by label, and pages of queues", async () => {
  await using b = await bench();
  const url = await b.create("q");
  await b.sqs.send(new TagQueueCommand({ QueueUrl: url, Tags: { a: "1", b: "2" } }));
  await b.sqs.send(new UntagQueueCommand({ QueueUrl: url, TagKeys: ["a"] }));
  expect((await b.sqs.send(new ListQueueTagsCommand({ QueueUrl: url }))).Tags).toEqual({ b: "2" });

  const permission = {
    QueueUrl: url,
    Label: "one",
    AWSAccountIds: ["111111111111"],
    Actions: ["SendMessage"],
  };
  await b.sqs.send(new AddPermissionCommand(permission));
  await expect(b.sqs.send(new AddPermissionCommand(permission))).rejects.toThrow("Already exists.");
  expect(JSON.parse((await b.attributes(url))["Policy"] ?? "{}")).toEqual({
    Version: "2008-10-17",
    Id: `${arn("q")}/SQSDefaultPolicy`,
    Statement: [
      {
        Sid: "one",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111111111111:root" },
        Action: "SQS:SendMessage",
        Resource: arn("q"),
      },
    ],
  });
  await b.sqs.send(new RemovePermissionCommand({ QueueUrl: url, Label: "one" }));
  expect(await b.attributes(url)).not.toHaveProperty("Policy");

  for (const name of ["p1", "p2", "p3"]) await b.create(name);
  const first = await b.sqs.send(new ListQueuesCommand({ QueueNamePrefix: "p", MaxResults: 2 }));
  expect(first.QueueUrls?.map((each) => each.split("/").at(-1))).toEqual(["p1", "p2"]);
  const { NextToken } = first;
  const rest = await b.sqs.send(new ListQueuesCommand({ QueueNamePrefix: "p", MaxResults: 2, NextToken }));
  expect(rest.QueueUrls?.map((each) => each.split("/").at(-1))).toEqual(["p3"]);
});
