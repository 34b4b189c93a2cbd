// GET /orders/{orderId}: the order as it was recorded.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export async function handler(event) {
  const { orderId } = event.pathParameters;
  const { Item } = await table.send(
    new GetCommand({ TableName: process.env.ORDERS_TABLE, Key: { orderId } }),
  );
  if (Item === undefined)
    return { statusCode: 404, body: JSON.stringify({ message: `No order ${orderId}.` }) };
  return Item;
}
