/** Takes an order: onto the queue, and told to the topic. */
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

const sqs = new SQSClient();
const sns = new SNSClient();

export async function handler(event: { readonly body: string }): Promise<object> {
  await sqs.send(new SendMessageCommand({ QueueUrl: process.env["QUEUE_URL"], MessageBody: event.body }));
  await sns.send(new PublishCommand({ TopicArn: process.env["TOPIC_ARN"], Message: event.body }));
  return { statusCode: 202, body: "accepted" };
}
