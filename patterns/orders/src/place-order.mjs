// POST /orders: takes the order at once and leaves the work to the queue.
import { randomUUID } from "node:crypto";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

const sqs = new SQSClient({});

const answer = (statusCode, body) => ({
  statusCode,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

export async function handler(event) {
  let order;
  try {
    const text = event.isBase64Encoded ? Buffer.from(event.body ?? "", "base64").toString() : event.body;
    order = JSON.parse(text ?? "");
  } catch {
    return answer(400, { message: "The body is not JSON." });
  }
  if (typeof order?.item !== "string") return answer(400, { message: "An order needs an item." });
  const orderId = order.orderId ?? randomUUID();
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: process.env.ORDERS_QUEUE_URL,
      MessageBody: JSON.stringify({ ...order, orderId }),
    }),
  );
  return answer(202, { orderId });
}
