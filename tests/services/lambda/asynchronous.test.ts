/** Asynchronous events under the manual clock: retries, destinations, dead letters, age; streams and function URLs. */
import {
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
} from "@aws-sdk/client-lambda";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { startApp } from "awan/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { node, role } from "./code.ts";
import { Sink } from "./sink.ts";

let app: Awaited<ReturnType<typeof startApp>>;
let lambda: LambdaClient;
let sqs: SQSClient;
const sink = new Sink();

beforeAll(async () => {
  await sink.open();
  app = await startApp({ clock: "manual", seed: 1 });
  lambda = app.client(LambdaClient);
  sqs = app.client(SQSClient);
});
afterAll(async () => {
  await app.close();
  await sink.close();
});

async function create(name: string, body: string, changes: object = {}): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: role,
      Environment: { Variables: { SINK: sink.url, NAME: name } },
      Code: {
        ZipFile: node(
          `exports.handler = async (event, context) => { await fetch(process.env.SINK + process.env.NAME, { method: "POST", body: JSON.stringify([context.awsRequestId, Date.now()]) }); ${body} };`,
        ),
      },
      ...changes,
    }),
  );
}

const queue = async (name: string): Promise<string> => {
  await sqs.send(new CreateQueueCommand({ QueueName: name }));
  return `arn:aws:sqs:us-east-1:000000000000:${name}`;
};

const received = async (name: string) => {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: `${app.endpoint}/000000000000/${name}`,
      MessageAttributeNames: ["All"],
    }),
  );
  return Messages;
};

const send = (name: string, event: unknown) =>
  lambda.send(
    new InvokeCommand({
      FunctionName: name,
      InvocationType: "Event",
      Payload: Buffer.from(JSON.stringify(event)),
    }),
  );

test("two retries after one and two minutes, then the destination and the dead-letter queue", async () => {
  const dead = await queue("dlq");
  const failed = await queue("failed");
  await create("fails", `throw new Error("no");`, { DeadLetterConfig: { TargetArn: dead } });
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: "fails",
      DestinationConfig: { OnFailure: { Destination: failed } },
    }),
  );
  const startMs = app.clock.nowMs();
  expect((await send("fails", { order: 1 })).StatusCode).toBe(202);
  await app.clock.advance("10m");
  await app.settle();
  const seen = sink.seen("fails") as [string, number][];
  expect(seen.map(([, atMs]) => atMs - startMs)).toEqual([0, 60_000, 180_000]);
  expect(new Set(seen.map(([id]) => id)).size).toBe(1);
  const [record] = await received("failed");
  expect(JSON.parse(record?.Body ?? "")).toMatchObject({
    version: "1.0",
    requestContext: {
      requestId: seen[0]?.[0],
      functionArn: "arn:aws:lambda:us-east-1:000000000000:function:fails:$LATEST",
      condition: "RetriesExhausted",
      approximateInvokeCount: 3,
    },
    requestPayload: { order: 1 },
    responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    responsePayload: { errorMessage: "no" },
  });
  const [letter] = await received("dlq");
  expect(letter?.Body).toBe('{"order":1}');
  expect(letter?.MessageAttributes).toMatchObject({
    ErrorCode: { StringValue: "200" },
    ErrorMessage: { StringValue: "no" },
    RequestID: { StringValue: seen[0]?.[0] },
  });
});

test("success has a destination too", async () => {
  const done = await queue("done");
  await create("works", `return { ok: true };`);
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: "works",
      DestinationConfig: { OnSuccess: { Destination: done } },
    }),
  );
  await send("works", [1]);
  await app.settle();
  const [record] = await received("done");
  expect(JSON.parse(record?.Body ?? "")).toMatchObject({
    requestContext: { condition: "Success", approximateInvokeCount: 1 },
    requestPayload: [1],
    responsePayload: { ok: true },
  });
});

test("a throttled event waits, and is given up when it is too old", async () => {
  const old = await queue("old");
  await create("throttled", "return 1;");
  await lambda.send(
    new PutFunctionConcurrencyCommand({ FunctionName: "throttled", ReservedConcurrentExecutions: 0 }),
  );
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: "throttled",
      MaximumEventAgeInSeconds: 120,
      DestinationConfig: { OnFailure: { Destination: old } },
    }),
  );
  await send("throttled", {});
  await app.clock.advance("10m");
  await app.settle();
  expect(sink.seen("throttled")).toHaveLength(0);
  const [record] = await received("old");
  expect(JSON.parse(record?.Body ?? "")).toMatchObject({ requestContext: { condition: "EventAgeExceeded" } });
});

const streaming = `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  const out = event.requestContext ? awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { "x-own": "1" } }) : stream;
  out.write("one"); await new Promise((r) => setTimeout(r, 20)); out.write("two"); out.end(); });`;

test("a streamed answer", async () => {
  await create("streams", "", { Code: { ZipFile: node(streaming) } });
  const { EventStream } = await lambda.send(
    new InvokeWithResponseStreamCommand({ FunctionName: "streams", LogType: "Tail" }),
  );
  const chunks: string[] = [];
  let complete: unknown;
  for await (const event of EventStream ?? []) {
    if (event.PayloadChunk) chunks.push(Buffer.from(event.PayloadChunk.Payload ?? []).toString());
    else complete = event.InvokeComplete;
  }
  expect(chunks).toEqual(["one", "two"]);
  expect(Buffer.from((complete as { LogResult: string }).LogResult, "base64").toString()).toContain(
    "START RequestId",
  );
});

test("function URLs, buffered and streamed", async () => {
  await create(
    "page",
    `return { statusCode: 418, headers: { "X-A": event.rawPath }, cookies: ["a=1", "b=2"], body: JSON.stringify(event) };`,
  );
  const { FunctionUrl = "" } = await lambda.send(
    new CreateFunctionUrlConfigCommand({
      FunctionName: "page",
      AuthType: "NONE",
      Cors: { AllowOrigins: ["*"] },
    }),
  );
  const response = await app.fetch(`${FunctionUrl}some/path?a=1&a=2`, {
    method: "POST",
    body: "text",
    headers: { "content-type": "text/plain", cookie: "x=1; y=2", origin: "http://o" },
  });
  expect(response.status).toBe(418);
  expect(response.headers.get("x-a")).toBe("/some/path");
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(await response.json()).toMatchObject({
    version: "2.0",
    rawPath: "/some/path",
    rawQueryString: "a=1&a=2",
    queryStringParameters: { a: "1,2" },
    cookies: ["x=1", "y=2"],
    body: "text",
    isBase64Encoded: false,
    requestContext: { http: { method: "POST" } },
  });
  const stream = await lambda.send(
    new CreateFunctionUrlConfigCommand({
      FunctionName: "streams",
      AuthType: "NONE",
      InvokeMode: "RESPONSE_STREAM",
    }),
  );
  const streamed = await app.fetch(stream.FunctionUrl ?? "");
  expect([streamed.status, streamed.headers.get("x-own"), await streamed.text()]).toEqual([
    201,
    "1",
    "onetwo",
  ]);
});
