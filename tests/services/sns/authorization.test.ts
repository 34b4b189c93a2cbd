/** Who may use a topic, and what SNS may reach, with IAM enforced and signatures checked. */
import {
  AddPermissionCommand,
  CreateTopicCommand,
  ListTopicsCommand,
  PublishBatchCommand,
  PublishCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { type App, startApp } from "awan/testing";
import { describe, expect, test } from "vitest";
import { here, policy, there, type User, userOf as newUser } from "../iam/user.ts";
import type { Call } from "../../../packages/awan/src/host/call.ts";

async function userOf(app: App, account: string, name: string): Promise<User & { readonly sns: SNSClient }> {
  const user = await newUser(app, account, name);
  return { ...user, sns: app.client(SNSClient, { credentials: user.credentials }) };
}

async function enforced(): Promise<{ app: App; sns: SNSClient; TopicArn: string } & AsyncDisposable> {
  const app = await startApp({ iam: "enforce", auth: true, clock: "manual", startAt: Date.now() });
  const sns = app.client(SNSClient);
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "news" }));
  return { app, sns, TopicArn: TopicArn as string, [Symbol.asyncDispose]: () => app.close() };
}

describe("a topic", () => {
  test("is open to users of its account whose policies, or its own, let them", async () => {
    await using e = await enforced();
    const ann = await userOf(e.app, here, "ann");
    const publish = new PublishCommand({ TopicArn: e.TopicArn, Message: "m" });
    await expect(ann.sns.send(publish)).rejects.toMatchObject({
      name: "AuthorizationErrorException",
      message: `User: ${ann.arn} is not authorized to perform: SNS:Publish on resource: ${e.TopicArn} because no identity-based policy allows the SNS:Publish action`,
      $metadata: { httpStatusCode: 403 },
    });
    await expect(ann.sns.send(new ListTopicsCommand({}))).rejects.toThrow("SNS:ListTopics on resource: *");
    await ann.allow("sns:Publish", e.TopicArn);
    await ann.sns.send(publish);
    const PublishBatchRequestEntries = [{ Id: "1", Message: "m" }];
    await ann.sns.send(new PublishBatchCommand({ TopicArn: e.TopicArn, PublishBatchRequestEntries }));
    await e.sns.send(
      new SetTopicAttributesCommand({
        TopicArn: e.TopicArn,
        AttributeName: "Policy",
        AttributeValue: policy({
          Effect: "Allow",
          Principal: { AWS: ann.arn },
          Action: "sns:Subscribe",
          Resource: e.TopicArn,
          Condition: {
            StringLike: { "sns:Endpoint": "*@example.com" },
            StringEquals: { "sns:Protocol": "email" },
          },
        }),
      }),
    );
    const subscribe = (Endpoint: string): Promise<unknown> =>
      ann.sns.send(new SubscribeCommand({ TopicArn: e.TopicArn, Protocol: "email", Endpoint }));
    await subscribe("ann@example.com");
    await expect(subscribe("ann@example.org")).rejects.toThrow("SNS:Subscribe");
  });

  test("is open to another account when both sides say so", async () => {
    await using e = await enforced();
    const bob = await userOf(e.app, there, "bob");
    await bob.allow("sns:*", "*");
    const publish = new PublishCommand({ TopicArn: e.TopicArn, Message: "m" });
    await expect(bob.sns.send(publish)).rejects.toThrow("because no resource-based policy allows");
    await e.sns.send(
      new AddPermissionCommand({
        TopicArn: e.TopicArn,
        Label: "bob",
        AWSAccountId: [there],
        ActionName: ["Publish"],
      }),
    );
    await bob.sns.send(publish);
  });

  test("lets services publish that its policy lets in; alarms of its account by default", async () => {
    await using e = await enforced();
    const publishFor = (service: string, sourceArn: string): Promise<unknown> =>
      e.app.platform.run({ name: "sns.Publish" }, (call: Call) =>
        call.ports.sns.publish(call, {
          topicArn: e.TopicArn,
          message: "m",
          onBehalf: { service, sourceArn },
        }),
      );
    await publishFor("cloudwatch", `arn:aws:cloudwatch:us-east-1:${here}:alarm:a`);
    await expect(publishFor("cloudwatch", `arn:aws:cloudwatch:us-east-1:${there}:alarm:a`)).rejects.toThrow(
      "SNS:Publish",
    );
    await expect(publishFor("s3", "arn:aws:s3:::bucket")).rejects.toThrow("SNS:Publish");
    await e.sns.send(
      new SetTopicAttributesCommand({
        TopicArn: e.TopicArn,
        AttributeName: "Policy",
        AttributeValue: policy({
          Effect: "Allow",
          Principal: { Service: "s3.amazonaws.com" },
          Action: "SNS:Publish",
          Resource: e.TopicArn,
          Condition: { ArnLike: { "aws:SourceArn": "arn:aws:s3:*:*:bucket" } },
        }),
      }),
    );
    await publishFor("s3", "arn:aws:s3:::bucket");
  });
});

test("the letter's links work for whoever holds them", async () => {
  await using e = await enforced();
  const Endpoint = "ann@example.com";
  await e.sns.send(new SubscribeCommand({ TopicArn: e.TopicArn, Protocol: "email", Endpoint }));
  const letters = await e.app.platform.run({ name: "sns.Letters" }, (call: Call) =>
    call.ports.sns.letters(call, Endpoint),
  );
  const { SubscribeURL } = JSON.parse(letters[0]?.body ?? "{}") as { SubscribeURL: string };
  const confirmed = await e.app.fetch(SubscribeURL);
  expect(confirmed.status).toBe(200);
  const arn = /<SubscriptionArn>([^<]+)/.exec(await confirmed.text())?.[1];
  const ended = await e.app.fetch(`${e.app.endpoint}/?Action=Unsubscribe&SubscriptionArn=${arn}`);
  expect(ended.status).toBe(200);
});

test("a function's policy must let SNS invoke it for the topic", async () => {
  await using e = await enforced();
  const { platform } = e.app;
  const Properties = {
    FunctionName: "listener",
    Runtime: "nodejs22.x",
    Handler: "index.handler",
    Role: `arn:aws:iam::${here}:role/listener`,
    Code: { ZipFile: "exports.handler = async () => {};" },
  };
  const Resources = { Function: { Type: "AWS::Lambda::Function", Properties } };
  const TemplateBody = JSON.stringify({ Resources });
  await platform.invoke("cloudformation", "CreateStack", { StackName: "listener", TemplateBody });
  await e.app.settle();
  const heard: string[] = [];
  e.app.fn("listener").mock((event: { Records: { Sns: { Message: string } }[] }) => {
    heard.push(...event.Records.map(({ Sns }) => Sns.Message));
  });
  const Endpoint = `arn:aws:lambda:us-east-1:${here}:function:listener`;
  await e.sns.send(new SubscribeCommand({ TopicArn: e.TopicArn, Protocol: "lambda", Endpoint }));
  const publish = async (Message: string): Promise<void> => {
    await e.sns.send(new PublishCommand({ TopicArn: e.TopicArn, Message }));
    await e.app.settle();
  };
  await publish("not let in");
  await platform.invoke("lambda", "AddPermission", {
    FunctionName: "listener",
    StatementId: "sns",
    Action: "lambda:InvokeFunction",
    Principal: "sns.amazonaws.com",
    SourceArn: e.TopicArn,
  });
  await publish("let in");
  expect(heard).toEqual(["let in"]);
});
