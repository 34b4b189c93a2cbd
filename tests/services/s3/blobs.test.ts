/** The files behind objects: shared by content, counted, and never taken from a fork that still needs them. */
import { createHash } from "node:crypto";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { type App, startApp } from "awan/testing";
import { expect, test } from "vitest";

const Bucket = "bodies";
const Body = Buffer.alloc(100_000, "body");
const blob = createHash("sha256").update(Body).digest("hex");

async function start() {
  const app = await startApp({ clock: "manual" });
  const s3 = app.client(S3Client);
  await s3.send(new CreateBucketCommand({ Bucket }));
  return { app, s3 };
}

async function textOf(app: App, Key: string): Promise<Buffer> {
  const { Body: stream } = await app.client(S3Client).send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from(await stream!.transformToByteArray());
}

async function later(app: App): Promise<void> {
  await app.clock.advance("2m");
  await app.settle();
}

test("a file goes when the last object that names it has gone", async () => {
  const { app, s3 } = await start();
  await using _ = app;
  await s3.send(new PutObjectCommand({ Bucket, Key: "a", Body }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "b", Body }));
  await s3.send(new CopyObjectCommand({ Bucket, Key: "c", CopySource: `${Bucket}/a` }));
  for (const Key of ["a", "b"]) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  await later(app);
  expect(await textOf(app, "c")).toEqual(Body);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "c" }));
  await later(app);
  expect(await app.platform.blobs.has(blob)).toBe(false);
});

test("a body that was refused leaves nothing", async () => {
  const { app, s3 } = await start();
  await using _ = app;
  await expect(
    s3.send(new PutObjectCommand({ Bucket, Key: "a", Body, ContentMD5: "AAAAAAAAAAAAAAAAAAAAAA==" })),
  ).rejects.toMatchObject({ name: "BadDigest" });
  expect(await app.platform.blobs.has(blob)).toBe(false);
});

test("what a fork deletes its original keeps, and the other way round", async () => {
  const { app, s3 } = await start();
  await using _ = app;
  await s3.send(new PutObjectCommand({ Bucket, Key: "a", Body }));
  await using fork = await app.fork();
  await fork.client(S3Client).send(new DeleteObjectCommand({ Bucket, Key: "a" }));
  await later(fork);
  expect(await textOf(app, "a")).toEqual(Body);
  await using second = await app.fork();
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
  await later(app);
  expect(await textOf(second, "a")).toEqual(Body);
});
