/** What S3 writes by itself as time passes: access logs and inventories. */
import { gunzipSync } from "node:zlib";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketInventoryConfigurationCommand,
  PutBucketLoggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";

const [Bucket, target] = ["watched", "reports"];

async function start() {
  const app = await startApp({ clock: "manual" });
  const s3 = app.client(S3Client);
  for (const name of [Bucket, target]) await s3.send(new CreateBucketCommand({ Bucket: name }));
  const read = async (Key: string): Promise<Buffer> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: target, Key }));
    return Buffer.from(await Body!.transformToByteArray());
  };
  const keys = async (Prefix: string): Promise<string[]> => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: target, Prefix }));
    return Contents.map(({ Key = "" }) => Key);
  };
  return { app, s3, read, keys };
}

test("requests to a logged bucket are told in its target an hour later", async () => {
  const { app, s3, read, keys } = await start();
  await using _ = app;
  await s3.send(
    new PutBucketLoggingCommand({
      Bucket,
      BucketLoggingStatus: { LoggingEnabled: { TargetBucket: target, TargetPrefix: "access/" } },
    }),
  );
  await s3.send(new PutObjectCommand({ Bucket, Key: "a b", Body: "hello" }));
  await s3.send(new GetObjectCommand({ Bucket, Key: "a b" }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "a b" }));
  expect(await keys("access/")).toEqual([]);
  await app.clock.advance("61m");
  const [key = "", ...others] = await keys("access/");
  expect(others).toEqual([]);
  expect(key).toMatch(/^access\/\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-[0-9A-F]{16}$/);
  const lines = (await read(key)).toString().trim().split("\n");
  expect(lines.map((line) => line.split(" ").slice(7, 9).join(" ")).toSorted()).toEqual([
    "REST.DELETE.OBJECT a%20b",
    "REST.GET.OBJECT a%20b",
    "REST.PUT.OBJECT a%20b",
  ]);
  expect(lines[0]).toMatch(
    /^[0-9a-f]{64} watched \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000\] 127\.0\.0\.1 /,
  );
});

test("an inventory lists what is there at midnight", async () => {
  const { app, s3, read, keys } = await start();
  await using _ = app;
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  for (const [Key, Body] of [
    ["in/a,b", "1"],
    ["in/c", "22"],
    ["in/c", "333"],
    ["out", "4"],
  ] as const)
    await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "in/a,b" }));
  const configure = (Id: string, IncludedObjectVersions: "All" | "Current") =>
    s3.send(
      new PutBucketInventoryConfigurationCommand({
        Bucket,
        Id,
        InventoryConfiguration: {
          Id,
          IsEnabled: true,
          IncludedObjectVersions,
          OptionalFields: ["Size", "StorageClass"],
          Filter: { Prefix: "in/" },
          Schedule: { Frequency: "Daily" },
          Destination: {
            S3BucketDestination: { Bucket: `arn:aws:s3:::${target}`, Format: "CSV", Prefix: "lists" },
          },
        },
      }),
    );
  await configure("all", "All");
  await configure("current", "Current");
  await app.clock.advance("1d");
  const reportOf = async (id: string) => {
    const [manifestKey = ""] = (await keys(`lists/${Bucket}/${id}/2`)).filter((key) => key.endsWith(".json"));
    const manifest = JSON.parse((await read(manifestKey)).toString()) as {
      fileSchema: string;
      files: { key: string; size: number }[];
    };
    const data = await read(manifest.files[0]?.key ?? "");
    expect(manifest.files[0]?.size).toBe(data.length);
    const lines = gunzipSync(data).toString().trim().split("\n");
    return { schema: manifest.fileSchema, lines };
  };
  expect(await reportOf("current")).toEqual({
    schema: "Bucket, Key, Size, StorageClass",
    lines: ['"watched","in/c","3","STANDARD"'],
  });
  const { schema, lines } = await reportOf("all");
  expect(schema).toBe("Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, StorageClass");
  expect(lines.map((line) => line.replace(/"[^"]{20,}"/, "id"))).toEqual([
    '"watched","in/a%2Cb",id,"true","true","",""',
    '"watched","in/a%2Cb",id,"false","false","1","STANDARD"',
    '"watched","in/c",id,"true","false","3","STANDARD"',
    '"watched","in/c",id,"false","false","2","STANDARD"',
  ]);
  await app.clock.advance("1d");
  expect((await keys(`lists/${Bucket}/all/2`)).filter((key) => key.endsWith(".json"))).toHaveLength(2);
});
