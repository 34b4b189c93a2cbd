/** The front door with real services behind it: addressing, signatures, protocols at once. */
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";

const signedFor = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`;

test("regions and accounts are separate clouds", async () => {
  await using app = await startApp();
  await app.client(SQSClient, { region: "eu-west-1" }).send(new CreateQueueCommand({ QueueName: "here" }));
  const queuesOf = async (config: object) =>
    (await app.client(SQSClient, config).send(new ListQueuesCommand({}))).QueueUrls;
  expect(await queuesOf({ region: "eu-west-1" })).toHaveLength(1);
  expect(await queuesOf({ region: "us-east-1" })).toBeUndefined();
  const other = { accessKeyId: "111111111111", secretAccessKey: "x" };
  expect(await queuesOf({ region: "eu-west-1", credentials: other })).toBeUndefined();
});

test("the query protocol and the JSON protocol see the same queues", async () => {
  await using app = await startApp();
  await app.client(SQSClient).send(new CreateQueueCommand({ QueueName: "both" }));
  const answer = await app.fetch(`${app.endpoint}/`, {
    method: "POST",
    headers: { authorization: signedFor("sqs"), "content-type": "application/x-www-form-urlencoded" },
    body: "Action=ListQueues&Version=2012-11-05",
  });
  expect(answer.headers.get("content-type")).toContain("text/xml");
  expect(await answer.text()).toContain("/000000000000/both</QueueUrl>");
});

test("with auth on, only what is signed by the right secret is answered", async () => {
  await using app = await startApp({ auth: true, clock: "system" });
  await app.client(DynamoDBClient).send(new ListTablesCommand({}));
  const wrong = app.client(DynamoDBClient, {
    credentials: { accessKeyId: "test", secretAccessKey: "wrong" },
  });
  await expect(wrong.send(new ListTablesCommand({}))).rejects.toMatchObject({
    name: "InvalidSignatureException",
  });
  const unsigned = await app.fetch(`${app.endpoint}/`, {
    method: "POST",
    headers: { "x-amz-target": "DynamoDB_20120810.ListTables", "content-type": "application/x-amz-json-1.0" },
    body: "{}",
  });
  expect(unsigned.status).toBe(400);
  expect(await unsigned.text()).toContain("MissingAuthenticationToken");
});

test("a request that is no AWS call is told so", async () => {
  await using app = await startApp();
  const answer = await app.fetch(`${app.endpoint}/`, { method: "POST", body: "hello" });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
});

test("unknown operations are named, in each protocol's way", async () => {
  await using app = await startApp();
  const json = await app.fetch(`${app.endpoint}/`, {
    method: "POST",
    headers: { "x-amz-target": "AmazonSQS.Nonsense", "content-type": "application/x-amz-json-1.0" },
    body: "{}",
  });
  expect([json.status, await json.text()]).toEqual([
    400,
    expect.stringContaining("UnknownOperationException"),
  ]);
  const query = await app.fetch(`${app.endpoint}/`, {
    method: "POST",
    headers: { authorization: signedFor("sqs"), "content-type": "application/x-www-form-urlencoded" },
    body: "Action=Nonsense&Version=2012-11-05",
  });
  expect([query.status, await query.text()]).toEqual([400, expect.stringContaining("InvalidAction")]);
});

test("a body that is not the gzip it says it is is the caller's mistake, in every protocol", async () => {
  await using app = await startApp();
  const send = async (headers: Record<string, string>) => {
    const all = { "content-encoding": "gzip", authorization: signedFor("sqs"), ...headers };
    return (await app.fetch(`${app.endpoint}/`, { method: "POST", headers: all, body: "no gzip" })).status;
  };
  const json = { "x-amz-target": "AmazonSQS.ListQueues", "content-type": "application/x-amz-json-1.0" };
  expect(await send(json)).toBe(400);
  expect(await send({ "content-type": "application/x-www-form-urlencoded" })).toBe(400);
});
