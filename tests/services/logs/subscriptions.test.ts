/** Subscription filters: what matches reaches a function, gzipped, and only with permission. */
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  FilterLogEventsCommand,
  PutLogEventsCommand,
  PutSubscriptionFilterCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { startApp } from "awan/testing";
import { zipSync } from "fflate";
import { expect, test } from "vitest";

const code = `
const { gunzipSync } = require("node:zlib");
exports.handler = async (event) => console.log("GOT " + gunzipSync(Buffer.from(event.awslogs.data, "base64")).toString());
`;

test("events that match are handed to a function", async () => {
  await using app = await startApp();
  const [logs, lambda] = [app.client(CloudWatchLogsClient), app.client(LambdaClient)];
  const destinationArn = "arn:aws:lambda:us-east-1:000000000000:function:sink";
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: "sink",
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: "arn:aws:iam::000000000000:role/r",
      Code: { ZipFile: zipSync({ "index.js": Buffer.from(code) }) },
    }),
  );
  await logs.send(new CreateLogGroupCommand({ logGroupName: "app" }));
  await logs.send(new CreateLogStreamCommand({ logGroupName: "app", logStreamName: "one" }));
  const subscribe = new PutSubscriptionFilterCommand({
    logGroupName: "app",
    filterName: "errors",
    filterPattern: "ERROR",
    destinationArn,
  });
  await expect(logs.send(subscribe)).rejects.toMatchObject({
    name: "InvalidParameterException",
    message:
      "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.",
  });
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: "sink",
      StatementId: "logs",
      Action: "lambda:InvokeFunction",
      Principal: "logs.amazonaws.com",
      SourceArn: "arn:aws:logs:us-east-1:000000000000:log-group:app:*",
    }),
  );
  await logs.send(subscribe);
  const timestamp = app.clock.nowMs();
  const logEvents = ["fine", "ERROR one", "ERROR two"].map((message) => ({ timestamp, message }));
  await logs.send(new PutLogEventsCommand({ logGroupName: "app", logStreamName: "one", logEvents }));
  await app.settle();
  const { events } = await logs.send(
    new FilterLogEventsCommand({ logGroupName: "/aws/lambda/sink", filterPattern: "GOT" }),
  );
  const record = JSON.parse((events?.[0]?.message ?? "").replace(/^.*GOT /s, "")) as {
    logEvents: { message: string }[];
  };
  expect(record).toMatchObject({
    messageType: "DATA_MESSAGE",
    owner: "000000000000",
    logGroup: "app",
    logStream: "one",
    subscriptionFilters: ["errors"],
  });
  expect(record.logEvents.map(({ message }) => message)).toEqual(["ERROR one", "ERROR two"]);
});
