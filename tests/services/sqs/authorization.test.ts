/** Who may use a queue, and what SNS may put into one, with IAM enforced and signatures checked. */
import {
  AddPermissionCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { type App, startApp } from "awan/testing";
import { describe, expect, test } from "vitest";
import { here, policy, there, type User, userOf as newUser } from "../iam/user.ts";

const arn = (name: string): string => `arn:aws:sqs:us-east-1:${here}:${name}`;

async function userOf(app: App, account: string, name: string): Promise<User & { readonly sqs: SQSClient }> {
  const user = await newUser(app, account, name);
  return { ...user, sqs: app.client(SQSClient, { credentials: user.credentials }) };
}

async function enforced(): Promise<{ app: App; sqs: SQSClient; QueueUrl: string } & AsyncDisposable> {
  const app = await startApp({ iam: "enforce", auth: true, clock: "manual", startAt: Date.now() });
  const sqs = app.client(SQSClient);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "orders" }));
  return { app, sqs, QueueUrl: QueueUrl as string, [Symbol.asyncDispose]: () => app.close() };
}

const setPolicy = (sqs: SQSClient, QueueUrl: string, ...statements: object[]): Promise<unknown> =>
  sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: policy(...statements) } }));

describe("a user of the queue's account", () => {
  test("needs an own policy or the queue's; batches need the action of their single form", async () => {
    await using e = await enforced();
    const ann = await userOf(e.app, here, "ann");
    const send = new SendMessageCommand({ QueueUrl: e.QueueUrl, MessageBody: "hello" });
    await expect(ann.sqs.send(send)).rejects.toMatchObject({
      name: "AccessDenied",
      message: `User: ${ann.arn} is not authorized to perform: sqs:sendmessage on resource: ${arn("orders")} because no identity-based policy allows the sqs:sendmessage action`,
      $metadata: { httpStatusCode: 403 },
    });
    await expect(ann.sqs.send(new ListQueuesCommand({}))).rejects.toThrow("sqs:listqueues on resource: *");
    await ann.allow("sqs:SendMessage", arn("orders"));
    await ann.sqs.send(send);
    const Entries = [{ Id: "1", MessageBody: "again" }];
    await ann.sqs.send(new SendMessageBatchCommand({ QueueUrl: e.QueueUrl, Entries }));
    const receive = new ReceiveMessageCommand({ QueueUrl: e.QueueUrl, MaxNumberOfMessages: 10 });
    await expect(ann.sqs.send(receive)).rejects.toThrow("sqs:receivemessage");
    await setPolicy(e.sqs, e.QueueUrl, {
      Effect: "Allow",
      Principal: { AWS: ann.arn },
      Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage"],
      Resource: arn("orders"),
    });
    const { Messages = [] } = await ann.sqs.send(receive);
    expect(Messages.map(({ Body }) => Body)).toEqual(["hello", "again"]);
    const gone = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
    await ann.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: e.QueueUrl, Entries: gone }));
    await setPolicy(e.sqs, e.QueueUrl, {
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:SendMessage",
      Resource: arn("orders"),
    });
    await expect(ann.sqs.send(send)).rejects.toThrow("with an explicit deny in a resource-based policy");
  });
});

