/** SDK clients with their own request handlers, over real sockets, with every signature verified on arrival. */
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { HttpRequest } from "../../../packages/awan/src/host/http.ts";
import { createMemoryBlobs } from "../../../packages/awan/src/store/blobs-memory.ts";
import type { HandledResponse } from "../../../packages/awan/src/wire/exchange.ts";
import { type Listener, listen } from "../../../packages/awan/src/wire/listener.ts";
import { verify } from "./signing.ts";

const blobs = createMemoryBlobs();
const objects = new Map<string, { blob: string; sizeBytes: number }>();
const seen: HttpRequest[] = [];
const defects: unknown[] = [];
let listener: Listener;

/** Verifies every request, and keeps S3 objects as blobs. */
async function handle(request: HttpRequest): Promise<HandledResponse> {
  seen.push(request);
  const isS3 = request.target.startsWith("/bucket/");
  verify(request, isS3 ? "s3" : "json", { nowMs: Date.now() });
  const path = request.target.split("?")[0] ?? "";
  if (!isS3) {
    const body = request.body instanceof Readable ? await buffer(request.body) : request.body;
    return {
      status: 200,
      headers: { "content-type": "application/x-amz-json-1.0" },
      body: body.length > 0 ? "{}" : "",
    };
  }
  if (request.method === "PUT") {
    objects.set(path, await blobs.write(request.body));
    return { status: 200, headers: {}, body: "" };
  }
  const { blob, sizeBytes } = objects.get(path) ?? { blob: "", sizeBytes: 0 };
  return {
    status: 200,
    headers: { "content-length": String(sizeBytes) },
    body: { blob, start: 0, end: sizeBytes },
  };
}

beforeAll(async () => {
  listener = await listen({
    handle,
    port: 0,
    openBlob: ({ blob, start, end }) => blobs.stream(blob, start, end),
    onDefect: (defect) => defects.push(defect),
  });
});

afterAll(async () => {
  await listener.close();
  expect(defects).toEqual([]);
});

const configOf = (scheme = "http") => ({
  region: "eu-west-1",
  endpoint: listener.url.replace("http", scheme),
  maxAttempts: 1,
  credentials: { accessKeyId: "AKIDPLAIN", secretAccessKey: "plain-secret" },
});

test("Kinesis speaks HTTP/2 with prior knowledge", async () => {
  const kinesis = new KinesisClient(configOf());
  for (const size of [10, 500_000]) {
    await kinesis.send(new PutRecordCommand({ StreamName: "s", PartitionKey: "p", Data: randomBytes(size) }));
    expect(seen.at(-1)?.origin).toBe(listener.url);
  }
  kinesis.destroy();
});

test("DynamoDB speaks TLS, with the certificate unchecked", async () => {
  const requestHandler = new NodeHttpHandler({ httpsAgent: { rejectUnauthorized: false } });
  const dynamodb = new DynamoDBClient({ ...configOf("https"), requestHandler });
  await dynamodb.send(new ListTablesCommand({}));
  expect(seen.at(-1)?.origin).toBe(listener.url.replace("http", "https"));
  dynamodb.destroy();
});

test("S3 sends and receives large objects, and presigned URLs work with fetch", async () => {
  const s3 = new S3Client({
    ...configOf(),
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  const content = randomBytes(5_000_000);
  const put = { Bucket: "bucket", Key: "a b/ü+(1)", Metadata: { a: "two  spaces, a comma" } };
  await s3.send(
    new PutObjectCommand({ ...put, Body: Readable.from([content]), ContentLength: content.length }),
  );
  const got = await s3.send(new GetObjectCommand({ Bucket: "bucket", Key: put.Key }));
  expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(content)).toBe(true);

  const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket: "bucket", Key: "presigned" }));
  expect((await fetch(url, { method: "PUT", body: "by fetch" })).status).toBe(200);
  const readUrl = await getSignedUrl(s3, new GetObjectCommand({ Bucket: "bucket", Key: "presigned" }));
  expect(await (await fetch(readUrl)).text()).toBe("by fetch");
  s3.destroy();
});
