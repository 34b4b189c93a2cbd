/** Objects through the official client: bytes, metadata, checksums, ranges, conditions, listings. */
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";

const Bucket = "objects";

async function start() {
  const app = await startApp();
  const s3 = app.client(S3Client);
  await s3.send(new CreateBucketCommand({ Bucket }));
  return { app, s3 };
}

test.each([0, 5, 16_384, 16_385, 100_000, 700_000])(
  "an object of %d bytes comes back as it was put",
  async (size) => {
    const { app, s3 } = await start();
    await using _ = app;
    const Body = Uint8Array.from({ length: size }, (_each, i) => (i * 31) & 0xff);
    const put = await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: "a/b c",
        Body,
        Metadata: { Colour: "blue" },
        ContentType: "text/plain",
      }),
    );
    expect(put).toMatchObject({ ServerSideEncryption: "AES256", ChecksumType: "FULL_OBJECT" });
    expect(put.ChecksumCRC32).toBeDefined();
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "a/b c" }));
    expect(Buffer.compare(Buffer.from(await got.Body!.transformToByteArray()), Body)).toBe(0);
    expect(got).toMatchObject({
      ETag: put.ETag,
      ContentLength: size,
      ContentType: "text/plain",
      Metadata: { colour: "blue" },
      AcceptRanges: "bytes",
    });
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "a/b c", ChecksumMode: "ENABLED" }));
    expect(head.ChecksumCRC32).toBe(put.ChecksumCRC32);
  },
);

test("ranges, copies and deletes", async () => {
  const { app, s3 } = await start();
  await using _ = app;
  await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "0123456789" }));
  const part = await s3.send(new GetObjectCommand({ Bucket, Key: "k", Range: "bytes=2-4" }));
  expect(await part.Body!.transformToString()).toBe("234");
  expect(part.ContentRange).toBe("bytes 2-4/10");
  expect(part.$metadata.httpStatusCode).toBe(206);
  await s3.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/k` }));
  const copy = await s3.send(new GetObjectCommand({ Bucket, Key: "copy" }));
  expect(await copy.Body!.transformToString()).toBe("0123456789");
  const list = await s3.send(new ListObjectsV2Command({ Bucket }));
  expect(list.Contents?.map((each) => each.Key)).toEqual(["copy", "k"]);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
  await expect(s3.send(new GetObjectCommand({ Bucket, Key: "k" }))).rejects.toMatchObject({
    name: "NoSuchKey",
    Key: "k",
  });
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key: "k" }))).rejects.toMatchObject({
    name: "NotFound",
  });
});
