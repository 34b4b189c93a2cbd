/** Versions, delete markers, object lock and tags. */
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectRetentionCommand,
  GetObjectTaggingCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectTaggingCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";

const Bucket = "versions";
const Key = "k";

test("markers hide, and removing them shows again", async () => {
  await using app = await startApp();
  const s3 = app.client(S3Client);
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: "before" }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: "after" }));
  expect(VersionId).toHaveLength(32);
  const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  expect(marker.DeleteMarker).toBe(true);
  await expect(s3.send(new GetObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: "NoSuchKey" });
  await expect(
    s3.send(new GetObjectCommand({ Bucket, Key, VersionId: marker.VersionId })),
  ).rejects.toMatchObject({
    name: "MethodNotAllowed",
    $metadata: { httpStatusCode: 405 },
  });
  const listed = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  expect(listed.Versions?.map((each) => [each.VersionId, each.IsLatest])).toEqual([
    [VersionId, false],
    ["null", false],
  ]);
  expect(listed.DeleteMarkers).toMatchObject([{ VersionId: marker.VersionId, IsLatest: true }]);
  const old = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId: "null" }));
  expect(await old.Body!.transformToString()).toBe("before");
  const deleted = await s3.send(
    new DeleteObjectsCommand({
      Bucket,
      Delete: { Objects: [{ Key, VersionId: marker.VersionId }, { Key: "other" }] },
    }),
  );
  expect(deleted.Deleted).toMatchObject([
    { Key, DeleteMarker: true, DeleteMarkerVersionId: marker.VersionId },
    { Key: "other", DeleteMarker: true },
  ]);
  expect(await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString()).toBe(
    "after",
  );
});

test("locked versions stay until their time", async () => {
  await using app = await startApp();
  const s3 = app.client(S3Client);
  await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
  await s3.send(
    new PutObjectLockConfigurationCommand({
      Bucket,
      ObjectLockConfiguration: {
        ObjectLockEnabled: "Enabled",
        Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 1 } },
      },
    }),
  );
  const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: "kept" }));
  const { Retention } = await s3.send(new GetObjectRetentionCommand({ Bucket, Key }));
  expect(Retention).toEqual({
    Mode: "GOVERNANCE",
    RetainUntilDate: new Date(app.clock.nowMs() + 86_400_000),
  });
  const removal = { Bucket, Key, VersionId };
  await expect(s3.send(new DeleteObjectCommand(removal))).rejects.toMatchObject({ name: "AccessDenied" });
  await s3.send(new PutObjectLegalHoldCommand({ ...removal, LegalHold: { Status: "ON" } }));
  await app.clock.advance("2d");
  await expect(s3.send(new DeleteObjectCommand(removal))).rejects.toMatchObject({ name: "AccessDenied" });
  await s3.send(new PutObjectLegalHoldCommand({ ...removal, LegalHold: { Status: "OFF" } }));
  await s3.send(new DeleteObjectCommand(removal));
});

test("tags come with the object, by header and by document", async () => {
  await using app = await startApp();
  const s3 = app.client(S3Client);
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: "", Tagging: "colour=light%20blue&size=1" }));
  expect((await s3.send(new GetObjectCommand({ Bucket, Key }))).TagCount).toBe(2);
  const tagging = new GetObjectTaggingCommand({ Bucket, Key });
  expect((await s3.send(tagging)).TagSet).toEqual([
    { Key: "colour", Value: "light blue" },
    { Key: "size", Value: "1" },
  ]);
  await s3.send(
    new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet: [{ Key: "a", Value: "b" }] } }),
  );
  expect((await s3.send(tagging)).TagSet).toEqual([{ Key: "a", Value: "b" }]);
  await expect(
    s3.send(
      new PutObjectTaggingCommand({
        Bucket,
        Key,
        Tagging: {
          TagSet: [
            { Key: "a", Value: "1" },
            { Key: "a", Value: "2" },
          ],
        },
      }),
    ),
  ).rejects.toMatchObject({ name: "InvalidTag" });
});
