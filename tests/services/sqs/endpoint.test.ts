/** The JS SDK's client with nothing but AWS_ENDPOINT_URL set must never leave our host, whatever queue URLs say. */
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { startApp } from "awan/testing";
import { afterEach, expect, test } from "vitest";

const names = ["AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
const before = Object.fromEntries(names.map((name) => [name, process.env[name]]));

afterEach(() => {
  for (const name of names) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

test.each(["us-east-1", "eu-west-1"])("every request of a client in %s goes to us", async (region) => {
  await using app = await startApp({ clock: "system" });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: app.endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
  const sqs = new SQSClient({});
  const hosts = new Set<string>();
  sqs.middlewareStack.add(
    (next) => (args) => {
      const { hostname, port } = args.request as { hostname: string; port?: number };
      hosts.add(`http://${hostname}:${port}`);
      return next(args);
    },
    { step: "finalizeRequest" },
  );
  await sqs.send(new CreateQueueCommand({ QueueName: "q" }));
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: "q" }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "hello" }));
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
  expect(Messages.map(({ Body }) => Body)).toEqual(["hello"]);
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages[0]?.ReceiptHandle }));
  expect([...hosts]).toEqual([app.endpoint]);
  sqs.destroy();
});
