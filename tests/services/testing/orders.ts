/**
 * The order application with its functions as callbacks, right ones and ones with a planted bug each: what the tests of
 * `explore` look for.
 */
import { DynamoDBClient, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { App, MockContext } from "awan/testing";

export const ordersTemplate = new URL("../../../patterns/orders/template.yaml", import.meta.url).pathname;

interface QueueEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}
interface StreamEvent {
  readonly Records: readonly {
    readonly eventName: string;
    readonly dynamodb: { readonly NewImage: Readonly<Record<string, { S: string; N: string }>> };
  }[];
}

export interface Order {
  readonly orderId: string;
  readonly item: string;
  readonly quantity: number;
  /** Later versions of the same order have higher numbers. */
  readonly version?: number;
}

export async function placeOrder(
  event: { readonly body: string },
  { app, environment }: MockContext,
): Promise<object> {
  const order = JSON.parse(event.body) as Order;
  await app.client(SQSClient).send(
    new SendMessageCommand({
      QueueUrl: environment["ORDERS_QUEUE_URL"],
      MessageBody: JSON.stringify(order),
    }),
  );
  return { statusCode: 202, body: JSON.stringify({ orderId: order.orderId }) };
}

type Recorder = (app: App, table: string | undefined, order: Order) => Promise<unknown>;

const itemOf = (order: Order) => ({
  orderId: { S: order.orderId },
  item: { S: order.item },
  quantity: { N: String(order.quantity) },
  version: { N: String(order.version ?? 1) },
});

/** Newer versions replace older ones; anything else changes nothing. */
const recordOnce: Recorder = (app, TableName, order) =>
  app
    .client(DynamoDBClient)
    .send(
      new PutItemCommand({
        TableName,
        Item: itemOf(order),
        ConditionExpression: "attribute_not_exists(orderId) OR version < :version",
        ExpressionAttributeValues: { ":version": { N: String(order.version ?? 1) } },
      }),
    )
    .catch((error: Error) => {
      if (error.name !== "ConditionalCheckFailedException") throw error;
    });

/** The bug: adds up, so that a second delivery counts twice. */
const addUp: Recorder = (app, TableName, order) =>
  app.client(DynamoDBClient).send(
    new UpdateItemCommand({
      TableName,
      Key: { orderId: { S: order.orderId } },
      UpdateExpression: "SET #i = :item, version = :version ADD quantity :quantity",
      ExpressionAttributeNames: { "#i": "item" },
      ExpressionAttributeValues: {
        ":item": { S: order.item },
        ":version": { N: String(order.version ?? 1) },
        ":quantity": { N: String(order.quantity) },
      },
    }),
  );

/** The bug: the last to arrive wins, whichever is newer. */
const lastWins: Recorder = (app, TableName, order) =>
  app.client(DynamoDBClient).send(new PutItemCommand({ TableName, Item: itemOf(order) }));

/** The bug: a refused condition is taken for a failure, though it may be the echo of one's own lost answer. */
const refuseEchoes: Recorder = (app, TableName, order) =>
  app.client(DynamoDBClient).send(
    new PutItemCommand({
      TableName,
      Item: itemOf(order),
      ConditionExpression: "attribute_not_exists(orderId)",
    }),
  );

export const recorders = { recordOnce, addUp, lastWins, refuseEchoes };

export const recordOrder =
  (record: Recorder) =>
  async (event: QueueEvent, { app, environment, ...context }: MockContext): Promise<object> => {
    const failed: string[] = [];
    for (const { messageId, body } of event.Records) {
      try {
        const order = JSON.parse(body) as Order;
        if (!(order.quantity > 0)) throw new Error(`order ${order.orderId} has no quantity`);
        await record(app, environment["ORDERS_TABLE"], order);
      } catch (error) {
        context.log(String(error));
        failed.push(messageId);
      }
    }
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };

export async function announceOrder(event: StreamEvent, { app, environment }: MockContext): Promise<void> {
  for (const { eventName, dynamodb } of event.Records) {
    if (eventName !== "INSERT") continue;
    const { orderId, item } = dynamodb.NewImage;
    await app.client(SNSClient).send(
      new PublishCommand({
        TopicArn: environment["ORDER_TOPIC_ARN"],
        Message: JSON.stringify({ orderId: orderId?.S, item: item?.S }),
      }),
    );
  }
}

/** Puts callbacks in the place of the functions that write. */
export function useMocks(app: App, record: Recorder = recordOnce): void {
  app.fn("PlaceOrder").mock(placeOrder);
  app.fn("RecordOrder").mock(recordOrder(record));
  app.fn("AnnounceOrder").mock(announceOrder);
}

export const place = (app: App, order: Order) =>
  app.fetch("/orders", { method: "POST", body: JSON.stringify(order) });
