/** A service of two functions: one takes orders, the other records them. */
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

const sqs = new SQSClient();
const dynamodb = new DynamoDBClient();

export async function place({ body }) {
  await sqs.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: body }));
  return { statusCode: 202 };
}

export async function record({ Records }) {
  for (const { body } of Records) {
    const { orderId } = JSON.parse(body);
    await dynamodb.send(
      new PutItemCommand({ TableName: process.env.TABLE, Item: { orderId: { S: orderId } } }),
    );
  }
}
