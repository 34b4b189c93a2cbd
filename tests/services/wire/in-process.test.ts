/** SDK clients of every protocol against a handler in the same process, without a socket. */
import { CloudWatchLogsClient, StartLiveTailCommand } from "@aws-sdk/client-cloudwatch-logs";
import { KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import type { HttpRequest } from "../../../packages/awan/src/host/http.ts";
import type { Handle } from "../../../packages/awan/src/wire/exchange.ts";
import { requestHandlerFor } from "../../../packages/awan/src/wire/in-process.ts";

const config = {
  region: "eu-west-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
  endpoint: "http://127.0.0.1:4566",
  maxAttempts: 1,
};

async function bodyOf({ body }: HttpRequest): Promise<string> {
  return body instanceof Readable ? text(body) : Buffer.from(body).toString();
}

/** A client whose requests are kept and answered by `handle`. */
function answering(handle: Handle, options: Parameters<typeof requestHandlerFor>[1] = {}) {
  const seen: HttpRequest[] = [];
  const requestHandler = requestHandlerFor((request, context) => {
    seen.push(request);
    return handle(request, context);
  }, options);
  return { seen, options: { ...config, requestHandler } };
}

const json = (value: unknown) => ({
  status: 200,
  headers: { "content-type": "application/x-amz-json-1.0" },
  body: JSON.stringify(value),
});

test("SQS: JSON there and back", async () => {
  const { seen, options } = answering(() => json({ QueueUrls: ["http://127.0.0.1:4566/0/q"] }));
  const { QueueUrls } = await new SQSClient(options).send(new ListQueuesCommand({ MaxResults: 3 }));
  expect(QueueUrls).toEqual(["http://127.0.0.1:4566/0/q"]);
  expect(seen[0]).toMatchObject({
    method: "POST",
    target: "/",
    origin: "http://127.0.0.1:4566",
    remoteAddress: "127.0.0.1",
    headers: { host: "127.0.0.1:4566", "x-amz-target": "AmazonSQS.ListQueues" },
  });
  expect(await bodyOf(seen[0] as HttpRequest)).toBe('{"MaxResults":3}');
});

test("a client without an endpoint is told the default origin", async () => {
  const { seen, options } = answering(() => json({}));
  const { endpoint: _none, ...rest } = options;
  await new SQSClient(rest).send(new ListQueuesCommand({}));
  expect(seen[0]?.headers["host"]).toBe("sqs.eu-west-1.amazonaws.com");
  expect(seen[0]?.origin).toBe("http://127.0.0.1:4566");
});

test("S3: streams both ways, keys byte by byte, blobs and headers only", async () => {
  const { seen, options } = answering(
    async (request) => {
      if (request.method === "PUT")
        return { status: 200, headers: { etag: `"${await bodyOf(request)}"` }, body: "" };
      if (request.method === "HEAD") return { status: 200, headers: { "content-length": "7" }, body: "" };
      return {
        status: 200,
        headers: { "content-length": "3" },
        body: { blob: "0123456789", start: 2, end: 5 },
      };
    },
    { openBlob: ({ blob, start, end }) => Readable.from([Buffer.from(blob.slice(start, end))]) },
  );
  const s3 = new S3Client({ ...options, forcePathStyle: true, requestChecksumCalculation: "WHEN_REQUIRED" });
  const Key = "a b/ü+(1)//x";
  const Body = Readable.from([Buffer.from("str"), Buffer.from("eam")]);
  const put = await s3.send(new PutObjectCommand({ Bucket: "b", Key, Body, ContentLength: 6 }));
  expect(put.ETag).toBe('"stream"');
  expect(seen[0]?.target).toBe("/b/a%20b/%C3%BC%2B%281%29//x?x-id=PutObject");
  const got = await s3.send(new GetObjectCommand({ Bucket: "b", Key }));
  expect(await got.Body?.transformToString()).toBe("234");
  expect((await s3.send(new HeadObjectCommand({ Bucket: "b", Key }))).ContentLength).toBe(7);
});

test("Lambda: bytes there and back", async () => {
  const { seen, options } = answering(async (request) => ({
    status: 200,
    headers: { "x-amz-executed-version": "$LATEST" },
    body: Buffer.from(await bodyOf(request)),
  }));
  const answer = await new LambdaClient(options).send(
    new InvokeCommand({ FunctionName: "f", Payload: Buffer.from("[1,2]"), LogType: "Tail" }),
  );
  expect(Buffer.from(answer.Payload ?? []).toString()).toBe("[1,2]");
  expect(answer.ExecutedVersion).toBe("$LATEST");
  expect(seen[0]?.target).toBe("/2015-03-31/functions/f/invocations");
});

test("Kinesis: its default HTTP/2 does not matter", async () => {
  const { seen, options } = answering(() => json({ ShardId: "s", SequenceNumber: "1" }));
  const answer = await new KinesisClient(options).send(
    new PutRecordCommand({ StreamName: "s", PartitionKey: "p", Data: Buffer.from("x") }),
  );
  expect(answer.SequenceNumber).toBe("1");
  expect(seen[0]?.headers["host"]).toBe("127.0.0.1:4566");
});

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function header(name: string, value: string): Buffer {
  const lengths = [Buffer.from([name.length]), Buffer.from([7, 0, value.length])] as const;
  return Buffer.concat([lengths[0], Buffer.from(name), lengths[1], Buffer.from(value)]);
}

/** One message of an event stream: a header each for type, event and content. */
function eventMessage(event: string, payload: string): Buffer {
  const headers = Buffer.concat([
    header(":message-type", "event"),
    header(":event-type", event),
    header(":content-type", "application/json"),
  ]);
  const message = Buffer.alloc(16 + headers.length + payload.length);
  message.writeUInt32BE(message.length, 0);
  message.writeUInt32BE(headers.length, 4);
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
  headers.copy(message, 12);
  message.write(payload, 12 + headers.length);
  message.writeUInt32BE(crc32(message.subarray(0, -4)), message.length - 4);
  return message;
}

test("event streams arrive event by event", async () => {
  const { options } = answering(() => ({
    status: 200,
    headers: { "content-type": "application/vnd.amazon.eventstream" },
    body: Readable.from([
      eventMessage("sessionStart", '{"sessionId":"1"}'),
      eventMessage("sessionUpdate", '{"sessionResults":[]}'),
    ]),
  }));
  const client = new CloudWatchLogsClient({ ...options, disableHostPrefix: true });
  const { responseStream } = await client.send(new StartLiveTailCommand({ logGroupIdentifiers: ["a"] }));
  const events: string[] = [];
  for await (const event of responseStream ?? []) events.push(...Object.keys(event));
  expect(events).toEqual(["sessionStart", "sessionUpdate"]);
});

test("an abort rejects the call and reaches the handler", async () => {
  let isAborted = false;
  const { options } = answering(
    async (_request, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          isAborted = true;
          reject(new Error("gone"));
        });
      }),
  );
  const abort = new AbortController();
  const sending = new SQSClient(options).send(new ListQueuesCommand({}), { abortSignal: abort.signal });
  setTimeout(() => abort.abort(), 5);
  await expect(sending).rejects.toMatchObject({ name: "AbortError" });
  expect(isAborted).toBe(true);
});
