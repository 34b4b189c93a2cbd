// Drives the deployed application as its users would, over HTTP and with the AWS SDK, and checks what must be true.
import { setTimeout as pause } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

/** `outputs` are the stack's; `say` receives each step as it happens. Throws when something is not as it must be. */
export async function drive({ endpoint, outputs, say }) {
  const config = {
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  };
  const sqs = new SQSClient(config);
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  const run = Date.now().toString(36);
  const verified = [];
  const verify = (fact, holds) => {
    if (!holds) throw new Error(`not so: ${fact}`);
    verified.push(fact);
    say(`✔ ${fact}`);
  };

  const place = async (order) => {
    const response = await fetch(`${outputs.ApiUrl}/orders`, { method: "POST", body: JSON.stringify(order) });
    say(`POST /orders ${JSON.stringify(order)} → ${response.status}`);
    return response.status;
  };
  const ids = ["kopi", "teh", "roti"].map((item, i) => ({
    orderId: `${run}-${i + 1}`,
    item,
    quantity: i + 1,
  }));
  for (const order of ids)
    verify(`order ${order.orderId} is accepted with 202`, (await place(order)) === 202);
  verify(`the same order sent twice is accepted twice`, (await place(ids[0])) === 202);

  for (const { orderId, item } of ids) {
    const row = await recorded(table, outputs.OrdersTableName, orderId);
    verify(`order ${orderId} went API → Lambda → SQS → Lambda → DynamoDB`, row?.item === item);
  }
  const got = await fetch(`${outputs.ApiUrl}/orders/${ids[1].orderId}`);
  verify(`GET /orders/${ids[1].orderId} answers the recorded order`, (await got.json()).item === "teh");

  const shipped = await drain(
    sqs,
    outputs.ShippingQueueUrl,
    ids.map(({ orderId }) => orderId),
    5,
  );
  verify(
    "each order was announced once: table stream → Lambda → SNS → SQS",
    ids.every(({ orderId }) => shipped.get(orderId) === 1),
  );

  const poison = `${run}-poison`;
  verify(
    "a poison order is accepted too",
    (await place({ orderId: poison, item: "kopi", quantity: -1 })) === 202,
  );
  say(
    "three receives with a visibility timeout of 60 s each take three minutes: the cloud's clock is moved ahead",
  );
  await fetch(`${endpoint}/_awan/clock/advance?by=200s`, { method: "POST" });
  const dead = await drain(sqs, outputs.OrdersDeadLetterQueueUrl, [poison], 1);
  verify("the poison order ended in the dead-letter queue after three attempts", dead.has(poison));
  verify(
    "the poison order is not in the table",
    (await itemOf(table, outputs.OrdersTableName, poison)) === undefined,
  );

  say(`${verified.length} facts verified`);
}

async function itemOf(table, TableName, orderId) {
  const { Item } = await table.send(new GetCommand({ TableName, Key: { orderId } }));
  return Item;
}

/** The order, once it is in the table; undefined when it does not come. */
async function recorded(table, TableName, orderId) {
  for (let tries = 0; tries < 200; tries += 1) {
    const item = await itemOf(table, TableName, orderId);
    if (item !== undefined) return item;
    await pause(25);
  }
  return undefined;
}

/** Takes messages off a queue until all of `orderIds` were seen; returns how often each was. */
async function drain(sqs, QueueUrl, orderIds, WaitTimeSeconds) {
  const seen = new Map();
  for (let polls = 0; polls < 10 && !orderIds.every((id) => seen.has(id)); polls += 1) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds }),
    );
    for (const { Body, ReceiptHandle } of Messages) {
      const { orderId } = JSON.parse(Body);
      seen.set(orderId, (seen.get(orderId) ?? 0) + 1);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
  return seen;
}
