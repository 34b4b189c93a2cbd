/** Multipart uploads: composite ETags and checksums, parts read alone and in ranges, refusals, completion twice. */
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { startApp } from "awan/testing";
import { createHash } from "node:crypto";
import { expect, test } from "vitest";

const Bucket = "multipart";
const Key = "large";
const mebibyte = 1024 * 1024;
const first = Buffer.alloc(5 * mebibyte, "a");
const second = Buffer.alloc(1000, "b");

async function start() {
  const app = await startApp();
  const s3 = app.client(S3Client);
  await s3.send(new CreateBucketCommand({ Bucket }));
  return { app, s3 };
}

async function upload(s3: S3Client, options: { ChecksumAlgorithm?: "SHA256" | "CRC32" } = {}) {
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({ Bucket, Key, Metadata: { kind: "test" }, ...options }),
  );
  const Parts = [];
  for (const [index, Body] of [first, second].entries()) {
    const PartNumber = index * 3 + 1;
    const { ETag, ChecksumSHA256, ChecksumCRC32 } = await s3.send(
      new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ...options }),
    );
    Parts.push({
      PartNumber,
      ETag,
      ...(options.ChecksumAlgorithm === undefined ? {} : { ChecksumSHA256, ChecksumCRC32 }),
    });
  }
  return { UploadId, Parts };
}

const md5 = (...chunks: Uint8Array[]): Buffer =>
  chunks.reduce((hash, chunk) => hash.update(chunk), createHash("md5")).digest();
const sha256 = (...chunks: Uint8Array[]): Buffer =>
  chunks.reduce((hash, chunk) => hash.update(chunk), createHash("sha256")).digest();

test("two parts become one object", async () => {
  const { app, s3 } = await start();
  await using _ = app;
  const { UploadId, Parts } = await upload(s3);
  expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toMatchObject([
    { Key, UploadId },
  ]);
  const listed = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId, MaxParts: 1 }));
  expect(listed).toMatchObject({
    IsTruncated: true,
    NextPartNumberMarker: "1",
    Parts: [{ PartNumber: 1, Size: first.length }],
  });
  const complete = new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } });
  const done = await s3.send(complete);
  expect(done).toMatchObject({
    ETag: `"${md5(md5(first), md5(second)).toString("hex")}-2"`,
    ChecksumType: "FULL_OBJECT",
    Key,
    Bucket,
  });
  expect(done.ChecksumCRC64NVME).toMatch(/^[A-Za-z0-9+/]{11}=$/);
  expect((await s3.send(complete)).ETag).toBe(done.ETag);

  const across = await s3.send(
    new GetObjectCommand({ Bucket, Key, Range: `bytes=${first.length - 2}-${first.length + 1}` }),
  );
  expect(await across.Body!.transformToString()).toBe("aabb");
  const whole = await s3.send(new GetObjectCommand({ Bucket, Key }));
  expect(
    Buffer.compare(Buffer.from(await whole.Body!.transformToByteArray()), Buffer.concat([first, second])),
  ).toBe(0);
  const part = await s3.send(new HeadObjectCommand({ Bucket, Key, PartNumber: 4 }));
  expect(part).toMatchObject({ PartsCount: 2, ContentLength: second.length, Metadata: { kind: "test" } });
  await expect(s3.send(new GetObjectCommand({ Bucket, Key, PartNumber: 2 }))).rejects.toMatchObject({
    name: "InvalidPartNumber",
  });
  await s3.send(new DeleteObjectCommand({ Bucket, Key }));
});

test("a composite checksum is the checksum of the parts' checksums", async () => {
  const { app, s3 } = await start();
  await using _ = app;
  const { UploadId, Parts } = await upload(s3, { ChecksumAlgorithm: "SHA256" });
  const done = await s3.send(
    new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
  );
  expect(done).toMatchObject({
    ChecksumSHA256: `${sha256(sha256(first), sha256(second)).toString("base64")}-2`,
    ChecksumType: "COMPOSITE",
  });
  const attributes = await s3.send(
    new GetObjectAttributesCommand({
      Bucket,
      Key,
      ObjectAttributes: ["ETag", "Checksum", "ObjectParts", "ObjectSize", "StorageClass"],
    }),
  );
  expect(attributes).toMatchObject({
    ETag: done.ETag?.replaceAll('"', ""),
    ObjectSize: first.length + second.length,
    StorageClass: "STANDARD",
    ObjectParts: {
      TotalPartsCount: 2,
      IsTruncated: false,
      Parts: [{ PartNumber: 1, ChecksumSHA256: sha256(first).toString("base64") }, { PartNumber: 4 }],
    },
  });
});

test("refusals", async () => {
  const { app, s3 } = await start();
  await using _ = app;
  const { UploadId, Parts } = await upload(s3);
  const complete = (parts: object[]) =>
    s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: parts } }));
  await expect(complete([])).rejects.toMatchObject({ name: "MalformedXML" });
  await expect(complete(Parts.toReversed())).rejects.toMatchObject({ name: "InvalidPartOrder" });
  await expect(complete([{ PartNumber: 1, ETag: "wrong" }])).rejects.toMatchObject({ name: "InvalidPart" });
  await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: "small" }));
  const small = `"${md5(Buffer.from("small")).toString("hex")}"`;
  await expect(complete([{ PartNumber: 1, ETag: small }, Parts[1]!])).rejects.toMatchObject({
    name: "EntityTooSmall",
  });
  await expect(s3.send(new ListPartsCommand({ Bucket, Key, UploadId: "none" }))).rejects.toMatchObject({
    name: "NoSuchUpload",
  });
  await expect(
    s3.send(
      new UploadPartCopyCommand({ Bucket, Key, UploadId, PartNumber: 1, CopySource: `${Bucket}/none` }),
    ),
  ).rejects.toMatchObject({ name: "NoSuchKey" });
});
