// Writes queued orders to the table. A queue delivers at least once, so the write is conditional: a second delivery of
// the same order changes nothing. Orders that cannot be recorded are reported one by one, and the queue retries only
// those, until it moves them to its dead-letter queue.
import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));

async function record(message) {
  const order = JSON.parse(message.body);
  if (!(order.quantity > 0)) throw new Error(`order ${order.orderId} has no quantity`);
  try {
    await table.send(
      new PutCommand({
        TableName: process.env.ORDERS_TABLE,
        Item: { ...order, status: "RECORDED", recordedAt: new Date().toISOString() },
        ConditionExpression: "attribute_not_exists(orderId)",
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    console.log(`order ${order.orderId} was recorded before`);
  }
}

export async function handler(event) {
  const outcomes = await Promise.allSettled(event.Records.map(record));
  const failed = event.Records.filter((_, i) => outcomes[i].status === "rejected");
  for (const { reason } of outcomes.filter(({ status }) => status === "rejected"))
    console.error(reason.message);
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
