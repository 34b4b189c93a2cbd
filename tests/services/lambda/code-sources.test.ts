/** Where code comes from: archives in S3, directories of this machine, layers; and what it reaches: this Awan. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  PublishLayerVersionCommand,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { startApp } from "awan/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { node, role, zip } from "./code.ts";

let app: Awaited<ReturnType<typeof startApp>>;
let lambda: LambdaClient;
const directory = mkdtempSync(join(tmpdir(), "awan-local-"));

beforeAll(async () => {
  app = await startApp({ clock: "manual", seed: 1 });
  lambda = app.client(LambdaClient);
});
afterAll(async () => {
  await app.close();
  rmSync(directory, { recursive: true, force: true });
});

const create = (name: string, code: object, changes: object = {}) =>
  lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: role,
      Code: code,
      Timeout: 10,
      ...changes,
    }),
  );

const invoke = async (name: string, event: unknown = {}): Promise<unknown> => {
  const { Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify(event)) }),
  );
  return JSON.parse(Buffer.from(Payload ?? []).toString());
};

test("an archive in S3, and one that is not there", async () => {
  const s3 = app.client(S3Client);
  await s3.send(new CreateBucketCommand({ Bucket: "code" }));
  await s3.send(
    new PutObjectCommand({ Bucket: "code", Key: "f.zip", Body: node("exports.handler = async () => 's3'") }),
  );
  await create("from-s3", { S3Bucket: "code", S3Key: "f.zip" });
  expect(await invoke("from-s3")).toBe("s3");
  await expect(create("missing", { S3Bucket: "code", S3Key: "none.zip" })).rejects.toMatchObject({
    name: "InvalidParameterValueException",
    message:
      "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.",
  });
  await expect(create("broken", { ZipFile: Buffer.from("no zip") })).rejects.toMatchObject({
    message: "Could not unzip uploaded file. Please check your file, then try to upload again.",
  });
});

test("a directory: a changed source serves the next call", async () => {
  const write = (text: string): void =>
    writeFileSync(join(directory, "index.js"), `exports.handler = async () => "${text}"`);
  write("before");
  const code = { S3Bucket: "awan-local-directory", S3Key: directory };
  await create("local", code);
  expect(await invoke("local")).toBe("before");
  write("after");
  expect(await invoke("local")).toBe("before");
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: "local", ...code, S3ObjectVersion: "2" }));
  expect(await invoke("local")).toBe("after");
});

test("layers are merged under NODE_PATH", async () => {
  const { LayerVersionArn = "" } = await lambda.send(
    new PublishLayerVersionCommand({
      LayerName: "shared",
      Content: {
        ZipFile: zip({ "nodejs/node_modules/shared/index.js": "module.exports = 'from the layer'" }),
      },
    }),
  );
  await create(
    "layered",
    { ZipFile: node("exports.handler = async () => require('shared')") },
    { Layers: [LayerVersionArn] },
  );
  expect(await invoke("layered")).toBe("from the layer");
});

test("the SDK in a function talks to this Awan, with no configuration", async () => {
  const sqs = app.client(SQSClient);
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "told" }));
  await create("tells", {
    ZipFile: node(
      `const { SQSClient, SendMessageCommand } = require("@aws-sdk/client-sqs");
       const sqs = new SQSClient();
       exports.handler = async ({ url }) => (await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "hello" }))).MessageId;`,
    ),
  });
  const id = await invoke("tells", { url: QueueUrl });
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  expect(Messages?.[0]).toMatchObject({ MessageId: id, Body: "hello" });
});

test("an ES module, and Python", async () => {
  await create("module", {
    ZipFile: zip({
      "index.mjs":
        "import { SQSClient } from '@aws-sdk/client-sqs'; export const handler = async () => typeof SQSClient",
    }),
  });
  expect(await invoke("module")).toBe("function");
  await create(
    "python",
    {
      ZipFile: zip({
        "app.py":
          "import os\ndef handler(event, context):\n    return [event['n'] + 1, os.environ['AWS_ENDPOINT_URL']]\n",
      }),
    },
    { Runtime: "python3.12", Handler: "app.handler" },
  );
  expect(await invoke("python", { n: 1 })).toEqual([2, app.endpoint]);
});
