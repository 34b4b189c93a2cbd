/** SQS over the query protocol, as tools without an SDK speak it: forms in, XML out, or JSON for those who accept it. */
import { type App, startApp } from "awan/testing";
import { expect, test } from "vitest";

/** A request of the query protocol, signed for a service as tools do it. */
async function query(
  app: App,
  target: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly type: string | null; readonly text: string }> {
  const service = "sqs";
  const response = await app.fetch(target, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
      ...headers,
    },
    body: new URLSearchParams(form).toString(),
  });
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
}

const json = { accept: "application/json" };

test("a queue's own URL answers forms in XML, and in JSON for those who accept it", async () => {
  await using app = await startApp({ clock: "manual", seed: 1 });
  const { QueueUrl } = await app.platform.invoke("sqs", "CreateQueue", { QueueName: "orders" });
  const url = QueueUrl as string;
  const sent = await query(app, url, { Action: "SendMessage", MessageBody: "hello" }, json);
  expect([sent.status, sent.type]).toEqual([200, "application/json"]);
  const answer = JSON.parse(sent.text) as {
    SendMessageResponse: { SendMessageResult: object; ResponseMetadata: object };
  };
  // What API Gateway's integrations show: absent members are null, names in order.
  expect(Object.keys(answer.SendMessageResponse)).toEqual(["ResponseMetadata", "SendMessageResult"]);
  expect(answer.SendMessageResponse.SendMessageResult).toEqual({
    MD5OfMessageAttributes: null,
    MD5OfMessageBody: "5d41402abc4b2a76b9719d911017c592",
    MD5OfMessageSystemAttributes: null,
    MessageId: expect.any(String) as string,
    SequenceNumber: null,
  });

  const received = JSON.parse(
    (await query(app, url, { Action: "ReceiveMessage", "AttributeName.1": "SenderId" }, json)).text,
  ) as { ReceiveMessageResponse: { ReceiveMessageResult: { messages: { Body: string }[] } } };
  expect(received.ReceiveMessageResponse.ReceiveMessageResult.messages).toMatchObject([
    {
      Body: "hello",
      MessageAttributes: null,
      Attributes: [{ Name: "SenderId", Value: expect.any(String) as string }],
    },
  ]);

  const inXml = await query(app, url, { Action: "GetQueueAttributes", "AttributeName.1": "QueueArn" });
  expect(inXml.text).toContain(
    "<Attribute><Name>QueueArn</Name><Value>arn:aws:sqs:us-east-1:000000000000:orders</Value></Attribute>",
  );
});

test("refusals are JSON too, with the codes of the query protocol", async () => {
  await using app = await startApp({ clock: "manual", seed: 1 });
  const url = `${app.endpoint}/000000000000/nobody`;
  const refused = await query(app, url, { Action: "SendMessage", MessageBody: "hello" }, json);
  expect(refused.status).toBe(400);
  expect(JSON.parse(refused.text)).toMatchObject({
    Error: {
      Code: "AWS.SimpleQueueService.NonExistentQueue",
      Message: "The specified queue does not exist for this wsdl version.",
      Type: "Sender",
    },
  });
  const listed = await query(app, url, { Action: "ListQueues" }, json);
  expect(JSON.parse(listed.text)).toMatchObject({
    Error: { Code: "InvalidAction", Message: "The action ListQueues is not valid for this endpoint." },
  });
  await app.platform.invoke("sqs", "CreateQueue", { QueueName: "orders" });
  const all = await query(app, app.endpoint, { Action: "ListQueues", Version: "2012-11-05" }, json);
  expect(JSON.parse(all.text)).toMatchObject({
    ListQueuesResponse: {
      ListQueuesResult: { NextToken: null, queueUrls: [`${app.endpoint}/000000000000/orders`] },
    },
  });
});