describe("a user of another account", () => {
  test("needs both: an own policy and the queue's", async () => {
    await using e = await enforced();
    const bob = await userOf(e.app, there, "bob");
    const send = new SendMessageCommand({ QueueUrl: e.QueueUrl, MessageBody: "from afar" });
    await bob.allow(["sqs:SendMessage", "sqs:GetQueueUrl", "sqs:DeleteQueue"], "*");
    await expect(bob.sqs.send(send)).rejects.toThrow(
      "because no resource-based policy allows the sqs:sendmessage action",
    );
    await e.sqs.send(
      new AddPermissionCommand({
        QueueUrl: e.QueueUrl,
        Label: "bob",
        AWSAccountIds: [there],
        Actions: ["SendMessage", "GetQueueUrl"],
      }),
    );
    await bob.sqs.send(send);
    const asked = new GetQueueUrlCommand({ QueueName: "orders", QueueOwnerAWSAccountId: here });
    expect((await bob.sqs.send(asked)).QueueUrl).toBe(e.QueueUrl);
    // Queues can be deleted by their own account only, whatever their policy says.
    await setPolicy(e.sqs, e.QueueUrl, {
      Effect: "Allow",
      Principal: { AWS: there },
      Action: "sqs:*",
      Resource: arn("orders"),
    });
    await expect(bob.sqs.send(new DeleteQueueCommand({ QueueUrl: e.QueueUrl }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
    const { Messages = [] } = await e.sqs.send(new ReceiveMessageCommand({ QueueUrl: e.QueueUrl }));
    expect(Messages.map(({ Body }) => Body)).toEqual(["from afar"]);
  });
});

test("SNS may send to a queue whose policy lets it, for the topic it names", async () => {
  await using e = await enforced();
  const sns = e.app.client(SNSClient);
  const { QueueUrl: dead } = await e.sqs.send(new CreateQueueCommand({ QueueName: "dead" }));
  const lets = (queue: string, topic: string) => ({
    Effect: "Allow",
    Principal: { Service: "sns.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: arn(queue),
    Condition: { ArnEquals: { "aws:SourceArn": topic } },
  });
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "news" }));
  await setPolicy(e.sqs, dead as string, lets("dead", TopicArn as string));
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: "sqs",
      Endpoint: arn("orders"),
      Attributes: {
        RawMessageDelivery: "true",
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn("dead") }),
      },
    }),
  );
  const bodies = async (QueueUrl: string | undefined): Promise<(string | undefined)[]> =>
    ((await e.sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages ?? []).map(({ Body }) => Body);
  await sns.send(new PublishCommand({ TopicArn, Message: "without a policy" }));
  expect(await bodies(e.QueueUrl)).toEqual([]);
  expect(await bodies(dead)).toEqual(["without a policy"]);
  await setPolicy(e.sqs, e.QueueUrl, lets("orders", `${TopicArn}-other`));
  await sns.send(new PublishCommand({ TopicArn, Message: "for another topic" }));
  expect(await bodies(e.QueueUrl)).toEqual([]);
  await setPolicy(e.sqs, e.QueueUrl, lets("orders", TopicArn as string));
  await sns.send(new PublishCommand({ TopicArn, Message: "let in" }));
  expect(await bodies(e.QueueUrl)).toEqual(["let in"]);
});

test("a bucket may tell a queue whose policy lets S3 send for it", async () => {
  await using e = await enforced();
  await e.app.platform.invoke("s3", "CreateBucket", { Bucket: "photos" });
  const QueueConfigurations = [{ QueueArn: arn("orders"), Events: ["s3:ObjectCreated:*"] }];
  const put = (Key: string): Promise<unknown> =>
    e.app.platform.invoke("s3", "PutObject", { Bucket: "photos", Key, Body: Buffer.from("x") });
  await e.app.platform.invoke("s3", "PutBucketNotificationConfiguration", {
    Bucket: "photos",
    NotificationConfiguration: { QueueConfigurations },
    SkipDestinationValidation: true,
  });
  await put("untold");
  await setPolicy(e.sqs, e.QueueUrl, {
    Effect: "Allow",
    Principal: { Service: "s3.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: arn("orders"),
    Condition: {
      ArnLike: { "aws:SourceArn": "arn:aws:s3:*:*:photos" },
      StringEquals: { "aws:SourceAccount": here },
    },
  });
  await put("told");
  await e.app.settle();
  const bodies = (await e.app.queue("orders").messages()).map(({ body }) => body);
  expect(bodies).toHaveLength(1);
  expect(bodies[0]).toContain('"key":"told"');
});
