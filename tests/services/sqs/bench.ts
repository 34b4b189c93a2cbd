/** A started app with an SQS client and the few calls most tests of queues make. */
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { type App, startApp } from "awan/testing";

export const arn = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;

export interface Bench extends AsyncDisposable {
  readonly app: App;
  readonly sqs: SQSClient;
  create(QueueName: string, Attributes?: Record<string, string>): Promise<string>;
  attributes(QueueUrl: string): Promise<Record<string, string>>;
  send(QueueUrl: string, message: Partial<SendMessageCommandInput>): Promise<unknown>;
  receive(QueueUrl: string, options?: Partial<ReceiveMessageCommandInput>): Promise<readonly string[]>;
}

export async function bench(): Promise<Bench> {
  const app = await startApp({ clock: "manual", seed: 1 });
  const sqs = app.client(SQSClient);
  return {
    app,
    sqs,
    create: async (QueueName, Attributes) =>
      (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl as string,
    attributes: async (QueueUrl) =>
      (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }))).Attributes ?? {},
    send: (QueueUrl, message) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "m", ...message })),
    receive: async (QueueUrl, options) =>
      ((await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...options }))).Messages ?? []).map(
        ({ Body }) => Body as string,
      ),
    [Symbol.asyncDispose]: () => app.close(),
  };
}
