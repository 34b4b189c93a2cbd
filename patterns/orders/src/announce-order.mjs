// Tells the topic of every order the table has newly got.
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";

const sns = new SNSClient({});

export async function handler(event) {
  for (const record of event.Records) {
    if (record.eventName !== "INSERT") continue;
    const { orderId, item, quantity } = record.dynamodb.NewImage;
    await sns.send(
      new PublishCommand({
        TopicArn: process.env.ORDER_TOPIC_ARN,
        Subject: "OrderRecorded",
        Message: JSON.stringify({ orderId: orderId.S, item: item.S, quantity: Number(quantity.N) }),
        MessageAttributes: { type: { DataType: "String", StringValue: "OrderRecorded" } },
      }),
    );
  }
}
