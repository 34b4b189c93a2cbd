/** Buses, rules and targets under IAM: the caller's policies, the bus's own, and what targets let EventBridge do. */
import {
  EventBridgeClient,
  PutEventsCommand,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { type App, startApp } from "awan/testing";
import { expect, test } from "vitest";

const bus = "arn:aws:events:us-east-1:000000000000:event-bus/default";
const QueueUrl = "http://localhost/000000000000/q";

async function userOf(app: App, accessKeyId: string, Action: string): Promise<EventBridgeClient> {
  const iam = app.client(IAMClient, { credentials: { accessKeyId, secretAccessKey: "test" } });
  await iam.send(new CreateUserCommand({ UserName: "ann" }));
  const Statement = [{ Effect: "Allow", Action, Resource: bus }];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.send(new PutUserPolicyCommand({ UserName: "ann", PolicyName: "p", PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "ann" }));
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
  return app.client(EventBridgeClient, { credentials });
}

const entry = { Source: "shop", DetailType: "d", Detail: "{}", EventBusName: bus };
const put = new PutEventsCommand({ Entries: [entry] });

test("a user needs a policy, another account's also the bus's", async () => {
  await using app = await startApp({ iam: "enforce", clock: "manual" });
  const stranger = await userOf(app, "111111111111", "events:PutEvents");
  await expect(stranger.send(put)).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: `User: arn:aws:iam::111111111111:user/ann is not authorized to perform: events:PutEvents on resource: ${bus} because no resource-based policy allows the events:PutEvents action`,
  });
  const grant = { Action: "events:PutEvents", Principal: "111111111111", StatementId: "s" };
  await app.client(EventBridgeClient).send(new PutPermissionCommand(grant));
  expect((await stranger.send(put)).FailedEntryCount).toBe(0);
  const own = await userOf(app, "test", "events:DescribeEventBus");
  await expect(own.send(put)).rejects.toThrow("because no identity-based policy allows the events:PutEvents");
});

test("a queue gets what its policy lets the rule send", async () => {
  await using app = await startApp({ iam: "enforce", clock: "manual" });
  const events = app.client(EventBridgeClient);
  const sqs = app.client(SQSClient);
  await sqs.send(new CreateQueueCommand({ QueueName: "q" }));
  const Arn = "arn:aws:sqs:us-east-1:000000000000:q";
  const { RuleArn } = await events.send(
    new PutRuleCommand({ Name: "r", EventPattern: JSON.stringify({ source: ["shop"] }) }),
  );
  await events.send(new PutTargetsCommand({ Rule: "r", Targets: [{ Id: "1", Arn }] }));
  await events.send(put);
  expect((await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages ?? []).toHaveLength(0);
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: Arn,
        Condition: { ArnEquals: { "aws:SourceArn": RuleArn } },
      },
    ],
  });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  await events.send(put);
  expect((await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages ?? []).toHaveLength(1);
});
