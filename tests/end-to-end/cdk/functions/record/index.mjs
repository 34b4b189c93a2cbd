/** Writes queued orders to the table. */
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";

const client = new DynamoDBClient();

export async function handler({ Records }) {
  for (const { body } of Records) {
    const { orderId } = JSON.parse(body);
    await client.send(
      new PutItemCommand({
        TableName: process.env.TABLE,
        Item: { orderId: { S: orderId }, body: { S: body } },
      }),
    );
  }
  return { batchItemFailures: [] };
}
